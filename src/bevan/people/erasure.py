"""Deletes what this package keeps of people whose record is disposed of."""

from __future__ import annotations

from collections.abc import Mapping

from bevan.kernel.database import Connection
from bevan.kernel.sql import statements
from bevan.record.erasure import Erased, swept


async def erase(connection: Connection, erased: Erased) -> Mapping[str, int]:
    """Rows deleted, by table."""
    sql = statements("bevan.people", "erasure.sql")
    return await swept(connection, sql, sql, erased)
