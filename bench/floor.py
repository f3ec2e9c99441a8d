"""Limits in the same run: what any server on this machine can't go below.

A static answer through the same HTTP server, the bare statements against the same PostgreSQL, and
the time of one fsync.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench import cpu
from bench.server import Server

_LANES = 8


@dataclass(frozen=True)
class Statement:
    """A bare statement run from `_LANES` connections: rate, and PostgreSQL's CPU for each."""

    words: str
    rate: float
    cpu_ms: float


async def statements(server: Server, seconds: float) -> list[Statement]:
    """The bare select by id and the bare insert of one row, each its own commit."""
    dsn = server.database()
    connection = await asyncpg.connect(dsn)
    try:
        ids = [row[0] for row in await connection.fetch(_IDS)]
        content = await connection.fetchval(_CONTENT)
        await connection.execute(_TABLE)
        read = await _driven(
            server, dsn, _READ, seconds, lambda n: ("Observation", ids[n % len(ids)])
        )
        insert = await _driven(server, dsn, _INSERT, seconds, lambda n: (n, content))
        return [
            Statement("select one row by id", *read),
            Statement("insert one row, committed", *insert),
        ]
    finally:
        await connection.execute("DROP TABLE IF EXISTS bench_floor")
        await connection.close()


_TYPE = "Observation"
_IDS = "SELECT id FROM resource WHERE type = 'Observation' LIMIT 2000"
_CONTENT = "SELECT content FROM resource WHERE type = 'Observation' LIMIT 1"
_TABLE = "CREATE TABLE IF NOT EXISTS bench_floor (n bigint, content bytea)"
_READ = "SELECT content FROM resource WHERE type = $1 AND id = $2"
_INSERT = "INSERT INTO bench_floor VALUES ($1, $2)"


async def _driven(
    server: Server,
    dsn: str,
    sql: str,
    seconds: float,
    arguments: Callable[[int], tuple[object, ...]],
) -> tuple[float, float]:
    done = 0
    until = time.monotonic() + seconds

    async def lane(start: int) -> None:
        nonlocal done
        connection = await asyncpg.connect(dsn)
        try:
            prepared = await connection.prepare(sql)
            number = start
            while time.monotonic() < until:
                await prepared.fetch(*arguments(number))
                number += _LANES
                done += 1
        finally:
            await connection.close()

    before = cpu.used(server.processes())
    began = time.monotonic()
    lanes: list[Awaitable[None]] = [lane(number) for number in range(_LANES)]
    await asyncio.gather(*lanes)
    took = time.monotonic() - began
    return done / took, (cpu.used(server.processes()) - before).postgres * 1000 / done


def fsync(folder: Path) -> str:
    """Microseconds of one fdatasync on the data directory's disk, as `pg_test_fsync` has it."""
    binary = shutil.which("pg_test_fsync") or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_test_fsync"))), None
    )
    if binary is None:
        return "pg_test_fsync isn't installed here"
    path = folder / "fsync.probe"
    done = subprocess.run(
        [binary, "--secs-per-test=1", f"--filename={path}"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"fdatasync\s+([\d.]+) ops/sec\s+([\d.]+) usecs/op", done.stdout)
    return f"{found[2]} µs ({found[1]}/s)" if found else "pg_test_fsync gave no figure"
