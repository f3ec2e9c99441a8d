"""Whom a row is about when it only names another row (a Provenance its target)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements
from bevan.record.rows import People, Prepared, resolved


async def people(
    source: Connection | Database, rows: Iterable[str], *, keep: bool = False
) -> dict[str, People]:
    """``Type/id`` → the columns patient and patients, for those rows that exist.

    ``keep``: nobody else can change them until the caller's transaction ends.
    """
    pairs = [row.partition("/")[::2] for row in rows]
    if not pairs:
        return {}
    found = await source.fetch(
        statements("bevan.record", "lookup.sql")["people_kept" if keep else "people"],
        [type for type, _ in pairs],
        [id for _, id in pairs],
    )
    return {row["row"]: (row["patient"], row["patients"]) for row in found}


async def settled(
    source: Connection | Database,
    prepared: Prepared,
    beside: Mapping[str, People] | None = None,
) -> Prepared:
    """The same with its people looked up, first among the rows written ``beside`` it."""
    if not prepared.via:
        return prepared
    near = beside or {}
    known = await people(source, [row for row in prepared.via if row not in near])
    return resolved(prepared, known | {row: near[row] for row in prepared.via if row in near})


async def recorded(source: Connection | Database, people: Iterable[UUID]) -> int:
    """How many of these people have anything in the record."""
    found: int = await source.fetchval(
        statements("bevan.record", "lookup.sql")["recorded"], list(people)
    )
    return found
