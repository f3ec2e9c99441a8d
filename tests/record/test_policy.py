"""What becomes of a write that breaks a profile it claims."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir import json
from bevan.fhir.conformance import Library, shipped
from bevan.fhir.profiles import Profiles
from bevan.record.policy import Advice, Policed
from tests.record.conftest import Tables
from tests.support.packages import STRICT, STRICT_PATIENT

WREN: dict[str, Any] = {"resourceType": "Patient", "meta": {"profile": [STRICT]}}
BORN = {**WREN, "birthDate": "1978-09-05"}


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped().above([STRICT_PATIENT])


@pytest.fixture(scope="module")
def profiles(tables: Tables, library: Library) -> Profiles:
    return Profiles(tables.definitions, library)


def test_a_broken_claim_is_refused_with_its_place(tables: Tables, profiles: Profiles) -> None:
    policed = Policed(tables.validator, profiles)
    assert tables.validator.valid(WREN)
    assert not policed.valid(WREN)
    (issue,) = policed.issues(WREN)
    assert (issue.severity, issue.expression) == ("error", "Patient.birthDate")
    assert policed.valid(BORN) and policed.issues(BORN) == []


def test_r4s_own_faults_come_first_and_alone(tables: Tables, profiles: Profiles) -> None:
    policed = Policed(tables.validator, profiles)
    wrong = {**WREN, "gender": "purple"}
    assert not policed.valid(wrong)
    assert [issue.expression for issue in policed.issues(wrong)] == ["Patient.gender"]


def test_what_isnt_checked_stands_in_nobodys_way(tables: Tables, profiles: Profiles) -> None:
    policed = Policed(tables.validator, profiles)
    other = {"resourceType": "Patient", "meta": {"profile": ["https://bevan.example/none"]}}
    assert policed.valid(other) and policed.issues(other) == []


def test_advice_on_what_was_written_is_never_an_error(profiles: Profiles) -> None:
    (told,) = Advice(profiles).of(json.encode(WREN))
    assert (told.severity, told.expression) == ("warning", "Patient.birthDate")
    assert list(Advice(profiles).of(json.encode(BORN))) == []
