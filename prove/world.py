"""A region made for the matrix: who acts in it, with which Scope, and how it is filled."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from bevan.access.claims import ClaimRefused, Claims, Said
from bevan.access.proxies import Asked
from bevan.kernel.settings import Settings
from bevan.record.scope import Actor, Scope, system
from bevan.site.composition import Composition, compose
from prove import oracle
from prove.contents import NOW, referral, resources
from prove.people import EVERYBODY, HOLDERS, Person

FEED = Actor("system", "matrix", "Matrix")
PROXY = "proxy-nils"
ALL = (*EVERYBODY, *HOLDERS)
_ROLES = {
    "clinician": "GP",
    "mental health nurse": "Community mental health nurse",
    "ambulance crew": "Paramedic",
    "carer": "Carer",
    "social worker": "Social worker",
    "privacy officer": "Privacy officer",
    "analyst": "Public health analyst",
    "data quality clerk": "Data quality clerk",
    "engineer": "Platform engineer",
    "unknown role": "Astronaut",
}


@dataclass
class Clock:
    """Stands where it is put."""

    at: datetime

    def now(self) -> datetime:
        """The moment."""
        return self.at


def actor(name: str, person: Person) -> Actor:
    """Who asks, about whom."""
    if name == "person themselves":
        return Actor("patient", person.id, name)
    if name in ("another person", "proxy"):
        return Actor("patient", PROXY if name == "proxy" else "m-somebody-else", name)
    if name in oracle.SYSTEMS:
        return Actor("system", name, name)
    if name == "ward display":
        return Actor("device", "screen", "Screen", "Ward display", "alpha", "Alpha")
    if name == "device":
        return Actor("device", "pump", "Pump", "GP", "alpha", "Alpha")
    id = name.replace(" ", "-")
    return Actor("practitioner", id, name, _ROLES[name], "alpha", "Alpha")


def scope(made: Composition, name: str, purpose: str, person: Person) -> Scope:
    """The Scope that the rulebook gives."""
    who = actor(name, person)
    if name in oracle.SYSTEMS:
        types = frozenset({"Observation"}) if name == "laboratory feed" else None
        return made.access.client_scope(who, purpose=purpose, reads=types, writes=types)
    about = person.id if purpose == "acting-for" else None
    return made.access.scope(who, purpose=purpose, patient=about)


@asynccontextmanager
async def world(
    dsn: str, folder: Path, people: Sequence[Person] = ALL
) -> AsyncIterator[Composition]:
    """These people, in a database that has been migrated."""
    rules = folder / "rules.json"
    rules.write_text(_rules(), "utf-8")
    clock = Clock(NOW)
    settings = Settings(data=folder, demo=True, database_url=dsn, rules=rules)
    async with compose(settings, dsn, clock=clock) as made:
        await fill(made, clock, people)
        yield made


async def fill(made: Composition, clock: Clock, people: Sequence[Person] = ALL) -> None:
    """Write these people and make their links."""
    await _fill(made, people)
    await _link(made, clock, people)
    await made.projection.catch_up()


def _rules() -> str:
    """The rules that ship, and a support for research that is in force."""
    read = json.loads(files("bevan.access").joinpath("rules.json").read_text("utf-8"))
    read["instruments"]["s251-research"] = {
        "says": "Support for the matrix.",
        "type": "s251",
        "regulation": "5",
        "from": "2026-01-01",
        "to": None,
    }
    return json.dumps(read)


async def _fill(made: Composition, people: Sequence[Person]) -> None:
    record = made.record
    everything = [one for person in people for one in resources(person)]
    scope = system("fill the matrix", FEED)
    for start in range(0, len(everything), 500):
        prepared = [record.prepare(one) for one in everything[start : start + 500]]
        await record.load(scope, prepared)
    # One whom the team itself refers gives it no link.
    own = actor("clinician", EVERYBODY[0])
    for person in people:
        if person.link == "referred by the team itself":
            await record.update(system("a referral", own), referral(person, 10))


async def _link(made: Composition, clock: Clock, people: Sequence[Person]) -> None:
    claims, proxies = made.claims, made.proxies
    clock.at = NOW - timedelta(days=1)
    await _claim(claims, "opened yesterday", clock, people)
    clock.at = NOW - timedelta(minutes=5)
    await _claim(claims, "opened in an emergency", clock, people)
    await _claim(claims, "claimed", clock, people)
    for person in people:
        if person.link in ("acted for", "no longer acted for"):
            rights = frozenset({"see-record"})
            asked = Asked(PROXY, person.id, "parent", rights, "Parent", date(2019, 1, 1))
            right = await proxies.grant(asked, by="Alpha")
            if person.link == "no longer acted for":
                clock.at += timedelta(seconds=1)
                await proxies.end(right.id, by="Alpha", reason="Over")
    clock.at = NOW


async def _claim(claims: Claims, link: str, clock: Clock, people: Sequence[Person]) -> None:
    said = Said("urgent-here", "Everybody opens it who may open it.", "yes", clock.at)
    for person in people:
        for name in oracle.CARE if person.link == link else ():
            try:
                if link == "claimed":
                    await claims.claim(actor(name, person), person.id, said)
                else:
                    await claims.open(actor(name, person), person.id, said)
            except ClaimRefused:
                continue
