"""Opening an app from somebody's record (SMART App Launch 2.2, EHR launch)."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.connected import service
from bevan.apps.connected.pages.framing import drawn, present, to_sign_in
from bevan.apps.connected.presenters import person
from bevan.identity.clients import RegisteredClient
from bevan.web.errors import not_found
from bevan.web.pages import go
from bevan.web.services import services
from bevan.web.session import session_of


async def choose_page(request: Request) -> Response:
    """The apps that can be opened about this person."""
    if session_of(request) is None:
        return to_sign_in(request)
    session = present(request)
    found = await service.seen(services(request), session, request.path_params["person"])
    if found is None or session.actor.kind != "practitioner":
        return not_found(request)
    return drawn(request, "open.jinja", about=person(found), clients=await _opened(request))


async def open_app(request: Request) -> Response:
    """Sends the browser to the app with an opaque launch, which only this person can use."""
    if session_of(request) is None:
        return go("/")
    given, session, id = services(request), present(request), request.path_params["person"]
    chosen = str((await request.form()).get("client", ""))
    client = next((each for each in await _opened(request) if each.id == chosen), None)
    found = await service.seen(given, session, id)
    if client is None or found is None or session.actor.kind != "practitioner":
        return not_found(request)
    visit = await service.visit(given, session, id)
    launch = await given.app_grants.launch(client, session.actor, id, visit)
    address = client.launch or ""
    mark = "&" if "?" in address else "?"
    return drawn(
        request,
        "leaving.jinja",
        client=client,
        about=person(found),
        address=f"{address}{mark}{urlencode({'iss': service.fhir(given), 'launch': launch})}",
    )


async def _opened(request: Request) -> list[RegisteredClient]:
    every = await services(request).clients.every()
    return [
        each
        for each in every
        if each.status == "approved" and each.use == "smart" and each.launch is not None
    ]
