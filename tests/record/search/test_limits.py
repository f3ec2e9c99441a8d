"""What a search may cost, and how a plan is told in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bevan.fhir.search.refusal import SearchRefused, SearchTooCostly
from bevan.record.search.arguments import Arguments
from bevan.record.search.limits import ADD, EXPLAIN, Guard, Limits
from tests.record.search.conftest import World, matches
from tests.record.search.test_depth import L, observation, patient


class Planned:
    """A connection to a database that expects every statement to cost the same."""

    def __init__(self, cost: float) -> None:
        self.cost = cost
        self.asked: list[str] = []

    async def fetch(self, sql: str, *values: object) -> list[list[str]]:
        self.asked.append(sql)
        return [[f'[{{"Plan": {{"Total Cost": {self.cost}}}}}]']]


class Hands:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


async def checked(guard: Guard, connection: Any, sql: str = "select 1") -> None:
    await guard.check(connection, sql, Arguments())


class TestGuard:
    async def test_what_costs_too_much_is_refused_each_time(self) -> None:
        guard, dear = Guard(Limits(cost=100)), Planned(100.5)
        for _ in range(2):
            with pytest.raises(SearchTooCostly) as refused:
                await checked(guard, dear)
        assert dear.asked == [f"{EXPLAIN}select 1"] * 2
        (issue,) = refused.value.issues
        assert issue.code == "too-costly"
        assert issue.text.endswith(ADD)
        assert not any(figure in issue.text for figure in ("100", "1"))

    async def test_what_is_cheap_is_asked_about_once_a_minute(self) -> None:
        hands = Hands()
        guard, cheap = Guard(Limits(cost=100), hands), Planned(4.9)
        for at, asked in ((0, 1), (59, 1), (61, 2)):
            hands.at = at
            await checked(guard, cheap)
            assert len(cheap.asked) == asked

    async def test_what_is_near_the_limit_is_asked_about_each_time(self) -> None:
        guard, near = Guard(Limits(cost=100)), Planned(6)
        await checked(guard, near)
        await checked(guard, near)
        assert len(near.asked) == 2

    async def test_a_plan_is_not_planned(self) -> None:
        nothing = Planned(1e9)
        await checked(Guard(Limits()), nothing, f"{EXPLAIN}select 1")
        assert nothing.asked == []

    async def test_it_remembers_only_so_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("bevan.record.search.limits.REMEMBERED", 3)
        guard, cheap = Guard(Limits()), Planned(1)
        for number in range(10):
            await checked(guard, cheap, f"select {number}")
        assert len(guard._cheap) <= 3


@pytest.fixture
def filled(world: World) -> World:
    world.put(patient("p"), observation("a"), observation("b", "b"))
    return world


@pytest.fixture
def strict(filled: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A record in which nothing that is over everybody is cheap enough."""
    monkeypatch.setattr(filled.searcher._pools, "_guard", Guard(Limits(cost=0.001)))
    return filled


class TestRefused:
    @pytest.mark.parametrize(
        "query",
        ["", "status=final", "_sort=-date", "_summary=count", "subject:Patient.active=true"],
    )
    def test_over_everybody(self, strict: World, query: str) -> None:
        with pytest.raises(SearchTooCostly, match="Add a patient"):
            strict.bundle("Observation", query)

    @pytest.mark.parametrize(
        "query", ["patient=p", "_id=a,b", f"patient=Patient/p&code={L}|b", "subject:Patient._id=p"]
    )
    def test_what_to_add_makes_it_possible(self, strict: World, query: str) -> None:
        assert strict.ids("Observation", query)

    def test_a_compartment_is_bound(self, strict: World) -> None:
        assert matches(strict.bundle("Observation", "", within=("Patient", "p"))) == ["a", "b"]

    def test_an_estimate_is_no_way_round(self, strict: World) -> None:
        with pytest.raises(SearchTooCostly):
            strict.bundle("Observation", "_total=estimate&status=final")

    def test_every_pool_ends_what_takes_too_long(self, filled: World) -> None:
        pools = filled.searcher._pools
        for pool in (pools.bound, pools.population):
            (row,) = filled.run(pool.fetch("show statement_timeout"))
            assert row[0] == "10s"

    def test_a_condition_inside_a_transaction_ends_too(self, filled: World) -> None:
        searcher = filled.searcher

        async def asked() -> None:
            async with searcher._pools.bound.connection() as connection:
                await connection.execute("set lock_timeout = 0")
                slow = _Slow(connection)
                await searcher.ids(slow, filled.everything, "Observation", "status=final")  # type: ignore[arg-type]

        with pytest.raises(SearchTooCostly, match="took too long"):
            filled.run(asked())


class _Slow:
    """A connection whose every statement takes longer than it may."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, sql: str, *values: object, **ends: float) -> Any:
        ends = {name: seconds / 1000 for name, seconds in ends.items()}
        return await self._connection.fetch("select pg_sleep(5)", **ends)


def told(world: World, type: str | None, query: str, **how: Any) -> list[str]:
    bundle = world.bundle(type, f"_explain=true&{query}", **how)
    (entry,) = bundle["entry"]
    assert entry["search"]["mode"] == "outcome"
    assert "total" not in bundle
    issues = entry["resource"]["issue"]
    assert {issue["severity"] for issue in issues} == {"information"}
    return [issue["diagnostics"] for issue in issues]


class TestExplained:
    @pytest.mark.parametrize(
        ("query", "word"),
        [
            ("patient=p", "index of one person's rows"),
            (f"patient=Patient/p&code={L}|a", "indexes of one person's codes"),
            (f"code={L}|a&_sort=-date", "indexes of codes"),
            ("status=final", "tokens that each must hold"),
            ("_id=a", "ids, identifiers or links"),
            ("", "no condition names a person"),
            ("code:text=x", "only narrows"),
            ("date=2024", "The row itself decides"),
            ("code=a", "Hashes propose"),
            ("_sort=-date", "Sorted by date, by the database"),
            ("_sort=code", "Sorted by code, here"),
            ("_include=Observation:subject", "1 includes are followed"),
            ("subject:Patient._id=p", "subject leads to 1 resources"),
            ("", "The limit is 2000000: it is allowed"),
            ("patient=p", "The limit of cost doesn't apply"),
        ],
    )
    def test_how_it_goes(self, filled: World, query: str, word: str) -> None:
        assert word in " ".join(told(filled, "Observation", query))

    def test_the_other_ways(self, filled: World) -> None:
        by = " ".join(told(filled, "Patient", "_has:Observation:subject:code=a"))
        assert "1 resources are referred to" in by
        assert "Patient, Observation" in told(filled, None, "_type=Patient,Observation")[0]
        inside = told(filled, "Observation", "", within=("Patient", "p"))
        assert inside[:2] == [
            "Searches Observation in the compartment of one Patient.",
            "There are 2 ways into the compartment.",
        ]

    def test_the_cost_and_the_indexes(self, filled: World) -> None:
        (cost,) = [text for text in told(filled, "Observation", "patient=p") if "cost of" in text]
        assert "Scan using resource_observation" in cost

    def test_what_would_be_refused_is_told_so(
        self, filled: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = replace(filled.searcher._settings, limits=Limits(cost=0.001))
        monkeypatch.setattr(filled.searcher, "_settings", settings)
        assert told(filled, "Observation", "status=final")[-1].endswith("it is refused.")

    def test_it_is_audited_and_shows_nobody(self, filled: World) -> None:
        told(filled, "Observation", "patient=p")
        (row,) = filled.sql("select outcome, query from audit where action = 's'")
        assert (row["outcome"], row["query"]) == (b"-", "_explain=true&patient=p")

    @pytest.mark.parametrize("query", ["patient=p", "patient=nobody"])
    def test_others_may_not(self, filled: World, query: str) -> None:
        with pytest.raises(SearchRefused, match="reads everything") as refused:
            filled.bundle("Observation", f"_explain=true&{query}", filled.scope())
        assert refused.value.issues[0].code == "forbidden"

    def test_unless_the_installation_lets_them(
        self, filled: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = replace(filled.searcher._settings, limits=Limits(explains=True))
        monkeypatch.setattr(filled.searcher, "_settings", settings)
        assert told(filled, "Observation", "patient=p", scope=filled.scope())
        few = filled.scope(reads=frozenset({"Patient"}))
        assert filled.bundle("Observation", "_explain=true", few).get("entry", []) == []

    @pytest.mark.parametrize("query", ["_explain=yes", "_explain=true&_explain=true", "_explain="])
    def test_it_is_true_or_false(self, filled: World, query: str) -> None:
        with pytest.raises(SearchRefused, match="_explain"):
            filled.bundle("Observation", query)
        assert matches(filled.bundle("Observation", "_explain=false&code=a")) == ["a"]


@pytest.fixture(autouse=True)
def fresh(one_world: World) -> Iterator[None]:
    yield
    one_world.searcher._pools._guard._cheap.clear()
