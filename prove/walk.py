"""Every page against the oracle: the part of the matrix that is asked by people with browsers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from prove import oracle
from prove.pages import (
    PERSON_PAGES,
    SIGNING_IN,
    Desk,
    by_role,
    desk,
    lists_on,
    person_page,
    silence,
)
from prove.people import EVERYBODY, HOLDERS, Person
from prove.tally import Tally

CARE = "direct-care"


async def walk(dsn: str, folder: Path, tally: Tally, *, share: float = 1.0, seed: int = 1) -> None:
    """Open every page for everybody, or for a seeded share of the people."""
    draws = random.Random(seed)
    people = draws.sample(EVERYBODY, max(1, round(len(EVERYBODY) * share)))
    holders = draws.sample(HOLDERS, max(1, round(len(HOLDERS) * share)))
    async with desk(dsn, folder, (*people, *holders)) as made:
        await _roles(made, tally)
        for who in different():
            await _persons(made, tally, who, people)
            await _lists(made, tally, who, holders)
        await silence(made)
        for who in different():
            await _lists(made, tally, who, holders[::3], silent=True)


def different() -> list[str]:
    """Those who sign in and see something different, one of each kind."""
    found: dict[oracle.Sight, str] = {}
    for who in SIGNING_IN:
        found.setdefault(oracle.sight(who, CARE), who)
    return list(found.values())


async def _roles(made: Desk, tally: Tally) -> None:
    for path in by_role():
        for who in SIGNING_IN:
            tally.questions += 1
            opened = (await made.page(who, path)).status_code == 200
            said = "shown" if oracle.opens(who, path) else "not there"
            tally.note(oracle.NOTHING, who, _ANYBODY, who, f"page {path}", said)
            if opened != (said == "shown"):
                tally.faults.append(f"{who}: {path} opens: {opened}")


_ANYBODY = Person("nobody's", "plain")


async def _persons(made: Desk, tally: Tally, who: str, people: Sequence[Person]) -> None:
    sight = oracle.sight(who, CARE)
    for person in people:
        said = oracle.answer(who, CARE, person.link, person.state, "none", "Patient")
        for rest in PERSON_PAGES:
            tally.questions += 1
            how = f"page /record/{{patient}}{rest}"
            tally.note(sight, who, person, "none", how, said)
            wrong = await person_page(made, who, rest, person)
            if wrong:
                tally.faults.append(f"{who}, {person.link}, {person.state}: {how} {wrong}")


async def _lists(
    made: Desk, tally: Tally, who: str, holders: Sequence[Person], silent: bool = False
) -> None:
    sight = oracle.sight(who, CARE)
    for person in holders:
        about = (who, CARE, person.link, person.state, person.holds)
        said = oracle.listed(*about, "AllergyIntolerance")
        for how, found in (await lists_on(made, who, person)).items():
            # A banner that names no allergies says nothing of them, not even that there are none.
            told = not how.startswith("banner ") or oracle.tags_in_banner(person.state)
            words = said if told else "not there"
            tally.questions += 1
            tally.note(sight, who, person, person.holds, f"{how}{silent * ', in part'}", words)
            if not fits(words, found, silent):
                tally.faults.append(f"{about}, {how}: {sorted(found)} instead of {words}")


def fits(said: str, found: frozenset[str], silent: bool) -> bool:
    """Whether a list says what it should; one that a silent source leaves short never says none."""
    wanted = {"masked": {"shown"}, "not there": set[str]()}.get(said, {said})
    if not silent:
        return found == wanted
    if said == "not there":
        return not found
    kept = wanted - {"none recorded"}
    return kept <= found <= kept | {"could not be shown"} and bool(found)
