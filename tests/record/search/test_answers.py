"""The Bundle: what comes along, totals, parts of resources, and searches that cost too much."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bevan.fhir.search.refusal import SearchRefused, SearchTooCostly
from bevan.record.search import hits, inclusion, resolution, totals
from bevan.record.search.arguments import Arguments
from tests.record.search.conftest import World, included, matches
from tests.record.search.test_conditions import observation


@pytest.fixture
def linked(world: World) -> World:
    world.put(
        {"resourceType": "Organization", "id": "top", "name": "Top"},
        {"resourceType": "Organization", "id": "org", "name": "O",
         "partOf": {"reference": "Organization/top"}},
        {"resourceType": "Patient", "id": "p",
         "managingOrganization": {"reference": "Organization/org"}},
        observation("a", performer=[{"reference": "Organization/org"}]),
        observation("b", hasMember=[{"reference": "Observation/a"}]),
        {"resourceType": "ValueSet", "id": "v", "status": "draft", "url": "http://v.example/q"},
        {"resourceType": "Questionnaire", "id": "q", "status": "draft",
         "url": "http://q.example/q"},
        {"resourceType": "QuestionnaireResponse", "id": "answers", "status": "completed",
         "questionnaire": "http://q.example/q|1", "subject": {"reference": "Patient/p"}},
    )  # fmt: skip
    return world


@pytest.mark.parametrize(
    ("type", "query", "found"),
    [
        ("Observation", "_id=a&_include=Observation:patient", ["p"]),
        ("Observation", "_id=a&_include=Observation:subject:Patient", ["p"]),
        ("Observation", "_id=a&_include=Observation:subject:Group", []),
        ("Observation", "_id=a&_include=*", ["org", "p"]),
        ("Observation", "_id=a&_include=Observation:*", ["org", "p"]),
        ("Observation", "_id=a&_include=Observation:patient&_include=Patient:organization", ["p"]),
        ("Observation",
         "_id=a&_include=Observation:patient&_include:iterate=Patient:organization", ["org", "p"]),
        ("Observation",
         "_id=a&_include=Observation:patient&_include:iterate=Patient:organization"
         "&_include:iterate=Organization:partof", ["org", "p", "top"]),
        ("Observation", "_include=Observation:has-member", []),
        ("Observation", "_id=b&_include=Observation:has-member", ["a"]),
        ("Patient", "_revinclude=Observation:patient", ["a", "b"]),
        ("Patient", "_revinclude=Observation:performer", []),
        ("Organization", "_id=org&_revinclude=Observation:performer", ["a"]),
        ("Organization", "_id=org&_revinclude=*", ["a", "p"]),
        ("Organization",
         "_id=top&_revinclude=Organization:partof&_revinclude:iterate=Patient:organization",
         ["org", "p"]),
        ("QuestionnaireResponse", "_include=QuestionnaireResponse:questionnaire", ["q"]),
    ],
)  # fmt: skip
def test_includes(linked: World, type: str, query: str, found: list[str]) -> None:
    assert included(linked.bundle(type, query)) == found


def test_a_match_is_never_an_include_as_well(linked: World) -> None:
    bundle = linked.bundle("Observation", "_include=Observation:has-member&_include=*")
    assert matches(bundle) == ["a", "b"] and included(bundle) == ["org", "p"]


def test_includes_do_not_count(linked: World) -> None:
    bundle = linked.bundle("Observation", "_include=*&_count=1&_total=accurate")
    assert bundle["total"] == 2 and matches(bundle) == ["a"]


def test_a_search_on_all_types(linked: World) -> None:
    everything = linked.bundle(None, "_count=100")
    assert len(matches(everything)) == 8
    assert linked.ids(None, "_type=Observation,Patient&_sort=_id") == ["a", "b", "p"]
    assert linked.ids(None, "_id=q,v") == ["v", "q"]
    assert everything["entry"][0]["fullUrl"] == "http://bevan.example/fhir/Organization/top"


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("", 5),
        ("_count=2", None),
        ("_count=2&_total=none", None),
        ("_count=2&_total=accurate", 5),
        ("_count=2&status=final&_total=accurate", 3),
        ("_count=0", 5),
        ("_summary=count", 5),
        ("_summary=count&_total=none", 5),
        ("_summary=count&value-quantity=gt2", 2),
    ],
)
def test_totals(world: World, query: str, total: int | None) -> None:
    world.put(
        *(observation(f"f{n}", valueQuantity={"value": n}) for n in range(3)),
        *(
            observation(f"p{n}", status="preliminary", valueQuantity={"value": n + 3})
            for n in (0, 1)
        ),
    )
    if "gt2" in query:
        total = 2
    bundle = world.bundle("Observation", query)
    assert bundle.get("total") == total
    if total is not None and "count" in query and "_count=2" not in query:
        assert "entry" not in bundle


def test_an_estimate_is_never_below_what_is_shown(world: World) -> None:
    world.put(*(observation(f"o{n}") for n in range(5)))
    assert world.bundle("Observation", "_count=3&_total=estimate")["total"] >= 4
    assert world.bundle("Observation", "_count=9&_total=estimate")["total"] == 5


def test_large_totals_trust_whole_hashes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put(*(observation(f"o{n}") for n in range(5)))
    monkeypatch.setattr(totals, "FEW", 3)
    monkeypatch.setattr(totals, "MOST_CHECKED", 3)
    assert world.bundle("Observation", "status=final&_summary=count")["total"] == 5
    with pytest.raises(SearchTooCostly):
        world.bundle("Observation", "code=http://l.example|&_summary=count")


PERSON = {
    "resourceType": "Patient",
    "id": "p",
    "text": {"status": "generated",
             "div": '<div xmlns="http://www.w3.org/1999/xhtml">Anne</div>'},
    "identifier": [{"value": "1"}],
    "name": [{"family": "Smith"}],
    "maritalStatus": {"text": "single"},
    "communication": [{"language": {"text": "English"}}],
    "link": [{"other": {"reference": "Patient/q"}, "type": "seealso"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("_elements=name", {"name", "link"}),
        ("_elements=name,maritalStatus", {"name", "maritalStatus", "link"}),
        ("_summary=true", {"identifier", "name", "link"}),
        ("_summary=text", {"text", "link"}),
        ("_summary=data", {"identifier", "name", "maritalStatus", "communication", "link"}),
        ("_summary=false", set(PERSON) - {"id", "resourceType"}),
    ],
)
def test_parts_of_resources(world: World, query: str, kept: set[str]) -> None:
    world.put(PERSON)
    ((entry),) = world.bundle("Patient", query)["entry"]
    resource = entry["resource"]
    assert set(resource) - {"resourceType", "id", "meta"} == kept
    tagged = [tag["code"] for tag in resource["meta"].get("tag", ())]
    assert tagged == ([] if query == "_summary=false" else ["SUBSETTED"])


def test_numbers_come_back_as_they_were_sent(world: World) -> None:
    from bevan.fhir.json import decode

    raw = b'{"resourceType":"Observation","id":"n","status":"final","code":{"text":"x"},'
    raw += b'"subject":{"reference":"Patient/p"},"valueQuantity":{"value":72.50}}'
    world.run(world.record.update(world.everything, decode(raw)))
    for query in ("", "_elements=value"):
        page = world.run(world.record.search(world.everything, "Observation", query))
        assert b"72.50" in page.bundle


def test_a_lenient_search_says_what_it_left_out(world: World) -> None:
    world.put(observation("a"))
    bundle = world.bundle("Observation", "foo=1&status=final", lenient=True)
    assert bundle["link"][0]["url"].endswith("Observation?status=final")
    match, outcome = bundle["entry"]
    assert match["search"]["mode"] == "match" and outcome["search"]["mode"] == "outcome"
    assert "foo" in outcome["resource"]["issue"][0]["diagnostics"]


def test_too_many_to_look_at_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put(*(observation(f"o{n}", encounter={"reference": "Encounter/e"}) for n in range(5)))
    world.put({"resourceType": "Patient", "id": "p"})
    monkeypatch.setattr(resolution, "MOST", 3)
    monkeypatch.setattr(inclusion, "MOST_INCLUDED", 3)
    with pytest.raises(SearchTooCostly, match="narrow"):
        world.bundle("Encounter", "_has:Observation:encounter:status=final")
    with pytest.raises(SearchTooCostly, match="included"):
        world.bundle("Patient", "_revinclude=Observation:patient")
    assert world.bundle("Patient", "_id=none&_revinclude=Observation:patient").get("entry") is None


def test_many_between_a_person_and_their_rows_are_joined(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolution, "FEW", 1)
    world.put(
        *({"resourceType": "Patient", "id": id, "gender": gender}
          for id, gender in (("p", "female"), ("q", "female"), ("r", "male"))),
        *(observation(f"{id}-{n}", subject={"reference": f"Patient/{id}"})
          for id in "pqr" for n in (1, 2)),
    )  # fmt: skip
    female = ["p-1", "p-2", "q-1", "q-2"]
    assert world.ids("Observation", "patient.gender=female") == female
    assert world.bundle("Observation", "patient.gender=female&_summary=count")["total"] == 4
    assert world.ids("Patient", "_has:Observation:patient:status=final&gender=male") == ["r"]
    assert world.ids("Patient", "_has:Observation:patient:status=amended") == []
    scope = world.scope(patients=frozenset())
    assert world.ids("Observation", "patient.gender=female", scope) == []
    masked = world.scope(masked={"Observation": frozenset({"subject"})})
    assert world.ids("Observation", "patient.gender=female", masked) == []


def test_a_page_that_looked_at_too_much_ends_early_with_a_link(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "MOST_SCANNED", 4)
    monkeypatch.setattr(hits, "LARGEST_BATCH", 2)
    world.put(*(observation(f"o{n}") for n in range(8)))
    world.put(observation("x", code={"coding": [{"system": "http://z.example", "code": "a"}]}))
    for query in ("", "_sort=-date&", "_sort=_id&"):
        pages = world.walk("Observation", f"{query}code=http://z.example|&_count=1")
        assert [id for page in pages for id in page] == ["x"]
        assert len(pages) > 1


def test_a_search_that_takes_too_long_is_refused(world: World) -> None:
    async def slow(*_: Any, **__: Any) -> Any:
        import asyncpg

        raise asyncpg.QueryCanceledError("canceling statement due to statement timeout")

    pools = world.searcher._pools
    kept, pools.fetch = pools.fetch, slow  # type: ignore[method-assign]
    try:
        with pytest.raises(SearchTooCostly, match="too long"):
            world.bundle("Observation", "")
    finally:
        pools.fetch = kept  # type: ignore[method-assign]


def test_statements_have_a_time_limit(world: World) -> None:
    for bound in (True, False):
        ((limit,),) = world.run(
            world.searcher._pools.fetch("show statement_timeout", Arguments(), bound=bound)
        )
        assert limit == "10s"


def test_matches_for_conditional_interactions(world: World) -> None:
    world.put(*({"resourceType": "Patient", "id": id, "identifier": [{"value": value}]}
                for id, value in (("a", "1"), ("b", "2"), ("c", "2"), ("d", "2"))))  # fmt: skip

    async def ids(query: str, limit: int = 2) -> list[str]:
        async with world.searcher._pools.bound.transaction() as connection:
            found = await world.searcher.ids(connection, world.everything, "Patient", query, limit)
            return [each.id for each in found]

    assert world.run(ids("identifier=1")) == ["a"]
    assert world.run(ids("identifier=2")) == ["b", "c"]
    assert world.run(ids("identifier=2", 5)) == ["b", "c", "d"]
    assert world.run(ids("identifier=3")) == []
    assert world.run(ids("_id=d")) == ["d"]
    for empty in ("", "_count=5"):
        with pytest.raises(SearchRefused, match="condition"):
            world.run(ids(empty))


def test_a_conditional_search_sees_its_own_transaction(world: World) -> None:
    world.put({"resourceType": "Patient", "id": "a", "identifier": [{"value": "1"}]})

    async def look() -> tuple[int, int]:
        async with world.searcher._pools.bound.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("update resource set deleted = true")
            inside = await world.searcher.ids(
                connection, world.everything, "Patient", "identifier=1"
            )
            await transaction.rollback()
            after = await world.searcher.ids(
                connection, world.everything, "Patient", "identifier=1"
            )
        return len(inside), len(after)

    assert world.run(look()) == (0, 1)


def test_many_searches_at_once_share_their_audit_commits(world: World) -> None:
    world.put(*(observation(f"o{n}") for n in range(3)))
    world.sql("delete from audit")

    async def all_at_once() -> None:
        await asyncio.gather(
            *(world.record.search(world.scope(), "Observation", f"patient=p&_count={n % 3 + 1}")
              for n in range(40))
        )  # fmt: skip

    world.run(all_at_once())
    ((rows, commits),) = world.sql("select count(*), count(distinct xmin::text) from audit")
    assert rows == 40 and commits < 40
