"""A consumer of the change feed that survives everything, and notes each version it saw."""

from __future__ import annotations

import asyncio
import threading
import time

import asyncpg

from bevan.kernel.errors import BevanError
from bevan.kernel.settings import Settings
from bevan.record.errors import RecordError
from bevan.record.feed import Cursor
from bevan.record.scope import Actor, Scope, system
from bevan.site.composition import compose

_ACTOR = Actor("system", "proof", "Proof of the change feed")
_TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, BevanError)

Seen = list[tuple[str, str, int]]


def _scope() -> Scope:
    return system("prove that the change feed has no gap", _ACTOR)


class Follower(threading.Thread):
    """Follows the feed from its beginning until `finish`; `seen` in the order of the feed."""

    def __init__(self, dsn: str, settings: Settings) -> None:
        super().__init__(daemon=True)
        self.seen: Seen = []
        self.cursor: Cursor | None = None
        self.troubles = 0
        self._dsn = dsn
        self._settings = settings
        self._finish = threading.Event()
        self._fault: BaseException | None = None

    def finish(self, patience: float = 300.0) -> None:
        """Read to the present end, then stop."""
        self._finish.set()
        self.join(patience)
        if self._fault is not None:
            raise self._fault

    def run(self) -> None:
        """Follow, and open everything anew after each interruption."""
        while True:
            try:
                asyncio.run(self._follow())
            except RecordError as fault:
                self._fault = fault
                return
            except _TROUBLE:
                self.troubles += 1
                time.sleep(0.1)
            else:
                return

    async def _follow(self) -> None:
        async with compose(self._settings, self._dsn) as made:
            while True:
                last = self._finish.is_set()
                page = await made.record.feed(_scope(), self.cursor, 1000)
                # What was seen and how far is one step: nothing can come between.
                self.seen += [(one.type, one.id, one.version) for one in page.entries]
                self.cursor = page.cursor
                if not page.full:
                    if last:
                        return
                    await asyncio.sleep(0.05)


async def whole_feed(dsn: str, settings: Settings) -> Seen:
    """Everything in the feed, from its beginning."""
    seen: Seen = []
    async with compose(settings, dsn) as made:
        cursor: Cursor | None = None
        while True:
            page = await made.record.feed(_scope(), cursor, 1000)
            seen += [(one.type, one.id, one.version) for one in page.entries]
            cursor = page.cursor
            if not page.full:
                return seen


async def goes_on(dsn: str, settings: Settings, cursor: Cursor) -> bool:
    """Whether a consumer with this cursor is let on, instead of being told to rebuild."""
    from bevan.record.feed import Rebuild

    async with compose(settings, dsn) as made:
        try:
            await made.record.feed(_scope(), cursor, 1)
        except Rebuild:
            return False
    return True


async def versions(dsn: str) -> Seen:
    """Every version that the tables hold."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "SELECT type, id, version FROM resource "
            "UNION ALL SELECT type, id, version FROM resource_history"
        )
    finally:
        await connection.close()
    return [(row["type"], row["id"], row["version"]) for row in rows]
