"""One person's chart: what every page about them needs, and what the page itself asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from bevan.apps.care_record.rules.attribution import Notice, address, notices
from bevan.apps.care_record.rules.entries import restricted
from bevan.apps.care_record.rules.senders import Organisation, Sender, Senders, kind_of
from bevan.apps.care_record.service.differences import Difference, differences
from bevan.apps.care_record.service.reader import MOST, Gathered, Reader
from bevan.identity.sessions import Session
from bevan.web.services import Services
from bevan.web.words import LONDON

PURPOSE = "direct-care"
RIGHT = "status:not=entered-in-error"
ALWAYS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({
    "allergies": (("AllergyIntolerance", ""),),
    "problems": (("Condition", ""),),
    "medicines": (("MedicationRequest", ""), ("MedicationStatement", "")),
    "plans": (("CarePlan", ""),),
    "flags": (("Flag", ""),),
    "stays": (("EpisodeOfCare", "status=active"), ("Encounter", "status=in-progress")),
    "tasks": (("Task", "status=requested,received,accepted,in-progress"),),
})  # fmt: skip
COUNTED: Mapping[str, tuple[str, str]] = MappingProxyType({
    "timeline": ("Encounter", "status:not=entered-in-error,cancelled,planned"),
    "results": ("Observation", f"category=laboratory&{RIGHT}"),
    "observations": ("Observation", f"category=vital-signs,survey&{RIGHT}"),
    "vaccinations": ("Immunization", "status=completed"),
    "procedures": ("Procedure", RIGHT),
    "appointments": ("Appointment", f"{RIGHT},cancelled"),
    "documents": ("DocumentReference", "status=current"),
})  # fmt: skip
WANTED: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({
    "laboratory": (("Observation", "category=laboratory&_sort=-date"),),
    "vitals": (("Observation", "category=vital-signs,survey&_sort=-date"),),
    "vaccinations": (("Immunization", "_sort=-date"),),
    "procedures": (("Procedure", "_sort=-date"),),
    "encounters": (("Encounter", "_sort=-date"),),
    "appointments": (("Appointment", "_sort=-date"),),
    "documents": (("DocumentReference", "_sort=-date"),),
    "about": (("Composition", "_sort=-date"),),
    "people": (("RelatedPerson", ""), ("CareTeam", "")),
})  # fmt: skip


@dataclass(frozen=True)
class Chart:
    """A person's record as one request may see it."""

    patient: dict[str, Any]
    reader: Reader
    senders: Senders
    found: Mapping[str, Gathered]
    counts: Mapping[str, int]
    differing: Mapping[str, Difference]
    now: datetime

    @property
    def id(self) -> str:
        """The person's logical id."""
        return str(self.patient["id"])

    @property
    def today(self) -> date:
        """The day in the United Kingdom."""
        return self.now.astimezone(LONDON).date()

    @property
    def notices(self) -> Mapping[str, Notice]:
        """Open notices about edits, by Type/id."""
        return notices(self.resources("tasks"))

    def resources(self, name: str) -> Sequence[dict[str, Any]]:
        """What was found under a name."""
        return self.found[name].resources

    def withheld(self, *names: str) -> bool:
        """Whether some entries of these lists are kept back."""
        return any(self.found[name].withheld for name in names)


async def open_person(
    services: Services, session: Session, patient: str
) -> tuple[Reader, dict[str, Any]] | None:
    """The person alone, and what reads about them; None if there is nobody to be seen."""
    scope = services.access.scope(session.actor, purpose=PURPOSE, patient=patient)
    reader = Reader(services.record, scope)
    person = await reader.one("Patient", patient)
    return None if person is None else (reader, person)


async def open_chart(
    services: Services, session: Session, patient: str, *wanted: str
) -> Chart | None:
    """The chart with the lists named in ``wanted``; None if there is nobody to be seen.

    ``"vitals:60"`` asks for the newest 60 only, where a page shows no more of a long list.

    Fails closed: nothing else is asked before the person themselves was seen.
    """
    opened = await open_person(services, session, patient)
    if opened is None:
        return None
    reader, person = opened
    lists = {**ALWAYS, **{_name(one): WANTED[_name(one)] for one in wanted}}
    most = {_name(one): int(one.partition(":")[2] or MOST) for one in wanted}
    names = [(name, *query) for name, queries in lists.items() for query in queries]
    gathered, totals, senders = await asyncio.gather(
        asyncio.gather(
            *(
                reader.every(type, about(patient, q), most.get(name, MOST))
                for name, type, q in names
            )
        ),
        asyncio.gather(*(reader.count(type, about(patient, q)) for type, q in COUNTED.values())),
        open_senders(services, session),
    )
    found = dict.fromkeys(lists, Gathered())
    for (name, _, _), part in zip(names, gathered, strict=True):
        found[name] += part
    counts = dict(zip(COUNTED, totals, strict=True))
    senders = senders.unnamed() if restricted(person) else senders
    told = notices(found["tasks"].resources)
    held = {address(one): one for part in found.values() for one in part.resources}
    differing = await differences(reader, told, held)
    return Chart(person, reader, senders, found, counts, differing, services.clock.now())


def _name(wanted: str) -> str:
    return wanted.partition(":")[0]


def about(patient: str, query: str) -> str:
    """A search limited to one person."""
    return f"patient={patient}" + (f"&{query}" if query else "")


async def open_senders(services: Services, session: Session) -> Senders:
    """Every system and organisation that entries can come from."""
    scope = services.access.scope(session.actor, purpose=PURPOSE)
    sources, places = await asyncio.gather(
        services.record.sources(scope), services.directory.organisations()
    )
    systems = {
        one.uri: Sender(one.uri, one.organisation, one.name, one.heard, one.failed or "")
        for one in sources
    }
    organisations = {
        one.id: Organisation(one.id, one.name, kind_of(one.kind, one.name)) for one in places
    }
    return Senders(systems, organisations)
