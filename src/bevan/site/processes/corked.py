"""HTTP answers that leave in one write: uvicorn writes an answer's head and its body apart.

Each write is a system call and a packet; on a short answer they cost as much as all else.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_AT_ONCE = 64 * 1024


class Corked:
    """A transport that joins what is written in one turn of the event loop.

    Nothing waits longer than that turn. More than 64 KiB go out at once, so that the transport's
    own limits decide when a sender has to pause. All else is the transport's.
    """

    __slots__ = ("_loop", "_size", "_transport", "_waiting")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Send with what else is written in this turn."""
        if not self._waiting:
            self._loop.call_soon(self.flush)
        self._waiting.append(data)
        self._size += len(data)
        if self._size > _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Send now what waits."""
        waiting, self._waiting, self._size = self._waiting, [], 0
        if waiting and not self._transport.is_closing():
            self._transport.write(b"".join(waiting))

    def close(self) -> None:
        """Send what waits, then close."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 over a corked transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection was accepted."""
        super().connection_made(cast(asyncio.Transport, Corked(transport, self.loop)))
