"""A backup is checked, restored to its point and counted; damage is found."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bevan.kernel import backup
from bevan.kernel.backup import BackupFailed, Manifest
from bevan.kernel.database import Connection, connect
from bevan.kernel.postgres import Cluster
from bevan.kernel.restoration import restore


async def rows(connection: Connection) -> dict[str, int]:
    return {"letter": await connection.fetchval("SELECT count(*) FROM letter")}


async def looks(connection: Connection) -> dict[str, int]:
    return {"look": await connection.fetchval("SELECT count(*) FROM look")}


async def raise_epoch(connection: Connection) -> None:
    await connection.execute("INSERT INTO look SELECT 99")


async def run(cluster: Cluster, *commands: str) -> None:
    connection = await connect(cluster.dsn)
    for command in commands:
        await connection.execute(command)
    await connection.close()


def take(cluster: Cluster, target: Path) -> Manifest:
    return asyncio.run(backup.take(cluster, target, lock="letter", exact=rows, least=looks))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of its own, with two tables."""
    with Cluster(tmp_path_factory.mktemp("backup") / "data", fsync=False) as running:
        asyncio.run(run(running, "CREATE TABLE letter (n int)", "CREATE TABLE look (n int)"))
        (running.data / "keys").mkdir(mode=0o700)
        (running.data / "keys" / "audit").write_text("ab")
        yield running


@pytest.fixture(scope="module")
def original(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole backup of its own; tests spoil copies."""
    target = tmp_path_factory.mktemp("safe") / "safe"
    take(cluster, target)
    return target


@pytest.fixture
def safe(original: Path, tmp_path: Path) -> Path:
    """A copy of a whole backup, to be spoilt."""
    return shutil.copytree(original, tmp_path / "safe")


def restored(data: Path, query: str) -> object:
    async def ask(dsn: str) -> object:
        connection = await connect(dsn)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    with Cluster(data, fsync=False) as cluster:
        return asyncio.run(ask(cluster.dsn))


def test_base_and_log_restore_to_the_point(cluster: Cluster, tmp_path: Path) -> None:
    asyncio.run(run(cluster, "TRUNCATE letter", "INSERT INTO letter SELECT generate_series(1, 10)"))
    first = take(cluster, tmp_path / "safe")
    asyncio.run(run(cluster, "INSERT INTO letter SELECT generate_series(11, 15)"))
    second = take(cluster, tmp_path / "safe")
    asyncio.run(run(cluster, "INSERT INTO letter VALUES (16)"))
    assert (first.counts, second.counts) == ({"letter": 10}, {"letter": 15})
    assert first.base == second.base, "the second backup adds only the log"
    assert set(first.wal) < set(second.wal)

    fresh = tmp_path / "fresh"
    restore(tmp_path / "safe", fresh, exact=rows, least=looks, finish=raise_epoch)
    assert restored(fresh, "SELECT count(*) FROM letter") == 15
    assert restored(fresh, "SELECT max(n) FROM look") == 99
    assert (fresh / "keys" / "audit").read_text() == "ab"
    assert not list(tmp_path.glob(".fresh*"))


def test_another_folder_gets_a_base_of_its_own(cluster: Cluster, tmp_path: Path) -> None:
    one = take(cluster, tmp_path / "one")
    two = take(cluster, tmp_path / "two")
    assert one.chain != two.chain
    again = take(cluster, tmp_path / "one")
    assert again.chain not in {one.chain, two.chain}
    assert [base.name for base in (tmp_path / "one").glob("base-*")] == [again.base]


@pytest.mark.parametrize("part", ["wal/*", "base-*/PG_VERSION", "files/keys/audit"])
def test_damage_is_found_and_nothing_is_left(safe: Path, tmp_path: Path, part: str) -> None:
    damaged = next(safe.glob(part))
    content = damaged.read_bytes()
    damaged.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(BackupFailed, match="damaged"):
        restore(safe, tmp_path / "fresh", exact=rows, least=looks, finish=raise_epoch)
    assert not (tmp_path / "fresh").exists()


def test_a_missing_piece_is_named(cluster: Cluster, safe: Path) -> None:
    gone = next((safe / "wal").iterdir())
    gone.unlink()
    with pytest.raises(BackupFailed, match=f"{gone.name} is missing"):
        backup.verify(safe, cluster.programs)


def test_wrong_counts_are_refused(safe: Path, tmp_path: Path) -> None:
    async def more(connection: Connection) -> dict[str, int]:
        return {"letter": 1_000_000 + (await rows(connection))["letter"]}

    with pytest.raises(BackupFailed, match=r"letter: [\d,]+ expected, 1,000,\d+ found"):
        restore(safe, tmp_path / "fresh", exact=more, least=looks, finish=raise_epoch)
    assert not (tmp_path / "fresh").exists()


def test_a_folder_in_use_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    with pytest.raises(BackupFailed, match="isn't a backup"):
        take(cluster, tmp_path / "other")
    with pytest.raises(BackupFailed, match="isn't empty"):
        restore(tmp_path / "safe", tmp_path / "other", exact=rows, least=looks, finish=raise_epoch)


def test_counts_compare_in_sentences() -> None:
    assert backup.differences({"a": 1}, {"a": 1}) == []
    assert backup.differences({"a": 1}, {"a": 2}) == ["a: 1 expected, 2 found"]
    assert backup.differences({"a": 1}, {"a": 2}, grown=True) == []
    assert backup.differences({"a": 2}, {}, grown=True) == ["a: 2 expected, 0 found"]
    assert backup.differences({}, {"b": 1}) == ["b: none expected"]
