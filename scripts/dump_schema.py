"""Write the schema that all migrations together make to `src/bevan/site/schema.sql`.

Run by `make schema` after a migration was added. The file is for readers and for the test that
every road leads to the same schema.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bevan.kernel.database import connect
from bevan.kernel.migrations import migrate
from bevan.kernel.postgres import Cluster
from bevan.site.schema import PACKAGES

TARGET = Path(__file__).resolve().parents[1] / "src" / "bevan" / "site" / "schema.sql"
HEAD = """-- The schema that all migrations together make. Written by `make schema`; not run by
-- installations, which apply the migrations themselves. Monthly partitions are left out.

"""
# Settings of the dumping session, and commands for psql alone.
_NOISE = re.compile(r"^(SET |SELECT pg_catalog\.set_config|\\|--)")


def main() -> int:
    """Migrate an empty database, dump it, tidy the dump."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Cluster(Path(folder) / "data", fsync=False) as cluster,
    ):
        asyncio.run(_migrated(cluster.dsn))
        TARGET.write_text(HEAD + tidy(_dumped(cluster)), "utf-8")
    return 0


async def _migrated(dsn: str) -> None:
    connection = await connect(dsn)
    try:
        await migrate(connection, PACKAGES)
    finally:
        await connection.close()


def _dumped(cluster: Cluster) -> str:
    command = [
        cluster.programs.program("pg_dump"),
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        "--exclude-table=*_20[0-9][0-9]_[0-1][0-9]",
        f"--dbname={cluster.dsn}",
    ]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def tidy(dump: str) -> str:
    """The statements alone, a blank line between them."""
    lines = [line.rstrip() for line in dump.splitlines() if not _NOISE.match(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
