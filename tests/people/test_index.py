"""Finding people: by number, by name and birth date; nobody outside the Scope."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from bevan.people import Candidate
from bevan.people.nhs_number import SYSTEM, parse
from bevan.record.scope import Actor, Scope, compartment, system
from tests.support.sites import Serving, serving

SCOPE: Scope = system("a test's own writes", Actor("system", "tests", "tests"))
DOT = "999 012 3454"


@pytest.fixture
async def served(database: str) -> AsyncIterator[Serving]:
    async with serving(database) as found:
        await person(found, "dot", "Pemberton", "Dorothy", "1948-03-14", DOT)
        await person(found, "dan", "Pemberton", "Daniel", "1971-11-02")
        await person(found, "eve", "Pemberton-Hale", "Eve", "1948-03-14")
        await person(found, "tom", "Brindle", "Tomasz", "1978-09-05", "999 410 4055")
        await person(found, "tim", "Brindle", "Thomas", "1978-05-09")
        yield found


async def person(
    served: Serving, id: str, family: str, given: str, born: str, number: str = ""
) -> None:
    digits = number.replace(" ", "")
    identifier = [{"system": SYSTEM, "value": digits}] if digits else []
    resource: dict[str, Any] = {
        "resourceType": "Patient",
        "id": id,
        "name": [{"family": family, "given": [given]}],
        "birthDate": born,
    }
    if identifier:
        resource["identifier"] = identifier
    await served.made.record.update(SCOPE, resource)


def found(candidates: list[Candidate]) -> list[tuple[str, str]]:
    return [(each.id, each.match) for each in candidates]


async def test_by_number(served: Serving) -> None:
    people = served.made.people
    assert found(await people.by_number(SCOPE, parse(DOT))) == [("dot", "certain")]
    assert await people.by_number(SCOPE, parse("999 000 0018")) == []


async def test_a_number_that_two_records_carry_is_not_certain(served: Serving) -> None:
    await person(served, "double", "Pemberton", "Dot", "1948-03-14", DOT)
    candidates = await served.made.people.by_number(SCOPE, parse(DOT))
    assert sorted(found(candidates)) == [("dot", "probable"), ("double", "probable")]


async def test_by_name_and_birth_date(served: Serving) -> None:
    by_name = served.made.people.by_name
    born = date(1948, 3, 14)
    both = await by_name(SCOPE, family="Pemberton", given="Dorothy", born=born)
    assert found(both) == [("dot", "probable"), ("eve", "possible")]
    assert found(await by_name(SCOPE, family="Nobody", born=born)) == []


async def test_day_and_month_swapped_is_offered_as_possible(served: Serving) -> None:
    candidates = await served.made.people.by_name(
        SCOPE, family="brindle", given="tomasz", born=date(1978, 9, 5)
    )
    assert found(candidates) == [("tom", "probable"), ("tim", "possible")]


async def test_by_name_alone(served: Serving) -> None:
    by_name = served.made.people.by_name
    everyone = await by_name(SCOPE, family="pemb")
    assert [each.id for each in everyone] == ["dan", "dot", "eve"]
    assert all(each.match == "possible" for each in everyone)
    one = await by_name(SCOPE, family="Pemberton", given="Dan")
    assert [each.id for each in one] == ["dan"]


async def test_nobody_outside_the_scope_is_found(served: Serving) -> None:
    narrow = Scope(SCOPE.ticket, holders=None, patients=frozenset({compartment("tom")}))
    people = served.made.people
    assert await people.by_number(narrow, parse(DOT)) == []
    assert found(await people.by_name(narrow, family="Brindle")) == [("tom", "possible")]


@pytest.mark.parametrize("family", ["O'Neill & Sons", "a,b", "x|y", "$z", "Müller"])
async def test_odd_names_are_names(served: Serving, family: str) -> None:
    await person(served, "odd", family, "Una", "1990-01-01")
    assert found(await served.made.people.by_name(SCOPE, family=family)) == [("odd", "possible")]
