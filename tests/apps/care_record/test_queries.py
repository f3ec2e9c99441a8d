"""Every search that a page makes is one that R4 has."""

from __future__ import annotations

import pytest

from bevan.apps.care_record.service import chart
from bevan.fhir import definitions
from bevan.fhir.parameters import Registry
from bevan.fhir.search.grammar import parse

ASKED = sorted(
    {query for lists in (chart.ALWAYS, chart.WANTED) for many in lists.values() for query in many}
    | set(chart.COUNTED.values())
)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry(definitions.load())


@pytest.mark.parametrize(("type", "query"), ASKED)
def test_the_grammar_accepts_it(registry: Registry, type: str, query: str) -> None:
    found = parse(registry, type, chart.about("x", query) + "&_count=50")
    assert found.conditions, "it asks about somebody"
    assert (found.type, found.count, found.ignored) == (type, 50, ())
