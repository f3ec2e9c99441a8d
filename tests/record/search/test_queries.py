"""The thirty queries of the bench: each can be read, and an index leads to its rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import pytest
from bench.queries import filled, table

from bevan.fhir.search.compartments import confined
from bevan.record.scope import compartment
from bevan.record.search import select
from bevan.record.search.limits import EXPLAIN
from tests.record.search.conftest import World
from tests.record.search.test_conditions import observation

L = "http://l.example"
EVERY = [(kind, name) for kind, queries in table().items() for name in queries]


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


@pytest.fixture(scope="module")
def filled_world(one_world: World) -> World:
    world = one_world
    for name in ("resource", "resource_history", "idx_num", "idx_str", "idx_code", "relationship"):
        world.sql(f"delete from {name}")
    world.resources.clear()
    world.put(
        *({"resourceType": "Patient", "id": f"p{n}", "birthDate": f"19{50 + n}",
           "name": [{"family": f"Smith{n}"}],
           "identifier": [{"system": L, "value": str(n)}]} for n in range(20)),
        *(observation(f"o{n}", subject={"reference": f"Patient/p{n % 20}"},
                      effectiveDateTime="2026-06-01") for n in range(60)),
    )  # fmt: skip
    for each in ("resource", "idx_num", "idx_str", "idx_code"):
        world.sql(f"analyze {each}")
    return world


def parts(query: str) -> tuple[tuple[str, str] | None, str | None, str]:
    """(compartment, type, query) of an address."""
    place, _, text = filled(query, "p1", f"{L}|a", f"{L}|1").partition("?")
    *within, type = place.split("/")
    return (within[0], within[1]) if within else None, None if type == "*" else type, text


def test_there_are_as_many_as_were_promised() -> None:
    kinds = table()
    assert [len(kinds["bounded"]), len(kinds["proportional"])] == [20, 10]
    texts = [query for queries in kinds.values() for query in queries.values()]
    assert len(set(texts)) == 30
    assert all("{person}" in query or "{nhs}" in query for query in kinds["bounded"].values())
    assert all("_summary=count" in query for query in kinds["proportional"].values())


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_no_plan_without_an_index(filled_world: World, kind: str, name: str) -> None:
    world, (within, type, text) = filled_world, parts(table()[kind][name])
    searcher = world.searcher

    async def explained() -> Mapping[str, Any]:
        read = searcher._read(type, unquote(text), False)
        if within is not None:
            read = confined(searcher._settings.registry, read, *within)
        plan = await searcher._plan(searcher._pools, world.everything, read)
        assert plan is not None
        assert plan.bound == (kind == "bounded")
        keys = searcher._orders.keys(world.everything, read.sort, plan.arguments.bind) or ()
        rows = select.count(plan) if "_summary=count" in text else select.rows(plan, keys, None, 51)
        async with searcher._pools.bound.connection() as connection:
            # Few rows are always read whole; the question is whether an index could lead there.
            found = await connection.fetchval(f"{EXPLAIN}{rows[0]}", *rows[1].values)
        plan_of: Mapping[str, Any] = json.loads(found)[0]["Plan"]
        return plan_of

    read_by = [node for node in nodes(world.run(explained())) if "Relation Name" in node]
    assert read_by
    unindexed = [node["Relation Name"] for node in read_by if node["Node Type"] == "Seq Scan"]
    assert unindexed == []
    assert any(re.search("Index|Bitmap", node["Node Type"]) for node in read_by)


def test_a_bounded_one_names_one_person(filled_world: World) -> None:
    searcher = filled_world.searcher
    read = searcher._read("Observation", "patient=p1", False)
    plan = filled_world.run(searcher._plan(searcher._pools, filled_world.everything, read))
    assert plan is not None
    assert plan.person == compartment("p1")
