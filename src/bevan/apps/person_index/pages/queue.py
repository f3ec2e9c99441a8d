"""The queue: pairs of records that a person has to look at."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.person_index.presenters.sheet import waiting
from bevan.apps.person_index.service.cases import cases, is_clerk
from bevan.web.errors import not_found
from bevan.web.pages import render
from bevan.web.services import services
from bevan.web.session import session_of, signed_in_only

DONE = {
    "same": "The two records are one now.",
    "different": "Kept as two people. This pair won't be asked about again.",
    "unsure": "Left for somebody who knows more.",
    "again": "The pair waits to be looked at again.",
    "placed": "The entry is where it belongs.",
}


@signed_in_only
async def queue_page(request: Request) -> Response:
    """Everything that waits, oldest first."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    if not is_clerk(session):
        return not_found(request)
    found = await cases(services(request), session)
    done = DONE.get(request.query_params.get("done", ""), "")
    return render(
        request, "person_index/queue.jinja", waiting=[waiting(each) for each in found], done=done
    )
