"""The measured operations: each writes a file of requests for wrk to send in turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.data import NHS, Sample

SIZE = 100
_VISIT = "urn:uuid:00000000-0000-4000-8000-000000000001"
_KEEP = ("code", "category", "effectiveDateTime", "valueQuantity", "component", "subject",
         "status", "interpretation", "referenceRange", "performer", "encounter", "issued",
         "method", "device", "bodySite", "note", "valueString", "valueCodeableConcept")  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """A measured operation: `target` is its limit in CPU-milliseconds at 8 connections.

    `per` divides a request into what the target counts (resources of a transaction).
    """

    name: str
    words: str
    target: float | None
    lines: Callable[[Sample], Iterator[str]]
    per: int = 1
    seconds: float = 6.0


def write(operation: Operation, sample: Sample, folder: Path) -> Path:
    """The file of requests of one operation."""
    path = folder / f"{operation.name}.requests"
    path.write_text("".join(f"{line}\n" for line in operation.lines(sample)), "utf-8")
    return path


def _create(sample: Sample) -> Iterator[str]:
    for each in islice(cycle(sample.observations), 2000):
        yield f"POST /fhir/Observation\t{_body(_new(each))}"


def _read(sample: Sample) -> Iterator[str]:
    for each in sample.observations:
        yield f"GET /fhir/Observation/{each['id']}"


def _by_code(sample: Sample) -> Iterator[str]:
    for person, code in sample.pairs:
        yield f"GET /fhir/Observation?patient={person}&code={quote(code)}&_count=20"


def _sorted(sample: Sample) -> Iterator[str]:
    for person, _ in sample.people:
        yield f"GET /fhir/Observation?patient={person}&_sort=-date&_count=50"


def _chained(sample: Sample) -> Iterator[str]:
    for _, number in sample.people:
        identifier = quote(f"{NHS}|{number}")
        yield f"GET /fhir/Observation?patient.identifier={identifier}&_count=20"


def _transaction(sample: Sample) -> Iterator[str]:
    observations = cycle(sample.observations)
    for person, number in sample.people[:40]:
        entries = [
            _entry(_encounter(sample, number), _VISIT),
            *(_entry(_inside(each, person)) for each in islice(observations, SIZE - 1)),
        ]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        yield f"POST /fhir\t{_body(bundle)}"


def _inside(observation: dict[str, Any], person: str) -> dict[str, Any]:
    new = _new(observation)
    new["subject"] = {"reference": f"Patient/{person}"}
    new["encounter"] = {"reference": _VISIT}
    return new


def _encounter(sample: Sample, number: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": "AMB",
        },
        "subject": {"reference": f"Patient?identifier={quote(f'{NHS}|{number}')}"},
        "participant": [
            {"individual": {"reference": f"Practitioner/{sample.practitioner}"}},
        ],
        "period": {"start": "2026-11-24T09:00:00Z", "end": "2026-11-24T09:20:00Z"},
    }


def _entry(resource: dict[str, Any], url: str | None = None) -> dict[str, Any]:
    named = {"fullUrl": url} if url else {}
    return {
        **named,
        "resource": resource,
        "request": {"method": "POST", "url": resource["resourceType"]},
    }


def _new(observation: dict[str, Any]) -> dict[str, Any]:
    kept = {key: observation[key] for key in _KEEP if key in observation}
    meta = {
        key: observation["meta"][key] for key in ("profile", "source") if key in observation["meta"]
    }
    return {"resourceType": "Observation", "meta": meta, **kept}


def _body(resource: dict[str, Any]) -> str:
    return json.dumps(resource, separators=(",", ":"), ensure_ascii=False)


ALL: tuple[Operation, ...] = (
    Operation("create", "Create an Observation", 0.60, _create),
    Operation("read", "Read by id", 0.35, _read),
    Operation("patient-code", "Search patient + code", 0.50, _by_code),
    Operation("patient-sorted", "Patient sorted by date, page of 50", 0.80, _sorted),
    Operation("chained", "Search chained by NHS number", 0.60, _chained),
    Operation("transaction", "Transaction of 100, per resource", 0.25, _transaction, per=SIZE),
)
