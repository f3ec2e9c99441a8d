"""Each prefix and modifier of each kind of parameter, one by one, through the database."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.search.refusal import SearchRefused
from tests.record.search.conftest import World

L, S = "http://l.example", "http://s.example"


def concept(*codes: str, text: str = "") -> dict[str, Any]:
    coding = [dict(zip(("system", "code"), code.split("|"), strict=True)) for code in codes]
    return {**({"coding": coding} if coding else {}), **({"text": text} if text else {})}


def observation(id: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": concept(f"{L}|a"),
        "subject": {"reference": "Patient/p"},
        **more,
    }


@pytest.fixture
def people(world: World) -> World:
    world.put(
        {"resourceType": "Patient", "id": "p", "active": True, "gender": "female",
         "identifier": [{"system": S, "value": "1",
                         "type": {"coding": [{"system": "http://t.example", "code": "MR"}]}}],
         "name": [{"family": "Müller", "given": ["Anne-Marie"]}], "birthDate": "1980-07-01"},
        {"resourceType": "Patient", "id": "q", "active": False,
         "identifier": [{"value": "1"}], "name": [{"family": "Mullerson"}, {"text": "Nan"}],
         "deceasedBoolean": True},
        {"resourceType": "Patient", "id": "r", "gender": "male", "birthDate": "1980"},
    )  # fmt: skip
    return world


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("gender=female", "p"),
        ("gender=female,male", "pr"),
        ("gender=FEMALE", ""),
        ("gender:not=female", "qr"),
        ("gender:not=female,male", "q"),
        ("gender:missing=true", "q"),
        ("gender:missing=false", "pr"),
        ("active=true", "p"),
        ("deceased=true", "q"),
        ("identifier=1", "pq"),
        (f"identifier={S}|1", "p"),
        ("identifier=|1", "q"),
        (f"identifier={S}|", "p"),
        (f"identifier:not={S}|1", "qr"),
        ("identifier:of-type=http://t.example|MR|1", "p"),
        ("identifier:of-type=http://t.example|XX|1", ""),
        ("family=muller", "pq"),
        ("family=MÜLLER", "pq"),
        ("family=uller", ""),
        ("family:contains=uller", "pq"),
        ("family:exact=Müller", "p"),
        ("family:exact=müller", ""),
        ("name=anne", "p"),
        ("name=nan", "q"),
        ("name:missing=true", "r"),
        ("name=anne&family=mullerson", ""),
        ("birthdate=1980", "pr"),
        ("birthdate=1980-07", "p"),
        ("birthdate=1980-07-01", "p"),
        ("birthdate:missing=true", "q"),
        ("_id=p,r,none", "pr"),
        ("_id:not=p", "qr"),
        ("_id=Patient", ""),
        ("_id:missing=true", ""),
        ("_lastUpdated=2026-11-24", "pqr"),
        ("_lastUpdated=lt2026-11-24", ""),
        ("_lastUpdated=ge2026&_lastUpdated=le2027", "pqr"),
        ("_lastUpdated=ne2026-11-24", ""),
        ("_lastUpdated=ap2026", "pqr"),
        ("_lastUpdated=gt2026-11-24T09:29:59Z", "pqr"),
        ("_lastUpdated=sa2026-11-24", ""),
        ("_lastUpdated=eb2026-11-25", "pqr"),
        ("_lastUpdated:missing=false", "pqr"),
    ],
)
def test_people(people: World, query: str, found: str) -> None:
    assert people.ids("Patient", query) == list(found)


@pytest.fixture
def dated(world: World) -> World:
    """Clinical dates (in the row) and issue dates (beside it) that say the same."""
    spans = {
        "a": {"start": "2024-02-10", "end": "2024-02-20"},
        "b": {"start": "2024-02-15"},
        "c": {"end": "2024-02-15"},
    }
    world.put(
        *(
            {"resourceType": "Encounter", "id": id, "status": "finished", "class": {"code": "x"},
             "subject": {"reference": "Patient/p"}, "period": span}
            for id, span in spans.items()
        ),
        *(
            observation(id, valuePeriod=span, effectivePeriod={"start": "2024"})
            for id, span in spans.items()
        ),
        {"resourceType": "Encounter", "id": "d", "status": "finished", "class": {"code": "x"},
         "subject": {"reference": "Patient/p"}},
        observation("d"),
    )  # fmt: skip
    return world


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024-02", "a"),
        ("eq2024-02", "a"),
        ("eq2024-02-12", ""),
        ("ne2024-02", "bc"),
        ("gt2024-02-20", "b"),
        ("gt2024-02-19", "ab"),
        ("lt2024-02-10", "c"),
        ("lt2024-02-11", "ac"),
        ("ge2024-02", "ab"),
        ("le2024-02", "ac"),
        ("sa2024-02-09", "ab"),
        ("sa2024-02-10", "b"),
        ("eb2024-02-21", "ac"),
        ("eb2024-02-16", "c"),
        ("ap2024-02-12", "abc"),
        ("ap2026-11", "b"),
    ],
)
@pytest.mark.parametrize(("type", "name"), [("Encounter", "date"), ("Observation", "value-date")])
def test_dates(dated: World, type: str, name: str, text: str, found: str) -> None:
    assert dated.ids(type, f"{name}={text}") == list(found)


def test_dates_missing(dated: World) -> None:
    assert dated.ids("Encounter", "date:missing=true") == ["d"]
    assert dated.ids("Observation", "value-date:missing=false") == ["a", "b", "c"]


@pytest.fixture
def measured(world: World) -> World:
    kg = {"system": "http://u.example", "code": "kg", "unit": "kilo"}
    world.put(
        observation("a", valueQuantity={"value": 5, **kg}),
        observation("b", valueQuantity={"value": 5.4, **kg}),
        observation("c", valueQuantity={"value": 5, "unit": "kilo"}),
        observation("d", valueQuantity={"value": 9, "comparator": ">", **kg}),
        observation("e", valueSampledData={
            "origin": {"value": 0}, "period": 1, "dimensions": 1, "data": "1 2 3"}),
        observation("f"),
    )  # fmt: skip
    return world


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5", "abc"),
        ("5.0", "ac"),
        ("5.00||kg", "a"),
        ("5||kilo", "abc"),
        ("5|http://u.example|kg", "ab"),
        ("5|http://other.example|kg", ""),
        ("ne5", "de"),
        ("gt5", "bd"),
        ("ge5.0", "abcd"),
        ("lt5.4", "ace"),
        ("le5", "ace"),
        ("sa5", "bd"),
        ("eb5", "e"),
        ("ap5", "abc"),
        ("gt100", "d"),
        ("gt5,lt2", "bde"),
    ],
)
def test_quantities(measured: World, text: str, found: str) -> None:
    assert measured.ids("Observation", f"value-quantity={text}") == list(found)


def test_codings_after_the_first_are_found_too(world: World) -> None:
    world.put(
        observation("a", code=concept(f"{L}|a", f"{S}|b"), effectiveDateTime="2024-01-01"),
        observation("b", code=concept(f"{S}|b"), effectiveDateTime="2024-01-03"),
        observation("c", code=concept(f"{L}|x", f"{L}|y", f"{S}|b")),
        observation("d", code=concept(f"{L}|b"), effectiveDateTime="2024-01-02"),
    )
    for query in (f"code={S}|b", f"code={S}|b&patient=p"):
        assert world.ids("Observation", query) == ["a", "b", "c"]
        assert world.ids("Observation", f"{query}&_sort=-date") == ["b", "a", "c"]
        assert world.ids("Observation", f"{query}&_sort=date") == ["a", "b", "c"]
        assert world.walk("Observation", f"{query}&_sort=-date&_count=1") == [["b"], ["a"], ["c"]]


def test_the_same_coding_twice_is_one_match(world: World) -> None:
    world.put(observation("a", code=concept(f"{S}|b", f"{L}|a", f"{S}|b")))
    assert world.ids("Observation", f"code={S}|b&_sort=-date") == ["a"]
    assert world.ids("Observation", f"code={L}|a&_sort=-date") == ["a"]


def test_text_of_codes(world: World) -> None:
    world.put(
        observation("a", code=concept(f"{L}|a", text="Blood pressure")),
        observation("b", code={"coding": [{"code": "x", "display": "blood sugar"}]}),
    )
    assert world.ids("Observation", "code:text=BLOOD") == ["a", "b"]
    assert world.ids("Observation", "code:text=blood p") == ["a"]
    assert world.ids("Observation", "code:text=pressure") == []


def test_references(world: World) -> None:
    world.put(
        observation("a", performer=[{"reference": "Practitioner/x"}]),
        observation("b", performer=[{"reference": "http://other.example/Practitioner/x"}]),
        observation("c", performer=[{"identifier": {"system": S, "value": "9"}}]),
        observation("d", performer=[{"reference": "Practitioner/x/_history/2"}]),
    )
    for query, found in (
        ("performer=Practitioner/x", "ad"),
        ("performer=x", "ad"),
        ("performer:Practitioner=x", "ad"),
        ("performer:Organization=x", ""),
        ("performer=http://other.example/Practitioner/x", "b"),
        (f"performer:identifier={S}|9", "c"),
        ("performer:identifier=9", "c"),
        ("performer:missing=true", ""),
    ):
        assert world.ids("Observation", query) == list(found), query


def test_composites_hold_within_one_element(world: World) -> None:
    def part(code: str, value: int) -> dict[str, Any]:
        return {"code": concept(f"{L}|{code}"), "valueQuantity": {"value": value, "unit": "mm"}}

    world.put(
        observation("a", component=[part("sys", 120), part("dia", 80)]),
        observation("b", component=[part("sys", 80), part("dia", 120)]),
    )
    for query, found in (
        (f"component-code-value-quantity={L}|sys$gt100", "a"),
        ("component-code-value-quantity=dia$gt100", "b"),
        (f"component-code-value-quantity={L}|sys$120,{L}|dia$120", "ab"),
        ("component-code-value-quantity=sys$5", ""),
        (f"combo-code-value-quantity={L}|sys$gt100", "a"),
        ("component-code-value-quantity:missing=false", "ab"),
    ):
        assert world.ids("Observation", query) == list(found), query


def test_uris(world: World) -> None:
    urls = {"a": "http://v.example/x", "b": "http://v.example/x/y", "c": "http://v.example/xy"}
    world.put(
        *({"resourceType": "ValueSet", "id": id, "url": url, "status": "draft"}
          for id, url in urls.items()),
        {"resourceType": "ValueSet", "id": "d", "status": "draft",
         "meta": {"profile": ["http://p.example/x|2"], "source": "http://s.example/a/b"}},
    )  # fmt: skip
    for query, found in (
        ("url=http://v.example/x", "a"),
        ("url=http://V.example/x", ""),
        ("url:below=http://v.example/x", "ab"),
        ("url:below=http://v.example/", "abc"),
        ("url:above=http://v.example/x/y/z", "ab"),
        ("url:missing=true", "d"),
        ("_profile=http://p.example/x", "d"),
        ("_profile=http://p.example/x|2", "d"),
        ("_profile=http://p.example/x|3", ""),
        ("_profile:below=http://p.example", "d"),
        ("_source=http://s.example/a/b", "d"),
        ("_source:below=http://s.example/a", "d"),
        ("_source:above=http://s.example/a/b/c", "d"),
    ):
        assert world.ids("ValueSet", query) == list(found), query


def test_long_texts_are_searched_from_their_start(world: World) -> None:
    long = "word " * 200
    world.put(observation("a", valueString=long + "end"))
    assert world.ids("Observation", "value-string=word") == ["a"]
    assert world.ids("Observation", "value-string:contains=end") == ["a"]
    assert world.ids("Observation", "value-string=end") == []
    assert world.ids("Observation", f"value-string={'word ' * 100}") == ["a"]
    assert world.ids("Observation", f"value-string={'word ' * 100}x") == []


def test_escapes(world: World) -> None:
    world.put(observation("a", valueString="a,b|c$d\\e"), observation("b", valueString="a"))
    assert world.ids("Observation", r"value-string=a%5C,b%5C|c%5C$d%5C%5Ce") == ["a"]
    assert world.ids("Observation", "value-string=a,x") == ["a", "b"]


def test_every_parameter_of_every_type_runs(worlds: dict[int, World]) -> None:
    world = worlds[64]
    registry = world.extractor.registry
    samples = {
        "token": "s|a", "string": "x", "date": "ge2020", "number": "5", "quantity": "5||kg",
        "uri": "http://x.example", "reference": "http://x.example/y",
    }  # fmt: skip
    for type in ("Patient", "Observation", "Encounter", "Task", "Provenance", "Bundle", "Claim"):
        whole = sum(resource["resourceType"] == type for resource in world.resources)
        for code, parameter in registry.of(type).items():
            if parameter.type == "composite":
                text = "$".join(samples[part.type] for part in parameter.components)
            else:
                text = samples.get(parameter.type, "")
            if text:
                found = world.bundle(type, f"{code}={text}&_total=accurate")
                missing = f"{code}:missing=true&_sort=_id&_count=1&_total=accurate"
                without = world.bundle(type, missing)
                assert found["total"] + without["total"] <= whole, (type, code)


def test_a_refusal_reaches_the_caller(world: World) -> None:
    with pytest.raises(SearchRefused, match="foo"):
        world.bundle("Patient", "foo=bar")
