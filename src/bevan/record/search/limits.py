"""How much a search may cost, and what refuses one that would cost more, before it runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from bevan.fhir.search.refusal import too_costly
from bevan.kernel.database import Connection
from bevan.record.search.arguments import Arguments

ADD = "Add a patient, an identifier, a code or a date to it."
EXPLAIN = "explain (format json) "
# A statement as cheap as this against the limit isn't asked about again for a minute, whatever its
# values: it would have to be wrong by as much.
MARGIN, SECONDS, REMEMBERED = 20, 60.0, 2_000


@dataclass(frozen=True, slots=True)
class Limits:
    """`cost`: the most that PostgreSQL may expect of a statement over everybody, in its own units
    (a page read in order is 1); `seconds`: after which a statement is ended; `explains`: whether
    everybody may have a search explained, as a system that reads everything may.
    """

    cost: float = 2_000_000
    seconds: int = 10
    explains: bool = False


DEFAULT = Limits()


class Guard:
    """Asks PostgreSQL what a statement would cost, and refuses what costs too much."""

    def __init__(self, limits: Limits, now: Callable[[], float] = monotonic) -> None:
        self._limits = limits
        self._now = now
        self._cheap: dict[str, float] = {}

    async def check(self, connection: Connection, sql: str, arguments: Arguments) -> None:
        """Raise SearchTooCostly for a query that would cost more than the limit.

        A statement of another kind, such as EXPLAIN itself, has no cost. The text gives no
        figures: they would tell how many rows there are.
        """
        if self._cheap.get(sql, 0) > self._now() or not sql.startswith(("select", "with")):
            return
        cost = (await explained(connection, sql, arguments))["Total Cost"]
        if cost > self._limits.cost:
            raise too_costly(f"The search would look at too much of the record. {ADD}")
        if cost * MARGIN < self._limits.cost:
            if len(self._cheap) >= REMEMBERED:
                self._cheap.clear()
            self._cheap[sql] = self._now() + SECONDS


async def explained(connection: Connection, sql: str, arguments: Arguments) -> dict[str, Any]:
    """PostgreSQL's plan of a statement, which isn't run."""
    rows = await connection.fetch(EXPLAIN + sql, *arguments.values)
    plan: dict[str, Any] = json.loads(rows[0][0])[0]["Plan"]
    return plan
