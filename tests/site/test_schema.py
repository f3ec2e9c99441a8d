"""Every road leads to the same schema."""

from __future__ import annotations

from importlib.resources import files

import pytest

from bevan.kernel.catalogue import describe
from bevan.kernel.database import Connection, connect
from bevan.kernel.migrations import migrate
from bevan.site.schema import PACKAGES
from tests.support.databases import Databases


async def lines_of(dsn: str) -> list[str]:
    connection = await connect(dsn)
    try:
        return await describe(connection)
    finally:
        await connection.close()


async def restored(connection: Connection) -> None:
    """The schema as the file has it."""
    text = files("bevan.site").joinpath("schema.sql").read_text("utf-8")
    await connection.execute("SET search_path = ''")
    await connection.execute(text)


async def test_all_migrations_equal_the_fresh_schema(database: str, databases: Databases) -> None:
    connection = await connect(database)
    if (await connection.fetchval("SHOW server_version_num")) < "180000":
        await connection.close()
        pytest.skip("the file is written by PostgreSQL 18")
    await connection.close()
    fresh = databases.dsn(await databases.empty())
    connection = await connect(fresh)
    await restored(connection)
    await connection.close()
    assert await lines_of(database) == await lines_of(fresh), "run `make schema`"


async def test_the_phases_of_an_update_lead_there_too(database: str, empty_database: str) -> None:
    """An installation that updates without a stop runs every `pre` before any `post`."""
    connection = await connect(empty_database)
    await migrate(connection, PACKAGES, phase="pre")
    await migrate(connection, PACKAGES, phase="post")
    await connection.close()
    assert await lines_of(empty_database) == await lines_of(database)


async def test_a_difference_is_seen(database: str) -> None:
    before = await lines_of(database)
    connection = await connect(database)
    await connection.execute("ALTER TABLE bevan_job ADD COLUMN extra int DEFAULT 3")
    await connection.close()
    after = await lines_of(database)
    assert set(after) - set(before) == {
        "column bevan_job.extra: integer default 3 storage p statistics -1"
    }
