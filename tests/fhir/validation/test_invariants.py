"""Each invariant is kept by one resource and broken by another that differs just there."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.validation import Validator
from bevan.fhir.validation.rules import RULES
from tests.fhir.validation.cases import KEPT_AND_BROKEN, patient

LABELS = [f"{key}-{n}" for n, (key, _, _) in enumerate(KEPT_AND_BROKEN)]


@pytest.mark.parametrize(("key", "kept", "broken"), KEPT_AND_BROKEN, ids=LABELS)
def test_an_invariant_tells_the_good_from_the_bad(
    validator: Validator, key: str, kept: dict[str, Any], broken: dict[str, Any]
) -> None:
    assert validator.issues(kept) == []
    assert validator.valid(kept)
    assert not validator.valid(broken)
    assert {issue.rule for issue in validator.issues(broken)} == {key}


def test_an_invariant_names_the_place_that_breaks_it(validator: Validator) -> None:
    found = patient(telecom=[{"system": "phone", "value": "1"}, {"value": "2"}])
    (issue,) = validator.issues(found)
    assert (issue.expression, issue.rule, issue.code) == (
        "Patient.telecom[1]",
        "cpt-2",
        "invariant",
    )


def test_every_rule_is_about_a_type_that_exists(validator: Validator) -> None:
    from bevan.fhir.definitions import load

    assert set(RULES) <= set(load().types)


def test_most_rules_have_a_case() -> None:
    keys = {rule.key for rules in RULES.values() for rule in rules}
    covered = {key for key, _, _ in KEPT_AND_BROKEN}
    assert len(keys - covered) <= 30, sorted(keys - covered)


def test_an_element_that_exists_only_by_its_extension_counts(validator: Validator) -> None:
    absent = {"extension": [{"url": "http://example.org/absent", "valueCode": "unknown"}]}
    assert validator.valid(patient(telecom=[{"value": "1", "_system": absent}]))
    assert not validator.valid(patient(telecom=[{"_value": absent}]))
