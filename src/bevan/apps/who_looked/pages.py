"""The one page: looks at my record, with filters that live in the address."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.who_looked import presenters
from bevan.apps.who_looked.rules import chosen
from bevan.web.errors import not_found
from bevan.web.pages import render
from bevan.web.services import services
from bevan.web.session import session_of, signed_in_only

PURPOSE = "own-record"


@signed_in_only
async def who_looked(request: Request) -> Response:
    """Who looked at my record; for anybody but a person themselves this page isn't there."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    if session.actor.kind != "patient":
        return not_found(request)
    if session.acting:
        return render(request, "who_looked/acting.jinja")
    given = services(request)
    asked = chosen(request.query_params)
    now = given.clock.now()
    scope = given.access.scope(session.actor, purpose=PURPOSE, patient=session.actor.id)
    found = await given.looks.page(
        scope,
        since=now - asked.days,
        until=now + timedelta(seconds=1),
        systems=asked.systems,
        organisation=asked.organisation,
        after=asked.after,
    )
    shown = presenters.page(found, asked, now)
    return render(request, "who_looked/looks.jinja", shown=shown)
