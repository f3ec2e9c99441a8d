"""Search filters of a Scope hold on every way to a resource; what can't be checked isn't there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bevan.record.errors import NotFound
from bevan.record.filters import comparable
from bevan.record.record import Record
from bevan.record.scope import Scope
from tests.record.conftest import Tables
from tests.record.people import ROBOT, Asked, observation, only, patient

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
VITALS = f"category={CATEGORY}|vital-signs"
LABS = f"category={CATEGORY}|laboratory"
FAR = "https://elsewhere.example/category"


def filed(category: str, system: str = CATEGORY, **more: Any) -> dict[str, Any]:
    """An Observation about p1 in a category."""
    return observation("p1", category=[{"coding": [{"system": system, "code": category}]}], **more)


async def put(record: Record, id: str, resource: dict[str, Any]) -> None:
    await record.update(ROBOT(), {**resource, "id": id})


@pytest.fixture
async def filled(record: Record) -> Record:
    """A person with a vital sign, a laboratory result, a social history entry, and a look-alike."""
    await put(record, "p1", patient())
    await put(record, "vital", filed("vital-signs"))
    await put(record, "lab", filed("laboratory"))
    await put(record, "social", filed("social-history"))
    await put(record, "alike", filed("vital-signs", FAR))
    await put(
        record,
        "report",
        {
            "resourceType": "DiagnosticReport",
            "status": "final",
            "code": {"text": "Report"},
            "subject": {"reference": "Patient/p1"},
            "result": [{"reference": f"Observation/{id}"} for id in ("vital", "lab", "social")],
        },
    )
    await put(
        record,
        "derived",
        observation("p1", derivedFrom=[{"reference": "Observation/lab"}]),
    )
    return record


def only_these(*filters: str, **more: Any) -> Scope:
    return only("p1", filters={"Observation": frozenset(filters)}, **more)


async def found(record: Record, scope: Scope, type: str | None, query: str) -> list[str]:
    page = await record.search(scope, type, query)
    entries = json.loads(page.bundle).get("entry", [])
    return sorted(
        f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in entries
    )


async def total(record: Record, scope: Scope, query: str) -> int | None:
    return (await record.search(scope, "Observation", query)).total


async def test_a_read_finds_only_what_the_filter_finds(filled: Record, asked: Asked) -> None:
    scope = only_these(VITALS)
    seen = [
        id
        for id in ("vital", "lab", "social", "alike", "derived", "absent")
        if await filled.read(scope, "Observation", id) is not None
    ]
    assert seen == ["vital"]
    assert await filled.read(scope, "Patient", "p1") is not None


async def test_a_read_that_shows_nothing_is_audited_as_one_of_nothing(
    filled: Record, asked: Asked
) -> None:
    for id in ("lab", "absent"):
        await filled.read(only_these(VITALS), "Observation", id)
    rows = await asked.rows(
        "select action::text, outcome::text, patient, version from audit"
        " where action = 'r' and type = 'Observation'"
    )
    assert rows == [{"action": "r", "outcome": "-", "patient": None, "version": None}] * 2


async def test_versions_are_compared_each_by_itself(filled: Record) -> None:
    await put(filled, "lab", filed("vital-signs"))
    scope = only_these(VITALS)
    assert await filled.vread(scope, "Observation", "lab", 1) is None
    assert await filled.vread(scope, "Observation", "lab", 2) is not None
    page = await filled.history(scope, "Observation", "lab")
    assert [version.version for version in page.versions] == [2]
    everything = await filled.history(scope, "Observation")
    assert sorted(version.id for version in everything.versions) == ["lab", "vital"]
    whole = await filled.history(scope)
    assert {version.id for version in whole.versions if version.type == "Observation"} == {
        "lab",
        "vital",
    }


async def test_a_deletion_cant_be_compared_so_it_isnt_shown(filled: Record) -> None:
    await filled.delete(ROBOT(), "Observation", "vital")
    scope = only_these(VITALS)
    assert await filled.read(scope, "Observation", "vital") is None
    page = await filled.history(scope, "Observation", "vital")
    assert [version.version for version in page.versions] == [1]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ((VITALS,), ["vital"]),
        ((VITALS, LABS), ["lab", "vital"]),
        ((f"{VITALS},{CATEGORY}|laboratory",), ["lab", "vital"]),
        ((f"{VITALS}&status=final",), ["vital"]),
        ((f"{VITALS}&status=amended",), []),
        ((f"{VITALS}&status=amended", LABS), ["lab"]),
        (("category:not=" + VITALS[9:], LABS), ["alike", "derived", "lab", "social"]),
        (("category=vital-signs",), ["alike", "vital"]),
    ],
)
async def test_a_search_and_its_total_obey(
    filled: Record, filters: tuple[str, ...], expected: list[str]
) -> None:
    scope = only_these(*filters)
    answer = await found(filled, scope, "Observation", "patient=Patient/p1")
    assert answer == [f"Observation/{id}" for id in expected]
    for query in ("_summary=count", "_total=accurate", "_total=estimate&_count=1", "_count=0"):
        assert await total(filled, scope, query) == len(answer)
    reads = [
        f"Observation/{id}"
        for id in ("vital", "lab", "social", "alike", "derived")
        if await filled.read(scope, "Observation", id) is not None
    ]
    assert sorted(reads) == answer


async def test_what_is_filtered_out_is_not_included(filled: Record) -> None:
    query = "_include=DiagnosticReport:result"
    assert await found(filled, only_these(LABS), "DiagnosticReport", query) == [
        "DiagnosticReport/report",
        "Observation/lab",
    ]
    backward = "_id=p1&_revinclude=Observation:subject"
    assert await found(filled, only_these(LABS, VITALS), "Patient", backward) == [
        "Observation/lab",
        "Observation/vital",
        "Patient/p1",
    ]
    everything = "_id=p1&_revinclude=*&_revinclude:iterate=Observation:derived-from"
    assert "Observation/derived" not in await found(filled, only_these(LABS), "Patient", everything)


async def test_what_is_filtered_out_proves_nothing_by_chains(filled: Record) -> None:
    scope = only_these(VITALS)
    chain = "result.category=laboratory"
    assert await found(filled, scope, "DiagnosticReport", chain) == []
    assert await found(filled, only_these(LABS), "DiagnosticReport", chain) != []
    has = "_has:Observation:patient:category=laboratory"
    assert await found(filled, scope, "Patient", has) == []
    assert await found(filled, only_these(LABS), "Patient", has) == ["Patient/p1"]


async def test_a_search_of_all_types_leaves_filtered_ones_out(filled: Record) -> None:
    for query in ("_lastUpdated=gt2000", "_type=Patient,Observation&_lastUpdated=gt2000"):
        answer = await found(filled, only_these(VITALS), None, query)
        assert "Patient/p1" in answer
        assert not any(name.startswith("Observation/") for name in answer)
    reads = frozenset({"Observation", "Patient"})
    assert await found(filled, only_these(VITALS, reads=reads), None, "_id=p1") == ["Patient/p1"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense=1",
        "patient.name=x",
        "_has:Provenance:target:agent=x",
        "category=a&_sort=date",
        "_include=Observation:subject",
        "category:exact=a",
        "_count=1",
        "category=a&_count=1",
        "%ff=1",
    ],
)
async def test_a_filter_that_cant_be_compared_shows_nothing(
    filled: Record, tables: Tables, text: str
) -> None:
    assert not comparable(tables.registry, "Observation", text)
    scope = only_these(text)
    assert await filled.read(scope, "Observation", "vital") is None
    assert await found(filled, scope, "Observation", "") == []
    assert (await filled.history(scope, "Observation")).versions == ()
    assert await found(filled, only_these(text, LABS), "Observation", "") == ["Observation/lab"]


async def test_a_filtered_type_is_never_written(filled: Record) -> None:
    scope = only_these(VITALS)
    with pytest.raises(NotFound):
        await filled.create(scope, filed("vital-signs"))
    with pytest.raises(NotFound):
        await filled.update(scope, {**filed("vital-signs"), "id": "vital"})
    with pytest.raises(NotFound):
        await filled.delete(scope, "Observation", "vital")


async def test_who_made_it_isnt_told_of_a_filtered_type(filled: Record) -> None:
    assert await filled.provenance(only("p1"), "Observation", "vital")
    assert await filled.provenance(only_these(VITALS), "Observation", "vital") == []


async def test_a_bundle_reads_no_more_than_a_read(filled: Record) -> None:
    entries = [
        {"request": {"method": "GET", "url": f"Observation/{id}"}} for id in ("vital", "lab")
    ]
    asked = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    answer = json.loads(await filled.bundle(only_these(VITALS), asked))
    assert [entry["response"]["status"][:3] for entry in answer["entry"]] == ["200", "404"]
    together = {**asked, "type": "transaction"}
    whole = json.loads(await filled.bundle(only_these(VITALS), together))
    assert [entry["response"]["status"][:3] for entry in whole["entry"]] == ["200", "404"]
    assert "subject" not in whole["entry"][1].get("resource", {})


async def test_the_feed_leaves_a_filtered_type_out(filled: Record) -> None:
    start = await filled.watermark(ROBOT())
    begin = type(start)(start.epoch, 0, 0)
    page = await filled.feed(only_these(VITALS), begin, 100)
    assert {entry.type for entry in page.entries} == {"Patient", "DiagnosticReport"}
