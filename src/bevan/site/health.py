"""Whether this process runs, whether it can serve, and what it has counted."""

from __future__ import annotations

import asyncpg

from bevan.api.reply import Send
from bevan.kernel.database import Database
from bevan.kernel.errors import BevanError
from bevan.kernel.metrics import Metrics

PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
_TEXT = b"text/plain; charset=utf-8"
_METRICS = b"text/plain; version=0.0.4; charset=utf-8"


class Health:
    """Answers `/healthz`, `/readyz` and `/metrics`."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._database: Database | None = None

    def ready(self, database: Database | None) -> None:
        """Say what to ask for readiness; None means not ready, at start and at the end."""
        self._database = database

    async def answer(self, path: str, send: Send) -> None:
        """`/healthz`: the process runs. `/readyz`: the database answers too, else 503."""
        if path == "/metrics":
            await _send(send, 200, _METRICS, self._metrics.exposition())
        elif path == "/healthz" or await self._serves():
            await _send(send, 200, _TEXT, b"ok\n")
        else:
            await _send(send, 503, _TEXT, b"not ready\n")

    async def _serves(self) -> bool:
        if self._database is None:
            return False
        try:
            return bool(await self._database.fetchval("SELECT 1"))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, BevanError):
            return False


async def _send(send: Send, status: int, content_type: bytes, body: bytes) -> None:
    headers = [
        (b"content-type", content_type),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; sandbox; frame-ancestors 'none'"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
