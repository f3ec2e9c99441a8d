"""Whether the server shows what the oracle says, for every actor, purpose, link and label.

Combinations whose actor and purpose see the same, by the oracle's own account, are one: each is
asked whole once, and every other pair of actor and purpose is asked by search for everybody.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bevan.record.scope import Scope
from bevan.site.composition import Composition
from prove import lists, oracle, persons, wholes
from prove.changes import CREATES, SELECTS, WRITES
from prove.contents import LISTED
from prove.oracle import LABELS, Sight
from prove.people import EVERYBODY, HOLDERS, Person
from prove.questions import (
    BY_MASKED,
    READS,
    THROUGH_BOTH,
    THROUGH_PATIENT,
    THROUGH_REPORT,
    Ask,
    Seen,
)
from prove.tally import Tally
from prove.world import scope, world

ALL: dict[str, Ask] = {
    **READS,
    **THROUGH_PATIENT,
    **THROUGH_REPORT,
    **THROUGH_BOTH,
    **BY_MASKED,
    **persons.ALL,
    **SELECTS,
    **WRITES,
    **CREATES,
}
EVERY_WAY = (*ALL, *wholes.ALL, *(f"list of {type}" for type in LISTED))
NEEDS = {
    **dict.fromkeys((*THROUGH_PATIENT, *THROUGH_BOTH), frozenset({"Patient"})),
    **dict.fromkeys(THROUGH_REPORT, frozenset({"DiagnosticReport"})),
    **dict.fromkeys(THROUGH_BOTH, frozenset({"Patient", "DiagnosticReport"})),
    "provenance": frozenset({"Provenance"}),
    **dict.fromkeys(persons.THROUGH_ENTRY, frozenset({"Observation"})),
}
Pair = tuple[str, str]


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
    """The oracle's answer for each label, by one way of asking; for people, for "none" alone."""
    given = _given(pair, person, how)
    sight = oracle.sight(*pair)
    masked = how in BY_MASKED and "masked" in given.values()
    if (
        (NEEDS.get(how, frozenset()) & sight.lacks)
        or masked
        or (how in WRITES and not sight.writes)
    ):
        return dict.fromkeys(given, "not there")
    return given


def _given(pair: Pair, person: Person, how: str) -> dict[str, oracle.Answer]:
    about = (*pair, person.link, person.state)
    if how in persons.CHANGING:
        return {"none": oracle.changed(*about)}
    if how in persons.ALL:
        # Of a protected person, the very Patient carries a label.
        label = "restricted" if person.state == "protected" else "none"
        return {"none": oracle.answer(*about, label, "Patient")}
    if how in CREATES:
        return {label: oracle.created(*about, label) for label in LABELS}
    return {label: oracle.answer(*about, label) for label in LABELS}


def judge(tally: Tally, pair: Pair, person: Person, how: str, seen: Seen) -> None:
    """Compare what was shown with what the oracle says."""
    wanted = expected(pair, person, how)
    sight = oracle.sight(*pair)
    for label, said in wanted.items():
        tally.note(sight, pair[0], person, label, how, said)
    shown = {label for label, said in wanted.items() if said in ("shown", "masked")}
    where = f"{pair[0]} for {pair[1]}, {person.link}, {person.state}, by {how}"
    if how != "total" and seen.labels != shown:
        tally.faults.append(f"{where}: {sorted(seen.labels ^ shown)} differ")
    if seen.total is not None and seen.total != len(shown):
        tally.faults.append(f"{where}: said {seen.total} instead of {len(shown)}")
    if seen.withheld is not None and seen.withheld != ("withheld" in wanted.values()):
        tally.faults.append(f"{where}: withheld is {seen.withheld}")
    if seen.masked is not None:
        hidden = {label for label, said in wanted.items() if said == "masked"}
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


async def ask_whole(made: Composition, tally: Tally, pair: Pair, people: Sequence[Person]) -> None:
    """Ask for everything at once: once for all, or for each person where the Scope names them."""
    alone = oracle.sight(*pair).reach in ("self", "proxy")
    for group in [[one] for one in people] if alone else [people]:
        await made.restricted.renew()
        limits = scope(made, *pair, group[0])
        for how, question in wholes.ALL.items():
            tally.questions += 1
            found = await wholes.gathered(question, made.record, limits)
            for person in group:
                judge(tally, pair, person, how, found[person.id])


async def ask_lists(made: Composition, tally: Tally, pair: Pair, person: Person) -> None:
    """Ask for the lists that nobody may take for empty."""
    await made.restricted.renew()
    limits, sight = scope(made, *pair, person), oracle.sight(*pair)
    for type in LISTED:
        tally.questions += 1
        about = (*pair, person.link, person.state, person.holds)
        said, how = oracle.listed(*about, type), f"list of {type}"
        tally.note(sight, pair[0], person, person.holds, how, said)
        found = await lists.asked(made.record, limits, type, person)
        if found != ({said} - {"not there"}):
            tally.faults.append(f"{about}, {how}: {sorted(found)} instead of {said}")


@dataclass(frozen=True)
class Part:
    """A seeded share of the people and of the ways for each of them, and every `of`-th pair of
    actor and purpose from the `place`-th on."""

    share: float = 1.0
    seed: int = 1
    place: int = 0
    of: int = 1

    def mine(self, every: Sequence[Pair]) -> Sequence[Pair]:
        """The pairs of this part."""
        return every[self.place :: self.of]


WHOLE = Part()


async def run(dsn: str, folder: Path, tally: Tally, part: Part = WHOLE) -> None:
    """Ask everything, or a part of it."""
    draws = random.Random(part.seed)
    people, holders = _some(EVERYBODY, part.share, draws), _some(HOLDERS, part.share, draws)
    known = pairs()
    first = part.mine([pair for pair, is_first in known.items() if is_first])
    others = part.mine([pair for pair, is_first in known.items() if not is_first])
    async with world(dsn, folder, (*people, *holders)) as made:
        for pair in first:
            await ask_whole(made, tally, pair, people)
            for batch in _batches(holders, 8):
                await asyncio.gather(*(ask_lists(made, tally, pair, one) for one in batch))
        for pair in (*first, *others):
            for batch in _batches(people, 8):
                ways = _ways(known[pair], part.share, draws)
                await asyncio.gather(*(ask(made, tally, pair, one, ways) for one in batch))


def _ways(first: bool, share: float, draws: random.Random) -> dict[str, Ask]:
    ways = ALL if first else {"search": READS["search"]}
    return ways if share == 1 else dict(draws.sample(list(ways.items()), max(1, len(ways) // 3)))


def _some(people: Sequence[Person], share: float, draws: random.Random) -> list[Person]:
    return draws.sample(people, max(1, round(len(people) * share)))


def _batches(people: Sequence[Person], size: int) -> Iterator[Sequence[Person]]:
    for start in range(0, len(people), size):
        yield people[start : start + size]
