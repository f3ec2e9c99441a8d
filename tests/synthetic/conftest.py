"""A sample of the region, made once for all tests of the generator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from bevan.fhir.definitions import load
from bevan.fhir.validation import Validator
from bevan.synthetic.ground import Region, build
from bevan.synthetic.lives import life
from bevan.synthetic.person import Person, make
from bevan.synthetic.stories import stories

Resource = dict[str, Any]
PEOPLE = 120


@dataclass(frozen=True)
class Life:
    """A person of the generator and the resources written about them."""

    person: Person
    resources: list[Resource]

    def of(self, kind: str) -> list[Resource]:
        """The resources of one type."""
        return [one for one in self.resources if one["resourceType"] == kind]


@pytest.fixture(scope="session")
def region() -> Region:
    """A region of a thousand people."""
    return build(1000)


@pytest.fixture(scope="session")
def lives(region: Region) -> list[Life]:
    """The lives of the first people, and of some who have died."""
    found = []
    for index in range(PEOPLE):
        person = make(region, index)
        found.append(Life(person, [json.loads(line) for line in life(person)]))
    index = PEOPLE
    while sum(one.person.who.died is not None for one in found) < 5:
        person = make(region, index)
        index += 1
        if person.who.died is not None:
            found.append(Life(person, [json.loads(line) for line in life(person)]))
    return found


@pytest.fixture(scope="session")
def told(region: Region) -> dict[str, list[Resource]]:
    """The stories: resources by NHS number of the person whom they are about."""
    number = ""
    found: dict[str, list[Resource]] = {}
    for line in stories(region):
        one = json.loads(line)
        if one["resourceType"] == "Patient":
            number = next(
                i["value"]
                for i in one["identifier"]
                if i["system"] == "https://fhir.nhs.uk/Id/nhs-number"
            )
        found.setdefault(number, []).append(one)
    return found


@pytest.fixture(scope="session")
def validator() -> Validator:
    """The validator over R4's definitions."""
    return Validator(load())
