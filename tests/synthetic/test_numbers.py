"""NHS numbers of the test range."""

from __future__ import annotations

import pytest

from bevan.fhir.nhs_number import check_digit
from bevan.synthetic.numbers import COUNT, nhs_number, valid

NAMED = (
    "9990123454",
    "9994100017",
    "9994101021",
    "9994102036",
    "9994103040",
    "9994104055",
    "9994106074",
    "9994107089",
    "9994108093",
    "9994109103",
    "9994111124",
    "9994112139",
    "9994113143",
    "9994114158",
    "9994115162",
    "9994116177",
)


@pytest.mark.parametrize(
    ("stem", "digit"),
    [
        ("943476591", 9),
        ("987654321", 0),
        ("123456788", 1),
        ("999000001", 8),
        ("999012345", 4),
        ("999000000", None),
    ],
)
def test_check_digits_of_the_published_examples(stem: str, digit: int | None) -> None:
    assert check_digit(stem) == digit


@pytest.mark.parametrize("number", NAMED)
def test_named_people_have_valid_numbers(number: str) -> None:
    assert valid(number)


@pytest.mark.parametrize("number", ["9990123455", "999012345", "99901234544", "999O123454", ""])
def test_invalid(number: str) -> None:
    assert not valid(number)


def test_numbers_are_valid_distinct_and_of_the_test_range() -> None:
    seen = {nhs_number(index) for index in range(0, COUNT, 29)}
    assert len(seen) == len(range(0, COUNT, 29))
    for number in seen:
        assert number is not None
        assert number.startswith("999")
        assert valid(number)


def test_no_drawn_number_is_a_named_persons() -> None:
    """Every stem is used once in each ninth of the people, so one ninth shows all stems."""
    drawn = [nhs_number(index) for index in range(COUNT // 9)]
    stems = {number[:8] for number in drawn if number}
    assert len(stems) == COUNT // 9
    assert not stems & {number[:8] for number in NAMED}
    assert not [one for one in stems if one[:6] in ("999012", "999022", "999410", "999411")]


def test_they_run_out_near_nine_hundred_thousand() -> None:
    assert 850_000 < COUNT < 900_000
    assert nhs_number(COUNT - 1) is not None
    assert nhs_number(COUNT) is None
    assert nhs_number(40_000_000) is None
