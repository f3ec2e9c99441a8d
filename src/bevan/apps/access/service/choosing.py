"""For whom somebody may choose, and the people whom a surgery takes choices down for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from bevan.access.consents import TAKING
from bevan.access.proxies import age
from bevan.apps.access.service import NHS_NUMBER, Found, matching, person_of
from bevan.fhir import json
from bevan.identity.sessions import Session
from bevan.record.scope import system
from bevan.web.services import Services

WHO = "find out whether somebody may choose for a person, by age and right"
RECORDERS = frozenset({"GP", "Practice nurse", "Practice manager"})


@dataclass(frozen=True, slots=True)
class Chooser:
    """Somebody about to choose: for whom (logical id and name), as what (blank: for themselves),
    and how old that person is (None: nobody knows)."""

    person: str
    name: str
    relation: str
    years: int | None


async def chooser(given: Services, session: Session) -> Chooser | None:
    """Who chooses for whom in this session; None for nobody: not proven, or no right any more."""
    own = session.actor.id
    if session.actor.kind != "patient" or not own:
        return None
    relation = ""
    if session.acting:
        rights = await given.asks.proxies.acting_for(own)
        held = [right for right in rights if right.person == session.acting]
        if not held:
            return None
        relation = held[0].relation
    person = session.acting or own
    scope = system(WHO, session.actor, at=given.clock.now())
    version = await given.record.read(scope, "Patient", person)
    if version is None or version.deleted:
        return None
    patient = json.decode(version.content)
    born = _day(str(patient.get("birthDate", "")))
    years = None if born is None else age(born, given.clock.now())
    name = session.acting_name if session.acting else session.actor.name
    return Chooser(person, name, relation, years)


def takes_down(session: Session) -> bool:
    """Whether somebody takes down choices that people tell their surgery."""
    actor = session.actor
    return actor.kind == "practitioner" and actor.role in RECORDERS and bool(actor.organisation)


async def registered(given: Services, session: Session, number: str, born: str) -> Found | None:
    """The one person with this number and day of birth who is registered at one's own surgery.

    Also who objected to sharing: otherwise nobody could take their objection back for them.
    """
    scope = system(TAKING, session.actor, at=given.clock.now())
    found = await matching(given, scope, number, born)
    here = f"Organization/{session.actor.organisation}"
    if found is None or here not in _surgeries(found):
        return None
    numbers = [one["value"] for one in found["identifier"] if one.get("system") == NHS_NUMBER]
    return person_of(found, str(numbers[0]))


def _surgeries(patient: dict[str, Any]) -> list[str]:
    return [str(one.get("reference", "")) for one in patient.get("generalPractitioner") or ()]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
