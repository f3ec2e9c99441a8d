"""A slice of the proof that nothing acknowledged is lost: `make prove NAME=crash` is the whole."""

from __future__ import annotations

from collections import Counter

import pytest
from prove.crash import compare, prove
from prove.report import Report


def report() -> Report:
    return Report("A title", "What it shows.", ("Round", "Killed"))


@pytest.mark.prove
# Connections that were cut off are left to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_two_rounds_lose_nothing() -> None:
    seen = prove(rounds=2, seed=3, victims=("PostgreSQL", "web worker"))
    assert seen.failures == []
    assert Counter(row[1] for row in seen.rows) == {"PostgreSQL": 1, "web worker": 1}


def test_a_missing_version_and_a_doubled_one_are_seen() -> None:
    held = [("Patient", "a", 1), ("Patient", "a", 2)]
    page = report()
    compare(page, "a consumer", held, held)
    assert page.passed
    compare(page, "a consumer", held[:1], held)
    compare(page, "a consumer", [*held, held[0]], held)
    assert page.failures == ["a consumer misses 1 versions", "a consumer has 1 too many"]


def test_a_page_says_whether_it_held() -> None:
    page = report()
    page.row(1, "PostgreSQL")
    page.row(2000, "worker")
    assert "Everything held." in page.page("crash")
    assert "| 2,000 | worker |" in page.page("crash")
    page.require(False, "2 writes are lost")
    assert "**Something did not hold.**" in page.page("crash")
    assert "- Did not hold: 2 writes are lost" in page.page("crash")
