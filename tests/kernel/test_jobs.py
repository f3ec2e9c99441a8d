"""Jobs run in one process at a time, on time, when woken, and in spite of failures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bevan.kernel.clock import SystemClock
from bevan.kernel.database import Database, connect
from bevan.kernel.errors import BevanError
from bevan.kernel.jobs import Job, Jobs
from bevan.kernel.metrics import Metrics

HOUR = timedelta(hours=1)
SOON = timedelta(milliseconds=20)


class Runs:
    """Counts the runs of a job and lets tests wait for them."""

    def __init__(self, fail: bool = False) -> None:
        self.count = 0
        self._fail = fail
        self._changed = asyncio.Condition()

    async def __call__(self) -> None:
        async with self._changed:
            self.count += 1
            self._changed.notify_all()
        if self._fail:
            raise RuntimeError("on purpose")

    async def reached(self, count: int) -> None:
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: self.count >= count), 20)


async def during(dsn: str, jobs: list[Job], body: Callable[[Database], Awaitable[None]]) -> Metrics:
    """Run the jobs for as long as `body` takes."""
    database, metrics, stop = await Database.open(dsn, size=3), Metrics(), asyncio.Event()
    running = Jobs(database, jobs, clock=SystemClock(), metrics=metrics)
    task = asyncio.create_task(running.run(stop))
    try:
        await body(database)
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)
        await database.close()
    return metrics


async def test_runs_at_once_and_again(database: str) -> None:
    runs = Runs()
    metrics = await during(database, [Job("often", SOON, runs)], lambda _: runs.reached(3))
    text = metrics.exposition().decode()
    assert 'bevan_job_runs_total{job="often",outcome="done"}' in text
    assert "bevan_job_leader 0.0" in text


async def test_is_not_run_again_before_its_time(database: str) -> None:
    first, often = Runs(), Runs()
    jobs = [Job("daily", HOUR, first), Job("often", SOON, often)]
    await during(database, jobs, lambda _: often.reached(3))
    assert first.count == 1
    again = Runs()
    jobs = [Job("daily", HOUR, again), Job("often", SOON, often)]
    await during(database, jobs, lambda _: often.reached(8))
    assert again.count == 0, "a new leader goes on where the last one stopped"


async def test_a_failing_job_harms_nobody(database: str) -> None:
    bad, good = Runs(fail=True), Runs()

    async def both(_: Database) -> None:
        await bad.reached(2)
        await good.reached(2)

    metrics = await during(database, [Job("bad", SOON, bad), Job("good", SOON, good)], both)
    assert 'bevan_job_runs_total{job="bad",outcome="failed"}' in metrics.exposition().decode()
    connection = await connect(database)
    assert await connection.fetchval("SELECT failed FROM bevan_job WHERE name = 'bad'") == (
        "RuntimeError"
    )
    assert await connection.fetchval("SELECT failed FROM bevan_job WHERE name = 'good'") is None
    await connection.close()


async def test_an_announcement_wakes_it(database: str) -> None:
    runs = Runs()

    async def announce(pool: Database) -> None:
        await runs.reached(1)
        await pool.execute("NOTIFY some_news")
        await runs.reached(2)

    await during(database, [Job("follower", HOUR, runs, wake="some_news")], announce)
    assert runs.count == 2, "once at the start, once when woken"


async def test_announcements_without_end_do_not_run_it_without_end(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bevan.kernel.jobs._REST", 600)
    runs, beside = Runs(), Runs()

    async def announce(opened: Database) -> None:
        await runs.reached(1)
        for _ in range(20):
            await opened.execute("SELECT pg_notify('some_news', '')")
            await beside.reached(beside.count + 1)

    follower = Job("follower", HOUR, runs, wake="some_news")
    await during(database, [follower, Job("beside", SOON, beside)], announce)
    assert runs.count == 1


async def test_one_process_leads_and_another_takes_over(database: str) -> None:
    one, two = Runs(), Runs()
    pools = [await Database.open(database, size=3) for _ in range(2)]
    stops = [asyncio.Event(), asyncio.Event()]
    leaders = [
        Jobs(pool, [Job("often", SOON, runs)], clock=SystemClock(), metrics=Metrics())
        for pool, runs in zip(pools, (one, two), strict=True)
    ]
    first = asyncio.create_task(leaders[0].run(stops[0]))
    await one.reached(2)
    second = asyncio.create_task(leaders[1].run(stops[1]))
    await one.reached(4)
    assert two.count == 0
    stops[0].set()
    await asyncio.wait_for(first, 20)
    await two.reached(1)
    stops[1].set()
    await asyncio.wait_for(second, 20)
    for pool in pools:
        await pool.close()


async def test_leads_again_after_the_database_went_away(database: str) -> None:
    runs, cut = Runs(), []

    async def interrupt(_: Database) -> None:
        await runs.reached(1)
        killer = await connect(database)
        cut.append(
            await killer.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        await killer.close()
        cut.append(runs.count)
        await runs.reached(runs.count + 2)

    await during(database, [Job("often", SOON, runs)], interrupt)
    ended, before = cut
    assert ended > 0, "there was a connection to cut"
    assert runs.count >= before + 2


async def test_names_are_unique(database: str) -> None:
    pool = await Database.open(database, size=2)
    twice = [Job("a", HOUR, Runs()), Job("a", HOUR, Runs())]
    with pytest.raises(BevanError, match="same name"):
        Jobs(pool, twice, clock=SystemClock(), metrics=Metrics())
    await pool.close()


async def test_a_clock_set_back_does_not_stop_a_job(database: str) -> None:
    connection = await connect(database)
    await connection.execute(
        "INSERT INTO bevan_job (name, started) VALUES ('often', $1)",
        datetime.now(UTC) + timedelta(days=400),
    )
    await connection.close()
    runs = Runs()
    metrics = await during(database, [Job("often", SOON, runs)], lambda _: runs.reached(1))
    assert runs.count >= 1
    assert 'bevan_job_runs_total{job="often",outcome="done"}' in metrics.exposition().decode()
