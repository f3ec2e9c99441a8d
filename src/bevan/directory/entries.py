"""Entries of the directory, read from FHIR resources: what pages need of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PHYSICAL = "http://terminology.hl7.org/CodeSystem/location-physical-type"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation: `kind` is the text of its type, `part_of` the id of its parent."""

    id: str
    name: str
    kind: str = ""
    ods: str = ""
    part_of: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A site, ward or bed, and the id of the organisation that runs it."""

    id: str
    name: str
    organisation: str = ""
    part_of: str = ""
    bed: bool = False


@dataclass(frozen=True, slots=True)
class Staff:
    """A professional in a role at an organisation (a PractitionerRole)."""

    id: str
    practitioner: str
    organisation: str
    role: str


def organisation(resource: Mapping[str, Any]) -> Organisation:
    """Read an Organization."""
    return Organisation(
        id=str(resource["id"]),
        name=str(resource.get("name") or ""),
        kind=_concept(next(iter(resource.get("type") or ()), None)),
        ods=next(
            (
                str(identifier.get("value") or "")
                for identifier in resource.get("identifier") or ()
                if identifier.get("system") == ODS
            ),
            "",
        ),
        part_of=target(resource.get("partOf"), "Organization"),
        active=resource.get("active") is not False,
    )


def place(resource: Mapping[str, Any]) -> Place:
    """Read a Location."""
    return Place(
        id=str(resource["id"]),
        name=str(resource.get("name") or ""),
        organisation=target(resource.get("managingOrganization"), "Organization"),
        part_of=target(resource.get("partOf"), "Location"),
        bed=any(
            (each.get("system"), each.get("code")) == (PHYSICAL, "bd")
            for each in (resource.get("physicalType") or {}).get("coding") or ()
        ),
    )


def staff(resource: Mapping[str, Any]) -> Staff:
    """Read a PractitionerRole."""
    return Staff(
        id=str(resource["id"]),
        practitioner=target(resource.get("practitioner"), "Practitioner"),
        organisation=target(resource.get("organization"), "Organization"),
        role=_concept(next(iter(resource.get("code") or ()), None)),
    )


def practitioner_name(resource: Mapping[str, Any]) -> str:
    """How a Practitioner is called: the text of the first name, or its parts."""
    name = next(iter(resource.get("name") or ()), None) or {}
    if name.get("text"):
        return str(name["text"])
    parts = [*(name.get("prefix") or ()), *(name.get("given") or ())[:1], name.get("family")]
    return " ".join(str(part) for part in parts if part)


def target(reference: Any, type: str) -> str:
    """The logical id that a relative reference to `type` points to, or an empty text."""
    text = reference.get("reference") if isinstance(reference, Mapping) else None
    if not isinstance(text, str) or not text.startswith(f"{type}/"):
        return ""
    return text.removeprefix(f"{type}/").partition("/")[0]


def _concept(concept: Any) -> str:
    if not isinstance(concept, Mapping):
        return ""
    if concept.get("text"):
        return str(concept["text"])
    return next((str(c["display"]) for c in concept.get("coding") or () if c.get("display")), "")
