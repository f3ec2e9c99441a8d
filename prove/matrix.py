"""Proves that the server shows what the oracle says, for every actor, purpose, link and label.

Combinations whose actor and purpose see the same, by the oracle's own account, are one: each is
asked whole once, and every other pair of actor and purpose is asked by search for everybody.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from bevan.kernel.database import connect
from bevan.kernel.migrations import migrate
from bevan.kernel.postgres import Cluster
from bevan.record.scope import Scope
from bevan.site.composition import Composition
from bevan.site.schema import PACKAGES
from prove import oracle
from prove.oracle import LABELS, Sight
from prove.questions import (
    ALL,
    BY_MASKED,
    READS,
    THROUGH_PATIENT,
    THROUGH_REPORT,
    WRITES,
    Ask,
    Seen,
)
from prove.report import Report
from prove.world import EVERYBODY, Person, scope, world

LEAST = 20_000
Pair = tuple[str, str]


@dataclass
class Tally:
    """What was compared: distinct combinations by interaction and answer, and what disagreed."""

    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    seen: set[tuple[object, ...]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    questions: int = 0

    def note(self, sight: Sight, who: str, person: Person, label: str, how: str, said: str) -> None:
        """One cell of the matrix, counted once however many actors share it."""
        key = (sight, who if sight.reach == "self" else "", person, label, how)
        if key not in self.seen:
            self.seen.add(key)
            self.counted[how, said] += 1


def pairs() -> dict[Pair, bool]:
    """Every actor and purpose; true for the first of those that see the same."""
    known: set[tuple[Sight, str]] = set()
    found: dict[Pair, bool] = {}
    for actor in oracle.ACTORS:
        for purpose in (*oracle.PURPOSES, "matrix feed"):
            seen = oracle.sight(actor, purpose)
            key = (seen, actor if seen.reach == "self" else "")
            found[actor, purpose] = key not in known
            known.add(key)
    return found


def expected(pair: Pair, person: Person, how: str) -> dict[str, oracle.Answer]:
    """The oracle's answer for each label, by one way of asking."""
    actor, purpose = pair
    sight = oracle.sight(actor, purpose)
    given = {
        label: oracle.answer(actor, purpose, person.link, person.state, label) for label in LABELS
    }
    needed = "Patient" if how in THROUGH_PATIENT else "DiagnosticReport"
    through = how in THROUGH_PATIENT or how in THROUGH_REPORT
    masked = how in BY_MASKED and "masked" in given.values()
    if (through and needed in sight.lacks) or masked or (how in WRITES and not sight.writes):
        return dict.fromkeys(LABELS, "not there")
    return given


def judge(tally: Tally, pair: Pair, person: Person, how: str, seen: Seen) -> None:
    """Compare what was shown with what the oracle says."""
    wanted = expected(pair, person, how)
    sight = oracle.sight(*pair)
    for label in LABELS:
        tally.note(sight, pair[0], person, label, how, wanted[label])
    shown = {label for label in LABELS if wanted[label] in ("shown", "masked")}
    where = f"{pair[0]} for {pair[1]}, {person.link}, {person.state}, by {how}"
    if how != "total" and seen.labels != shown:
        tally.faults.append(f"{where}: {sorted(seen.labels ^ shown)} differ")
    if seen.total is not None and seen.total != len(shown):
        tally.faults.append(f"{where}: said {seen.total} instead of {len(shown)}")
    if seen.withheld is not None and seen.withheld != ("withheld" in wanted.values()):
        tally.faults.append(f"{where}: withheld is {seen.withheld}")
    if seen.masked is not None:
        hidden = {label for label in LABELS if wanted[label] == "masked"}
        if seen.masked != hidden:
            tally.faults.append(f"{where}: masks {sorted(seen.masked ^ hidden)} differ")


async def ask(
    made: Composition, tally: Tally, pair: Pair, person: Person, ways: dict[str, Ask]
) -> None:
    """Ask about one person in each of these ways."""
    # What isn't renewed for ten seconds counts as unknown, and then everybody is masked.
    await made.restricted.renew()
    limits: Scope = scope(made, pair[0], pair[1], person)
    for how, question in ways.items():
        tally.questions += 1
        judge(tally, pair, person, how, await question(made.record, limits, person))


async def run(dsn: str, folder: Path, *, share: float = 1.0, seed: int = 1) -> Tally:
    """Ask everything, or a seeded share of the people for each pair."""
    draws, tally = random.Random(seed), Tally()
    async with world(dsn, folder) as made:
        for pair, first in pairs().items():
            people = _some(EVERYBODY, share, draws)
            ways = ALL if first else {"search": READS["search"]}
            for batch in _batches(people, 8):
                await asyncio.gather(*(ask(made, tally, pair, one, ways) for one in batch))
    return tally


def _some(people: Sequence[Person], share: float, draws: random.Random) -> list[Person]:
    return draws.sample(people, max(1, round(len(people) * share)))


def _batches(people: Sequence[Person], size: int) -> Iterator[Sequence[Person]]:
    for start in range(0, len(people), size):
        yield people[start : start + size]


async def _whole() -> tuple[Tally, float]:
    with tempfile.TemporaryDirectory() as name, Cluster(Path(name) / "pg", fsync=False) as cluster:
        connection = await connect(cluster.dsn)
        try:
            await migrate(connection, PACKAGES)
        finally:
            await connection.close()
        began = perf_counter()
        tally = await run(cluster.dsn, Path(name))
        return tally, perf_counter() - began


def prove() -> Report:
    """The whole matrix."""
    tally, seconds = asyncio.run(_whole())
    report = Report(
        "The access matrix",
        "Every kind of actor, purpose, link, state and label, by every way of asking: what the"
        " server shows is what a second opinion, written from the words of the rules, says.",
        ("Asked by", "Shown", "Masked", "Withheld", "Not there"),
    )
    answers = ("shown", "masked", "withheld", "not there")
    for how in ALL:
        report.row(how, *(tally.counted[how, answer] for answer in answers))
    total = len(tally.seen)
    report.note(
        f"{total:,} different combinations, {tally.questions:,} questions, {seconds:.0f} s."
    )
    report.note(f"{len(pairs())} pairs of actor and purpose, {sum(pairs().values())} that differ.")
    report.require(total >= LEAST, f"only {total:,} different combinations")
    for fault in tally.faults[:20]:
        report.require(False, fault)
    return report
