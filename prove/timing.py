"""Proves that time doesn't tell "not allowed" from "not there".

Pairs of requests, one for an entry that exists and may not be seen and one for an id that nothing
has, are sent in random order. How well their times can be told apart is the area under the curve
of the best single threshold: 0.5 is a coin, 1 is certainty.
"""

from __future__ import annotations

import asyncio
import gc
import random
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import perf_counter_ns

import httpx2

from bevan.identity.accounts import Account, Role
from bevan.kernel.database import connect
from bevan.kernel.identifiers import uuid7
from bevan.kernel.migrations import migrate
from bevan.kernel.postgres import Cluster
from bevan.kernel.settings import Settings
from bevan.site.application import build
from bevan.site.schema import PACKAGES
from prove.contents import NOW
from prove.people import Person
from prove.report import Report
from prove.world import Clock, fill

PAIRS, LIMIT = 2_000, 0.55
HIDDEN = {
    "nobody's": (Person("nobody's", "plain"), "none"),
    "objects to sharing": (Person("registered", "objects to sharing"), "none"),
    "locked": (Person("registered", "plain"), "locked by Beta"),
}
Send = Callable[[str], Awaitable[httpx2.Response]]


def auc(left: Sequence[float], right: Sequence[float]) -> float:
    """How often a value of `right` is the greater one of a pair, ties half; never below 0.5."""
    ordered = sorted(left)
    wins = sum(bisect_left(ordered, one) + bisect_right(ordered, one) for one in right) / 2
    share = wins / (len(left) * len(right))
    return max(share, 1 - share)


async def measure(send: Send, hidden: str, pairs: int, seed: int) -> float:
    """The area for one hidden entry (its id), over interleaved pairs."""
    draws = random.Random(seed)
    times: tuple[list[int], list[int]] = ([], [])
    for place in range(pairs):
        for which in draws.sample((0, 1), 2):
            id = uuid7() if which else hidden
            began = perf_counter_ns()
            answer = await send(f"/fhir/Observation/{id}")
            times[which].append(perf_counter_ns() - began)
            if answer.status_code != 404:
                raise AssertionError(f"{answer.status_code} for what must not be there")
        if place % 200 == 0:
            gc.collect()
    return auc(times[0], times[1])


async def _run() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name, Cluster(Path(name) / "pg", fsync=False) as cluster:
        connection = await connect(cluster.dsn)
        try:
            await migrate(connection, PACKAGES)
        finally:
            await connection.close()
        settings = Settings(
            data=Path(name), demo=True, database_url=cluster.dsn, rate_caller=0, rate_address=0
        )
        return await _served(settings, cluster.dsn)


async def _served(settings: Settings, dsn: str) -> dict[str, float]:
    clock = Clock(NOW)
    site = build(settings, dsn, clock=clock, apps=())
    await site.start()
    try:
        assert site.composition is not None
        await fill(site.composition, clock)
        role = Role("GP", "alpha", "Alpha")
        account = Account("clinician", "practitioner", "clinician", "C", "", (role,), demo=True)
        await site.composition.identity.seed([account])
        cookie, _ = await site.composition.identity.sign_in("clinician")
        transport = httpx2.ASGITransport(app=site)
        headers = {"cookie": f"bevan={cookie}"}
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://bevan.prove", headers=headers
        ) as client:
            await measure(client.get, uuid7(), 200, 0)
            return {
                why: await measure(client.get, person.entry(label), PAIRS, seed)
                for seed, (why, (person, label)) in enumerate(HIDDEN.items())
            }
    finally:
        await site.stop()


def prove() -> Report:
    """The whole proof."""
    report = Report(
        "Not allowed takes as long as not there",
        f"Times of {PAIRS:,} interleaved pairs of requests by a signed-in clinician: one for an"
        " entry that may not be seen, one for an id that nothing has.",
        ("Not seen because", "Area under the curve"),
    )
    for why, area in asyncio.run(_run()).items():
        report.row(why, f"{area:.3f}")
        report.require(area <= LIMIT, f"{why}: {area:.3f} is more than {LIMIT}")
    return report
