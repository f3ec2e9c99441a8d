"""How often something was tried lately: the brake on guessing.

Counted in the database, so that several processes share one count. Keys are stored as digests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bevan.identity.errors import TooOften
from bevan.identity.secret import digest
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.sql import statements


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of one key within `within`."""

    name: str
    most: int
    within: timedelta


CODES_SENT = Limit("code-sent", 5, timedelta(hours=1))
CODE_WRONG = Limit("code-wrong", 10, timedelta(minutes=15))
PASSKEY_WRONG = Limit("passkey-wrong", 10, timedelta(minutes=15))
DISPLAY_CODE = Limit("display-code", 20, timedelta(minutes=10))
ADDRESS = Limit("address", 100, timedelta(minutes=10))
LONGEST = timedelta(hours=1)


class Attempts:
    """The attempt table."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.identity", "attempts.sql")

    async def note(self, limit: Limit, key: str) -> None:
        """Count a try. Raises TooOften when it is one too many; it counts all the same."""
        now = self._clock.now()
        tried = await self._database.fetchval(
            self._sql["count"], _key(limit, key), now, now - limit.within
        )
        if tried > limit.most:
            raise TooOften(_sentence(limit))

    async def check(self, limit: Limit, key: str) -> None:
        """Raises TooOften when there were as many tries as are allowed; counts nothing."""
        since = self._clock.now() - limit.within
        if (
            await self._database.fetchval(self._sql["lately"], _key(limit, key), since)
            >= limit.most
        ):
            raise TooOften(_sentence(limit))

    async def forgive(self, limit: Limit, key: str) -> None:
        """Start again at none, after a success."""
        await self._database.execute(self._sql["forgive"], _key(limit, key))

    async def sweep(self) -> None:
        """Remove what no limit looks at any more."""
        await self._database.execute(self._sql["sweep"], self._clock.now() - LONGEST)


def _key(limit: Limit, key: str) -> bytes:
    return digest(f"{limit.name}\n{key}")


def _sentence(limit: Limit) -> str:
    minutes = int(limit.within.total_seconds() // 60)
    return f"This was tried too often. Wait {minutes} minutes, then try again."
