"""Births: mothers' and children's."""

from __future__ import annotations

import json

from bevan.fhir.validation import Validator
from bevan.synthetic.calendar import ISO
from bevan.synthetic.ground import Region
from bevan.synthetic.households import BLOCK, block, born_on, children
from bevan.synthetic.lives import life
from bevan.synthetic.person import make


def test_children_are_those_of_the_home() -> None:
    mothers = 0
    for index in range(600):
        days = children(1, index, 8)
        neighbours = block(1, index // BLOCK, 8)
        mother = neighbours[index % BLOCK]
        homes = {
            born_on(one.age)
            for one in neighbours
            if one.home == mother.home and one.role == "child"
        }
        assert set(days) <= homes
        mothers += bool(days)
        if days:
            assert mother.sex == "female"
    assert mothers > 50


def test_a_pregnancy_ends_on_the_birthday(region: Region, validator: Validator) -> None:
    checked = 0
    for index in range(400):
        person = make(region, index)
        if not person.births:
            continue
        resources = [json.loads(line) for line in life(person)]
        pregnant = [
            one
            for one in resources
            if one["resourceType"] == "Condition" and one["code"]["coding"][0]["code"] == "77386006"
        ]
        assert [one["abatementDateTime"] for one in pregnant] == [
            ISO[born] for born in person.births
        ]
        for one in pregnant:
            assert validator.issues(one) == []
            assert one["onsetDateTime"] < one["abatementDateTime"]
        births = [
            one
            for one in resources
            if one["resourceType"] == "Procedure"
            and one["code"]["coding"][0]["code"] in ("R17.2", "R18.2", "R24.9")
        ]
        assert [one["performedDateTime"][:10] for one in births] == [
            ISO[born] for born in person.births
        ]
        checked += 1
    assert checked > 10


def test_only_women_are_ever_pregnant(region: Region) -> None:
    for index in range(300):
        person = make(region, index)
        if person.births:
            assert person.who.sex == "female"
            assert all(15 < person.age(born) < 47 for born in person.births)


def test_a_child_was_born_in_hospital(region: Region) -> None:
    young = next(
        person for index in range(300) if 1 < (person := make(region, index)).traits.age < 10
    )
    born = [
        one
        for line in life(young)
        if (one := json.loads(line))["resourceType"] == "Encounter"
        and one.get("reasonCode", [{}])[0].get("text") == "Birth"
    ]
    assert len(born) == 1
    assert born[0]["period"]["start"][:10] == ISO[young.born]
