"""The embedded PostgreSQL starts, is shared, and comes back."""

from __future__ import annotations

from pathlib import Path

from bevan.kernel.database import connect
from bevan.kernel.postgres import Cluster


async def test_starts_answers_and_stops(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "data", fsync=False)
    dsn = cluster.start()
    connection = await connect(dsn)
    assert await connection.fetchval("SELECT current_database()") == "bevan"
    await connection.close()
    cluster.stop()
    assert not cluster.running()
    assert cluster.processes() == []
