"""Compartments, lists, value sets, units and places, one by one, through the database."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from bevan.fhir.search.codes import Coded
from bevan.fhir.search.refusal import SearchRefused
from bevan.fhir.units import UCUM
from bevan.record.scope import SEALED, compartment
from tests.record.search.conftest import World, matches

L = "http://l.example"
SEAL = {"system": "https://bevan.example/fhir/CodeSystem/seal", "code": "sealed"}
STATUS = "http://hl7.org/fhir/ValueSet/observation-status"


def observation(id: str, code: str = "a", person: str = "p", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": id, "status": "final",
        "code": {"coding": [{"system": L, "code": code}]},
        "subject": {"reference": f"Patient/{person}"}, **more,
    }  # fmt: skip


def measured(id: str, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return observation(id, valueQuantity={"value": value, "system": UCUM, "code": unit, **more})


def patient(id: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id}


def inside(world: World, where: str, query: str = "", **how: Any) -> str:
    kind, id, type = where.split("/")
    page = world.bundle(None if type == "*" else type, query, within=(kind, id), **how)
    return " ".join(sorted(matches(page)))


class TestCompartments:
    @pytest.fixture
    def world(self, world: World) -> World:
        world.put(
            patient("p"), patient("q"), {"resourceType": "Practitioner", "id": "gp"},
            {"resourceType": "Encounter", "id": "e", "status": "finished",
             "class": {"code": "AMB"}, "subject": {"reference": "Patient/p"},
             "participant": [{"individual": {"reference": "Practitioner/gp"}}]},
            observation("mine", encounter={"reference": "Encounter/e"}),
            observation("other", "b", performer=[{"reference": "Practitioner/gp"}]),
            observation("hers", person="q", performer=[{"reference": "Patient/p"}]),
        )  # fmt: skip
        return world

    @pytest.mark.parametrize(
        ("where", "query", "found"),
        [
            ("Patient/p/Observation", "", "hers mine other"),
            ("Patient/q/Observation", "", "hers"),
            ("Patient/p/Observation", f"code={L}|b", "other"),
            ("Patient/p/Observation", "subject:Patient._id=q", "hers"),
            ("Patient/p/Patient", "", "p"),
            ("Patient/p/Encounter", "", "e"),
            ("Patient/p/*", "", "e hers mine other p"),
            ("Patient/p/*", "_type=Encounter,Patient", "e p"),
            ("Patient/nobody/*", "", ""),
            ("Encounter/e/Observation", "", "mine"),
            ("Encounter/e/*", "", "e mine"),
            ("Practitioner/gp/*", "", "e gp other"),
        ],
    )
    def test_what_is_in_one(self, world: World, where: str, query: str, found: str) -> None:
        assert inside(world, where, query) == found

    def test_links_lead_back_into_it(self, world: World) -> None:
        pages = world.walk("Observation", "_count=1&_sort=_id", within=("Patient", "p"))
        assert pages == [["hers"], ["mine"], ["other"]]
        first = world.bundle(None, "_count=1", within=("Patient", "p"))
        assert first["link"][0]["url"].endswith("/fhir/Patient/p/*?_count=1")

    @pytest.mark.parametrize("within", [("Patient", "p"), ("Organization", "o")])
    def test_a_type_that_is_never_in_it(self, world: World, within: tuple[str, str]) -> None:
        with pytest.raises(SearchRefused, match="compartment"):
            world.bundle("ValueSet", "", within=within)

    def test_a_cursor_stays_in_its_compartment(self, world: World) -> None:
        first = world.bundle("Observation", "_count=1", within=("Patient", "p"))
        cursor = first["link"][1]["url"].partition("?")[2]
        with pytest.raises(SearchRefused, match="another search"):
            world.bundle("Observation", cursor, within=("Patient", "q"))

    def test_the_one_asked_about_is_in_the_audit(self, world: World) -> None:
        inside(world, "Patient/nobody/Observation")
        inside(world, "Patient/q/Observation")
        rows = world.sql("select patient, outcome from audit where action = 's'")
        assert {(row["patient"], row["outcome"]) for row in rows} == {
            (compartment("nobody"), b"-"),
            (compartment("q"), b"+"),
        }

    def test_what_is_sealed_is_told_of_and_a_list_is_not_taken_for_empty(
        self, world: World
    ) -> None:
        scope = world.scope(hidden=SEALED)
        empty = world.bundle("AllergyIntolerance", "", scope, within=("Patient", "p"))
        assert empty["entry"][0]["resource"]["issue"][0]["diagnostics"] == "None recorded."
        world.put(observation("shut", meta={"security": [SEAL]}))
        page = world.bundle("Observation", "", scope, within=("Patient", "p"))
        assert page["meta"]["security"][0]["code"] == "REDACTED"
        assert "shut" not in matches(page)
        other = world.bundle("Observation", "", scope, within=("Patient", "q"))
        assert "meta" not in other


class TestLists:
    @pytest.fixture
    def world(self, world: World) -> World:
        items = [{"item": {"reference": each}} for each in ("Observation/one", "Patient/p")]
        world.put(
            patient("p"), observation("one"), observation("two"),
            {"resourceType": "List", "id": "l", "status": "current", "mode": "working",
             "subject": {"reference": "Patient/p"}, "entry": items},
        )  # fmt: skip
        return world

    @pytest.mark.parametrize(
        ("type", "query", "found"),
        [
            ("Observation", "_list=l", ["one"]),
            ("Patient", "_list=l", ["p"]),
            ("Observation", "_list=none", []),
            ("Observation", f"_list=l,none&code={L}|a", ["one"]),
            ("Observation", f"_list=l&code={L}|b", []),
        ],
    )
    def test_members(self, world: World, type: str, query: str, found: list[str]) -> None:
        assert world.ids(type, query) == found

    def test_a_list_that_may_not_be_seen_has_no_members(self, world: World) -> None:
        scope = world.scope(reads=frozenset({"Observation"}))
        assert world.ids("Observation", "_list=l", scope) == []

    def test_it_needs_a_type(self, world: World) -> None:
        with pytest.raises(SearchRefused, match="one type"):
            world.ids(None, "_list=l")


class Tree:
    """Terminology with one tree and one set."""

    async def members(self, value_set: str) -> Collection[Coded] | None:
        return {"urn:ab": [(L, "a"), (L, "b")], "urn:none": []}.get(value_set)

    async def below(self, system: str, code: str) -> Collection[Coded] | None:
        return [(L, "a"), (L, "b")] if (system, code) == (L, "a") else None

    async def above(self, system: str, code: str) -> Collection[Coded] | None:
        return [(L, "a"), (L, "c")] if (system, code) == (L, "c") else None


class TestCodes:
    @pytest.fixture
    def world(self, world: World, monkeypatch: pytest.MonkeyPatch) -> World:
        monkeypatch.setattr(world.searcher._resolver, "_codes", Tree())
        world.put(patient("p"), *(observation(code, code) for code in "abc"))
        return world

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("code:in=urn:ab", "ab"),
            ("code:not-in=urn:ab", "c"),
            ("code:in=urn:none", ""),
            ("code:not-in=urn:none", "abc"),
            ("code:in=urn:none,urn:ab", "ab"),
            (f"code:below={L}|a", "ab"),
            (f"code:above={L}|c", "ac"),
        ],
    )
    def test_what_they_mean(self, world: World, query: str, found: str) -> None:
        assert "".join(world.ids("Observation", query)) == found

    def test_also_behind_a_chain(self, world: World) -> None:
        assert world.ids("Patient", "_has:Observation:subject:code:in=urn:ab") == ["p"]
        assert world.ids("Patient", f"_has:Observation:subject:code:below={L}|a") == ["p"]
        assert world.ids("Patient", "_has:Observation:subject:code:in=urn:none") == []

    @pytest.mark.parametrize(
        "query",
        ["code:in=urn:unknown", "code:not-in=urn:unknown", f"code:below={L}|zz", "code:above=c",
         f"code:below={L}|"],
    )  # fmt: skip
    def test_what_is_not_known_is_refused(self, world: World, query: str) -> None:
        with pytest.raises(SearchRefused, match="known here"):
            world.ids("Observation", query)

    def test_too_large_a_set(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("bevan.fhir.search.codes.MOST_CODES", 1)
        with pytest.raises(SearchRefused, match="2 codes"):
            world.ids("Observation", "code:in=urn:ab")


class TestDefinedCodes:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (f"status:in={STATUS}", "a"),
            (f"status:in={STATUS}|4.0.1", "a"),
            (f"status:not-in={STATUS}", ""),
            ("status:in=http://hl7.org/fhir/ValueSet/publication-status", ""),
        ],
    )
    def test_the_sets_of_the_standard(self, world: World, query: str, found: str) -> None:
        world.put(patient("p"), observation("a"))
        assert "".join(world.ids("Observation", query)) == found

    @pytest.mark.parametrize("query", [f"status:in={STATUS}|3.0.1", f"code:below={L}|a",
                                       f"code:above={L}|a"])  # fmt: skip
    def test_nothing_else_is_known(self, world: World, query: str) -> None:
        with pytest.raises(SearchRefused, match="known here"):
            world.ids("Observation", query)


class TestUnits:
    @pytest.fixture
    def world(self, world: World) -> World:
        world.put(
            patient("p"), measured("gram", 1, "g"), measured("milli", 1000, "mg"),
            measured("kilo", 0.001, "kg"), measured("pound", 1, "[lb_av]"),
            measured("less", 1, "g", comparator="<"), measured("litre", 1, "L"),
            observation("words", valueQuantity={"value": 1, "unit": "g"}),
        )  # fmt: skip
        return world

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (f"1.000|{UCUM}|g", "gram kilo milli"),
            (f"1000|{UCUM}|mg", "gram kilo milli"),
            (f"1000.0|{UCUM}|mg", "gram kilo milli"),
            (f"1001|{UCUM}|mg", ""),
            (f"gt1000|{UCUM}|mg", "pound"),
            (f"ge1|{UCUM}|g", "gram kilo milli pound"),
            (f"lt1000|{UCUM}|mg", "less"),
            (f"453.59237|{UCUM}|g", "pound"),
            (f"ge453.59237|{UCUM}|g", "pound"),
            (f"le1|{UCUM}|[lb_av]", "gram kilo less milli pound"),
            (f"ap0.0011|{UCUM}|kg", "gram kilo less milli"),
            (f"ne1|{UCUM}|g", "less pound"),
            ("1||g", "gram words"),
            ("1000||mg", "milli"),
            ("1000", "milli"),
            (f"1|{UCUM}|L", "litre"),
            (f"1000|{UCUM}|mL", "litre"),
            (f"1|{UCUM}|no-unit", ""),
        ],
    )
    def test_one_gram_is_a_thousand_milligrams(self, world: World, query: str, found: str) -> None:
        assert " ".join(sorted(world.ids("Observation", f"value-quantity={query}"))) == found

    def test_in_a_composite(self, world: World) -> None:
        query = f"code-value-quantity={L}|a$1000|{UCUM}|mg"
        assert sorted(world.ids("Observation", query)) == ["gram", "kilo", "milli"]


class TestPlaces:
    @pytest.fixture
    def world(self, world: World) -> World:
        spots = {"here": (53.8, -1.55), "near": (53.8, -1.5), "far": (51.5, -0.12),
                 "east": (0, 179.999), "west": (0, -179.999)}  # fmt: skip
        for id, (latitude, longitude) in spots.items():
            position = {"latitude": latitude, "longitude": longitude}
            world.put({"resourceType": "Location", "id": id, "position": position})
        world.put({"resourceType": "Location", "id": "nowhere"})
        return world

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("53.8|-1.55|1|km", "here"),
            ("53.8|-1.55|3.2|km", "here"),
            ("53.8|-1.55|3.4|km", "here near"),
            ("53.8|-1.55|3400|m", "here near"),
            ("53.8|-1.55|2.2|[mi_i]", "here near"),
            ("53.8|-1.55|500", "far here near"),
            ("53.8|-1.55", "here near"),
            ("0|180|1", "east west"),
            ("53.8|-1.55|1,51.5|-0.12|1", "far here"),
        ],
    )
    def test_within_a_distance(self, world: World, query: str, found: str) -> None:
        assert " ".join(sorted(world.ids("Location", f"near={query}"))) == found

    @pytest.mark.parametrize("query", ["1", "a|b", "91|0", "0|181", "0|0|-1", "0|0|1|kg",
                                       "0|0|1|km|x", "0|0|1|mile"])  # fmt: skip
    def test_what_is_no_place(self, world: World, query: str) -> None:
        with pytest.raises(SearchRefused, match="near"):
            world.ids("Location", f"near={query}")

    def test_it_has_no_modifier(self, world: World) -> None:
        with pytest.raises(SearchRefused, match="near"):
            world.ids("Location", "near:exact=1|2")
