"""NHS numbers: the check digit, the ranges, the way they are shown."""

from __future__ import annotations

import nhs_number as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.people.nhs_number import InvalidNhsNumber, NhsNumber, check_digit, parse


@pytest.mark.parametrize(
    ("stem", "digit"),
    [
        ("943476591", 9),
        ("987654321", 0),
        ("123456788", 1),
        ("999000001", 8),
        ("999012345", 4),
        ("999000000", None),
        ("000000000", 0),
    ],
)
def test_check_digits_of_the_published_examples(stem: str, digit: int | None) -> None:
    assert check_digit(stem) == digit


@pytest.mark.parametrize(
    "text", ["9990123454", "999 012 3454", "999-012-3454", " 999\u00a0012\u20093454 "]
)
def test_spaces_and_hyphens_do_not_matter(text: str) -> None:
    number = parse(text)
    assert number == NhsNumber("9990123454")
    assert str(number) == "999 012 3454"
    assert number.is_test


def test_a_number_that_may_be_somebodys() -> None:
    assert not parse("401 023 2137").is_test


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "digits only"),
        ("999012345a", "digits only"),
        ("٩٩٩٠١٢٣٤٥٤", "digits only"),
        ("999012345", "9"),
        ("99901234540", "11"),
        ("9990123455", "check each digit"),
        ("9990123544", "check each digit"),
        ("0000000000", "range"),
        ("1234567881", "range"),
        ("9876543210", "range"),
    ],
)
def test_what_can_not_be_one(text: str, why: str) -> None:
    with pytest.raises(InvalidNhsNumber, match=why):
        parse(text)


@given(st.integers(0, 999_999_999))
def test_the_check_digit_agrees_with_another_library(number: int) -> None:
    stem = f"{number:09}"
    # It says 10 where no digit fits.
    assert oracle.calculate_checksum(stem) == (
        10 if check_digit(stem) is None else check_digit(stem)
    )


@given(st.integers(0, 9), st.integers(0, 9))
def test_one_wrong_digit_is_always_found(place: int, digit: int) -> None:
    right = "9990123454"
    wrong = f"{right[:place]}{digit}{right[place + 1 :]}"
    if wrong != right:
        with pytest.raises(InvalidNhsNumber):
            parse(wrong)
