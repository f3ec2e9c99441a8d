"""The smallest valid resource of any R4 type, about a given person, built from the definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bevan.fhir.definitions import Definitions, Element

_PRIMITIVES: Mapping[str, Any] = {
    "base64Binary": "YQ==",
    "boolean": True,
    "canonical": "http://example.org/canonical",
    "code": "example",
    "date": "2026-11-24",
    "dateTime": "2026-11-24T10:31:00Z",
    "decimal": 1,
    "id": "example",
    "instant": "2026-11-24T10:31:00Z",
    "integer": 1,
    "markdown": "text",
    "oid": "urn:oid:1.2.3",
    "positiveInt": 1,
    "string": "text",
    "time": "10:31:00",
    "unsignedInt": 1,
    "uri": "http://example.org/uri",
    "url": "http://example.org/url",
    "uuid": "urn:uuid:0b7a7b1e-0000-4000-8000-00000000000a",
    "xhtml": '<div xmlns="http://www.w3.org/1999/xhtml">text</div>',
    "http://hl7.org/fhirpath/System.String": "text",
}
_PERSON = {"reference": "Patient/PERSON"}
# Where an invariant of R4 wants more than the required elements or another choice than the first,
# and where the person stands deeper than in an element of the resource itself.
_MORE: Mapping[str, Mapping[str, Any]] = {
    "AllergyIntolerance": {
        "clinicalStatus": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                    "code": "active",
                }
            ]
        }
    },
    "Appointment": {
        "status": "proposed",
        "participant": [{"actor": _PERSON, "status": "accepted"}],
    },
    "AuditEvent": {
        "entity": [{"what": _PERSON}],
    },
    "Bundle": {
        "type": "collection",
        "entry": [{"resource": {"resourceType": "Patient", "id": "PERSON"}}],
    },
    "Consent": {"policyRule": {"text": "text"}},
    "Group": {"type": "person", "actual": True, "member": [{"entity": _PERSON}]},
    "ImmunizationRecommendation": {
        "recommendation": [{"vaccineCode": [{"text": "text"}], "forecastStatus": {"text": "text"}}]
    },
    "InsurancePlan": {"name": "text"},
    "Linkage": {
        "item": [
            {"type": "source", "resource": _PERSON},
            {"type": "alternate", "resource": _PERSON},
        ]
    },
    "Person": {"link": [{"target": _PERSON}]},
    "Organization": {"name": "text"},
}


class Instances:
    """Makes resources from the definitions."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def about(self, type: str, id: str, person: str) -> dict[str, Any]:
        """A resource of `type` whose every reference that may lead to a Patient leads to `person`.

        A Patient is the person itself, so its `id` is `person`.
        """
        resource: dict[str, Any] = {"resourceType": type, "id": person if type == "Patient" else id}
        for element in self._definitions.types[type].elements.values():
            if element.name in ("id", "meta", "text", "contained", "implicitRules", "language"):
                continue
            wanted = element.min > 0 or self._leads_to_patient(element)
            if wanted:
                name, value = self._element(element, person, 0)
                resource[name] = value
        more: dict[str, Any] = _named(dict(_MORE.get(type, {})), person)
        return resource | more

    def _leads_to_patient(self, element: Element) -> bool:
        return "Reference" in element.types and (
            not element.targets or "Patient" in element.targets
        )

    def _element(self, element: Element, person: str, depth: int) -> tuple[str, Any]:
        kind = element.types[0]
        if element.choice and "Reference" in element.types and self._leads_to_patient(element):
            kind = "Reference"
        name = element.name
        if element.choice:
            name += kind[0].upper() + kind[1:]
        value = self._value(element, kind, person, depth)
        return name, [value] if element.many else value

    def _value(self, element: Element, kind: str, person: str, depth: int) -> Any:
        if kind == "Reference":
            return {"reference": self._target(element, person)}
        if kind == "Resource":
            return {"resourceType": "Basic", "code": {"text": "text"}}
        codes = self._definitions.value_sets.get(element.binding) if element.binding else None
        if kind == "code" and codes:
            return sorted(next(iter(codes.values())))[0]
        if kind in _PRIMITIVES:
            return _PRIMITIVES[kind]
        if kind == "CodeableConcept":
            return {"coding": [self._coding(codes)]} if codes else {"text": "text"}
        if kind == "Coding":
            return self._coding(codes) if codes else {"code": "example"}
        return self._complex(kind, person, depth + 1)

    def _coding(self, codes: Mapping[str, frozenset[str]]) -> dict[str, str]:
        system, values = next(iter(codes.items()))
        return {"system": system, "code": sorted(values)[0]}

    def _target(self, element: Element, person: str) -> str:
        if not element.targets or "Patient" in element.targets:
            return f"Patient/{person}"
        return f"{element.targets[0]}/example"

    def _complex(self, kind: str, person: str, depth: int) -> dict[str, Any]:
        definition = self._definitions.types[kind]
        made = dict(
            self._element(element, person, depth)
            for element in definition.elements.values()
            if element.min > 0
        )
        if made or depth > 6:
            return made
        # Nothing is required, but an empty object isn't JSON that FHIR allows.
        for element in definition.elements.values():
            if element.name != "id" and element.types[0] in _PRIMITIVES:
                name, value = self._element(element, person, depth)
                return {name: value}
        return {"id": "example"}


def _named(value: Any, person: str) -> Any:
    if isinstance(value, dict):
        return {key: _named(each, person) for key, each in value.items()}
    if isinstance(value, list):
        return [_named(each, person) for each in value]
    return value.replace("PERSON", person) if isinstance(value, str) else value
