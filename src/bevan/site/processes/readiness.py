"""Asking our own web workers whether they are ready."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

_REQUEST = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


async def ready(host: str, port: int, *, tls: bool = False, patience: float = 5.0) -> bool:
    """Whether `/readyz` answers 200 within `patience` seconds."""
    with suppress(OSError, TimeoutError, ValueError, IndexError):
        return await asyncio.wait_for(_status(_reached(host), port, tls), patience) == 200
    return False


async def _status(host: str, port: int, tls: bool) -> int:
    reader, writer = await asyncio.open_connection(host, port, ssl=_unchecked() if tls else None)
    try:
        writer.write(_REQUEST)
        await writer.drain()
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _reached(host: str) -> str:
    """The address at which we ourselves reach a server that listens on all of them."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared only)


def _unchecked() -> ssl.SSLContext:
    """Our own server on this machine, whatever name its certificate is for."""
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made
