"""Our own relying party: off to the provider, and back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bevan.apps.login.pages.visit import realm_of, visitor
from bevan.identity.errors import SignInRefused
from bevan.identity.relying import NoConsent
from bevan.identity.secret import fresh
from bevan.identity.sessions import NO_ROLE
from bevan.kernel.errors import BevanError
from bevan.web.pages import go, inside, render
from bevan.web.services import services
from bevan.web.session import cookie_name, keep

ERRAND = "errand"
LEAST = {"citizen": "P0", "staff": "AAL2"}
FIRST = {"citizen": "/account", "staff": "/record"}


async def start(request: Request) -> Response:
    """Send the browser to sign in, at least at the level that the next page needs."""
    realm = realm_of(request)
    level = request.query_params.get("level", LEAST[realm])
    known = ("P0", "P5", "P9") if realm == "citizen" else ("AAL2", "AAL3")
    browser = request.cookies.get(cookie_name(request, ERRAND)) or fresh()
    try:
        address = (
            await services(request)
            .relying[realm]
            .start(
                browser,
                level=level if level in known else LEAST[realm],
                next=inside(request.query_params.get("next"), FIRST[realm]),
            )
        )
    except BevanError as fault:
        return _apology(request, realm, str(fault), 503)
    answer = RedirectResponse(address, status_code=303)
    keep(answer, request, browser, ERRAND)
    return answer


async def finish(request: Request) -> Response:
    """The browser comes back from the provider with a code, an error, or neither."""
    realm = realm_of(request)
    browser = request.cookies.get(cookie_name(request, ERRAND), "")
    try:
        arrived = (
            await services(request)
            .relying[realm]
            .finish(dict(request.query_params), browser, visitor(request))
        )
    except NoConsent:
        return render(request, "login/no_consent.jinja", realm=realm)
    except SignInRefused as fault:
        return _apology(request, realm, str(fault), 403)
    except BevanError as fault:
        return _apology(request, realm, str(fault), 503)
    choose = realm == "staff" and arrived.session.position == NO_ROLE
    answer = go("/roles" if choose else inside(arrived.next, FIRST[realm]))
    keep(answer, request, arrived.cookie)
    return answer


def _apology(request: Request, realm: str, sentence: str, status: int) -> Response:
    return render(request, "login/failed.jinja", status=status, realm=realm, sentence=sentence)
