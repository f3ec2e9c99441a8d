"""Where a statement of a search runs: on the pool that suits it, or on a caller's connection."""

from __future__ import annotations

from typing import Any, Protocol

from asyncpg import Record

from bevan.kernel.database import Connection, Database
from bevan.record.search.arguments import Arguments
from bevan.record.search.fusion import Fusion, Note
from bevan.record.search.limits import Guard, Limits, explained

# A person, an id or an identifier bounds the work: one plan, by index and made once, serves all.
BOUND = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
}
# For a search over everybody the best plan depends on the values: it is made each time.
POPULATION = {"plan_cache_mode": "force_custom_plan"}


class Source(Protocol):
    """Runs statements. `bound` ones touch few rows whatever their arguments are."""

    async def fetch(self, sql: str, arguments: Arguments, *, bound: bool) -> list[Record]:
        """All rows of a statement."""


class Pools:
    """Two pools, one for each way of planning."""

    def __init__(self, bound: Database, population: Database, limits: Limits) -> None:
        self.bound = bound
        self._guard = Guard(limits)
        self.population = population
        self._fusion = Fusion(bound)

    @classmethod
    async def open(cls, dsn: str, size: int, limits: Limits) -> Pools:
        """Connect; raises `kernel.errors.Unavailable`."""
        ends = {"statement_timeout": f"{limits.seconds}s"}
        bound = await Database.open(dsn, size=size, settings=BOUND | ends)
        population = await Database.open(dsn, size=size, settings=POPULATION | ends)
        return cls(bound, population, limits)

    async def close(self) -> None:
        """Finish what is queued, then let go of the database."""
        await self._fusion.close()
        await self.bound.close()
        await self.population.close()

    async def fetch(self, sql: str, arguments: Arguments, *, bound: bool) -> list[Record]:
        """All rows of a statement, on any connection of the pool that suits it.

        Raises SearchTooCostly for one over everybody that would look at too much.
        """
        if bound and (rows := await self._fusion.fetch(sql, arguments)) is not None:
            return rows
        async with (self.bound if bound else self.population).connection() as connection:
            if not bound:
                await self._guard.check(connection, sql, arguments)
            return await connection.fetch(sql, *arguments.values)

    async def explained(self, sql: str, arguments: Arguments, *, bound: bool) -> dict[str, Any]:
        """PostgreSQL's plan of a statement, as the pool that suits it would make it."""
        async with (self.bound if bound else self.population).connection() as connection:
            return await explained(connection, sql, arguments)

    async def noted(self, sql: str, arguments: Arguments, note: Note) -> list[Record] | None:
        """All rows of a bound statement, once their audit is committed; None if it can't be so."""
        return await self._fusion.fetch(sql, arguments, note)


class Noting:
    """The pools for one search whose first statement writes its audit, too.

    `done` says whether it did: where it couldn't, the audit is still to be written.
    """

    def __init__(self, pools: Pools, note: Note) -> None:
        self._pools = pools
        self._note = note
        self.done = False

    async def fetch(self, sql: str, arguments: Arguments, *, bound: bool) -> list[Record]:
        """All rows of a statement."""
        if bound and not self.done:
            rows = await self._pools.noted(sql, arguments, self._note)
            if rows is not None:
                self.done = True
                return rows
        return await self._pools.fetch(sql, arguments, bound=bound)


class Caller:
    """A caller's connection, so that a search sees what its transaction has written."""

    def __init__(self, connection: Connection, seconds: int) -> None:
        self._connection = connection
        self._seconds = seconds

    async def fetch(self, sql: str, arguments: Arguments, *, bound: bool) -> list[Record]:
        """All rows of a statement; raises TimeoutError for one that takes too long."""
        return await self._connection.fetch(sql, *arguments.values, timeout=self._seconds)
