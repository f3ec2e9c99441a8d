"""An Observation, and whether the index holds what is looked for."""

from __future__ import annotations

from typing import Any

from bevan.fhir.extraction import Extractor, Index

LOINC = "http://loinc.org"


OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "1",
    "meta": {
        "profile": ["https://x.example/P|1.0"],
        "tag": [{"system": "urn:t", "code": "a"}],
        "source": "https://gp.example/system",
    },
    "identifier": [
        {
            "system": "urn:ids",
            "value": "77",
            "type": {"coding": [{"system": "urn:types", "code": "MR"}]},
        }
    ],
    "status": "final",
    "code": {
        "coding": [{"system": LOINC, "code": "8480-6"}, {"system": "urn:local", "code": "SBP"}],
        "text": "Systolic",
    },
    "subject": {"reference": "Patient/p1"},
    "performer": [{"identifier": {"system": "urn:staff", "value": "9"}}],
    "effectiveDateTime": "2026-11-24T09:30:00Z",
    "valueQuantity": {
        "value": 5.4,
        "system": "http://unitsofmeasure.org",
        "code": "mmol/L",
        "unit": "mmol/L",
    },
}


def names(extractor: Extractor, index: Index, texts: list[str]) -> dict[str, bool]:
    """Whether the index holds the hash of each text."""
    return {text: extractor.hash(text) in index.tokens for text in texts}


def all_of(extractor: Extractor, resource: dict[str, Any], *texts: str) -> None:
    index = extractor.extract(resource)
    found = names(extractor, index, list(texts))
    assert found == dict.fromkeys(texts, True)
