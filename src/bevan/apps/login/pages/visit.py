"""What several pages need of a request: the visitor, the provider, and the way on."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bevan.identity.login import Visitor
from bevan.identity.openid.provider import Provider
from bevan.identity.openid.steps import Fault, Onward, Step
from bevan.identity.sessions import APPS, Session
from bevan.web.csp import POLICY
from bevan.web.services import services
from bevan.web.session import cookie_name


def visitor(request: Request, use: str = APPS) -> Visitor:
    """The browser that asks, with the cookie it has for this use."""
    return Visitor(
        address=request.client.host if request.client else "",
        browser=browser(request.headers.get("user-agent", "")),
        cookie=request.cookies.get(cookie_name(request, use)),
    )


def browser(agent: str) -> str:
    """A browser in two words, as its owner would say it: "Firefox, Android"."""
    names = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
               ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip
    name = next((shown for mark, shown in names if mark in agent), "")
    system = next((shown for mark, shown in systems if mark in agent), "")
    return ", ".join(part for part in (name, system) if part) or "Unknown browser"


def realm_of(request: Request) -> str:
    """citizen or staff, from the address; anything else isn't there."""
    realm = str(request.path_params.get("realm", "citizen"))
    if realm not in services(request).providers:
        raise HTTPException(404)
    return realm


def provider_of(request: Request) -> Provider:
    """The provider whose pages these are."""
    return services(request).providers[realm_of(request)]


async def at_provider(request: Request, realm: str) -> Session | None:
    """Who is signed in at the provider itself."""
    cookie = request.cookies.get(cookie_name(request, realm))
    return await services(request).identity.at_provider(cookie, realm)


def onward(realm: str, pending: str) -> str:
    """Where to go after a step of signing in: on with what was asked, or to our own apps."""
    if pending:
        return f"/login/{realm}/go?request={quote(pending)}"
    return f"/sign-in/{realm}"


def followed(step: Step) -> Response | None:
    """The redirect of a step that leaves our pages; None for one that shows a page."""
    if isinstance(step, Onward):
        answer = RedirectResponse(step.address, status_code=303)
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer
    if isinstance(step, Fault):
        return RedirectResponse("/login/refused", status_code=303)
    return None


async def leading_out(request: Request, answer: Response, pending: str) -> Response:
    """Lets the forms of a page end at the address of the client that waits for the answer.

    Browsers apply `form-action` along redirects, so the client's origin has to be in it.
    """
    found = await provider_of(request).store.pending(pending) if pending else None
    if found is not None:
        parts = urlsplit(found.redirect)
        policy = POLICY.format(nonce=request.state.nonce)
        allowed = f"form-action 'self' {parts.scheme}://{parts.netloc}"
        answer.headers["Content-Security-Policy"] = policy.replace("form-action 'self'", allowed)
    return answer
