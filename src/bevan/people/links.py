"""Links between records of one person (FHIR R4 Patient.link): pure, values in and values out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def linked(patient: Mapping[str, Any], kind: str) -> list[str]:
    """The ids of the Patients that this one is linked to in this way (`replaces`, …)."""
    return [
        id
        for link in patient.get("link") or ()
        if link.get("type") == kind and (id := _id(link.get("other")))
    ]


def survivor_of(patient: Mapping[str, Any]) -> str | None:
    """The id of the record that replaced this one; None for a record that stands."""
    if patient.get("active") is not False:
        return None
    return next(iter(linked(patient, "replaced-by")), None)


def _id(reference: Any) -> str:
    text = reference.get("reference") if isinstance(reference, Mapping) else None
    type, _, id = str(text or "").partition("/")
    return id if type == "Patient" and "/" not in id else ""
