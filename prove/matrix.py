"""Proves that the server shows what the oracle says, by every interface and on every page."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from bevan.kernel.database import connect
from bevan.kernel.migrations import migrate
from bevan.kernel.postgres import Cluster
from bevan.site.schema import PACKAGES
from prove.agreement import EVERY_WAY, Part, pairs, run
from prove.report import Report
from prove.tally import Tally
from prove.walk import walk

LEAST = 20_000
PROCESSES = 4


async def fresh(work: Callable[[str, Path], Awaitable[None]]) -> None:
    """Do something with a new database that has been migrated."""
    with tempfile.TemporaryDirectory() as name, Cluster(Path(name) / "pg", fsync=False) as cluster:
        connection = await connect(cluster.dsn)
        try:
            await migrate(connection, PACKAGES)
        finally:
            await connection.close()
        await work(cluster.dsn, Path(name))


def one(part: Part | None) -> Tally:
    """One process's part of the questions; None: the pages."""
    tally = Tally()
    work = walk if part is None else partial(run, part=part)
    asyncio.run(fresh(lambda dsn, folder: work(dsn, folder, tally)))
    return tally


def prove() -> Report:
    """The whole matrix."""
    began, tally = perf_counter(), Tally()
    with ProcessPoolExecutor(PROCESSES + 1, mp_context=get_context("spawn")) as pool:
        parts = [pool.submit(one, Part(place=n, of=PROCESSES)) for n in range(PROCESSES)]
        for done in (pool.submit(one, None), *parts):
            tally.add(done.result())
    counted = tally.counted()
    seconds = perf_counter() - began
    report = Report(
        "The access matrix",
        "Every kind of actor, purpose, link, state and label, by every way of asking: what the"
        " server shows is what a second opinion, written from the words of the rules, says.",
        ("Asked by", "Shown", "Masked", "Withheld", "None recorded", "Not there"),
    )
    answers = ("shown", "masked", "withheld", "none recorded", "not there")
    for how in (*EVERY_WAY, *sorted({how for how, _ in counted} - set(EVERY_WAY))):
        report.row(how, *(counted[how, answer] for answer in answers))
    total = len(tally.said)
    report.note(
        f"{total:,} different combinations, {tally.questions:,} questions, {seconds:.0f} s."
    )
    report.note(f"{len(pairs())} pairs of actor and purpose, {sum(pairs().values())} that differ.")
    report.require(total >= LEAST, f"only {total:,} different combinations")
    for fault in tally.faults[:20]:
        report.require(False, fault)
    return report
