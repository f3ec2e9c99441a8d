"""Second records of the same person."""

from __future__ import annotations

import json

import pytest

from bevan.fhir.validation import Validator
from bevan.synthetic.calendar import ISO, day
from bevan.synthetic.duplicates import duplicate, misheard, swapped
from bevan.synthetic.ground import Region
from bevan.synthetic.person import make


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("Brindle", "Brindl"),
        ("Phillips", "Philips"),
        ("Robinson", "Robinsen"),
        ("Smith", "Smit"),
        ("Reeves", "Reaves"),
        ("Wu", "Wu"),
        ("Hickson", "Hikson"),
    ],
)
def test_misheard(name: str, heard: str) -> None:
    assert misheard(name) == heard


def test_day_and_month_change_over_where_that_is_a_date() -> None:
    assert ISO[swapped(day("1978-09-05"))] == "1978-05-09"
    assert ISO[swapped(day("1978-02-11"))] == "1978-11-02"
    assert ISO[swapped(day("1978-09-25"))] == "1978-09-25"


def test_three_in_a_thousand_have_a_second_record(region: Region, validator: Validator) -> None:
    found = []
    for index in range(2500):
        person = make(region, index)
        lines = duplicate(person)
        assert duplicate(person) == lines
        if lines:
            found.append((person, [json.loads(line) for line in lines]))
    assert 2 <= len(found) <= 18
    for person, resources in found:
        patient = resources[0]
        assert patient["resourceType"] == "Patient"
        assert patient["id"] != person.identifier
        assert not [one for one in patient["identifier"] if "nhs-number" in one["system"]]
        assert patient["name"][0]["given"] == [person.who.given]
        for one in resources:
            assert validator.issues(one) == []
            assert person.trust.source != one["meta"]["source"]
