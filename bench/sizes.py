"""What is stored: bytes per resource and per audit row, tables and indexes together."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from bench.server import Server


@dataclass(frozen=True)
class Sizes:
    """Bytes by what they hold, divided by how many there are."""

    resources: int
    per_resource: float
    audit_rows: int
    per_audit_row: float


_PARTS = """
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
WHERE c.relkind = 'r' AND (
   c.relname LIKE 'resource\\_%' AND c.relname NOT LIKE 'resource\\_history%'
   OR c.relname IN ('idx_num', 'idx_str', 'idx_code'))
"""
_AUDIT = """
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
WHERE c.relkind = 'r' AND c.relname LIKE 'audit\\_%'
"""


async def tidy(server: Server) -> None:
    """Do at once what autovacuum would do in the minutes after a load."""
    connection = await asyncpg.connect(server.database())
    try:
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def sizes(server: Server) -> Sizes:
    """Sizes as they are now, free space in the tables included."""
    connection = await asyncpg.connect(server.database())
    try:
        resources = int(await connection.fetchval("SELECT count(*) FROM resource"))
        rows = int(await connection.fetchval("SELECT count(*) FROM audit"))
        return Sizes(
            resources=resources,
            per_resource=int(await connection.fetchval(_PARTS)) / max(resources, 1),
            audit_rows=rows,
            per_audit_row=int(await connection.fetchval(_AUDIT)) / max(rows, 1),
        )
    finally:
        await connection.close()
