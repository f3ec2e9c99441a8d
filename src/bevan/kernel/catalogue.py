"""What a database is made of, in lines that can be compared.

Two databases with the same lines have the same tables, columns, defaults, constraints, indexes,
settings, functions, sequences and triggers, whatever road they came by. Partitions by month are
left out: which there are depends on the day.
"""

from __future__ import annotations

from bevan.kernel.database import Connection
from bevan.kernel.sql import statements

PARTS = ("columns", "tables", "constraints", "indexes", "functions", "sequences", "triggers")


async def describe(connection: Connection) -> list[str]:
    """The lines of the database's public schema, sorted."""
    sql = statements("bevan.kernel", "catalogue.sql")
    lines = [row[0] for part in PARTS for row in await connection.fetch(sql[part])]
    return sorted(lines)
