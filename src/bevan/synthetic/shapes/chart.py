"""One person's record while it is written, and the parts that many shapes share.

Every shape function takes the chart first, adds one resource to `chart.out` as JSON bytes and
returns its reference. Text from tables is quoted once and kept.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from random import Random
from typing import Final, NamedTuple

from bevan.fhir.codes import code as clinical
from bevan.fhir.codes import table
from bevan.synthetic.draws import new_id
from bevan.synthetic.shapes.wording import SHORT_NAMES, UNIT_NAMES

PROFILE: Final = "https://fhir.hl7.org.uk/StructureDefinition/"
HL7: Final = "http://terminology.hl7.org/CodeSystem/"
SNOMED: Final = "http://snomed.info/sct"
UCUM: Final = "http://unitsofmeasure.org"
RESTRICTED: Final = f'{{"system":"{HL7}v3-Confidentiality","code":"R","display":"restricted"}}'
TEST_DATA: Final = f'{{"system":"{HL7}v3-ActReason","code":"HTEST","display":"test health data"}}'


class Chart:
    """The resources of one person, in the order in which they were written."""

    __slots__ = ("draws", "id", "out", "patient", "subject")

    def __init__(self, draws: Random, identifier: str | None = None) -> None:
        self.draws = draws
        self.id = identifier or new_id(draws)
        self.out: list[bytes] = []
        self.patient = f"Patient/{self.id}"
        self.subject = f'"subject":{{"reference":"{self.patient}"}}'

    def add(
        self,
        kind: str,
        identifier: str,
        source: str,
        body: str,
        *,
        profile: str = "",
        security: str = "",
    ) -> str:
        """Add a resource of a type; `body` is the JSON text of its elements without braces."""
        label = f',"security":[{security}]' if security else ""
        shape = f',"profile":["{PROFILE}UKCore-{profile or kind}"]' if kind != "Goal" else ""
        self.out.append(
            f'{{"resourceType":"{kind}","id":"{identifier}","meta":{{"source":"{source}"'
            f"{shape}{label}}},{body}}}".encode()
        )
        return f"{kind}/{identifier}"

    def new(self) -> str:
        """An id for the next resource."""
        return new_id(self.draws)


def quote(text: str) -> str:
    """A string as JSON."""
    return json.dumps(text, ensure_ascii=False)


@cache
def coding(key: str) -> str:
    """A code of the table as the JSON of a Coding."""
    one = clinical(key)
    return f'{{"system":"{one.system}","code":"{one.code}","display":{quote(one.display)}}}'


@cache
def concept(key: str, text: str = "") -> str:
    """A code of the table as the JSON of a CodeableConcept, in a person's own words if given."""
    words = f',"text":{quote(text)}' if text else ""
    return f'{{"coding":[{coding(key)}]{words}}}'


@cache
def hl7(system: str, code: str, display: str) -> str:
    """An administrative code of HL7 terminology (part of R4) as a CodeableConcept."""
    return f'{{"coding":[{{"system":"{HL7}{system}","code":"{code}","display":"{display}"}}]}}'


def at(reference: str) -> str:
    """A reference as JSON."""
    return f'{{"reference":"{reference}"}}'


def joined(references: Iterable[str]) -> str:
    """References as the JSON members of an array."""
    return ",".join(map(at, references))


def optional(name: str, value: str) -> str:
    """`,"name":value` when there is a value (which is JSON already)."""
    return f',"{name}":{value}' if value else ""


def noted(text: str) -> str:
    """`,"note":[…]` when there is something to note."""
    return f',"note":[{{"text":{quote(text)}}}]' if text else ""


class Measure(NamedTuple):
    """What is measured: its codings, unit, usual range (JSON) and decimals."""

    code: str
    unit: str
    low: float | None
    high: float | None
    mean: float
    sd: float
    decimals: int
    group: str


def _number(text: str) -> float | None:
    """A number of a table, if there is one."""
    return float(text) if text else None


@cache
def measures() -> dict[str, Measure]:
    """Every measure by the last part of its key: `hba1c`, `serum-potassium-level`."""
    found = {}
    text = files("bevan.synthetic").joinpath("tables/measures.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        name = row["key"].removeprefix("observable.")
        words = UNIT_NAMES.get(name) or row["unit_text"] or row["ucum"]
        unit = f'"unit":{quote(words)},"system":"{UCUM}","code":"{row["ucum"]}"'
        found[name] = Measure(
            observed(row["key"], SHORT_NAMES.get(name, "")),
            unit,
            _number(row["ref_low"]),
            _number(row["ref_high"]),
            float(row["mean"] or 0),
            float(row["sd"] or 0),
            int(row["decimals"]),
            row["group"],
        )
    return found


@cache
def observed(key: str, text: str = "") -> str:
    """What is observed with all its codings: SNOMED CT, its newer laboratory twin, LOINC."""
    twins = (f"{key}.{suffix}" for suffix in ("utl", "loinc"))
    every = [coding(key), *(coding(twin) for twin in twins if twin in table())]
    words = f',"text":{quote(text)}' if text else ""
    return f'{{"coding":[{",".join(every)}]{words}}}'
