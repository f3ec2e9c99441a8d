"""Searches of one shape share a statement, and none of them notices."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from bevan.kernel.database import Database
from bevan.record.scope import compartment
from bevan.record.search import fusion as lanes
from bevan.record.search.arguments import Arguments
from bevan.record.search.fusion import LANES, SHAPES, Fusion, Note
from tests.conftest import TODAY
from tests.record.search.conftest import World, matches
from tests.record.search.test_conditions import observation

L = "http://l.example"


class Counting:
    """A database that keeps what it was asked, and may be slow or refuse."""

    def __init__(self, real: Database) -> None:
        self.real = real
        self.batches: list[int] = []
        self.asked = asyncio.Event()
        self.held: asyncio.Event | None = None

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        self.batches.append(len(arguments[0]))
        self.asked.set()
        if len(self.batches) == 1 and self.held is not None:
            await self.held.wait()
        return await self.real.fetch(sql, *arguments)


@pytest.fixture
def counting(world: World) -> Iterator[Counting]:
    yield Counting(world.searcher._pools.bound)


def told(sql: str, **values: tuple[object, str]) -> tuple[str, Arguments]:
    """A statement whose `{name}` stand for arguments."""
    arguments = Arguments()
    places = {name: arguments.bind(*value) for name, value in values.items()}
    return sql.format(**places), arguments


def numbers(up_to: int) -> tuple[str, Arguments]:
    sql = "select n, {up_to} as mine from generate_series(1, {up_to}) n order by n desc limit 9"
    return told(sql, up_to=(up_to, "int"))


def test_each_gets_its_own_rows_in_their_order(world: World, counting: Counting) -> None:
    fusion = Fusion(counting)  # type: ignore[arg-type]

    async def together() -> list[list[asyncpg.Record] | None]:
        return await asyncio.gather(*(fusion.fetch(*numbers(n)) for n in range(40)))

    found = world.run(together())
    for n, rows in enumerate(found):
        assert rows is not None
        assert [(row["n"], row["mine"]) for row in rows] == [
            (each, n) for each in range(n, max(n - 9, 0), -1)
        ]
    assert sum(counting.batches) == 40 and len(counting.batches) < 10
    assert max(counting.batches) <= 16


def test_one_that_fails_fails_alone(world: World, counting: Counting) -> None:
    fusion = Fusion(counting)  # type: ignore[arg-type]

    def inverse(n: int) -> tuple[str, Arguments]:
        return told("select 100 / {n} as found limit 1", n=(n, "int"))

    async def together() -> list[Any]:
        asked = (fusion.fetch(*inverse(n)) for n in (4, 0, 5, 0, 10))
        return await asyncio.gather(*asked, return_exceptions=True)

    found = world.run(together())
    assert [type(each).__name__ for each in found] == [
        "list", "DivisionByZeroError", "list", "DivisionByZeroError", "list",
    ]  # fmt: skip
    assert [each[0]["found"] for each in found if isinstance(each, list)] == [25, 20, 10]


def test_a_slow_one_is_overtaken(
    world: World, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "PATIENCE", 1e-9)
    fusion = Fusion(counting)  # type: ignore[arg-type]
    order: list[int] = []

    async def ask(n: int) -> None:
        await fusion.fetch(*told("select {n} as n limit 1", n=(n, "int")))
        order.append(n)

    async def together() -> None:
        counting.held = asyncio.Event()
        slow = asyncio.create_task(ask(1))
        await counting.asked.wait()
        await asyncio.wait_for(ask(2), 60)
        await asyncio.wait_for(ask(3), 60)
        counting.held.set()
        await slow

    world.run(together())
    assert order == [2, 3, 1]
    (shape,) = fusion._shapes.values()
    assert len(shape._lanes) == 2 <= LANES


def test_arrays_and_a_flood_of_shapes_are_left_to_others(world: World, counting: Counting) -> None:
    fusion = Fusion(counting)  # type: ignore[arg-type]
    array = told("select {n} as n limit 1", n=([1], "int[]"))
    assert world.run(fusion.fetch(*array)) is None
    assert world.run(fusion.fetch("select 1", Arguments())) is None

    async def flood() -> list[bool]:
        return [
            await fusion.fetch(*told(f"select {{n}} as n limit {n}", n=(n, "int"))) is None
            for n in range(1, SHAPES + 3)
        ]

    refused = world.run(flood())
    assert refused[:SHAPES] == [False] * SHAPES and refused[SHAPES:] == [True, True]


def test_the_audit_is_committed_with_the_rows(world: World, counting: Counting) -> None:
    fusion = Fusion(counting)  # type: ignore[arg-type]

    def note(n: int) -> Note:
        person = compartment(f"p{n}")
        return Note(TODAY, 1, 1, f"request-{n}", "Observation", f"patient=p{n}", person, 2)

    async def together() -> None:
        await asyncio.gather(*(fusion.fetch(*numbers(n), note(n)) for n in range(4)))

    world.run(together())
    rows = world.sql("select * from audit order by request")
    assert [(row["entries"], row["outcome"], row["query"]) for row in rows] == [
        (0, b"-", "patient=p0"),
        (1, b"+", "patient=p1"),
        (2, b"+", "patient=p2"),
        (2, b"+", "patient=p3"),
    ]
    assert [row["patient"] for row in rows] == [compartment(f"p{n}") for n in range(4)]
    assert {row["action"] for row in rows} == {b"s"}


def test_people_searched_at_once_each_see_their_own(world: World) -> None:
    coded = {"coding": [{"system": L, "code": "x"}, {"system": L, "code": "a"}]}
    first = {"coding": [{"system": L, "code": "a"}, {"system": L, "code": "a"}]}
    for person in "pqrst":
        about = {"subject": {"reference": f"Patient/{person}"}, "effectiveDateTime": "2024-01-01"}
        world.put(
            observation(f"{person}1", **about, code=coded),
            observation(f"{person}2", **about, code=first),
            observation(f"{person}3", **about, code={"coding": [{"system": L, "code": "x"}]}),
        )
    world.sql("delete from audit")

    async def together() -> list[Any]:
        asked = (
            world.record.search(
                world.everything, "Observation", f"patient={person}&code={L}|a", base=""
            )
            for person in "pqrst"
        )
        return await asyncio.gather(*asked)

    import json

    found = [matches(json.loads(page.bundle)) for page in world.run(together())]
    assert found == [[f"{person}1", f"{person}2"] for person in "pqrst"]
    rows = world.sql("select patient, entries, outcome, query from audit")
    assert sorted(row["query"] for row in rows) == [
        f"patient={person}&code={L}|a" for person in "pqrst"
    ]
    assert {(row["entries"], row["outcome"]) for row in rows} == {(2, b"+")}


def test_a_row_that_changes_its_person_is_found_by_code_under_the_new_one(world: World) -> None:
    coded = {"coding": [{"system": L, "code": "x"}, {"system": L, "code": "a"}]}
    for person in ("p", "q"):
        world.put(
            observation("o", subject={"reference": f"Patient/{person}"}, code=coded),
        )
        for asked in ("p", "q"):
            expected = ["o"] if asked == person else []
            assert world.ids("Observation", f"patient={asked}&code={L}|a") == expected
    assert len(world.sql("select from idx_code")) == 1
