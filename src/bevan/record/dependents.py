"""Rows whose people are those of another row, when that row comes to be about somebody else.

Such a row (a Binary of its ``securityContext``, a Provenance of its target) has a token for each
row that it names. When one of these moves to other people, what depends on it is hidden from all
but the system in the same commit, until ``Record.settle`` has looked up its people again.
"""

from __future__ import annotations

from collections.abc import Iterable

from xxhash import xxh3_64_intdigest

from bevan.kernel.database import Connection
from bevan.kernel.sql import statements

_HALF = 1 << 63


def dependence(row: str) -> int:
    """The token of a row whose people are those of ``row`` (``Type/id``).

    Never cut like the hashes of search: it decides, and hides too much if it collides.
    """
    digest: int = xxh3_64_intdigest(f"_via={row}".encode())
    return digest - 2 * _HALF if digest >= _HALF else digest


async def hide(connection: Connection, moved: Iterable[tuple[str, str]]) -> None:
    """Hide what depends on the rows (type, id) that moved to other people, and what depends on
    that in turn.

    It has to be a statement of its own after the move, in the same transaction: so it sees what
    others wrote while the move waited for them. What has the same people already stays.
    """
    sql = statements("bevan.record", "dependents.sql")["hide"]
    while moved := list(moved):
        types, ids = zip(*moved, strict=True)
        hashes = [dependence(f"{type}/{id}") for type, id in moved]
        moved = [
            (row["type"], row["id"]) for row in await connection.fetch(sql, types, ids, hashes)
        ]
