"""Finding a person."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.presenters.person import found_people
from bevan.apps.care_record.service.find import find
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import session_of, signed_in_only
from bevan.web.words import day_of


@signed_in_only
async def find_page(request: Request) -> Response:
    """The search form, and below it whom it found; one exact NHS number opens the record."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    given = services(request)
    text, born = (request.query_params.get(name, "").strip() for name in ("q", "born"))
    wrong_day = bool(born) and day_of(born) is None
    search = await find(given, session, text, "" if wrong_day else born)
    if search.by_number and len(search.people) == 1 and not search.people[0].get("link"):
        return go(f"/record/{search.people[0]['id']}")
    fault = "Write the day of birth as day, month and year" if wrong_day else search.fault
    return render(
        request,
        "care_record/find.jinja",
        status=422 if fault else 200,
        search=search,
        fault=fault,
        born=born,
        people=found_people(search.people, given.clock.now().date()),
    )
