"""Random queries on random data: PostgreSQL and the oracle agree on ids, their order and totals.

Every other query is asked while others write: people that the Scope doesn't show come, change and
go in the same tables, and must make no difference.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from bevan.fhir.definitions import load
from bevan.fhir.parameters import Registry
from bevan.kernel.database import connect
from bevan.kernel.migrations import migrate
from bevan.kernel.postgres import Cluster
from bevan.record.scope import compartment
from bevan.site.schema import PACKAGES
from prove.report import Report
from prove.search.oracle import Oracle
from prove.search.questions import confined, query
from prove.search.small_world import Resource, SmallWorld
from prove.search.views import view
from prove.search.world import NOW, World, matches

QUERIES = int(os.environ.get("QUERIES", "10000"))
SEEDS = (1, 2, 3, 4)
PEOPLE = tuple(f"patient-{number}" for number in range(7))
RENAMED = ("Patient", "Encounter", "Observation", "RiskAssessment")


@dataclass
class Tally:
    """What was asked of one world: how many queries found something, and what came meanwhile."""

    found: Counter[str] = field(default_factory=Counter)
    writes: int = 0


class Noise(threading.Thread):
    """Somebody who writes about other people without pause, through a record of their own."""

    def __init__(self, dsn: str, registry: Registry, number: int) -> None:
        super().__init__(daemon=True)
        self._dsn, self._registry, self._number = dsn, registry, number
        self._stop_wanted = threading.Event()
        self.writes = 0
        self.fault: Exception | None = None

    def run(self) -> None:
        """Write until told to stop."""
        draws, world = random.Random(self._number), World(self._dsn, self._registry)
        try:
            made, there = others(100 + self._number), set()
            while not self._stop_wanted.is_set():
                one = draws.choice(made)
                if one["id"] in there and draws.random() < 0.3:
                    world.delete(one["resourceType"], one["id"])
                    there.discard(one["id"])
                else:
                    world.put(one)
                    there.add(one["id"])
                self.writes += 1
        except Exception as fault:  # told by `end`
            self.fault = fault
        finally:
            world.close()

    def end(self) -> int:
        """Stop; how many writes there were. Raises what stopped it before."""
        self._stop_wanted.set()
        self.join()
        if self.fault is not None:
            raise self.fault
        return self.writes


def others(number: int) -> list[Resource]:
    """Resources like those of the small world, about other people."""
    kept = [one for one in SmallWorld(number).resources if one["resourceType"] in RENAMED]
    text = json.dumps(kept, default=float)
    for type in RENAMED:
        text = text.replace(f"{type}/{type.lower()}-", f"{type}/other-{type.lower()}-")
    found: list[Resource] = json.loads(text)
    return [{**one, "id": f"other-{one['id']}"} for one in found]


def ask(world: World, oracle: Oracle, asked: tuple[str, str, str], tally: Tally) -> None:
    """One query, page by page and counted. Raises AssertionError where they differ."""
    within, type, text = asked
    how: dict[str, Any] = {"within": tuple(within.split("/"))} if within else {}
    scope = world.scope(patients=frozenset(map(compartment, PEOPLE)))
    wanted = oracle.search(type, text, within)
    pages = world.walk(type, text, scope, **how)
    assert [id for page in pages for id in page] == wanted
    counted = world.bundle(type, f"{text}&_total=accurate", scope, **how)
    assert counted["total"] == len(wanted)
    assert matches(counted) == pages[0]
    tally.found["some" if wanted else "none"] += 1


def trial(dsn: str, registry: Registry, number: int, queries: int) -> Tally:
    """One world: half of its queries in quiet, half among writers."""
    world, tally = World(dsn, registry), Tally()
    try:
        world.put(*SmallWorld(number).resources)
        oracle = Oracle(list(view(world.resources, people=PEOPLE)), NOW)
        plain = st.tuples(st.just(""), st.one_of(query())).map(lambda pair: ("", *pair[1]))

        @seed(number)
        @settings(
            max_examples=queries // 2,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(asked=st.one_of(plain, plain, confined()))
        def agrees(asked: tuple[str, str, str]) -> None:
            ask(world, oracle, asked, tally)

        agrees()
        writers = [Noise(dsn, registry, number * 10 + each) for each in range(2)]
        for writer in writers:
            writer.start()
        try:
            agrees()
        finally:
            tally.writes = sum(writer.end() for writer in writers)
    finally:
        world.close()
    return tally


async def _migrated(cluster: Cluster, name: str) -> str:
    connection = await connect(cluster.dsn)
    try:
        await connection.execute(f'create database "{name}"')
    finally:
        await connection.close()
    dsn = cluster.dsn_of(name)
    connection = await connect(dsn)
    try:
        await migrate(connection, PACKAGES)
    finally:
        await connection.close()
    return dsn


def prove(queries: int = QUERIES) -> Report:
    """All worlds."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    report = Report(
        "Random searches",
        "Random queries on random data, alone and in compartments, asked of PostgreSQL and of an "
        "oracle that looks at every resource: which are found, in which order, page by page, and "
        "how many. Half of them while two others write to the same tables.",
        ("World", "Queries", "Found something", "Found nothing", "Writes meanwhile"),
    )
    registry, asked = Registry(load()), 0
    with TemporaryDirectory() as folder, Cluster(Path(folder) / "pg", fsync=False) as cluster:
        for number in SEEDS:
            dsn = asyncio.run(_migrated(cluster, f"world_{number}"))
            try:
                tally = trial(dsn, registry, number, -(-queries // len(SEEDS)))
            except AssertionError as fault:
                notes = "; ".join(getattr(fault, "__notes__", ()))
                report.require(False, f"world {number}: {fault} {notes}"[:2_000])
                continue
            total = sum(tally.found.values())
            asked += total
            report.row(number, total, tally.found["some"], tally.found["none"], tally.writes)
            report.require(tally.writes > 0, f"nobody wrote in world {number}")
    report.require(asked >= queries, f"only {asked} queries")
    report.note(f"{asked:,} queries, and no difference.")
    return report
