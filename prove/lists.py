"""Lists of allergies and medicines: whoever may see the person is never left with an empty one
that doesn't say why."""

from __future__ import annotations

from typing import Any

from bevan.fhir import json
from bevan.record.record import Record
from bevan.record.scope import Scope
from prove.people import Person

# What tells where a protected person is.
BY = {
    "AllergyIntolerance": "recorder",
    "MedicationRequest": "requester",
    "MedicationStatement": "informationSource",
}
WORDS = {
    "suppressed": "withheld",
    "informational": "none recorded",
    "incomplete": "could not be shown",
}


async def asked(record: Record, scope: Scope, type: str, person: Person) -> frozenset[str]:
    """What a list says by FHIR search: that an entry is shown, masked, and each of the words."""
    page = await record.search(scope, type, f"patient={person.id}")
    return words(type, json.decode(page.bundle))


def words(type: str, bundle: dict[str, Any]) -> frozenset[str]:
    """What a searchset of such a list says."""
    return frozenset(said for entry in bundle.get("entry", ()) for said in _said(entry, type))


def _said(entry: dict[str, Any], type: str) -> set[str]:
    resource = entry["resource"]
    if resource["resourceType"] == type:
        return {"shown" if BY[type] in resource else "masked"}
    return {WORDS[issue["code"]] for issue in resource["issue"]}
