"""Calls from pages of other origins (CORS): those of approved apps, and no cookies with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from bevan.api.reply import Receive, Send
from bevan.identity.clients import Clients

Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_ASKED = b"authorization, content-type, accept, prefer, if-match, if-none-match, x-request-id"
_SHOWN = (
    b"etag, last-modified, location, content-location, x-request-id, www-authenticate, retry-after"
)
_DAY_PART = b"600"


class CrossOrigin:
    """Wraps an application: answers preflights, and lets an approved app's pages read answers."""

    def __init__(self, app: Application, clients: Clients) -> None:
        self._app = app
        self._clients = clients

    def answering(self, app: Application) -> CrossOrigin:
        """The same origins, for another application's answer."""
        return CrossOrigin(app, self._clients)

    async def __call__(self, asgi: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request; without an Origin nothing changes."""
        headers: dict[bytes, bytes] = dict(asgi["headers"])
        origin = headers.get(b"origin")
        if origin is None:
            await self._app(asgi, receive, send)
            return
        known = origin.decode("latin-1") in await self._clients.origins()
        if asgi["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await _preflight(origin if known else None, send)
            return
        await self._app(asgi, receive, _marked(send, origin) if known else send)


def _marked(send: Send, origin: bytes) -> Send:
    async def marked(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            more = [*_allowed(origin), (b"access-control-expose-headers", _SHOWN)]
            message = {**message, "headers": [*message.get("headers", ()), *more]}
        await send(message)

    return marked


async def _preflight(origin: bytes | None, send: Send) -> None:
    headers = [(b"vary", b"Origin"), (b"cache-control", b"no-store")]
    if origin is not None:
        headers = [
            *_allowed(origin),
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _ASKED),
            (b"access-control-max-age", _DAY_PART),
        ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _allowed(origin: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]
