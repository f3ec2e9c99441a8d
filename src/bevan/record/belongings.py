"""What belongs to a person: every row about them, for the work of moving records.

Only a scope without limits may ask, since the answer says what there is; the rows themselves are
read one by one, each with its own audit entry.
"""

from __future__ import annotations

from dataclasses import dataclass

from bevan.kernel.sql import statements
from bevan.record import audit
from bevan.record.decision import unlimited
from bevan.record.errors import NotFound
from bevan.record.parts import Parts
from bevan.record.scope import Scope, compartment

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Belonging:
    """One row about a person; `key` is where the next page begins."""

    key: int
    type: str
    id: str
    version: int
    deleted: bool


async def about(
    parts: Parts, scope: Scope, person: str, *, after: int = 0, limit: int = MOST
) -> list[Belonging]:
    """At most `limit` (1,000) rows about a Patient (a logical id) with keys beyond `after`.

    Raises `NotFound` for a scope with limits.
    """
    if not unlimited(scope) or not scope.system:
        raise NotFound("Only the system may list what belongs to a person.")
    key = compartment(person)
    signature = await parts.sign(scope)
    async with parts.general.transaction() as connection:
        sql = statements("bevan.record", "belongings.sql")["about"]
        rows = await connection.fetch(sql, key, after, min(limit, MOST))
        entry = signature.entry(
            audit.SEARCH,
            audit.SHOWN if rows else audit.NOTHING,
            type=None,
            id=None,
            patient=key,
            entries=max(1, len(rows)),
        )
        await connection.execute(audit.insert(), *audit.columns([entry])[:-1])
    return [Belonging(*row.values()) for row in rows]
