"""Parts of a resource: `_summary` and `_elements` (FHIR R4 3.1.1.5.8, 3.1.1.5.9)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bevan.fhir.definitions import Definitions, TypeDefinition
from bevan.fhir.search.query import Summary

# CodeSystem v3-ObservationValue of the R4 core definitions.
SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
    "display": "subsetted",
}
ALWAYS = frozenset({"resourceType", "id", "meta"})


def subset(
    definitions: Definitions,
    resource: Mapping[str, Any],
    summary: Summary,
    elements: Collection[str],
) -> dict[str, Any]:
    """The part of a resource that was asked for, tagged SUBSETTED.

    What the standard demands, or what may change the meaning of the rest, is always kept.
    """
    type = definitions.types[resource["resourceType"]]
    kept = {
        key: value
        for key, value in resource.items()
        if key in ALWAYS or _wanted(type, key.removeprefix("_"), summary, elements)
    }
    meta = dict(kept.get("meta") or {})
    return {**kept, "meta": {**meta, "tag": [*meta.get("tag", ()), SUBSETTED]}}


def _wanted(type: TypeDefinition, key: str, summary: Summary, elements: Collection[str]) -> bool:
    found = type.find(key)
    if found is None:
        return False
    element = found[0]
    if elements and (key in elements or element.name in elements):
        return True
    if summary == "data":
        return not elements and key != "text"
    if element.min > 0 or element.modifier:
        return True
    if summary == "text":
        return key == "text"
    return summary == "true" and element.summary
