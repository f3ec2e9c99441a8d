"""An OperationOutcome says where and which rule, and is valid itself."""

from __future__ import annotations

from bevan.fhir.outcome import Issue, error, outcome
from bevan.fhir.validation import Validator


def test_an_issue_names_place_and_rule() -> None:
    found = outcome([error("invariant", "A coded unit needs its system", "Quantity", "qty-3")])
    assert found["issue"] == [
        {
            "severity": "error",
            "code": "invariant",
            "diagnostics": "A coded unit needs its system (qty-3)",
            "expression": ["Quantity"],
        }
    ]


def test_several_issues_keep_their_order(validator: Validator) -> None:
    found = outcome([error("value", str(n), f"Patient.name[{n}]") for n in range(3)])
    assert [issue["diagnostics"] for issue in found["issue"]] == ["0", "1", "2"]
    assert validator.issues(found) == []


def test_an_outcome_without_issues_says_that_all_is_well(validator: Validator) -> None:
    found = outcome([])
    assert found["issue"][0]["severity"] == "information"
    assert validator.valid(found)


def test_what_is_not_known_is_left_out() -> None:
    assert Issue("warning", "informational", "", "").as_json() == {
        "severity": "warning",
        "code": "informational",
    }
