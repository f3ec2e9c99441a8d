"""Every paragraph of the search chapter: PostgreSQL and the oracle find what the table says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from prove.search.chapter import HEADINGS, RESOURCES, ROWS, Row
from prove.search.oracle import Oracle

from bevan.fhir.search.refusal import SearchRefused
from tests.record.search.conftest import NOW, World, flat, included


@pytest.fixture(scope="module")
def chapter(one_world: World) -> Iterator[World]:
    for table in ("resource", "resource_history", "idx_num", "idx_str", "idx_code", "audit"):
        one_world.sql(f"delete from {table}")
    one_world.resources.clear()
    one_world.put(*RESOURCES)
    yield one_world
    one_world.resources.clear()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.heading}: {row.says}")
def test_a_paragraph(chapter: World, row: Row) -> None:
    how: dict[str, Any] = {"within": tuple(row.within.split("/"))} if row.within else {}
    if row.refused:
        with pytest.raises(SearchRefused, match=re.escape(row.refused)):
            chapter.bundle(row.type, row.query, **how)
        return
    assert " ".join(flat(chapter.walk(row.type, row.query, **how))) == row.found
    bundle = chapter.bundle(row.type, row.query, **how)
    assert " ".join(included(bundle)) == row.comes
    if row.total is not None:
        assert bundle["total"] == row.total


@pytest.mark.parametrize(
    "row", [row for row in ROWS if not row.alone], ids=lambda row: f"{row.heading}: {row.says}"
)
def test_the_oracle_reads_it_so_too(chapter: World, row: Row) -> None:
    query = re.sub(r"&?_(rev)?include(:iterate)?=[^&]*", "", row.query)
    found = Oracle(chapter.resources, NOW).search(row.type, query, row.within)
    assert " ".join(found) == row.found


def test_most_of_it_is_asked_of_both() -> None:
    asked = [row for row in ROWS if not row.refused]
    assert len([row for row in asked if not row.alone]) >= 0.85 * len(asked)
    assert len(HEADINGS) >= 24
    assert max(Counter((row.heading, row.says) for row in ROWS).values()) == 1
