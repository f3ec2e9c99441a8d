"""What the access pages look up: a person by number and day of birth, and who may oversee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bevan.access.claims import TRACE
from bevan.fhir import json
from bevan.identity.sessions import Session
from bevan.people.links import standing
from bevan.record.scope import Actor, Scope, system
from bevan.web.services import Services

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
OVERSEE = "show a privacy officer whom a decision was about"
CARE = "direct-care"


@dataclass(frozen=True)
class Found:
    """Who somebody is: no more than the first line of a banner."""

    id: str
    name: str
    born: str
    sex: str
    number: str


def oversees(given: Services, session: Session) -> bool:
    """Whether somebody looks at what others did."""
    return given.access.rule(session.actor, CARE).oversees


async def trace(given: Services, session: Session, number: str, born: str) -> Found | None:
    """The one person with this number and day of birth, whoever asks.

    Nobody who objected to sharing is found: an emergency doesn't open their record, and nothing
    may say that they have one.
    """
    scope = system(TRACE, session.actor, at=given.clock.now())
    found = await matching(given, scope, number, born)
    if found is None:
        return None
    facts = await given.explanation.facts([found["id"]])
    return None if "sharing" in facts[0].refused else person_of(found, "".join(number.split()))


async def matching(given: Services, scope: Scope, number: str, born: str) -> dict[str, Any] | None:
    """The one Patient with this number and day of birth; None for none, and for several."""
    digits = "".join(number.split())
    if not (digits.isascii() and digits.isdecimal()) or len(digits) != 10 or not _day(born):
        return None
    query = f"identifier={NHS_NUMBER}|{digits}&birthdate={born}&_count=2"
    found = await _patients(given, scope, query)
    return found[0] if len(found) == 1 else None


async def named(given: Services, session: Session, id: str) -> Found | None:
    """Who a person (a logical id) is, for somebody who oversees."""
    scope = system(OVERSEE, session.actor, at=given.clock.now())
    version = await given.record.read(scope, "Patient", id)
    if version is None or version.deleted:
        return None
    patient = json.decode(version.content)
    numbers = [
        one.get("value", "")
        for one in patient.get("identifier", ())
        if one.get("system") == NHS_NUMBER
    ]
    return person_of(patient, numbers[0] if numbers else "")


async def actor_of(given: Services, account: str) -> Actor | None:
    """The first role of a demo account, as somebody to ask about."""
    for one in await given.identity.demo_people():
        if one.id == account and one.roles:
            role = one.roles[0]
            return Actor(
                "practitioner",
                one.actor,
                one.name,
                role.name,
                role.organisation,
                role.organisation_name,
            )
    return None


def confirmed(given: Services, session: Session, now: datetime) -> datetime | None:
    """When somebody last proved who they are, on the record's clock.

    Sessions go by the machine's clock (`now`), which in a demonstration is another day.
    """
    if session.confirmed is None:
        return None
    return given.clock.now() - max(now - session.confirmed, timedelta())


async def _patients(given: Services, scope: Scope, query: str) -> list[dict[str, Any]]:
    page = await given.record.search(scope, "Patient", query)
    entries = json.decode(page.bundle).get("entry", ())
    patients = [one["resource"] for one in entries if one["resource"]["resourceType"] == "Patient"]
    return [dict(one) for one in standing(patients)]


def person_of(patient: dict[str, Any], number: str) -> Found:
    """The first line of a banner."""
    name = (patient.get("name") or [{}])[0]
    given, title = " ".join(name.get("given", ())), " ".join(name.get("prefix", ()))
    shown = f"{str(name.get('family', '')).upper()}, {given}" + (f" ({title})" if title else "")
    return Found(
        patient["id"],
        shown,
        str(patient.get("birthDate", "")),
        str(patient.get("gender", "unknown")).capitalize(),
        number,
    )


def _day(text: str) -> bool:
    try:
        return datetime.strptime(text, "%Y-%m-%d") is not None
    except ValueError:
        return False
