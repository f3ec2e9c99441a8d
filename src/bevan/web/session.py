"""Who is signed in: read from the cookie once per request and kept on ``request.state``."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bevan.identity.cookies import cookie
from bevan.identity.sessions import APPS
from bevan.kernel.identifiers import uuid7
from bevan.kernel.logs import request_id
from bevan.web.services import services

if TYPE_CHECKING:
    from bevan.identity.sessions import Session


class Page(Protocol):
    """What a route calls: request in, response out."""

    async def __call__(self, request: Request, /) -> Response: ...


class SignedIn:
    """Puts the session, or None, on ``request.state.session``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not scope["path"].startswith("/static/"):
            connection = HTTPConnection(scope)
            secret = connection.cookies.get(cookie_name(connection))
            found = await services(connection).identity.signed_in(secret) if secret else None
            scope.setdefault("state", {})["session"] = found
        # One name for everything that a page asks for: its log lines, and its audit entries.
        named = request_id.set(uuid7())
        try:
            await self.app(scope, receive, send)
        finally:
            request_id.reset(named)


def session_of(connection: HTTPConnection) -> Session | None:
    """The session that the middleware found."""
    found: Session | None = getattr(connection.state, "session", None)
    return found


def cookie_name(connection: HTTPConnection, use: str = APPS) -> str:
    """The cookie of a session: of the apps, or at a provider (citizen, staff)."""
    return cookie(use, secure=connection.url.scheme == "https")


def keep(
    response: Response,
    request: Request,
    secret: str,
    use: str = APPS,
    *,
    lasts: int | None = None,
) -> None:
    """Hands the browser its session cookie: not for scripts, not for other sites' requests.

    It ends with the browser, or after `lasts` seconds.
    """
    response.set_cookie(
        cookie_name(request, use),
        secret,
        max_age=lasts,
        httponly=True,
        samesite="lax",
        path="/",
        secure=request.url.scheme == "https",
    )


def forget(response: Response, request: Request, use: str = APPS) -> None:
    """Takes the cookie back."""
    response.delete_cookie(cookie_name(request, use), path="/")


def signed_in_only(page: Page) -> Page:
    """A page that sends a stranger to the sign-in page and afterwards back here."""

    @wraps(page)
    async def guarded(request: Request) -> Response:
        if session_of(request) is None:
            return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", status_code=303)
        return await page(request)

    return guarded
