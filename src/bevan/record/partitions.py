"""Monthly partitions of the history and the audit, made ahead of time by a daily job."""

from __future__ import annotations

from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements

AHEAD = 3


async def make_ahead(database: Database | Connection, months: int = AHEAD) -> int:
    """Make the partitions of this month and ``months`` more; returns how many were missing.

    What went to the default partitions meanwhile moves into them. Safe to run at any time and by
    several processes.
    """
    made: int = await database.fetchval(
        statements("bevan.record", "partitions.sql")["ahead"], months
    )
    return made
