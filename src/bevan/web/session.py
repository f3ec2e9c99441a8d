"""Who is signed in: read from the cookie once per request and kept on ``request.state``."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bevan.web.services import services

if TYPE_CHECKING:
    from bevan.identity.sessions import Session

SECURE_COOKIE, PLAIN_COOKIE = "__Host-bevan", "bevan"


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
            cookie = connection.cookies.get(cookie_name(connection))
            found = await services(connection).identity.signed_in(cookie) if cookie else None
            scope.setdefault("state", {})["session"] = found
        await self.app(scope, receive, send)


def session_of(connection: HTTPConnection) -> Session | None:
    """The session that the middleware found."""
    found: Session | None = getattr(connection.state, "session", None)
    return found


def cookie_name(connection: HTTPConnection) -> str:
    """``__Host-`` binds the cookie to this host over TLS; plain http can't carry that prefix."""
    return SECURE_COOKIE if connection.url.scheme == "https" else PLAIN_COOKIE


def keep(response: Response, request: Request, cookie: str) -> None:
    """Hands the browser its session cookie: not for scripts, not for other sites' requests."""
    response.set_cookie(
        cookie_name(request),
        cookie,
        httponly=True,
        samesite="lax",
        path="/",
        secure=request.url.scheme == "https",
    )


def forget(response: Response, request: Request) -> None:
    """Takes the cookie back."""
    response.delete_cookie(cookie_name(request), path="/")


def signed_in_only(page: Page) -> Page:
    """A page that sends a stranger to the sign-in page and afterwards back here."""

    @wraps(page)
    async def guarded(request: Request) -> Response:
        if session_of(request) is None:
            return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", status_code=303)
        return await page(request)

    return guarded
