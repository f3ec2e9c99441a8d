"""Slices of the proofs about the audit: `make prove NAME=audit` and `NAME=who-looked` are whole."""

from __future__ import annotations

import pytest
from prove.audit import prove
from prove.readers import people_in
from prove.who_looked import prove as looked


@pytest.mark.prove
# Connections that were cut off are left to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_two_rounds_show_nothing_without_an_entry() -> None:
    seen = prove(rounds=2, seed=5)
    assert seen.failures == []
    assert len(seen.rows) == 2


@pytest.mark.prove
def test_looks_among_some_entries_are_found_in_time() -> None:
    seen = looked(entries=20_000, asked=30, most=1.0)
    assert seen.failures == []


def test_everybody_in_an_answer_is_seen() -> None:
    reading = {"resourceType": "Observation", "subject": {"reference": "Patient/b"}}
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"resource": {"resourceType": "Patient", "id": "a"}}, {"resource": reading}],
    }
    assert people_in(bundle) == ["a", "b"]
    assert people_in({"resourceType": "OperationOutcome"}) == []
