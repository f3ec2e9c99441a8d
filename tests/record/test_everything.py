"""`$everything`: the whole person, nobody else, page by page, under a Scope."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.json import decode
from bevan.fhir.operation import Invocation
from bevan.record.errors import Invalid, NotFound
from bevan.record.everything import Everything
from bevan.record.record import Record
from bevan.record.scope import Scope, compartment
from tests.record.conftest import Tables
from tests.record.people import Asked, limited, observation, only, patient, sealed

BASE = "https://bevan.example/fhir"
RESTRICTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
RESTRICTED_BIT = 1


@pytest.fixture
def everything(record: Record, tables: Tables) -> Everything:
    return Everything(record.people, tables.definitions)


async def put(record: Record, scope: Scope, *resources: dict[str, Any]) -> None:
    for each in resources:
        await record.update(scope, each)


def heart(id: str, who: str, **more: Any) -> dict[str, Any]:
    return observation(who, id=id, **more)


async def bundle(
    everything: Everything, scope: Scope, id: str, query: str = "", body: Any = None
) -> Any:
    answer = await everything.run(scope, Invocation(BASE, "Patient", id, query, body))
    assert isinstance(answer.resource, bytes)
    return decode(answer.resource)


def listed(bundle: Any, mode: str = "match") -> list[str]:
    return [
        f"{one['resource']['resourceType']}/{one['resource'].get('id')}"
        for one in bundle.get("entry", ())
        if one["search"]["mode"] == mode
    ]


PEOPLE = (patient(id="wren"), patient(id="other"))
PLACES = (
    {"resourceType": "Practitioner", "id": "doctor"},
    {"resourceType": "Organization", "id": "surgery", "name": "Surgery"},
    {"resourceType": "Location", "id": "unnamed"},
)
DOCTOR = {"performer": [{"reference": "Practitioner/doctor"}]}
MEETING = {
    "resourceType": "Appointment", "id": "both", "status": "proposed",
    "participant": [{"actor": {"reference": f"Patient/{each}"}, "status": "accepted"}
                    for each in ("wren", "other")],
}  # fmt: skip


async def stocked(record: Record, robot: Scope) -> None:
    await put(record, robot, *PEOPLE, *PLACES, MEETING)
    await put(
        record,
        robot,
        heart("o1", "wren", effectiveDateTime="2026-11-20", **DOCTOR),
        heart("o2", "wren", effectiveDateTime="2026-11-22",
              performer=[{"reference": "Organization/surgery"}, {"reference": "Patient/other"}]),
        heart("o3", "wren", note=[{"text": '"reference":"Location/unnamed"'}]),
        heart("x1", "other", effectiveDateTime="2026-11-20"),
    )  # fmt: skip


OWN = ["Appointment/both", "Observation/o1", "Observation/o2", "Observation/o3", "Patient/wren"]
NAMED = ["Organization/surgery", "Practitioner/doctor"]


async def test_all_that_is_the_persons_and_what_it_names(
    everything: Everything, record: Record, robot: Scope, asked: Asked
) -> None:
    await stocked(record, robot)
    found = await bundle(everything, robot, "wren")
    assert sorted(listed(found)) == OWN and found["total"] == 5
    assert listed(found, "include") == NAMED
    assert found["entry"][0]["fullUrl"].startswith(f"{BASE}/")
    assert [one["relation"] for one in found["link"]] == ["self"]
    rows = await asked.rows("select patient, outcome, entries, query from audit where action = 's'")
    assert {row["patient"]: row["entries"] for row in rows} == {
        compartment("wren"): 5,
        compartment("other"): 2,  # The appointment, and as who measured.
    }
    assert rows[0]["query"] == "$everything"


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6, 7])
async def test_pages_neither_repeat_nor_skip(
    everything: Everything, record: Record, robot: Scope, count: int
) -> None:
    await stocked(record, robot)
    seen: list[str] = []
    query = f"_count={count}"
    while query:
        page = await bundle(everything, robot, "wren", query)
        assert ("total" in page) is (count == 7)
        here = listed(page) + listed(page, "include")
        assert 0 < len(here) <= count or not here
        seen += here
        # What changes in between keeps its place.
        await put(record, robot, heart("o1", "wren", valueQuantity={"value": len(seen)}, **DOCTOR))
        onward = [one["url"] for one in page["link"] if one["relation"] == "next"]
        query = onward[0].partition("?")[2] if onward else ""
    assert sorted(seen) == sorted(OWN + NAMED)


@pytest.mark.parametrize(
    ("query", "own", "named"),
    [
        ("start=2026-11-21", OWN[:1] + OWN[2:], ["Organization/surgery"]),
        ("end=2026-11-21", OWN[:2] + OWN[3:], ["Practitioner/doctor"]),
        ("start=2026-11-20&end=2026-11-22", OWN, NAMED),
        ("_type=Observation", OWN[1:4], []),
        ("_type=Patient,Practitioner", ["Patient/wren"], ["Practitioner/doctor"]),
        ("_type=Patient&_type=Appointment", ["Appointment/both", "Patient/wren"], []),
        ("_since=2999-01-01T00:00:00Z", [], []),
        ("_since=2001-01-01T00:00:00Z", OWN, NAMED),
    ],
)
async def test_narrowed(
    everything: Everything, record: Record, robot: Scope, query: str, own: Any, named: Any
) -> None:
    await stocked(record, robot)
    found = await bundle(everything, robot, "wren", query)
    assert (sorted(listed(found)), listed(found, "include")) == (own, named)
    posted = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": name, "valueString": value}
            for name, _, value in (pair.partition("=") for pair in query.split("&"))
        ],
    }
    again = await bundle(everything, robot, "wren", body=posted)
    assert again.get("entry") == found.get("entry")


async def test_nothing_beyond_the_scope(
    everything: Everything, record: Record, robot: Scope, asked: Asked
) -> None:
    await stocked(record, robot)
    for scope in (limited("org-1"), only("other"), only("wren", reads=frozenset({"Observation"}))):
        with pytest.raises(NotFound):
            await bundle(everything, scope, "wren")
    nobody = await asked.rows("select outcome from audit where action = 's'")
    assert {row["outcome"] for row in nobody} == {b"-"}
    await asked.relate("org-1", "wren")
    found = await bundle(everything, limited("org-1"), "wren")
    # An appointment with somebody else too needs a link with both.
    assert sorted(listed(found)) == OWN[1:] and listed(found, "include") == NAMED
    few = limited("org-1", reads=frozenset({"Patient", "Observation", "Organization"}))
    found = await bundle(everything, few, "wren")
    assert sorted(listed(found)) == OWN[1:] and listed(found, "include") == NAMED[:1]


async def test_what_is_kept_back_is_told_unless_locked(
    everything: Everything, record: Record, robot: Scope
) -> None:
    await put(record, robot, *PEOPLE, sealed(heart("locked", "wren")))
    scope = only("wren", hidden=RESTRICTED_BIT | 16)
    found = await bundle(everything, scope, "wren")
    assert listed(found) == ["Patient/wren"] and "meta" not in found
    await put(record, robot, heart("r", "wren", meta={"security": [RESTRICTED]}))
    found = await bundle(everything, scope, "wren")
    assert listed(found) == ["Patient/wren"] and found["total"] == 1
    assert found["meta"]["security"][0]["code"] == "REDACTED"
    assert found["entry"][-1]["resource"]["issue"][0]["code"] == "suppressed"


async def test_a_masked_reference_leads_nowhere(
    everything: Everything, record: Record, robot: Scope
) -> None:
    await stocked(record, robot)
    masked = {"Observation": frozenset({"performer"})}
    found = await bundle(everything, only("wren", masked=masked), "wren")
    assert listed(found, "include") == []
    assert all("performer" not in one["resource"] for one in found["entry"])


async def test_filters_of_the_scope(everything: Everything, record: Record, robot: Scope) -> None:
    await stocked(record, robot)
    day = {"Observation": frozenset({"date=2026-11-20"})}
    found = await bundle(everything, only("wren", filters=day), "wren")
    assert sorted(listed(found)) == ["Observation/o1", "Patient/wren"]
    assert listed(found, "include") == ["Practitioner/doctor"]
    with pytest.raises(NotFound):
        await bundle(everything, only("wren", filters={"Patient": frozenset({"_id=x"})}), "wren")


async def test_who_is_gone_isnt_there(everything: Everything, record: Record, robot: Scope) -> None:
    await put(record, robot, *PEOPLE, heart("o1", "wren"))
    await record.delete(robot, "Patient", "wren")
    for id in ("wren", "nobody", "\0"):
        with pytest.raises(NotFound):
            await bundle(everything, robot, id)


@pytest.mark.parametrize(
    "query",
    ["_count=0", "_count=x", "_count=1e3", "_type=Cat", "_type=", "start=soon", "start=0000-01",
     "end=2026-13", "_page=x", "_page=WzFd", "code=1", "start=2026&start=2027"],
)  # fmt: skip
async def test_a_call_that_makes_no_sense_is_refused(
    everything: Everything, robot: Scope, query: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await bundle(everything, robot, "wren", query)
    assert refused.value.answer == 400


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "Patient"},
        {"resourceType": "Parameters", "parameter": [{"name": "start"}]},
        {"resourceType": "Parameters", "parameter": ["start"]},
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(
    everything: Everything, robot: Scope, body: Any
) -> None:
    with pytest.raises(Invalid):
        await bundle(everything, robot, "wren", body=body)
