"""Apps I allowed: what a person gave, and taking it back."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.connected import service
from bevan.apps.connected.pages.framing import drawn, present, to_sign_in
from bevan.apps.connected.presenters import Allowed, allowed, person
from bevan.identity.smart.granted import AppGrant
from bevan.web.errors import not_found
from bevan.web.pages import go
from bevan.web.services import services
from bevan.web.session import session_of


async def list_page(request: Request) -> Response:
    """Every app that still holds something of this person's."""
    if session_of(request) is None:
        return to_sign_in(request)
    session = present(request)
    given = await services(request).app_grants.given(session.signer) if session.actor.id else []
    return drawn(
        request,
        "allowed.jinja",
        given=[await _shown(request, grant) for grant in given],
        done=request.query_params.get("done") == "taken-back",
        administers=service.administers(session),
    )


async def take_back(request: Request) -> Response:
    """The app can do nothing more within two seconds."""
    if session_of(request) is None:
        return go("/sign-in?next=/apps")
    try:
        id = UUID(request.path_params["grant"])
    except ValueError:
        return not_found(request)
    given = services(request)
    if not await given.app_grants.take_back(present(request).signer, id):
        return not_found(request)
    given.app_tokens.forget()
    who = present(request).actor
    await given.journal.tell(who, "app-taken-back", type="permission", id=str(id))
    return go("/apps?done=taken-back")


async def _shown(request: Request, grant: AppGrant) -> Allowed:
    given, session = services(request), present(request)
    about = ""
    if grant.patient is not None and grant.patient != session.signer.id:
        found = await service.seen(given, session, grant.patient)
        about = person(found).name if found is not None else "somebody you can't see any more"
    return allowed(grant, given.app_tokens.granted(grant), about)
