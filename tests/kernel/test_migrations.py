"""Migrations run once each, in order, under a lock, and a changed file is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bevan.kernel.database import connect
from bevan.kernel.migrations import BadMigration, collect, migrate, pending
from bevan.site.schema import PACKAGES


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations folder of a package that exists for one test."""
    home = tmp_path / "some_tables"
    (home / "migrations").mkdir(parents=True)
    (home / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    return home / "migrations"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.sql").write_text(text)


async def test_runs_each_once_in_order(package: Path, empty_database: str) -> None:
    write(
        package,
        **{"0001_pre_first": "CREATE TABLE a (n int)", "0002_post_second": "DROP TABLE a"},
    )
    connection = await connect(empty_database)
    done = await migrate(connection, ["some_tables"])
    assert [m.number for m in done] == [1, 2]
    assert await migrate(connection, ["some_tables"]) == []
    await connection.close()


async def test_a_phase_at_a_time(package: Path, empty_database: str) -> None:
    write(
        package,
        **{"0001_pre_first": "CREATE TABLE a (n int)", "0002_post_second": "DROP TABLE a"},
    )
    connection = await connect(empty_database)
    assert [m.name for m in await migrate(connection, ["some_tables"], phase="pre")] == ["first"]
    assert [m.name for m in await pending(connection, ["some_tables"])] == ["second"]
    assert [m.name for m in await migrate(connection, ["some_tables"], phase="post")] == ["second"]
    await connection.close()


async def test_pending_changes_nothing(package: Path, empty_database: str) -> None:
    write(package, **{"0001_pre_first": "CREATE TABLE a (n int)"})
    connection = await connect(empty_database)
    assert [m.label for m in await pending(connection, ["some_tables"])] == [
        "some_tables 0001 first"
    ]
    assert await connection.fetchval("SELECT to_regclass('bevan_migration')") is None
    await connection.close()


async def test_a_changed_file_is_refused(package: Path, empty_database: str) -> None:
    write(package, **{"0001_pre_first": "CREATE TABLE a (n int)"})
    connection = await connect(empty_database)
    await migrate(connection, ["some_tables"])
    write(package, **{"0001_pre_first": "CREATE TABLE a (n bigint)"})
    with pytest.raises(BadMigration, match="some_tables 0001 first was changed"):
        await migrate(connection, ["some_tables"])
    await connection.close()


async def test_a_failing_one_leaves_nothing(package: Path, empty_database: str) -> None:
    write(
        package,
        **{
            "0001_pre_good": "CREATE TABLE a (n int)",
            "0002_pre_bad": "CREATE TABLE b (n int); SELECT 1/0",
        },
    )
    connection = await connect(empty_database)
    with pytest.raises(BadMigration, match="0002 bad failed: division by zero"):
        await migrate(connection, ["some_tables"])
    assert await connection.fetchval("SELECT to_regclass('b')") is None
    assert await connection.fetchval("SELECT count(*) FROM bevan_migration") == 1
    await connection.close()


async def test_two_at_once_apply_each_once(package: Path, empty_database: str) -> None:
    write(package, **{"0001_pre_slow": "SELECT pg_sleep(0.1); CREATE TABLE a (n int)"})
    both = [await connect(empty_database) for _ in range(2)]
    done = await asyncio.gather(*(migrate(connection, ["some_tables"]) for connection in both))
    assert sorted(len(part) for part in done) == [0, 1]
    for connection in both:
        await connection.close()


@pytest.mark.parametrize("name", ["1_pre_short", "0001_during_x", "0001_pre_Upper"])
def test_a_misnamed_file_is_refused(package: Path, name: str) -> None:
    write(package, **{name: "SELECT 1"})
    with pytest.raises(BadMigration, match=name):
        collect(["some_tables"])


def test_a_number_used_twice_is_refused(package: Path) -> None:
    write(package, **{"0001_pre_a": "SELECT 1", "0001_post_b": "SELECT 1"})
    with pytest.raises(BadMigration, match="twice"):
        collect(["some_tables"])


def test_a_package_without_tables_has_none() -> None:
    assert collect(["bevan.fhir"]) == []


async def test_ours_all_apply(database: str) -> None:
    connection = await connect(database)
    assert await pending(connection, PACKAGES) == []
    await connection.close()
