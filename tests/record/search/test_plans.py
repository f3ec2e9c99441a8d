"""Which way PostgreSQL goes for the searches that a region lives on: by index, and no further."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bevan.fhir.search.dates import micros
from bevan.record.scope import RESTRICTED, Scope
from bevan.record.search import select
from bevan.record.search.arguments import Arguments
from bevan.record.search.plan import Plan
from bevan.record.search.source import Caller
from bevan.record.search.terms import Trust
from tests.conftest import TODAY
from tests.record.search.conftest import HOLDER, World
from tests.record.search.test_conditions import observation

L = "http://l.example"


@pytest.fixture(scope="module")
def filled(one_world: World) -> World:
    world = one_world
    for table in ("resource", "idx_num", "idx_str", "idx_code", "relationship"):
        world.sql(f"delete from {table}")
    world.put(
        {"resourceType": "Patient", "id": "p", "identifier": [{"system": L, "value": "1"}]},
        *(
            observation(
                f"{who}{n}", subject={"reference": f"Patient/{who}"}, effectiveDateTime="2024-01-01"
            )
            for who in "pqrst"
            for n in range(8)
        ),
    )
    world.relate("p")
    world.sql("analyze resource")
    return world


def planned(world: World, type: str, query: str, scope: Scope | None = None) -> Plan:
    searcher = world.searcher
    read = searcher._read(type, query, False)
    plan = world.run(searcher._plan(searcher._pools, scope or world.scope(), read))
    assert plan is not None
    return plan


def statement(
    world: World, type: str, query: str, scope: Scope | None = None
) -> tuple[str, Sequence[object]]:
    plan = planned(world, type, query, scope)
    read = world.searcher._read(type, query, False)
    keys = world.searcher._orders.keys(scope or world.scope(), read.sort, plan.arguments.bind)
    sql, arguments = select.rows(plan, keys or (), None, 51)
    return sql, arguments.values


def path(
    world: World, type: str, query: str, scope: Scope | None = None, *, sort: bool = True
) -> str:
    """The plan as text; small tables would be read whole (and sorted), so that is ruled out."""
    sql, arguments = statement(world, type, query, scope)

    async def explain() -> str:
        async with world.searcher._pools.bound.transaction() as connection:
            if not sort:
                await connection.execute("set local enable_sort = off")
            rows = await connection.fetch(f"explain {sql}", *arguments)
            return "\n".join(row[0] for row in rows)

    return world.run(explain())


KNOWING: dict[str, Any] = {"holders": (HOLDER,), "hidden": RESTRICTED}


def test_a_persons_entries_come_from_their_own_index(filled: World) -> None:
    for query in ("patient=p", "patient=p&code=http://l.example|a", "patient=p&_sort=-date"):
        found = path(filled, "Observation", query, filled.scope(**KNOWING))
        assert "patient_code_low_idx" in found or "patient_low_idx" in found, query
        assert "(patient = " in found
        assert "tokens @>" not in found


def test_a_persons_latest_entries_are_read_from_an_index_and_no_others(filled: World) -> None:
    found = path(filled, "Observation", "patient=p&_sort=-date", filled.scope(), sort=False)
    assert "Incremental Sort" in found and "patient_low_idx" in found
    assert "array_position" in found and "ANY (tokens)" not in found


def test_a_persons_entries_with_a_code_are_found_by_both_wherever_it_stands(filled: World) -> None:
    found = path(filled, "Observation", f"patient=p&code={L}|a", filled.scope(**KNOWING))
    assert "idx_code_patient_code_idx" in found and "Seq Scan" not in found
    assert found.count("(patient = ") >= 2 and found.count("(code = ") == 2
    assert found.count("One-Time Filter") == 2


def test_the_relationship_is_asked_once_where_the_person_is_known(filled: World) -> None:
    found = path(filled, "Observation", "patient=p", filled.scope(**KNOWING))
    assert "One-Time Filter" in found and "SubPlan" not in found
    everybody = path(filled, "Observation", "status=final", filled.scope(**KNOWING))
    assert "SubPlan" in everybody


def test_whoever_a_chain_reached_is_not_asked_about_again(filled: World) -> None:
    sql, _ = statement(filled, "Observation", f"patient.identifier={L}|1", filled.scope(**KNOWING))
    assert "relationship" not in sql and "labels" in sql
    assert "r.patient = $" in sql


def test_one_type_is_one_partition(filled: World) -> None:
    found = path(filled, "Observation", "code=a")
    assert "resource_observation" in found and "resource_default" not in found


def test_an_identifier_is_found_by_its_token(filled: World) -> None:
    found = path(filled, "Patient", f"identifier={L}|1")
    assert "tokens_idx" in found


def test_everybodys_entries_with_a_code_by_date_stop_at_the_limit(filled: World) -> None:
    found = path(filled, "Observation", f"code={L}|a&_sort=-date", sort=False)
    assert "code_low_idx" in found and "idx_code_code_date_rkey_idx" in found
    assert "tokens @>" not in found


def test_everybodys_entries_by_date_walk_the_dates(filled: World) -> None:
    from bevan.record.search.hits import _phases

    plan = planned(filled, "Observation", "status=final&_sort=-date")
    read = filled.searcher._read("Observation", "status=final&_sort=-date", False)
    keys = filled.searcher._orders.keys(filled.scope(), read.sort, plan.arguments.bind)
    dated, undated = _phases(plan, keys or (), None)
    sql, _ = select.rows(plan, dated.keys, None, 51, dated.extra)
    assert "r.low is not null" in sql and "nulls last" not in sql
    sql, _ = select.rows(plan, undated.keys, None, 51, undated.extra)
    assert "r.low is null" in sql and sql.endswith("order by r.rkey limit 51")


@pytest.mark.parametrize(
    ("type", "query", "bound", "trust"),
    [
        ("Observation", "patient=p", True, Trust.EXACT),
        ("Observation", "subject=Patient/p", True, Trust.EXACT),
        ("AllergyIntolerance", "patient=p", True, Trust.EXACT),
        ("Observation", "patient=p,q", True, Trust.EXACT),
        ("Observation", "subject=p", False, Trust.HASHED),
        ("Observation", "_id=o1", True, Trust.EXACT),
        ("Patient", "identifier=1", True, Trust.HASHED),
        ("Patient", "identifier:not=1", False, Trust.EXACT),
        ("Observation", "code=a", False, Trust.HASHED),
        ("Observation", "code=a&date=2024", False, Trust.HASHED),
        ("Observation", "date=2024", False, Trust.EXACT),
        ("Observation", "code=http://l.example|", False, Trust.OPEN),
        ("Observation", "value-quantity=5", False, Trust.OPEN),
        ("Observation", "code:text=x", False, Trust.OPEN),
        ("Observation", "code:missing=true", False, Trust.EXACT),
        ("Patient", "family=x", False, Trust.HASHED),
        ("Patient", "family:exact=x", False, Trust.OPEN),
        ("Appointment", "patient=p", False, Trust.HASHED),
    ],
)
def test_what_bounds_a_search_and_how_far_its_sql_is_trusted(
    filled: World, type: str, query: str, bound: bool, trust: Trust
) -> None:
    plan = planned(filled, type, query)
    assert (plan.bound, plan.trust) == (bound, trust)
    assert bool(plan.checks) is (trust is not Trust.EXACT)


def test_a_conditional_search_finds_before_it_orders(filled: World) -> None:
    plan = planned(filled, "Patient", f"identifier={L}|1")
    assert plan.gathered
    sql, _ = select.rows(plan, (), None, 3)
    assert sql.startswith("with r as materialized")


def test_with_short_hashes_nothing_is_left_to_them(worlds: dict[int, World]) -> None:
    world = worlds[16]
    for query in ("code:not=a", "code=a", f"code={L}|a&_sort=-date"):
        plan = planned(world, "Observation", query)
        assert plan.checks and plan.code is None
    keys = world.searcher._orders.keys(
        world.scope(), world.searcher._read("Observation", "_sort=date", False).sort, lambda *_: ""
    )
    assert keys is None


def test_a_callers_connection_is_the_only_one_used(filled: World) -> None:
    async def look() -> list[str]:
        async with filled.searcher._pools.bound.transaction() as connection:
            await connection.execute("set local search_path to pg_catalog")
            try:
                await Caller(connection, 10).fetch(
                    "select * from resource", Arguments(), bound=True
                )
            except Exception as error:
                return [type(error).__name__]
        return []

    assert filled.run(look()) == ["UndefinedTableError"]


def test_now_is_the_clocks(filled: World) -> None:
    assert micros(TODAY) == micros(filled.clock.now())
