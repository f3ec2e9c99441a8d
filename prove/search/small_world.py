"""A few dozen resources made at random, with values that collide and elements that are missing."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

Resource = dict[str, Any]

L, S, U = "http://l.example", "http://s.example", "http://unitsofmeasure.org"
CODES = [(L, "a"), (L, "b"), (L, "c"), (S, "a"), (S, "b"), (None, "c")]
WORDS = ["Blood pressure", "blood sugar", "Übelkeit", "Weight", "weight  loss"]
FAMILIES = ["Smith", "smithson", "O'Brien", "Zoë", "Zoe", "Ng", "Müller, Dr"]
GIVEN = ["Anne", "Ann", "anne-marie", "Bo"]
DATES = [
    "2024", "2024-02", "2024-02-29", "2024-03-31", "2024-07-01", "2025-01-01",
    "2024-02-29T10:00:00Z", "2024-02-29T10:00:00+01:00", "2024-07-01T00:30:00+01:00",
    "2024-07-01T10:00:00.250Z", "2024-02-29T23:59:59Z",
]  # fmt: skip
NUMBERS = ["1", "1.0", "5", "5.0", "5.4", "5.40", "5.45", "72.50", "100", "-3", "0.05"]
URLS = ["http://v.example/a", "http://v.example/a/b", "http://v.example/ab", "http://w.example"]


class SmallWorld:
    """Random resources; the same `seed` gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.resources: list[Resource] = []
        for number in range(4):
            self.add(self.organization(number))
        for number in range(3):
            self.add(self.practitioner(number))
        for number in range(7):
            self.add(self.patient(number))
        for number in range(10):
            self.add(self.encounter(number))
        for number in range(45):
            self.add(self.observation(number))
        for number in range(8):
            self.add(self.risk(number))
        for number in range(6):
            self.add(self.value_set(number))
        for number in range(4):
            self.add(self.listing(number))

    def add(self, resource: Resource) -> None:
        """Keep it without the elements that came out empty."""
        self.resources.append(
            {key: value for key, value in resource.items() if value not in (None, {})}
        )

    def maybe(self, value: Any, chance: float = 0.6) -> Any:
        return value if self.random.random() < chance else None

    def pick(self, values: list[Any]) -> Any:
        return self.random.choice(values)

    def meta(self) -> Resource:
        meta: Resource = {}
        if self.random.random() < 0.4:
            meta["tag"] = [self.coding()]
        if self.random.random() < 0.4:
            meta["profile"] = [self.pick(["http://p.example/one", "http://p.example/two|1.0"])]
        if self.random.random() < 0.4:
            meta["source"] = self.pick(["http://gp.example/x", "http://gp.example/y"])
        if self.random.random() < 0.2:
            meta["security"] = [
                {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
            ]
        return meta

    def coding(self) -> Resource:
        system, code = self.pick(CODES)
        found: Resource = {"code": code, "display": self.pick(WORDS)}
        return {"system": system, **found} if system else found

    def concept(self) -> Resource:
        count = self.pick([0, 1, 1, 2])
        found: Resource = {"coding": [self.coding() for _ in range(count)]} if count else {}
        if not count or self.random.random() < 0.4:
            found["text"] = self.pick(WORDS)
        return found

    def identifier(self) -> Resource:
        found: Resource = {"value": self.pick(["1", "2", "3", "x,y"])}
        if self.random.random() < 0.7:
            found["system"] = self.pick([L, S])
        return found

    def human_name(self) -> Resource:
        found: Resource = {"family": self.pick(FAMILIES)}
        if self.random.random() < 0.8:
            found["given"] = self.random.sample(GIVEN, self.pick([1, 2]))
        return found

    def period(self) -> Resource:
        start, end = sorted(self.random.sample(["2024-01-05", "2024-02-29", "2024-07-01"], 2))
        found = {"start": start, "end": end}
        drop = self.pick(["start", "end", "", ""])
        return {key: value for key, value in found.items() if key != drop}

    def quantity(self) -> Resource:
        found: Resource = {"value": Decimal(self.pick(NUMBERS))}
        kind = self.pick(["kg", "mg", "g", "bare", "words"])
        if kind in ("kg", "mg", "g"):
            found |= {"unit": kind, "system": U, "code": kind}
        elif kind == "words":
            found["unit"] = "kg"
        return found

    def reference(self, type: str, count: int) -> Resource:
        found: Resource = {"reference": f"{type}/{type.lower()}-{self.random.randrange(count)}"}
        if self.random.random() < 0.15:
            found["identifier"] = self.identifier()
        return found

    def organization(self, number: int) -> Resource:
        return {
            "resourceType": "Organization",
            "id": f"organization-{number}",
            "meta": self.meta(),
            "identifier": self.maybe([self.identifier()]),
            "active": self.maybe(self.pick([True, False])),
            "name": self.pick(["North Hospital", "north clinic", "Süd Praxis"]),
            "alias": self.maybe(["The North"]),
            "type": self.maybe([self.concept()]),
            "partOf": self.reference("Organization", number) if number else None,
        }

    def practitioner(self, number: int) -> Resource:
        return {
            "resourceType": "Practitioner",
            "id": f"practitioner-{number}",
            "meta": self.meta(),
            "identifier": self.maybe([self.identifier()]),
            "name": self.maybe([self.human_name()]),
            "gender": self.maybe(self.pick(["male", "female"])),
        }

    def patient(self, number: int) -> Resource:
        return {
            "resourceType": "Patient",
            "id": f"patient-{number}",
            "meta": self.meta(),
            "identifier": self.maybe([self.identifier(), self.identifier()], 0.8),
            "active": self.maybe(self.pick([True, False])),
            "name": self.maybe([self.human_name() for _ in range(self.pick([1, 1, 2]))], 0.9),
            "gender": self.maybe(self.pick(["male", "female", "unknown"]), 0.8),
            "birthDate": self.maybe(self.pick(["1940", "1940-02", "1980-07-01", "2001-02-03"])),
            "deceasedDateTime": self.maybe(self.pick(DATES), 0.3),
            "address": self.maybe([{"city": self.pick(["Leeds", "leeds", "York"])}]),
            "managingOrganization": self.maybe(self.reference("Organization", 4)),
            "generalPractitioner": self.maybe(
                [self.reference("Practitioner", 3), self.reference("Organization", 4)]
            ),
        }

    def subject(self) -> Resource:
        return self.reference("Patient", 7)

    def encounter(self, number: int) -> Resource:
        length = {**self.quantity(), "system": "http://unitsofmeasure.org", "code": "min"}
        return {
            "resourceType": "Encounter",
            "id": f"encounter-{number}",
            "meta": self.meta(),
            "status": self.pick(["planned", "finished"]),
            "class": self.coding(),
            "type": self.maybe([self.concept()]),
            "subject": self.subject(),
            "period": self.maybe(self.period()),
            "length": self.maybe(length),
            "partOf": self.maybe(self.reference("Encounter", number), 0.4) if number else None,
            "serviceProvider": self.maybe(self.reference("Organization", 4)),
        }

    def observation(self, number: int) -> Resource:
        value = self.pick(["Quantity", "Quantity", "String", "CodeableConcept", "DateTime", ""])
        made: Resource = {
            "Quantity": self.quantity(),
            "String": self.pick(WORDS),
            "CodeableConcept": self.concept(),
            "DateTime": self.pick(DATES),
        }
        when = self.pick(["effectiveDateTime", "effectiveDateTime", "effectivePeriod", ""])
        found: Resource = {
            "resourceType": "Observation",
            "id": f"observation-{number}",
            "meta": self.meta(),
            "identifier": self.maybe([self.identifier()], 0.3),
            "status": self.pick(["final", "preliminary"]),
            "category": self.maybe([self.concept()]),
            "code": self.concept(),
            "subject": self.maybe(self.subject(), 0.95),
            "encounter": self.maybe(self.reference("Encounter", 10)),
            "performer": self.maybe([self.reference("Practitioner", 3), self.subject()]),
            "hasMember": self.maybe([self.reference("Observation", number)], 0.2)
            if number
            else None,
            "component": self.maybe(
                [{"code": self.concept(), "valueQuantity": self.quantity()} for _ in range(2)], 0.3
            ),
        }
        # R4's obs-7: no value of its own beside a component with the same code.
        if value and not found["component"]:
            found[f"value{value}"] = made[value]
        if when:
            found[when] = self.period() if when == "effectivePeriod" else self.pick(DATES)
        return found

    def risk(self, number: int) -> Resource:
        predictions = [
            {"probabilityDecimal": Decimal(self.pick(["0.05", "0.050", "0.5", "0.06", "1"]))}
            for _ in range(self.pick([0, 1, 2]))
        ]
        return {
            "resourceType": "RiskAssessment",
            "id": f"risk-{number}",
            "meta": self.meta(),
            "status": "final",
            "subject": self.subject(),
            "occurrenceDateTime": self.maybe(self.pick(DATES)),
            "prediction": predictions or None,
        }

    def listing(self, number: int) -> Resource:
        kinds = [("Patient", 7), ("Observation", 45), ("Organization", 4)]
        return {
            "resourceType": "List",
            "id": f"list-{number}",
            "meta": self.meta(),
            "status": "current",
            "mode": "working",
            "subject": self.maybe(self.subject()),
            "entry": [{"item": self.reference(*self.pick(kinds))} for _ in range(9)],
        }

    def value_set(self, number: int) -> Resource:
        return {
            "resourceType": "ValueSet",
            "id": f"valueset-{number}",
            "meta": self.meta(),
            "url": self.maybe(self.pick(URLS), 0.8),
            "name": self.maybe(self.pick(["Alpha", "Beta"])),
            "status": self.pick(["draft", "active"]),
        }
