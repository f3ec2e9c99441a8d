"""Apps that registered themselves wait here for an administrator's decision."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.connected import service
from bevan.apps.connected.pages.framing import drawn, present, to_sign_in
from bevan.apps.connected.presenters import pending
from bevan.web.errors import not_found
from bevan.web.pages import go
from bevan.web.services import services
from bevan.web.session import session_of


async def list_page(request: Request) -> Response:
    """Every app, those that wait first."""
    if session_of(request) is None:
        return to_sign_in(request)
    if not service.administers(present(request)):
        return not_found(request)
    every = [pending(each) for each in await services(request).clients.every()]
    return drawn(
        request,
        "waiting.jinja",
        waiting=[each for each in every if each.status == "pending"],
        approved=[each for each in every if each.status == "approved"],
        done=request.query_params.get("done", ""),
    )


async def decide(request: Request) -> Response:
    """Approves an app that waits, or revokes one for good."""
    session = session_of(request)
    if session is None or not service.administers(session):
        return not_found(request)
    clients, id = services(request).clients, request.path_params["client"]
    decision = str((await request.form()).get("decision", ""))
    by = f"{session.actor.name} ({session.actor.id})"
    tell = services(request).journal.tell
    if decision == "approve" and await clients.approve(id, by=by):
        await tell(session.actor, "client-approved", type="client", id=id)
        return go("/apps/waiting?done=approved")
    if decision == "revoke" and await clients.revoke(id, by=by):
        services(request).app_tokens.forget()
        await tell(session.actor, "client-revoked", type="client", id=id)
        return go("/apps/waiting?done=revoked")
    return not_found(request)
