"""Who is restricted: people whose whereabouts nobody may learn, as the record says right now.

The list is small (a few in a thousand at most) and asked on every request, so it is kept in
memory and renewed from its table every second or two.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from uuid import UUID

from bevan.kernel.database import Database
from bevan.kernel.sql import statements

_STALE = 10.0


class Restricted:
    """The restricted people, as of the last `renew`.

    Until the first `renew`, and when the last was longer ago than ten seconds, `people` is None:
    everybody counts as restricted, since nobody can say who isn't.
    """

    def __init__(self, database: Database, *, tick: Callable[[], float] = monotonic) -> None:
        self._database = database
        self._tick = tick
        self._people: frozenset[UUID] = frozenset()
        self._until = float("-inf")

    async def renew(self) -> None:
        """Read the list again."""
        sql = statements("bevan.access", "projection.sql")["restricted"]
        rows = await self._database.fetch(sql)
        self._people = frozenset(row["patient"] for row in rows)
        self._until = self._tick() + _STALE

    def people(self) -> frozenset[UUID] | None:
        """Who is restricted; None while that isn't known."""
        return self._people if self._tick() < self._until else None
