"""Readiness is asked over HTTP, as anybody would."""

from __future__ import annotations

import asyncio

import pytest

from bevan.site.processes.readiness import ready


async def serve(*answers: bytes) -> tuple[asyncio.Server, int, list[bytes]]:
    """A server that gives these answers one after the other."""
    asked: list[bytes] = []
    remaining = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(remaining.pop(0) if len(remaining) > 1 else remaining[0])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1], asked


YES = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
NO = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"


@pytest.mark.parametrize(("answer", "well"), [(YES, True), (NO, False), (b"odd\r\n\r\n", False)])
async def test_only_200_is_ready(answer: bytes, well: bool) -> None:
    server, port, asked = await serve(answer)
    assert await ready("0.0.0.0", port) is well
    assert asked[0].startswith(b"GET /readyz HTTP/1.1\r\n")
    server.close()
    await server.wait_closed()


async def test_nobody_there_is_not_ready() -> None:
    server, port, _ = await serve(YES)
    server.close()
    await server.wait_closed()
    assert not await ready("127.0.0.1", port)
