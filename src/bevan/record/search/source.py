"""Where a statement of a search runs: on the pool that suits it, or on a caller's connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from asyncpg import Record

from bevan.kernel.database import Connection, Database

TIMEOUT = "10s"
# A person, an id or an identifier bounds the work: one plan, by index and made once, serves all.
BOUND = {
    "statement_timeout": TIMEOUT,
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
}
# For a search over everybody the best plan depends on the values: it is made each time.
POPULATION = {"statement_timeout": TIMEOUT, "plan_cache_mode": "force_custom_plan"}


class Source(Protocol):
    """Runs statements. `bound` ones touch few rows whatever their arguments are."""

    async def fetch(self, sql: str, arguments: Sequence[object], *, bound: bool) -> list[Record]:
        """All rows of a statement."""


class Pools:
    """Two pools, one for each way of planning."""

    def __init__(self, bound: Database, population: Database) -> None:
        self.bound = bound
        self.population = population

    @classmethod
    async def open(cls, dsn: str, size: int) -> Pools:
        """Connect; raises `kernel.errors.Unavailable`."""
        bound = await Database.open(dsn, size=size, settings=BOUND)
        population = await Database.open(dsn, size=size, settings=POPULATION)
        return cls(bound, population)

    async def close(self) -> None:
        """Let go of the database."""
        await self.bound.close()
        await self.population.close()

    async def fetch(self, sql: str, arguments: Sequence[object], *, bound: bool) -> list[Record]:
        """All rows of a statement, on any connection of the pool that suits it."""
        async with (self.bound if bound else self.population).connection() as connection:
            return await connection.fetch(sql, *arguments)


class Caller:
    """A caller's connection, so that a search sees what its transaction has written."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch(self, sql: str, arguments: Sequence[object], *, bound: bool) -> list[Record]:
        """All rows of a statement."""
        return await self._connection.fetch(sql, *arguments)
