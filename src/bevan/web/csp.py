"""Security headers of every page, with a fresh script nonce for each request."""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# A browser that was here over TLS never comes without it again (RFC 6797 6.1).
STRICT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


class ContentSecurity:
    """Adds the policy and puts the nonce on ``request.state.nonce``.

    Pages about people are never kept by a cache: a page that sets no caching rule of its own
    is sent with ``no-store``, so that the back button after signing out shows nobody.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                _harden(headers, nonce)
                if scope.get("scheme") == "https":
                    headers.setdefault(*STRICT)
            await send(message)

        await self.app(scope, receive, guarded)


def _harden(headers: MutableHeaders, nonce: str) -> None:
    headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce))
    headers.setdefault("Cache-Control", "no-store")
    for name, value in FIXED.items():
        headers.setdefault(name, value)
