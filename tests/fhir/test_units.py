"""Units: what is converted, what stays by itself, and that the table is what its script makes."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import pytest
from scripts import generate_units

from bevan.fhir import units
from bevan.fhir.units import UCUM


def one(code: str) -> units.Unit:
    found = units.find(UCUM, code)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("left", "right", "ratio"),
    [
        ("kg", "g", 1000),
        ("g", "mg", 1000),
        ("mg/dL", "g/L", Fraction(1, 100)),
        ("ug/mL", "mg/L", 1),
        ("mmol/L", "umol/L", 1000),
        ("kPa", "mm[Hg]", Fraction(1_000_000, 133_322)),
        ("wk", "d", 7),
        ("a", "mo", 12),
        ("a", "d", Fraction(1461, 4)),
        ("[lb_av]", "g", Fraction(45_359_237, 100_000)),
        ("[in_i]", "cm", Fraction(254, 100)),
        ("{beats}/min", "/min", 1),
        ("10*9/L", "10*3/uL", 1),
        ("mg/(24.h)", "mg/d", 1),
        ("kcal", "J", 4184),
        ("U/L", "kat/L", Fraction(1, 60_000_000)),
    ],
)
def test_units_of_one_dimension(left: str, right: str, ratio: Fraction | int) -> None:
    assert one(left).dimension == one(right).dimension
    assert one(left).factor / one(right).factor == ratio


@pytest.mark.parametrize(
    ("left", "right"),
    [("mmol/L", "mg/L"), ("[iU]", "U"), ("eq", "mol"), ("osm", "mol"), ("kg", "kg/m2"), ("%", "g")],
)
def test_what_nobody_means_by_the_other(left: str, right: str) -> None:
    assert one(left).dimension != one(right).dimension


@pytest.mark.parametrize("code", ["Cel", "[degF]", "no-unit", "", "[pH]"])
def test_what_is_not_converted(code: str) -> None:
    assert units.find(UCUM, code) is None


def test_other_systems_have_no_units() -> None:
    assert units.find("http://example.org", "g") is None
    assert units.find(None, "g") is None
    assert units.find(UCUM, None) is None


def test_the_factors_of_a_dimension_are_each_there_once() -> None:
    masses = units.factors("g1")
    assert list(masses) == sorted(set(masses))
    assert {Fraction(1), Fraction(1000), Fraction(1, 1000)} <= set(masses)


@pytest.mark.parametrize("code", ["g/", "(g", "g)", "qqq", "g..m", "{a"])
def test_what_is_no_code_is_left_out(code: str) -> None:
    assert generate_units.table([code]) == {}


def test_the_table_is_what_its_script_makes() -> None:
    shared = Path(os.environ.get("BEVAN_SHARED", "../shared"))
    if not (shared / generate_units.PACKAGE).exists():
        pytest.skip("HL7's package isn't here")
    made = generate_units.table(generate_units.listed(shared))
    assert {code: tuple(row) for code, row in made.items()} == {
        code: (unit.dimension, unit.factor.numerator, unit.factor.denominator)
        for code, unit in units._table().items()
    }
