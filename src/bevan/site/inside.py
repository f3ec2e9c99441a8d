"""Calls to our own providers without a way round through the network."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from bevan.kernel.outgoing import Answer, Outgoing

App = Callable[[Any, Any, Any], Awaitable[None]]


class Inside:
    """Sends what is for our own address to `app`, and everything else through the guarded door."""

    def __init__(self, outgoing: Outgoing, public_url: str) -> None:
        self._outgoing = outgoing
        self._own = public_url
        self.app: App | None = None

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """One call; see `Outgoing.send`."""
        if self.app is None or not url.startswith(f"{self._own}/"):
            return await self._outgoing.send(method, url, headers=headers, body=body)
        return await _asked(self.app, method, url, headers or {}, body)


async def _asked(
    app: App, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> Answer:
    parts = urlsplit(url)
    lines = [(name.lower().encode(), text.encode("latin-1")) for name, text in headers.items()]
    scope = {
        "type": "http", "method": method, "scheme": parts.scheme, "path": parts.path,
        "query_string": parts.query.encode(), "headers": lines,
    }  # fmt: skip
    said: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    await app(scope, receive, send)
    start = said[0]
    told = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], told, b"".join(m.get("body", b"") for m in said[1:]))
