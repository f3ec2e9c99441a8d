"""A disposal is whole or it isn't: whatever moment kills the process that carries it out.

Some cases are decided in each round and a process begins on them, and on those that were begun a
week before; `kill -9` falls at a moment drawn at random over the time that its work takes. After
each kill every case is looked at: untouched to the byte, or gone from the record altogether.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from bevan.access.chain.shelf import Shelf
from bevan.access.chain.statement import Disposal as Certificate
from bevan.access.keeping.disposing import GRACE
from bevan.kernel.clock import Clock
from bevan.kernel.migrations import migrate
from bevan.kernel.postgres import Cluster
from bevan.kernel.settings import Settings
from bevan.record.scope import Actor
from bevan.site.composition import Composition, compose
from bevan.site.jobs import WORKER
from bevan.site.schema import PACKAGES
from prove.departed import OTHER, Departed, moment, quiet, scope, traces
from prove.report import Report
from prove.trial import ROUNDS

A_ROUND: Final = 3
STAY: Final = 4
NAME: Final = "disposer"
PROJECT: Final = Path(__file__).resolve().parents[1]
RUTH: Final = Actor("practitioner", "ruth", "Ruth Okafor", "Privacy officer", "org-ig", "Region")
IMRAN: Final = Actor(
    "practitioner", "imran", "Imran Vale", "Caldicott guardian", "org-ig", "Region"
)
WHY: Final = "Eight years after the last contact, and nobody asks for it"


class Days(Clock):
    """A clock that the proof sets on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)

    def now(self) -> datetime:
        """The day of this round."""
        return self.at


def prove(rounds: int = ROUNDS, seed: int = 1, entries: int = 20) -> Report:
    """Kill, then look at every case."""
    report = Report(
        "A disposal is whole, whenever the process that carries it out is killed",
        f"In each round {A_ROUND} more cases are decided, and a process begins on them and ends "
        "those that were begun a week before. It gets `kill -9` at a moment drawn at random over "
        "the time that such work takes. After each kill every case is either untouched to the "
        "byte or gone from the record altogether; at the end each has its certificate and no "
        "trace.",
        ("Round", "Killed after (ms)", "Decided", "Told", "Done", "Half"),
    )
    asyncio.run(_prove(report, rounds, random.Random(seed), entries))
    return report


async def _prove(report: Report, rounds: int, draws: random.Random, entries: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bevan-proof-") as folder:
        data, clock = Path(folder) / "data", Days()
        with Cluster(data) as cluster:
            async with asyncio.timeout(3_600):
                await _migrated(cluster.dsn)
                async with compose(Settings(data=data), cluster.dsn, clock=clock) as made:
                    await Run(report, made, clock, data, cluster.dsn, draws, entries).all(rounds)


async def _migrated(dsn: str) -> None:
    from bevan.kernel.database import connect

    connection = await connect(dsn, patience=60.0)
    try:
        await migrate(connection, PACKAGES)
    finally:
        await connection.close()


@dataclass
class Run:
    """One run of the proof. ``cases`` are the decided ones, by their disposal's id."""

    report: Report
    made: Composition
    clock: Days
    data: Path
    dsn: str
    draws: random.Random
    entries: int
    cases: dict[UUID, Departed] = field(default_factory=dict)
    prints: dict[int, str] = field(default_factory=dict)
    span: float = 0.0

    async def all(self, rounds: int) -> None:
        """Prepare, measure an undisturbed run, kill, end, check."""
        await self.prepare((rounds + 1) * A_ROUND + STAY)
        await self.decide(0)
        self.span = await asyncio.to_thread(self.whole)
        for number in range(1, rounds + 1):
            await self.round(number)
        self.clock.at += GRACE
        for _ in range(2):
            await asyncio.to_thread(self.whole)
            self.clock.at += GRACE
        await self.check()

    async def prepare(self, people: int) -> None:
        """Make everybody, and those who stay whatever happens."""
        other = {"resourceType": "Patient", "id": OTHER, "birthDate": "1990-01-02"}
        await self.made.record.update(scope(self.made), other)
        for number in range(people):
            await Departed(number).make(self.made, self.entries)
        await self.made.keeping.look(WORKER)
        for number in range(people):
            self.prints[number] = await Departed(number).print_of(self.made)

    async def decide(self, round: int) -> None:
        """Two keepers decide the cases of a round."""
        for number in range(round * A_ROUND, (round + 1) * A_ROUND):
            now, one = self.clock.now(), Departed(number)
            id = await self.made.keeping.ask(RUTH, one.id, WHY, now)
            await self.made.keeping.decide(IMRAN, id, now)
            self.cases[id] = one

    async def round(self, number: int) -> None:
        """Decide some, begin, kill, look."""
        self.clock.at += GRACE / 2 + timedelta(minutes=1)
        await self.decide(number)
        # Half of the work of a round, on the average, is ending what was begun a week before.
        wait = self.draws.uniform(0, 2 * self.span)
        await asyncio.to_thread(self.killed, wait)
        await quiet(self.made, NAME)
        states, half = await self.states()
        self.report.require(not half, f"round {number} left cases half: {half[:3]}")
        counts = [states.count(state) for state in ("decided", "told", "done")]
        self.report.row(number, round(wait * 1_000), *counts, len(half))
        print(f"round {number}: {counts}", flush=True)

    async def states(self) -> tuple[list[str], list[str]]:
        """The state of every case, and those that are neither untouched nor gone."""
        states, half = [], []
        for id, person in self.cases.items():
            case = await self.made.keeping.one(id)
            assert case is not None
            states.append(case.state)
            if case.state == "decided":
                whole = await person.print_of(self.made) == self.prints[person.number]
            else:
                whole = await person.gone(self.made)
            if not whole:
                half.append(f"{case.state} {person.id}")
        return states, half

    async def check(self) -> None:
        """Each case is done with its certificate and without a trace; who stayed is untouched."""
        states, half = await self.states()
        self.report.require(set(states) == {"done"}, f"not all ended: {states}")
        self.report.require(not half, f"cases are half: {half[:3]}")
        left = await traces(self.made, list(self.cases.values()))
        self.report.require(not left, f"traces are left: {left[:3]}")
        certified = await self.certificates()
        wanted = set()
        for id in self.cases:
            case = await self.made.keeping.one(id)
            assert case is not None
            wanted.add(case.erased.reference)
        self.report.require(set(certified) == wanted, "cases and certificates don't match")
        verdict = await self.made.chain.verify()
        self.report.require(verdict.unbroken, f"the chain is broken: {verdict.findings[:2]}")
        stayed = [n for n in self.prints if n >= len(self.cases)]
        same = [await Departed(n).print_of(self.made) == self.prints[n] for n in stayed]
        self.report.require(all(same), "somebody whom nobody decided on was touched")
        self.report.note(
            f"{len(self.cases)} cases are done with {len(certified)} certificates, and no table "
            f"holds a trace of them; {len(stayed)} records that were due, but not decided on, are "
            "untouched to the byte; the audit's chain verifies."
        )
        self.report.note(f"To begin {A_ROUND} cases undisturbed takes {self.span * 1_000:,.0f} ms.")

    async def certificates(self) -> list[UUID]:
        """The references that certificates name, one for each certificate."""
        async with self.made.database.connection() as connection:
            kept = [one.attested.statement for one in await Shelf(connection).every()
                    if one.attested]  # fmt: skip
        return [one.body.reference for one in kept if isinstance(one.body, Certificate)]

    def begun(self) -> subprocess.Popen[str]:
        """A process that is about to begin."""
        mark = "&" if "?" in self.dsn else "?"
        dsn = f"{self.dsn}{mark}application_name={NAME}"
        process = subprocess.Popen(
            [sys.executable, "-m", "prove.disposer", dsn, str(self.data), moment(self.clock.now())],
            cwd=PROJECT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the disposing process doesn't begin")
        return process

    def killed(self, wait: float) -> None:
        """Begin, and end it by `kill -9` after some seconds."""
        with self.begun() as process:
            time.sleep(wait)
            process.kill()

    def whole(self) -> float:
        """Begin, and let it end: how many seconds its work took."""
        with self.begun() as process:
            began = time.monotonic()
            assert process.stdout is not None
            said = process.stdout.readline()
            took = time.monotonic() - began
        if said != "done\n":
            raise RuntimeError("the disposing process doesn't end")
        return took
