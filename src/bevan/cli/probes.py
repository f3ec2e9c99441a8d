"""What a backup counts and a restore must find again."""

from __future__ import annotations

from bevan.kernel.database import Connection
from bevan.kernel.sql import statements

# Every writer of the record writes to this table, so that locking it holds all of them up.
LOCK = "resource"


async def exact(connection: Connection) -> dict[str, int]:
    """Versions by type and dictionaries: the same at the restore point and after a restore."""
    return await _counted(connection, "resources", "versions", "dictionaries")


async def least(connection: Connection) -> dict[str, int]:
    """Audit entries: reads go on being audited while a backup marks its point."""
    return await _counted(connection, "audits")


async def begin_epoch(connection: Connection, reason: str) -> None:
    """Begin a new epoch of the change feed."""
    await connection.execute(statements("bevan.cli", "probes.sql")["epoch"], reason)


async def _counted(connection: Connection, *names: str) -> dict[str, int]:
    sql = statements("bevan.cli", "probes.sql")
    rows = [row for name in names for row in await connection.fetch(sql[name])]
    return {row["name"]: row["n"] for row in rows}
