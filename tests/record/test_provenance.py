"""Provenance, served from the columns of each version."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bevan.fhir.json import decode
from bevan.record.provenance import is_derived, resource, targets
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope
from tests.record.conftest import Tables
from tests.record.people import ROBOT, Asked, limited, only, patient


async def test_one_for_each_version(record: Record, robot: Scope, tables: Tables) -> None:
    body = patient(meta={"source": "https://surgery.example/emis"})
    who = (await record.create(robot, body)).version.id
    nurse = only(who)
    await record.update(nurse, {**patient(active=True), "id": who})
    await record.delete(robot, "Patient", who)
    found = await record.provenance(nurse, "Patient", who)
    assert [one["target"][0]["reference"] for one in found] == [
        f"Patient/{who}/_history/{n}" for n in (3, 2, 1)
    ]
    assert [one["activity"]["coding"][0]["code"] for one in found] == ["DELETE", "UPDATE", "CREATE"]
    edit, first = found[1], found[2]
    assert edit["agent"][0]["who"]["reference"] == "Practitioner/nurse-1"
    assert edit["agent"][0]["onBehalfOf"]["display"] == "Harrowmere Surgery"
    assert first["entity"][0]["what"]["identifier"]["value"] == "https://surgery.example/emis"
    assert "entity" not in edit
    for one in found:
        assert tables.validator.issues(one) == []


async def test_it_is_read_by_its_id(record: Record, robot: Scope, asked: Asked) -> None:
    who = (await record.create(robot, patient())).version.id
    id = (await record.provenance(robot, "Patient", who))[0]["id"]
    found = await record.read(robot, "Provenance", id)
    assert found is not None and decode(found.content)["id"] == id
    assert await record.read(robot, "Provenance", "v.999999999.1") is None
    nurse = limited("org-1")
    assert await record.read(nurse, "Provenance", id) is None
    assert await record.provenance(nurse, "Patient", who) == []
    assert (await asked.audit())[-1]["outcome"] == "-"
    await asked.relate("org-1", who)
    assert await record.read(nurse, "Provenance", id) is not None
    blind = limited("org-1", reads=frozenset({"Patient"}))
    assert await record.read(blind, "Provenance", id) is None


async def test_it_is_found_by_its_target(record: Record, robot: Scope, asked: Asked) -> None:
    who = (await record.create(robot, patient())).version.id
    await record.update(robot, {**patient(active=True), "id": who})
    sent = {
        "resourceType": "Provenance",
        "target": [{"reference": f"Patient/{who}"}],
        "recorded": "2026-11-24T09:00:00Z",
        "agent": [{"who": {"display": "x"}}],
    }
    await record.create(robot, sent)
    page = await record.search(robot, "Provenance", f"target=Patient/{who}", base="urn:b")
    found = decode(page.bundle)
    assert (found["total"], page.total, page.count, len(found["entry"])) == (3, 3, 3, 3)
    assert found["entry"][2]["fullUrl"].startswith("urn:b/Provenance/v.")
    one = await record.search(robot, "Provenance", f"target=Patient/{who}/_history/2")
    ids = [each["resource"]["id"] for each in decode(one.bundle)["entry"]]
    assert [id.rpartition(".")[2] for id in ids if id.startswith("v.")] == ["2"]
    nobody = await record.search(limited("org-1"), "Provenance", f"target=Patient/{who}")
    assert decode(nobody.bundle)["total"] == 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("target=Patient/1", [("Patient", "1", None)]),
        (
            "target=Patient/1/_history/2,Group/3&_total=none",
            [("Patient", "1", 2), ("Group", "3", None)],
        ),
        ("target=urn:x", []),
        ("target=Patient/1&recorded=2026", []),
        ("", []),
    ],
)
def test_targets_of_a_query(query: str, expected: list[object]) -> None:
    assert targets(query) == expected


async def test_a_version_alone(record: Record, robot: Scope) -> None:
    who = (await record.create(robot, patient())).version.id
    await record.update(robot, {**patient(active=True), "id": who})
    found = await record.provenance(ROBOT(), "Patient", who, 2)
    assert [one["id"].rpartition(".")[2] for one in found] == ["2"]


@pytest.mark.parametrize(
    ("kind", "reference"), [("patient", "Patient/x"), ("device", "Device/x"), ("system", None)]
)
def test_who_acted(kind: str, reference: str | None) -> None:
    row = {
        "rkey": 5,
        "type": "Patient",
        "id": "p",
        "version": 1,
        "deleted": False,
        "last_updated": datetime(2026, 11, 24, tzinfo=UTC),
    }
    made = resource(row, Actor(kind, "x", ""), None)  # type: ignore[arg-type]
    who = made["agent"][0]["who"]
    assert who.get("reference") == reference and who["display"] == "x"
    assert is_derived(made["id"]) and not is_derived("v.0.1") and not is_derived("v.1")
