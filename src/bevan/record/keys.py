"""Row keys, taken from the database in blocks so that a write needs no round trip for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bevan.kernel.database import Database
from bevan.kernel.sql import statements

BLOCK = 1_000


class Keys:
    """A process's stock of row keys. What a process doesn't use is lost, which is harmless."""

    def __init__(self, database: Database) -> None:
        """Blocks come through ``database``."""
        self._database = database
        self._blocks: list[range] = []
        self._lock = asyncio.Lock()

    async def take(self, count: int = 1) -> Iterator[int]:
        """``count`` fresh keys, ascending within each block."""
        if self._left() < count:
            async with self._lock:
                await self._refill(count)
        return iter(self._pick(count))

    def _left(self) -> int:
        return sum(map(len, self._blocks))

    async def _refill(self, count: int) -> None:
        while self._left() < count:
            start = await self._database.fetchval(statements("bevan.record", "write.sql")["keys"])
            self._blocks.append(range(start, start + BLOCK))

    def _pick(self, count: int) -> list[int]:
        picked: list[int] = []
        while len(picked) < count:
            block = self._blocks.pop(0)
            need = count - len(picked)
            picked.extend(block[:need])
            if len(block) > need:
                self._blocks.insert(0, block[need:])
        return picked
