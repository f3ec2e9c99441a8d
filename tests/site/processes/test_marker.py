"""A demonstration never mixes with anything it didn't make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bevan.kernel.database import connect
from bevan.kernel.errors import ConfigurationError
from bevan.kernel.settings import load
from bevan.site.composition import compose
from bevan.site.processes import marker
from bevan.site.processes.marker import Demo

DEMO = Demo(people=20, seed=3)


def test_a_new_folder_is_marked(tmp_path: Path) -> None:
    assert marker.marked(tmp_path / "new") is None
    assert marker.mark(tmp_path / "new", DEMO) == DEMO
    assert marker.marked(tmp_path / "new") == DEMO


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    assert marker.mark(tmp_path, DEMO) == DEMO


def test_a_log_that_was_begun_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / marker.LOG).write_text("{}")
    assert marker.mark(tmp_path, DEMO) == DEMO


def test_a_marked_folder_keeps_its_region(tmp_path: Path) -> None:
    marker.mark(tmp_path, DEMO)
    assert marker.mark(tmp_path, Demo(people=99, seed=9)) == DEMO


def test_a_folder_of_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    with pytest.raises(ConfigurationError, match="wasn't made by a demonstration"):
        marker.mark(tmp_path, DEMO)
    assert [entry.name for entry in tmp_path.iterdir()] == ["pg"]


@pytest.mark.parametrize("text", ["", "{", '{"people": 1}', "[]"])
def test_a_damaged_mark_is_no_mark(tmp_path: Path, text: str) -> None:
    (tmp_path / "demo.json").write_text(text)
    with pytest.raises(ConfigurationError, match="damaged"):
        marker.mark(tmp_path, DEMO)


async def test_a_database_of_others_is_refused(database: str) -> None:
    connection = await connect(database)
    with pytest.raises(ConfigurationError, match="BEVAN_DATABASE_URL to an empty one"):
        await marker.refuse_foreign(connection)
    await marker.claim(connection, DEMO)
    await marker.refuse_foreign(connection)
    assert await marker.read(connection) == DEMO
    await marker.claim(connection, Demo(1, 1))
    assert await marker.read(connection) == DEMO
    await connection.close()


async def test_an_empty_database_will_do(empty_database: str) -> None:
    connection = await connect(empty_database)
    await marker.refuse_foreign(connection)
    assert await marker.read(connection) is None
    await connection.close()


def test_a_demonstration_begins_on_its_regions_morning() -> None:
    began = datetime.now(UTC) - timedelta(minutes=3)
    now = Demo(people=20, seed=3, began=began.isoformat()).clock().now()
    assert timedelta(minutes=3) <= now - marker.MORNING < timedelta(minutes=4)


def test_an_older_mark_goes_by_the_machine() -> None:
    assert abs(DEMO.clock().now() - datetime.now(UTC)) < timedelta(minutes=1)


async def test_only_a_demonstration_has_a_day_of_its_own(database: str) -> None:
    connection = await connect(database)
    await marker.claim(connection, Demo(1, 1, began="2031-05-06T07:08:09+00:00"))
    await connection.close()
    years = []
    for demo in (True, False):
        async with compose(load({"demo": demo}), database) as made:
            years.append(made.clock.now() - datetime.now(UTC))
    assert years[0] < timedelta(days=-1000)
    assert abs(years[1]) < timedelta(minutes=1)
