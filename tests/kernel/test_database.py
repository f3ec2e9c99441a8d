"""The pool hands out the newest connection, never a broken one, and sends nothing at release."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from bevan.kernel.database import Database, connect
from bevan.kernel.errors import ConfigurationError, Unavailable


async def test_the_last_connection_used_is_the_next_one(empty_database: str) -> None:
    database = await Database.open(empty_database, size=3)
    async with database.connection() as first:
        async with database.connection() as second:
            assert first is not second
        async with database.connection() as third:
            assert third is second
    async with database.connection() as again:
        assert again is first
    await database.close()


async def test_release_sends_no_reset(empty_database: str) -> None:
    database = await Database.open(empty_database, size=1)
    async with database.connection() as connection:
        assert connection.get_reset_query() == ""
    await database.close()


async def test_waits_for_a_free_connection(empty_database: str) -> None:
    database = await Database.open(empty_database, size=1)
    order: list[str] = []

    async def use(name: str) -> None:
        async with database.connection() as connection:
            order.append(f"{name} in")
            await connection.fetchval("SELECT 1")
            order.append(f"{name} out")

    await asyncio.gather(use("a"), use("b"))
    assert order == ["a in", "a out", "b in", "b out"]
    await database.close()


async def test_a_connection_that_died_is_replaced(empty_database: str) -> None:
    database = await Database.open(empty_database, size=2)
    async with database.connection() as first:
        pid = await first.fetchval("SELECT pg_backend_pid()")
    killer = await connect(empty_database)
    await killer.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)
    await killer.close()
    assert await database.fetchval("SELECT 2") == 2
    await database.close()


async def test_an_open_transaction_never_returns_to_the_pool(empty_database: str) -> None:
    database = await Database.open(empty_database, size=1)
    async with database.connection() as first:
        await first.execute("BEGIN")
        await first.execute("CREATE TABLE half (a int)")
    async with database.connection() as second:
        assert second is not first
        assert await second.fetchval("SELECT to_regclass('half')") is None
    await database.close()


async def test_a_failed_transaction_leaves_nothing(empty_database: str) -> None:
    database = await Database.open(empty_database, size=1)
    with pytest.raises(RuntimeError):
        async with database.transaction() as connection:
            await connection.execute("CREATE TABLE half (a int)")
            raise RuntimeError("stop")
    assert await database.fetchval("SELECT to_regclass('half')") is None
    await database.close()


async def test_settings_and_setup_reach_every_session(empty_database: str) -> None:
    seen: list[int] = []

    async def setup(connection: asyncpg.Connection) -> None:
        seen.append(await connection.fetchval("SELECT pg_backend_pid()"))

    database = await Database.open(
        empty_database, size=2, settings={"plan_cache_mode": "force_custom_plan"}, setup=setup
    )
    async with database.connection() as one, database.connection() as two:
        for connection in (one, two):
            assert await connection.fetchval("SHOW plan_cache_mode") == "force_custom_plan"
            assert await connection.fetchval("SHOW jit") == "off"
    assert len(set(seen)) == 2
    await database.close()


async def test_closing_waits_for_what_is_under_way(empty_database: str) -> None:
    database = await Database.open(empty_database, size=1)
    started = asyncio.Event()

    async def work() -> int:
        async with database.connection() as connection:
            started.set()
            return int(await connection.fetchval("SELECT 7 FROM pg_sleep(0.05)"))

    task = asyncio.create_task(work())
    await started.wait()
    await database.close()
    assert await task == 7
    with pytest.raises(Unavailable):
        await database.fetchval("SELECT 1")


async def test_no_server_is_said_in_a_sentence() -> None:
    for place in ("/bevan?host=/nowhere", "no-such-host.invalid/bevan"):
        with pytest.raises(Unavailable, match="PostgreSQL doesn't answer"):
            await connect(f"postgresql://bevan@{place}", patience=0.0)


async def test_a_failing_setup_closes_the_connection(empty_database: str) -> None:
    made: list[asyncpg.Connection] = []

    async def setup(connection: asyncpg.Connection) -> None:
        made.append(connection)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await connect(empty_database, setup=setup)
    assert made[0].is_closed()


async def test_a_connection_that_lost_its_place_is_not_used_again(empty_database: str) -> None:
    database = await Database.open(empty_database, size=1)
    with pytest.raises(Unavailable, match="went away"):
        async with database.connection() as confused:
            raise asyncpg.InternalClientError("cannot switch to state 15")
    assert confused.is_closed()
    assert await database.fetchval("SELECT 1") == 1
    await database.close()


@pytest.mark.parametrize(
    "dsn",
    [
        "nonsense",
        "postgresql://secret:word@127.0.0.1:port/db",
    ],
)
async def test_an_address_that_cannot_be_right_is_said_in_a_sentence(dsn: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        await connect(dsn, patience=5.0)
    assert "BEVAN_DATABASE_URL" in refused.value.sentence
    assert "word" not in refused.value.sentence and "secret" not in refused.value.sentence


async def test_a_database_that_is_not_there_is_said_in_a_sentence(empty_database: str) -> None:
    with pytest.raises(ConfigurationError):
        await connect(empty_database.replace("/test_", "/never_"), patience=5.0)
