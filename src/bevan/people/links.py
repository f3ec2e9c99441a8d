"""Links between records of one person (FHIR R4 Patient.link): pure, values in and values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bevan.people.nhs_number import SYSTEMS, stated
from bevan.record.scope import SEALED_AND_LOCKED, labels


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


def standing(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of some Patients that stand: a merged one makes way for its survivor among them, and
    one whose identity was given up is nobody."""
    ids = {each.get("id") for each in found}
    return [each for each in found if survivor_of(each) not in ids and not given_up(each)]


def given_up(patient: Mapping[str, Any]) -> bool:
    """Whether a record was closed as its person lives under a new identity: nobody is led to it,
    whatever their sight."""
    return patient.get("active") is False and bool(labels(patient) & SEALED_AND_LOCKED)


def _id(reference: Any) -> str:
    text = reference.get("reference") if isinstance(reference, Mapping) else None
    type, _, id = str(text or "").partition("/")
    return id if type == "Patient" and "/" not in id else ""


def joined(
    patient: Mapping[str, Any], other: str, carried: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The Patient as the record that replaces another, found by that one's identifiers too."""
    linked = _with(patient, {"other": {"reference": f"Patient/{other}"}, "type": "replaces"})
    standing = list(patient.get("identifier") or ())
    fresh = [each for each in carried if each not in standing]
    return {**linked, "identifier": [*standing, *fresh]} if fresh else linked


def carried(survivor: Mapping[str, Any], merged: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The identifiers that the survivor takes over, as ones that aren't in use any more.

    An NHS number stays in use where the survivor has none of its own.
    """
    known = {_value(each) for each in survivor.get("identifier") or ()}
    numberless = stated(survivor) is None
    return [
        dict(each) if numberless and each.get("system") in SYSTEMS else {**each, "use": "old"}
        for each in merged.get("identifier") or ()
        if each.get("value") and _value(each) not in known
    ]


def _value(identifier: Mapping[str, Any]) -> tuple[Any, Any]:
    return identifier.get("system"), identifier.get("value")


def retired(patient: Mapping[str, Any], survivor: str) -> dict[str, Any]:
    """The Patient as a record that was replaced: not active, and pointing to the survivor."""
    link = {"other": {"reference": f"Patient/{survivor}"}, "type": "replaced-by"}
    return {**_with(patient, link), "active": False}


def unlinked(
    patient: Mapping[str, Any], other: str, carried: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The Patient without its links to another record, and without what it took over from it."""
    kept = {
        "link": [each for each in patient.get("link") or () if _id(each.get("other")) != other],
        "identifier": [each for each in patient.get("identifier") or () if each not in carried],
    }
    return {key: kept.get(key, each) for key, each in patient.items() if kept.get(key, True)}


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
