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


def joined(patient: Mapping[str, Any], other: str) -> dict[str, Any]:
    """The Patient as the record that replaces another."""
    return _with(patient, {"other": {"reference": f"Patient/{other}"}, "type": "replaces"})


def retired(patient: Mapping[str, Any], survivor: str) -> dict[str, Any]:
    """The Patient as a record that was replaced: not active, and pointing to the survivor."""
    link = {"other": {"reference": f"Patient/{survivor}"}, "type": "replaced-by"}
    return {**_with(patient, link), "active": False}


def unlinked(patient: Mapping[str, Any], other: str) -> dict[str, Any]:
    """The Patient without its links to another record."""
    kept = [link for link in patient.get("link") or () if _id(link.get("other")) != other]
    found = {key: value for key, value in patient.items() if key != "link"}
    return {**found, "link": kept} if kept else found


def readdressed(node: Any, old: str, new: str, base: str = "") -> Any:
    """A resource with every reference to one Patient made one to another.

    References to a version of the Patient stay: that version is the old record's.
    """
    known = {f"Patient/{old}": f"Patient/{new}"}
    if base:
        known[f"{base}/Patient/{old}"] = f"{base}/Patient/{new}"
    return _readdressed(node, known)


def _readdressed(node: Any, known: Mapping[str, str]) -> Any:
    if isinstance(node, Mapping):
        return {
            key: known.get(value, value)
            if key == "reference" and isinstance(value, str)
            else _readdressed(value, known)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_readdressed(value, known) for value in node]
    return node


def _with(patient: Mapping[str, Any], link: dict[str, Any]) -> dict[str, Any]:
    standing = [each for each in patient.get("link") or () if each != link]
    return {**patient, "link": [*standing, link]}
