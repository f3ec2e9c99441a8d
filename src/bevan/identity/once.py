"""What may be used once: the `jti` of an assertion, a one-time code, a launch."""

from __future__ import annotations

from datetime import datetime, timedelta

from bevan.identity.secret import digest
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.sql import statements

# Kept longer than it could be accepted, so that clocks a little apart make no gap.
_GRACE = timedelta(minutes=10)


class Once:
    """Remembers, over all processes and until its time, that a value was used."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.identity", "once.sql")

    async def use(self, kind: str, value: str, until: datetime) -> bool:
        """Use a value of some kind: True the first time only. `until`: when it's void anyhow."""
        first = await self._database.fetchval(self._sql["use"], kind, digest(value), until + _GRACE)
        return first is not None

    async def sweep(self) -> None:
        """Forget what has run out; a periodic job calls this."""
        await self._database.execute(self._sql["sweep"], self._clock.now())
