"""A region made for the matrix: a person for each link and state, an entry for each label."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from bevan.access.choices import stated
from bevan.access.claims import ClaimRefused, Claims, Said
from bevan.access.proxies import Asked
from bevan.kernel.settings import Settings
from bevan.record.scope import (
    ACT_CODE,
    CONFIDENTIALITY,
    HANDLING,
    SEAL,
    SEALED_BY,
    Actor,
    Scope,
    system,
)
from bevan.site.composition import Composition, compose
from prove import oracle

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FEED = Actor("system", "matrix", "Matrix")
LABEL = "urn:bevan:matrix:label"
PROXY = "proxy-nils"
_ROLES = {
    "clinician": "GP",
    "mental health nurse": "Community mental health nurse",
    "ambulance crew": "Paramedic",
    "carer": "Carer",
    "social worker": "Social worker",
    "privacy officer": "Privacy officer",
    "analyst": "Public health analyst",
    "unknown role": "Astronaut",
}
_CHOICES = {"objects to sharing": "sharing", "opted out": "national", "type 1": "type-1"}


@dataclass
class Clock:
    """Stands where it is put."""

    at: datetime

    def now(self) -> datetime:
        """The moment."""
        return self.at


@dataclass(frozen=True)
class Person:
    """Somebody of the matrix."""

    link: str
    state: str

    @property
    def id(self) -> str:
        """Their logical id."""
        name = f"{self.link} {self.state}".replace("'", "").replace(" ", "-")
        return f"m-{name}"

    def entry(self, label: str) -> str:
        """The id of their Observation with a label."""
        return f"{self.id}-{oracle.LABELS.index(label)}"[-64:]


EVERYBODY = tuple(Person(link, state) for link in oracle.LINKS for state in oracle.STATES)


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
async def world(dsn: str, folder: Path) -> AsyncIterator[Composition]:
    """Everybody, in a database that has been migrated."""
    rules = folder / "rules.json"
    rules.write_text(_rules(), "utf-8")
    clock = Clock(NOW)
    settings = Settings(data=folder, demo=True, database_url=dsn, rules=rules)
    async with compose(settings, dsn, clock=clock) as made:
        await fill(made, clock)
        yield made


async def fill(made: Composition, clock: Clock) -> None:
    """Write everybody and make their links."""
    await _fill(made)
    await _link(made, clock)
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


async def _fill(made: Composition) -> None:
    record = made.record
    everything = [one for person in EVERYBODY for one in _resources(person)]
    scope = system("fill the matrix", FEED)
    for start in range(0, len(everything), 500):
        prepared = [record.prepare(one) for one in everything[start : start + 500]]
        await record.load(scope, prepared)
    # One whom the team itself refers gives it no link.
    own = actor("clinician", EVERYBODY[0])
    for person in EVERYBODY:
        if person.link == "referred by the team itself":
            await record.update(system("a referral", own), _referral(person, 10))


async def _link(made: Composition, clock: Clock) -> None:
    claims, proxies = made.claims, made.proxies
    clock.at = NOW - timedelta(days=1)
    await _claim(claims, "opened yesterday", clock)
    clock.at = NOW - timedelta(minutes=5)
    await _claim(claims, "opened in an emergency", clock)
    await _claim(claims, "claimed", clock)
    for person in EVERYBODY:
        if person.link in ("acted for", "no longer acted for"):
            rights = frozenset({"see-record"})
            asked = Asked(PROXY, person.id, "parent", rights, "Parent", date(2019, 1, 1))
            right = await proxies.grant(asked, by="Alpha")
            if person.link == "no longer acted for":
                clock.at += timedelta(seconds=1)
                await proxies.end(right.id, by="Alpha", reason="Over")
    clock.at = NOW


async def _claim(claims: Claims, link: str, clock: Clock) -> None:
    said = Said("urgent-here", "Everybody opens it who may open it.", "yes", clock.at)
    for person in EVERYBODY:
        for name in oracle.CARE if person.link == link else ():
            try:
                if link == "claimed":
                    await claims.claim(actor(name, person), person.id, said)
                else:
                    await claims.open(actor(name, person), person.id, said)
            except ClaimRefused:
                continue


def _resources(person: Person) -> Iterator[dict[str, Any]]:
    subject = {"reference": f"Patient/{person.id}"}
    yield _patient(person)
    yield from _links(person, subject)
    if person.state in _CHOICES:
        said = stated(person.id, _CHOICES[person.state], refused=True, at="2026-01-01")
        yield {**said, "id": f"c-{person.id}"[:64]}
    observations = [_observation(person, label) for label in oracle.LABELS]
    yield from observations
    yield {
        "resourceType": "DiagnosticReport",
        "id": f"r-{person.id}"[:64],
        "status": "final",
        "code": {"text": "Everything"},
        "subject": subject,
        "result": [{"reference": f"Observation/{one['id']}"} for one in observations],
    }


def _patient(person: Person) -> dict[str, Any]:
    secret = [{"system": CONFIDENTIALITY, "code": "R"}] if person.state == "protected" else []
    practice = [{"reference": "Organization/alpha"}] if person.link == "registered" else []
    return {
        "resourceType": "Patient",
        "id": person.id,
        "name": [{"family": person.id}],
        "address": [{"text": "1 Long Road"}],
        **({"meta": {"security": secret}} if secret else {}),
        **({"generalPractitioner": practice} if practice else {}),
    }


def _day(days: int) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def _links(person: Person, subject: dict[str, str]) -> Iterator[dict[str, Any]]:
    alpha = {"reference": "Organization/alpha"}
    stays = {
        "here now": ("in-progress", {"start": _day(2)}),
        "left 10 days ago": ("finished", {"start": _day(12), "end": _day(10)}),
        "left 200 days ago": ("finished", {"start": _day(202), "end": _day(200)}),
        "expected": ("planned", {"start": _day(-2)}),
    }
    caseloads = {
        "on the caseload": ("active", {"start": _day(9)}, "Virtual ward"),
        "off the caseload 200 days ago": (
            "finished",
            {"start": _day(300), "end": _day(200)},
            "Virtual ward",
        ),
        "lives here": ("active", {"start": _day(900)}, "Care home resident"),
        "moved out 20 days ago": (
            "finished",
            {"start": _day(900), "end": _day(20)},
            "Care home resident",
        ),
    }
    id = f"l-{person.id}"[:64]
    if person.link in stays:
        status, period = stays[person.link]
        yield {
            "resourceType": "Encounter", "id": id, "status": status, "class": {"code": "IMP"},
            "subject": subject, "serviceProvider": alpha, "period": period,
        }  # fmt: skip
    if person.link in caseloads:
        status, period, text = caseloads[person.link]
        yield {
            "resourceType": "EpisodeOfCare", "id": id, "status": status, "type": [{"text": text}],
            "patient": subject, "managingOrganization": alpha, "period": period,
        }  # fmt: skip
    if person.link == "looked after by a team":
        yield {
            "resourceType": "CareTeam", "id": id, "status": "active", "subject": subject,
            "participant": [{"member": alpha}],
        }  # fmt: skip
    if person.link.startswith("referred") and person.link.endswith("ago"):
        yield _referral(person, int(person.link.split()[1]))


def _referral(person: Person, days: int) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "id": f"l-{person.id}"[:64],
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{person.id}"},
        "requester": {"reference": "Organization/beta"},
        "performer": [{"reference": "Organization/alpha"}],
        "authoredOn": _day(days),
    }


def _observation(person: Person, label: str) -> dict[str, Any]:
    place = oracle.LABELS.index(label)
    return {
        "resourceType": "Observation",
        "id": person.entry(label),
        "status": "preliminary" if label == "unfinished" else "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": LABEL, "code": str(place)}]},
        "subject": {"reference": f"Patient/{person.id}"},
        "performer": [{"reference": "Practitioner/doctor"}],
        "effectiveDateTime": f"2026-01-{place + 1:02}",
        **({"meta": {"security": _security(label)}} if _security(label) else {}),
    }


def _security(label: str) -> list[dict[str, Any]]:
    plain = {
        "restricted": (CONFIDENTIALITY, "R"),
        "very restricted": (CONFIDENTIALITY, "V"),
        "not for patient": (ACT_CODE, "NOPAT"),
        "held": (HANDLING, "held"),
        **{code: (ACT_CODE, code) for code in oracle.SENSITIVE},
    }
    if label in plain:
        return [{"system": plain[label][0], "code": plain[label][1]}]
    if label not in oracle.SEALED | oracle.LOCKED:
        return []
    code = "sealed" if label in oracle.SEALED else "sealed-and-locked"
    team = label.rpartition(" ")[2].lower()
    by = {"url": SEALED_BY, "valueReference": {"reference": f"Organization/{team}"}}
    extra = {} if team == "nobody" else {"extension": [by]}
    return [{"system": SEAL, "code": code, **extra}]
