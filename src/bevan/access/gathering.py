"""Gathers entries of the audit into looks, so that people read who looked without a wait.

Only settled transactions are gathered: nothing can come later and fall behind the cursor. Whoever
reads looks adds the entries after it (`bevan.access.looks`), so no answer waits for this and none
is behind.
"""

from __future__ import annotations

from datetime import datetime
from time import monotonic

from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements

# Transactions a step at first, and seconds that a step may take: the feed waits for open ones.
STEP, WIDEST = 5_000, 50_000
LONG = 1.0


class Gathering:
    """Follows the audit; safe to repeat, and safe beside another that does the same."""

    def __init__(self, database: Database, *, step: int = STEP) -> None:
        """``step`` transactions are gathered at first; more or fewer as time allows."""
        self._database = database
        self._step = step
        self._sql = statements("bevan.access", "gathering.sql")

    async def catch_up(self) -> None:
        """Gather everything that is settled now."""
        while await self._more():
            pass

    async def forget(self, before: datetime) -> None:
        """Remove looks that ended before this moment: their entries were disposed of."""
        async with self._database.transaction() as connection:
            await self._forget(connection, before)

    async def _more(self) -> bool:
        # Each step is a transaction itself: "until nothing is new" would never come.
        began = monotonic()
        async with self._database.transaction() as connection:
            opens = await self._cursor(connection)
            mark = await connection.fetchval(self._sql["mark"])
            if mark < opens:
                # Another database was put in this one's place: its looks are made anew.
                await self._forget(connection, None)
                opens = 0
            closes = min(mark, opens + self._step)
            if closes > opens:
                await connection.execute(self._sql["gather"], opens, closes)
            await connection.execute(self._sql["advance"], closes)
        self._pace(monotonic() - began)
        return bool(closes < mark)

    async def _cursor(self, connection: Connection) -> int:
        await connection.execute(self._sql["begin"])
        return int(await connection.fetchval(self._sql["cursor"]))

    async def _forget(self, connection: Connection, before: datetime | None) -> None:
        for name in ("forget_looks", "forget_lookers"):
            await connection.execute(self._sql[name], before)

    def _pace(self, took: float) -> None:
        """Twice as much where that was quick, half as much where it was long."""
        if took > LONG:
            self._step = max(1, self._step // 2)
        elif took < LONG / 4:
            self._step = min(self._step * 2, WIDEST)
