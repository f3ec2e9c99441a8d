"""Transactions: all or nothing, references set to where things are."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any

import pytest

from bevan.fhir.json import decode, encode
from bevan.record.bundle import transaction
from bevan.record.errors import (
    Invalid,
    MultipleMatches,
    NotFound,
    PreconditionFailed,
    TooCostly,
)
from bevan.record.record import Record
from bevan.record.scope import Scope, compartment
from tests.record.people import ROBOT, Asked, feed_ready, limited, observation, patient

A, B, C = (f"urn:uuid:0000000{n}-0000-4000-8000-000000000000" for n in "abc")


def entry(method: str, url: str, resource: Any = None, full: str = "", **more: str) -> Any:
    made: dict[str, Any] = {"request": {"method": method, "url": url, **more}}
    if full:
        made["fullUrl"] = full
    if resource is not None:
        made["resource"] = resource
    return made


def bundle(*entries: Any, type: str = "transaction") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": type, "entry": list(entries)}


async def done(record: Record, scope: Scope, *entries: Any, type: str = "transaction") -> Any:
    return decode(await record.bundle(scope, bundle(*entries, type=type)))["entry"]


def statuses(entries: Any) -> list[str]:
    return [one["response"]["status"][:3] for one in entries]


async def body(record: Record, address: str) -> Any:
    type, id = address.split("/")[:2]
    found = await record.read(ROBOT(), type, id)
    assert found is not None
    return decode(found.content)


async def test_references_between_entries(record: Record, robot: Scope) -> None:
    text = {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{A}">x</a></div>',
    }
    spoken = observation("x", subject={"reference": A}, text=text)
    spoken["identifier"] = [{"system": "urn:ietf:rfc:3986", "value": A}]
    spoken["derivedFrom"] = [{"reference": "urn:uuid:00000009-0000-4000-8000-000000000000"}]
    answers = await done(
        record,
        robot,
        entry("POST", "Observation", spoken, B),
        entry("POST", "Patient", patient(), A),
    )
    assert statuses(answers) == ["201", "201"]
    assert all(one["response"]["etag"] == 'W/"1"' for one in answers)
    where = answers[1]["response"]["location"].removesuffix("/_history/1")
    stored = await body(record, answers[0]["response"]["location"])
    assert stored["subject"]["reference"] == where
    assert f'href="{where}"' in stored["text"]["div"]
    assert stored["identifier"][0]["value"] == A, "a string is no reference"
    assert stored["derivedFrom"] == spoken["derivedFrom"], "nothing answers to it"


async def test_references_in_addresses_and_relative_ones(record: Record, robot: Scope) -> None:
    here = "https://other.example/fhir/"
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": "Patient/7"},
        "content": [{"attachment": {"url": A}}],
    }
    answers = await done(
        record,
        robot,
        entry("POST", "Patient", patient(), f"{here}Patient/7"),
        entry("POST", "Binary", {"resourceType": "Binary", "contentType": "text/plain"}, A),
        entry("POST", "DocumentReference", document, f"{here}DocumentReference/8"),
    )
    locations = [one["response"]["location"].removesuffix("/_history/1") for one in answers]
    stored = await body(record, locations[2])
    assert stored["subject"]["reference"] == locations[0]
    assert stored["content"][0]["attachment"]["url"] == locations[1]


async def test_everything_in_its_order(record: Record, robot: Scope) -> None:
    old = (await record.create(robot, patient())).version.id
    gone = (await record.create(robot, patient())).version.id
    patch = b64encode(encode([{"op": "add", "path": "/active", "value": True}])).decode()
    binary = {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": patch,
    }
    answers = await done(
        record,
        robot,
        entry("GET", f"Patient/{old}"),
        entry("GET", f"Patient/{gone}"),
        entry("GET", "Patient/nobody"),
        entry("GET", f"Patient/{old}/_history/1"),
        entry("PATCH", f"Patient/{old}", binary),
        entry("PUT", "Patient/mine", {**patient(), "id": "mine"}),
        entry("POST", "Patient", patient()),
        entry("DELETE", f"Patient/{gone}"),
        entry("DELETE", "Patient?identifier=none"),
    )
    assert statuses(answers) == ["200", "410", "404", "200", "200", "201", "201", "204", "204"]
    assert answers[0]["resource"]["active"] is True, "reads come last and see what was written"


async def test_all_or_nothing(record: Record, robot: Scope, asked: Asked) -> None:
    first = (await record.create(robot, patient())).version.id
    for bad, error in (
        (
            entry("PUT", f"Patient/{first}", {**patient(), "id": first}, ifMatch='W/"9"'),
            PreconditionFailed,
        ),
        (entry("POST", "Patient", patient(birthDate="1951-02-30")), Invalid),
        (entry("PATCH", "Patient?identifier=none", _patch()), NotFound),
        (entry("DELETE", "Patient/nobody"), NotFound),
    ):
        with pytest.raises(error, match=r"Bundle\.entry\[1\]|calendar|date|day") as caught:
            await done(record, robot, entry("POST", "Patient", patient()), bad)
        if isinstance(caught.value, Invalid):
            assert caught.value.issues[0].expression.startswith("Bundle.entry[1].resource")
    assert await asked.value("select count(*) from resource") == 1
    assert (await asked.audit())[-1]["type"] == "Bundle"


def _patch() -> dict[str, str]:
    data = b64encode(b"[]").decode()
    return {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": data,
    }


async def test_conditional_references(record: Record, robot: Scope) -> None:
    doctor = {"resourceType": "Practitioner", "identifier": [{"system": "urn:x", "value": "1"}]}
    there = (await record.create(robot, doctor)).version.id
    seen = observation("p", performer=[{"reference": "Practitioner?identifier=urn:x|1"}])
    answers = await done(record, robot, entry("POST", "Observation", seen))
    stored = await body(record, answers[0]["response"]["location"])
    assert stored["performer"][0]["reference"] == f"Practitioner/{there}"
    # One that the same transaction creates counts too (R4 resolves these last) ...
    new = {"resourceType": "Practitioner", "identifier": [{"system": "urn:x", "value": "2"}]}
    seen = observation("p", performer=[{"reference": "Practitioner?identifier=urn:x|2"}])
    answers = await done(
        record, robot, entry("POST", "Observation", seen), entry("POST", "Practitioner", new)
    )
    stored = await body(record, answers[0]["response"]["location"])
    assert answers[1]["response"]["location"].startswith(stored["performer"][0]["reference"])
    # ... and none, or two, fails the whole.
    for number, status in (("3", 404), ("1", 412)):
        seen = observation(
            "p", performer=[{"reference": f"Practitioner?identifier=urn:x|{number}"}]
        )
        with pytest.raises(transaction.Unresolved) as caught:
            await done(
                record,
                robot,
                entry("POST", "Observation", seen),
                entry("POST", "Practitioner", doctor),
            )
        assert caught.value.answer == status


async def test_a_reference_to_what_the_transaction_deletes(record: Record, robot: Scope) -> None:
    doctor = {"resourceType": "Practitioner", "identifier": [{"system": "urn:x", "value": "1"}]}
    there = (await record.create(robot, doctor)).version.id
    seen = observation("p", performer=[{"reference": "Practitioner?identifier=urn:x|1"}])
    with pytest.raises(transaction.Unresolved):
        await done(
            record,
            robot,
            entry("POST", "Observation", seen),
            entry("DELETE", f"Practitioner/{there}"),
        )


async def test_conditional_creates_inside(record: Record, robot: Scope, asked: Asked) -> None:
    who = patient(identifier=[{"system": "urn:x", "value": "9"}])
    one = [
        entry("POST", "Patient", who, A, ifNoneExist="identifier=urn:x|9"),
        entry("POST", "Patient", who, B, ifNoneExist="identifier=urn:x|9"),
        entry("POST", "Observation", observation("x", subject={"reference": B})),
    ]
    answers = await done(record, robot, *one)
    assert statuses(answers) == ["201", "200", "201"]
    assert answers[0]["response"]["location"] == answers[1]["response"]["location"]
    again = await done(record, robot, *one)
    assert statuses(again) == ["200", "200", "201"]
    stored = await body(record, again[2]["response"]["location"])
    assert answers[0]["response"]["location"].startswith(stored["subject"]["reference"])
    many = await asyncio.gather(*(done(record, ROBOT(), *one) for _ in range(20)))
    assert {statuses(each)[0] for each in many} == {"200"}
    assert await asked.value("select count(*) from resource where type = 'Patient'") == 1


async def test_concurrent_transactions_create_one(record: Record, asked: Asked) -> None:
    who = patient(identifier=[{"system": "urn:x", "value": "8"}])
    one = entry("POST", "Patient", who, A, ifNoneExist="identifier=urn:x|8")
    many = await asyncio.gather(*(done(record, ROBOT(), one) for _ in range(40)))
    assert sorted(statuses(each)[0] for each in many) == ["200"] * 39 + ["201"]


async def test_conditional_puts(record: Record, robot: Scope) -> None:
    who = patient(identifier=[{"system": "urn:x", "value": "7"}])
    put = entry("PUT", "Patient?identifier=urn:x|7", who, A)
    assert statuses(await done(record, robot, put)) == ["201"]
    changed = entry("PUT", "Patient?identifier=urn:x|7", {**who, "active": True}, A)
    answers = await done(record, robot, changed)
    assert statuses(answers) == ["200"] and answers[0]["response"]["etag"] == 'W/"2"'
    with pytest.raises(Invalid):
        await done(record, robot, entry("PUT", "Patient?identifier=urn:x|7", {**who, "id": "b"}))
    await record.create(robot, who)
    with pytest.raises(MultipleMatches):
        await done(record, robot, put)


async def test_two_entries_may_not_write_the_same(record: Record, robot: Scope) -> None:
    one = entry("PUT", "Patient/a", {**patient(), "id": "a"})
    with pytest.raises(Invalid, match="Another entry"):
        await done(record, robot, one, entry("DELETE", "Patient/a"))


@pytest.mark.parametrize(
    "bad",
    [
        {"resource": patient()},
        entry("BREW", "Patient"),
        entry("POST", "Patient/1", patient()),
        entry("POST", "Patient"),
        entry("POST", "Patient", observation("x")),
        entry("PUT", "Patient/1", patient()),
        entry("PUT", "Patient", patient()),
        entry("DELETE", "patient/1"),
        entry("PUT", "Patient/1", {**patient(), "id": "1"}, ifMatch="*"),
        entry("PATCH", "Patient/1", patient()),
        entry("PATCH", "Patient/1", {**_patch(), "data": "!"}),
        {"request": {"method": "GET"}},
    ],
)
async def test_malformed_entries(record: Record, robot: Scope, bad: Any) -> None:
    with pytest.raises(Invalid) as caught:
        await done(record, robot, bad)
    assert caught.value.answer == 400
    assert caught.value.issues[0].expression.startswith("Bundle.entry[0].re")


async def test_too_many(record: Record, robot: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooCostly):
        await record.bundle(robot, bundle(*[entry("GET", "Patient/1")] * 10_001))
    monkeypatch.setattr(transaction, "LONGEST", 0.0)
    with pytest.raises(TooCostly):
        await done(record, robot, entry("PUT", "Patient/slow", {**patient(), "id": "slow"}))
    assert await record.read(robot, "Patient", "slow") is None


async def test_neither_batch_nor_transaction(record: Record, robot: Scope) -> None:
    with pytest.raises(Invalid):
        await record.bundle(robot, bundle(type="collection"))
    assert b'"transaction-response"}' in await record.bundle(robot, bundle())


async def test_a_transaction_obeys_the_scope(record: Record, robot: Scope, asked: Asked) -> None:
    known = (await record.create(robot, patient())).version.id
    nurse = limited("org-1")
    with pytest.raises(NotFound):
        await done(record, nurse, entry("POST", "Observation", observation(known)))
    with pytest.raises(NotFound):
        await done(record, nurse, entry("PUT", f"Patient/{known}", {**patient(), "id": known}))
    await asked.relate("org-1", known)
    assert statuses(
        await done(record, nurse, entry("POST", "Observation", observation(known)))
    ) == ["201"]
    # A new person comes with their first entries.
    first = entry("POST", "Observation", observation("x", subject={"reference": A}))
    assert (
        statuses(await done(record, nurse, entry("POST", "Patient", patient(), A), first))
        == ["201"] * 2
    )
    answers = await done(record, limited("org-9"), entry("GET", f"Patient/{known}"))
    assert statuses(answers) == ["404"]


async def test_one_audit_entry_per_person(record: Record, robot: Scope, asked: Asked) -> None:
    spoken = [
        entry("POST", "Observation", observation("x", n, subject={"reference": A}))
        for n in range(5)
    ]
    answers = await done(record, robot, entry("POST", "Patient", patient(), A), *spoken)
    who = compartment(answers[0]["response"]["location"].split("/")[1])
    rows = [row for row in await asked.audit() if row["type"] == "Bundle"]
    assert [(row["patient"], row["entries"], row["outcome"]) for row in rows] == [(who, 6, "+")]


async def test_a_row_is_about_whom_its_neighbour_is_about(record: Record, robot: Scope) -> None:
    provenance = {
        "resourceType": "Provenance",
        "target": [{"reference": B}],
        "recorded": "2026-11-24T09:00:00Z",
        "agent": [{"who": {"display": "x"}}],
    }
    answers = await done(
        record,
        robot,
        entry("POST", "Provenance", provenance, C),
        entry("POST", "Observation", observation("x", subject={"reference": A}), B),
        entry("POST", "Patient", patient(), A),
    )
    who = answers[2]["response"]["location"].split("/")[1]
    mine = answers[0]["response"]["location"].split("/")[1]
    await feed_ready(record)
    found = [one for one in (await record.feed(robot)).entries if one.id == mine]
    assert found[0].patient == compartment(who)


async def test_a_batch_does_each_for_itself(record: Record, robot: Scope) -> None:
    who = patient(identifier=[{"system": "urn:x", "value": "7"}])
    mine = (await record.create(robot, who)).version.id
    answers = await done(
        record,
        robot,
        entry("POST", "Patient", patient()),
        entry("POST", "Patient", who, ifNoneExist="identifier=7"),
        entry("POST", "Patient", patient(birthDate="1951-02-30")),
        entry("PUT", "Patient/b", {**patient(), "id": "b"}),
        entry("PUT", "Patient?identifier=7", {**who, "active": True}),
        entry("PATCH", "Patient/nobody", _patch()),
        entry("PATCH", "Patient?identifier=none", _patch()),
        entry("DELETE", "Patient/nobody"),
        entry("DELETE", "Patient?identifier=none"),
        entry("GET", "Patient/nobody"),
        entry("GET", "Patient?identifier=7"),
        entry("GET", f"https://bevan.example/fhir/Patient/{mine}/_history/1"),
        entry("GET", "Patient?wrong=1"),
        entry("GET", "Patient/1/_history"),
        type="batch",
    )
    assert statuses(answers) == [
        *("201", "200", "422", "201", "200", "404", "404", "204", "204"),
        *("404", "200", "200", "400", "400"),
    ]
    assert answers[2]["response"]["outcome"]["resourceType"] == "OperationOutcome"
    assert answers[10]["resource"]["type"] == "searchset"
