"""Entries as JSON lines for a security team's own system: into a file, or to a syslog over TCP.

What was searched for is left out: search terms are health data, and a SIEM doesn't need them.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bevan.access.chain.entry import Named
from bevan.access.chain.ledger import Ledger
from bevan.access.chain.link import Signed
from bevan.access.chain.sealing import moment
from bevan.kernel.errors import ConfigurationError, Unavailable

# RFC 5424: facility 13 (log audit), severity 6 (informational).
_PRIORITY = 13 * 8 + 6
_PATIENCE = 10.0


class Siem:
    """Sends the entries of a link, then the link itself."""

    def __init__(self, address: str) -> None:
        """`address`: file:///path or tcp://host:port. Raises `ConfigurationError`."""
        self._url = urlsplit(address)
        file = self._url.scheme == "file" and self._url.path
        tcp = self._url.scheme == "tcp" and self._url.hostname and self._url.port
        if not file and not tcp:
            raise ConfigurationError("BEVAN_AUDIT_SIEM must be file:///path or tcp://host:port.")

    async def send(self, signed: Signed, named: list[Named], ledger: Ledger) -> None:
        """Send what a link seals. Raises `Unavailable`; then all of it is sent again later."""
        lines = [msgspec.json.encode(told(one, signed, ledger)) for one in named]
        lines.append(msgspec.json.encode({"event": "link", **msgspec.to_builtins(signed)}))
        if self._url.scheme == "file":
            await asyncio.to_thread(_append, Path(self._url.path), lines)
        else:
            await self._syslog(lines)

    async def _syslog(self, lines: list[bytes]) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                _, writer = await asyncio.open_connection(self._url.hostname, self._url.port)
                try:
                    writer.writelines(framed(line) for line in lines)
                    await writer.drain()
                finally:
                    writer.close()
                    await writer.wait_closed()
        except (OSError, TimeoutError) as fault:
            raise Unavailable(f"The SIEM doesn't answer ({type(fault).__name__}).") from None


def told(named: Named, signed: Signed, ledger: Ledger) -> dict[str, Any]:
    """One entry for the SIEM."""
    entry = named.entry
    actor = ledger.actor(entry.agent)
    return {
        "event": "entry",
        "link": signed.link.number,
        "hash": named.leaf.hex(),
        "at": moment(entry.at).isoformat(),
        "kind": actor.kind if actor else "",
        "actor": actor.id if actor else "",
        "role": actor.role if actor else "",
        "organisation": actor.organisation if actor else "",
        "app": actor.app if actor else "",
        "action": entry.action,
        "outcome": entry.outcome,
        "type": entry.type,
        "id": entry.id,
        "patient": entry.patient,
        "entries": entry.entries,
        "request": entry.request,
    }


def framed(line: bytes) -> bytes:
    """One message with its length before it (RFC 5424 6, RFC 6587 3.4.1)."""
    host = socket.gethostname() or "-"
    message = f"<{_PRIORITY}>1 - {host} bevan {os.getpid()} audit - ".encode() + line
    return f"{len(message)} ".encode() + message


def _append(path: Path, lines: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        with os.fdopen(file, "ab", closefd=False) as target:
            target.write(b"".join(line + b"\n" for line in lines))
        os.fsync(file)
    finally:
        os.close(file)
