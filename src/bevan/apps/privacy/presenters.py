"""Cases in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bevan.access.watch.rulebook import rules
from bevan.access.watch.watch import Case, Seen
from bevan.fhir import json
from bevan.identity.sessions import Session
from bevan.record.scope import system
from bevan.web.services import Services

OVERSEE: Final = "show a privacy officer whom a case is about"
_TITLES = {
    "own-record": "Own record",
    "colleague": "A colleague's record",
    "same-surname": "Same surname",
    "protected": "A protected person",
    "no-link": "No link",
    "emergency": "Emergency",
    "volume": "Many people in a day",
}
_ACTS = {
    "r": "Read", "v": "Read an old version of", "s": "Searched", "h": "Read the history of",
    "f": "Followed", "c": "Added", "u": "Changed", "p": "Changed", "d": "Deleted", "i": "Imported",
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Who a case is about: no more than the first line of a banner."""

    name: str
    born: str


@dataclass(frozen=True)
class Act:
    """Entries of one request: when, and what was done, in words."""

    at: str
    what: tuple[str, ...]


def titles() -> Mapping[str, str]:
    """Each rule in a few words."""
    return {name: _TITLES.get(name, name) for name in rules()}


def acts(entries: Sequence[Seen]) -> list[Act]:
    """The entries by request, in their order; what a request did twice is said once."""
    found: dict[str, tuple[str, dict[str, None]]] = {}
    for one in entries:
        word = f"{_ACTS.get(one.action, 'Did something with')} {one.type or 'the record'}"
        found.setdefault(one.request, (one.at.isoformat(), {}))[1][word] = None
    return [Act(at, tuple(what)) for at, what in found.values()]


async def about(given: Services, session: Session, case: Case) -> Person | None:
    """Whom a case is about; None where it is about many, or the record isn't there."""
    if case.person is None:
        return None
    scope = system(OVERSEE, session.actor, at=given.clock.now())
    version = await given.record.read(scope, "Patient", case.person)
    if version is None or version.deleted:
        return None
    patient = json.decode(version.content)
    name = (patient.get("name") or [{}])[0]
    given_names = " ".join(name.get("given") or ())
    shown = f"{str(name.get('family', '')).upper()}, {given_names}".strip(", ")
    return Person(shown or "No name", str(patient.get("birthDate", "")))
