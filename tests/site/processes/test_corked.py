"""Answers leave in one write, whole and in order, and nothing is left behind at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import uvicorn
from uvicorn.server import ServerState

from bevan.site.processes.corked import Corked, Protocol

GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


class Wire(asyncio.Transport):
    """A transport that keeps what it is given, write by write."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def turns() -> None:
    for _ in range(8):
        await asyncio.sleep(0)


def corked(wire: Wire) -> Corked:
    return Corked(wire, asyncio.get_running_loop())


async def test_what_is_written_in_one_turn_leaves_together_and_in_order() -> None:
    wire = Wire()
    cork = corked(wire)
    cork.write(b"head")
    cork.write(b"body")
    assert wire.writes == []
    await turns()
    cork.write(b"next")
    await turns()
    assert wire.writes == [b"headbody", b"next"]


async def test_much_is_not_held_back() -> None:
    wire = Wire()
    cork = corked(wire)
    cork.write(b"x" * 65_536)
    assert wire.writes == []
    cork.write(b"y")
    assert [len(one) for one in wire.writes] == [65_537]
    await turns()
    assert len(wire.writes) == 1


async def test_closing_sends_what_waits() -> None:
    wire = Wire()
    cork = corked(wire)
    cork.write(b"last words")
    cork.close()
    assert (wire.writes, wire.closed) == ([b"last words"], True)


async def test_nothing_is_written_to_a_connection_that_went_away() -> None:
    wire = Wire()
    cork = corked(wire)
    cork.write(b"nobody hears this")
    wire.closed = True
    await turns()
    assert wire.writes == []


async def test_all_else_is_the_transport_s() -> None:
    assert corked(Wire()).get_extra_info("peername") == ("127.0.0.1", 1)


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


async def _stream(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in (b"one", b"two"):
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await turns()
    await send({"type": "http.response.body", "body": b""})


async def served(app: Callable[..., Any], *requests: bytes) -> Wire:
    config = uvicorn.Config(app, http=Protocol, log_config=None, access_log=False)
    config.load()
    wire = Wire()
    protocol = Protocol(config, ServerState(), {}, asyncio.get_running_loop())
    protocol.connection_made(cast(asyncio.Transport, wire))
    for request in requests:
        protocol.data_received(request)
    for _ in range(8):
        await turns()
    protocol.connection_lost(None)
    return wire


async def test_an_answer_is_one_write() -> None:
    wire = await served(_answer, GET)
    assert len(wire.writes) == 1
    assert wire.writes[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert wire.writes[0].endswith(b"\r\n\r\nhello")


async def test_requests_sent_ahead_are_answered_in_order() -> None:
    wire = await served(_answer, GET + GET)
    assert b"".join(wire.writes).count(b"hello") == 2


async def test_parts_of_a_stream_leave_when_they_are_made() -> None:
    wire = await served(_stream, GET)
    assert len(wire.writes) >= 2
    assert b"one" in wire.writes[0] and b"two" not in wire.writes[0]


async def test_a_connection_to_be_closed_is_closed_after_its_answer() -> None:
    wire = await served(_answer, GET.replace(b"Host", b"Connection: close\r\nHost"))
    assert wire.writes[0].endswith(b"hello")
    assert wire.closed
