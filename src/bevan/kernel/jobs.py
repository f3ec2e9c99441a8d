"""Work done again and again by one process at a time, whichever holds an advisory lock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import asyncpg

from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database, connect
from bevan.kernel.errors import BevanError
from bevan.kernel.logs import logger
from bevan.kernel.metrics import Metrics
from bevan.kernel.sql import statements

# Any fixed number would do, as long as nothing else in the database locks it.
LOCK = 0x62657661_6E6A6F62
_CAMPAIGN = 0.5
_HEARTBEAT = 1.0
_REST = 0.2
_BROKEN = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, BevanError)


@dataclass(frozen=True)
class Job:
    """One periodic piece of work.

    It runs every `period`, and when something is announced on the PostgreSQL channel `wake`: at
    once, or after a rest of 0.2 s where it has only just run, so that a stream of announcements
    costs five runs a second. It must be safe to run again after it was cut short.
    """

    name: str
    period: timedelta
    run: Callable[[], Awaitable[None]]
    wake: str | None = None


class Jobs:
    """Runs jobs while this process leads; `run` ends when `stop` is set."""

    def __init__(
        self, database: Database, jobs: Sequence[Job], *, clock: Clock, metrics: Metrics
    ) -> None:
        """Remember the jobs; two with one name are refused."""
        names = [job.name for job in jobs]
        if len(set(names)) != len(names):
            raise BevanError("Two jobs have the same name.")
        self._database = database
        self._jobs = tuple(jobs)
        self._clock = clock
        self._metrics = metrics
        self._sql = statements("bevan.kernel", "jobs.sql")

    async def run(self, stop: asyncio.Event) -> None:
        """Campaign for the lock, lead, run the jobs; start over when the database goes away."""
        while not stop.is_set():
            try:
                await self._campaign(stop)
            except _BROKEN as fault:
                logger().warning("jobs interrupted", exc_info=fault)
            await _pause(stop, _CAMPAIGN)

    async def _campaign(self, stop: asyncio.Event) -> None:
        connection = await connect(self._database.dsn)
        try:
            while not stop.is_set():
                if await connection.fetchval(self._sql["lead"], LOCK):
                    await self._lead(connection, stop)
                else:
                    await _pause(stop, _CAMPAIGN)
        finally:
            connection.terminate()

    async def _lead(self, connection: Connection, stop: asyncio.Event) -> None:
        self._metrics.set("bevan_job_leader", 1)
        wakes = {job.name: asyncio.Event() for job in self._jobs}
        last = {row["name"]: row["started"] for row in await connection.fetch(self._sql["last"])}
        await self._listen(connection, wakes)
        tasks = [
            asyncio.create_task(self._repeat(job, last.get(job.name), wakes[job.name]))
            for job in self._jobs
        ]
        try:
            while not stop.is_set():
                await connection.fetchval("SELECT 1")
                await _pause(stop, _HEARTBEAT)
        finally:
            self._metrics.set("bevan_job_leader", 0)
            await _end(tasks)

    async def _listen(self, connection: Connection, wakes: Mapping[str, asyncio.Event]) -> None:
        for job in self._jobs:
            if job.wake is not None:
                await connection.add_listener(job.wake, _waker(wakes[job.name]))

    async def _repeat(self, job: Job, last: datetime | None, wake: asyncio.Event) -> None:
        ended = -_REST
        while True:
            await _due(job, last, wake, self._clock)
            if wake.is_set():
                await asyncio.sleep(ended + _REST - monotonic())
            wake.clear()
            last = self._clock.now()
            try:
                await self._once(job, last)
                ended = monotonic()
            except _BROKEN as fault:
                # The run couldn't even be noted: the database is away; so is leadership soon.
                logger().warning("job interrupted", job=job.name, exc_info=fault)
                await asyncio.sleep(_CAMPAIGN)

    async def _once(self, job: Job, started: datetime) -> None:
        await self._database.execute(self._sql["started"], job.name, started)
        begun = monotonic()
        failed: str | None = None
        try:
            await job.run()
        except Exception as fault:
            failed = type(fault).__name__
            logger().error("job failed", job=job.name, exc_info=fault)
        taken = monotonic() - begun
        self._count(job, failed, taken)
        await self._database.execute(self._sql["finished"], job.name, self._clock.now(), failed)

    def _count(self, job: Job, failed: str | None, taken: float) -> None:
        outcome = "failed" if failed else "done"
        self._metrics.count("bevan_job_runs_total", job=job.name, outcome=outcome)
        self._metrics.observe("bevan_job_seconds", taken, job=job.name)
        if not failed:
            now = self._clock.now().timestamp()
            self._metrics.set("bevan_job_last_success", now, job=job.name)


def _waker(event: asyncio.Event) -> Callable[..., None]:
    def wake(*_: object) -> None:
        event.set()

    return wake


async def _due(job: Job, last: datetime | None, wake: asyncio.Event, clock: Clock) -> None:
    """Wait until the job's next run, or until something wakes it."""
    if last is not None:
        wait = (last + job.period - clock.now()).total_seconds()
        with suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), max(0.0, min(wait, job.period.total_seconds())))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
