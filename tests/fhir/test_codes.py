"""The one table of clinical codes."""

from __future__ import annotations

import csv
import runpy
from pathlib import Path

import pytest

from bevan.fhir.codes import UnknownCode, code, displays, of_kind, snomed_digit_valid, table

SNOMED = "http://snomed.info/sct"
DMD = "https://dmd.nhs.uk"


def test_every_row_has_a_system_a_code_a_display_and_its_source() -> None:
    assert len(table()) > 2000
    for one in table().values():
        assert one.system.startswith("http"), one
        assert one.code and one.code == one.code.strip(), one
        assert one.display, one
        assert one.source.startswith(("clinical-codes/", "ukcore/")), one


def test_check_digits_of_all_snomed_and_dmd_codes_are_right() -> None:
    wrong = [
        one
        for one in table().values()
        if one.system in (SNOMED, DMD) and not snomed_digit_valid(one.code)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("identifier", "right"),
    [
        ("73211009", True),
        ("73211008", False),
        ("37211009", False),
        ("39114911000001105", True),
        ("39114911000001104", False),
        ("12345", False),
        ("abc123456", False),
        ("", False),
        ("1234567890123456789", False),
        ("٧٣٢١١٠٠٩", False),
    ],
)
def test_verhoeff(identifier: str, right: bool) -> None:
    assert snomed_digit_valid(identifier) is right


def test_lookup_by_key() -> None:
    found = code("problem.heart-failure")
    assert (found.system, found.code, found.display) == (SNOMED, "84114007", "Heart failure")
    assert found.coding() == {"system": SNOMED, "code": "84114007", "display": "Heart failure"}
    assert found.concept() == {"coding": [found.coding()]}
    assert found.concept("Tired heart")["text"] == "Tired heart"


def test_unknown_key_says_which() -> None:
    with pytest.raises(UnknownCode, match=r"problem\.nonsense"):
        code("problem.nonsense")


def test_of_kind_leaves_out_laboratory_twins() -> None:
    keys = [one.key for one in of_kind("observable")]
    assert "observable.hba1c" in keys
    assert "observable.serum-potassium-level" in keys
    assert not [key for key in keys if key.endswith((".loinc", ".utl"))]
    assert code("observable.serum-potassium-level.loinc").code == "2823-3"


def test_displays_by_code() -> None:
    assert displays()[SNOMED, "84114007"] == "Heart failure"
    assert (SNOMED, "1") not in displays()


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        table()["problem.heart-failure"] = code("problem.asthma")  # type: ignore[index]
    with pytest.raises(AttributeError):
        code("problem.asthma").code = "1"  # type: ignore[misc]


FILES = (
    "problems",
    "observables",
    "medicines",
    "procedures",
    "allergies",
    "immunisations",
    "documents",
    "encounters",
    "demographics",
    "roles",
)


def _printed(shared: Path) -> dict[tuple[str, str], set[str]]:
    """Every verified (system, code) of the code lists with its displays."""
    found: dict[tuple[str, str], set[str]] = {}
    for name in FILES:
        with (shared / "data/clinical-codes" / f"{name}.csv").open(newline="") as lines:
            for row in csv.DictReader(lines):
                if row["verified"] != "yes":
                    continue
                display = (row.get("display") or row.get("name") or "").strip()
                found.setdefault((row["system"], row["code"]), set()).add(display)
                if row.get("utl_code"):
                    found.setdefault((SNOMED, row["utl_code"]), set()).add(row["utl_display"])
                if row.get("loinc_verified") == "yes":
                    found.setdefault(("http://loinc.org", row["loinc"]), set()).add(
                        row["loinc_display"]
                    )
                if row.get("dose_unit_code"):
                    found.setdefault((SNOMED, row["dose_unit_code"]), set()).add(row["dose_unit"])
    return found


@pytest.mark.shared
def test_every_pair_stands_verified_in_a_code_list(shared: Path) -> None:
    printed = _printed(shared)
    for one in table().values():
        if one.source.startswith("clinical-codes/"):
            assert one.display in printed[one.system, one.code], one


@pytest.mark.shared
def test_no_unverified_row_came_in(shared: Path) -> None:
    ours = {(one.system, one.code) for one in table().values()}
    printed = _printed(shared)
    for name in FILES:
        with (shared / "data/clinical-codes" / f"{name}.csv").open(newline="") as lines:
            for row in csv.DictReader(lines):
                pair = (row["system"], row["code"])
                if row["verified"] != "yes" and pair not in printed:
                    assert pair not in ours, row


@pytest.mark.shared
def test_the_table_is_what_the_script_makes_of_the_code_lists(shared: Path) -> None:
    path = Path(__file__).parents[2] / "scripts/clinical_codes.py"
    made = runpy.run_path(str(path))["table"](shared)
    ours = [
        {
            "key": one.key,
            "system": one.system,
            "code": one.code,
            "display": one.display,
            "source": one.source,
        }
        for one in table().values()
    ]
    assert made == ours
