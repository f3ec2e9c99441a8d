"""PostgreSQL and the oracle agree on which, in which order and how many."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from prove.search.oracle import Oracle
from prove.search.questions import confined, query

from tests.record.search.conftest import NOW, World, flat

HOW = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def agree(world: World, oracle: Oracle, type: str, text: str, within: str = "") -> None:
    wanted = oracle.search(type, text, within)
    how: dict[str, Any] = {"within": tuple(within.split("/"))} if within else {}
    pages = world.walk(type, text, **how)
    assert flat(pages) == wanted
    size = int(text.rpartition("_count=")[2])
    assert all(len(page) == size for page in pages[:-1])
    assert world.bundle(type, f"{text}&_total=accurate", **how)["total"] == len(wanted)
    event("some" if wanted else "none")


@pytest.mark.parametrize("bits", [64, 16])
@HOW
@given(asked=query())
def test_random_queries(worlds: dict[int, World], bits: int, asked: tuple[str, str]) -> None:
    world = worlds[bits]
    agree(world, Oracle(world.resources, NOW), *asked)


@pytest.mark.parametrize("bits", [64, 16])
@HOW
@given(asked=confined())
def test_random_queries_in_compartments(
    worlds: dict[int, World], bits: int, asked: tuple[str, str, str]
) -> None:
    world = worlds[bits]
    within, type, text = asked
    agree(world, Oracle(world.resources, NOW), type, text, within)
