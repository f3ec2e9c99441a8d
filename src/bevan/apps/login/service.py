"""What a screen on a ward shows: initials and beds of those who are there now, by its own rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bevan.fhir import json
from bevan.identity.displays import PURPOSE, Display, Ward
from bevan.kernel.identifiers import uuid7
from bevan.record.scope import Scope
from bevan.web.services import Services
from bevan.web.words import initials

MOST = 200
_Filters = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Bed:
    """Somebody's place on the ward: `place` is a bed's name, blank where none is written."""

    place: str
    initials: str


async def on_the_ward(services: Services, display: Display) -> list[Bed]:
    """Who is where. Each look is filtered to this ward, so that no more could be found.

    Somebody whose record the screen may not see (their whereabouts are protected, they object to
    sharing) isn't on it.
    """
    request = uuid7()

    def scope(type: str, search: str) -> Scope:
        return services.access.scope(
            display.actor,
            purpose=PURPOSE,
            reads=frozenset({type}),
            filters={type: frozenset({search})},
            request=request,
        )

    async def found(type: str, search: str, more: str = "") -> list[dict[str, Any]]:
        page = await services.record.search(
            scope(type, search), type, f"{search}{more}&_count={MOST}"
        )
        bundle = json.decode(page.bundle)
        return [each["resource"] for each in bundle.get("entry", ())]

    ward = display.ward.id
    beds = await found("Location", f"partof=Location/{quote(ward)}")
    names = {each["id"]: str(each.get("name", "")) for each in beds}
    places = ",".join(f"Location/{quote(id)}" for id in (ward, *names))
    visits = await found("Encounter", f"location={places}", "&status=in-progress")
    where = {person: _bed(visit, names) for visit in visits if (person := _person(visit))}
    if not where:
        return []
    people = await found("Patient", f"_id={','.join(map(quote, sorted(where)))}")
    shown = [Bed(where[each["id"]], _initials(each)) for each in people]
    return sorted(shown, key=lambda bed: (bed.place == "", bed.place, bed.initials))


async def wards(services: Services, organisation: str) -> list[Ward]:
    """The wards and departments of an organisation."""
    name = await services.directory.name_of(organisation)
    places = await services.directory.wards(organisation)
    return [Ward(each.id, each.name, organisation, name) for each in places]


def _person(visit: Mapping[str, Any]) -> str:
    reference = str((visit.get("subject") or {}).get("reference", ""))
    return reference.removeprefix("Patient/") if reference.startswith("Patient/") else ""


def _bed(visit: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The bed of a visit: the last of its places that is a bed of the ward."""
    for each in reversed(visit.get("location") or ()):
        id = str((each.get("location") or {}).get("reference", "")).removeprefix("Location/")
        if id in names and "end" not in (each.get("period") or {}):
            return names[id]
    return ""


def _initials(patient: Mapping[str, Any]) -> str:
    given = [each for each in patient.get("name") or () if each.get("use") == "official"]
    name = (given or patient.get("name") or [{}])[0]
    whole = " ".join([*name.get("given", ())[:1], str(name.get("family", ""))])
    return initials(whole) or "?"
