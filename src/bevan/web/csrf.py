"""Refuses posts that another site's page makes in the reader's name.

The browser itself says where a request comes from (``Sec-Fetch-Site``, or ``Origin`` in older
ones), and no page can forge either, so no token has to travel with the forms.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bevan.web.errors import refused

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN = frozenset({"same-origin", "none"})


def allowed(method: str, headers: Headers) -> bool:
    """Whether a request may change something: safe, or from a page of this very site.

    Fails closed: a changing request that names no origin at all is refused.
    """
    if method in SAFE:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")


class SameSitePosts:
    """Answers 403 to what ``allowed`` refuses, before any route is tried."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or allowed(scope["method"], Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        fault = HTTPException(403, "This form was sent from another site. Nothing was changed.")
        answer = await refused(Request(scope, receive), fault)
        await answer(scope, receive, send)
