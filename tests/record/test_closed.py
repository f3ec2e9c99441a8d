"""Over all types: nothing about a person is readable without a Scope that allows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bevan.fhir.definitions import Definitions
from bevan.fhir.json import decode, encode
from bevan.fhir.tables.subjects import (
    ALSO,
    FALLBACKS,
    OPEN,
    OPEN_UNLESS,
    REFUSED,
    SPECIAL,
    SUBJECTS,
)
from bevan.record.record import Record
from bevan.record.scope import Scope, compartment
from tests.record.conftest import Tables
from tests.record.people import ROBOT, Asked, feed_ready, limited, observation, only

PERSON, OTHER = "p-secret", "p-other"
MARK = "Whispered"


def about(definitions: Definitions, type: str, person: str) -> dict[str, Any]:
    """A resource of a type that names a person wherever the type may, and says so in words."""
    resource: dict[str, Any] = {
        "resourceType": type,
        "id": f"{type.lower()[:40]}-{person}",
        "text": {"status": "generated", "div": f"<div>{MARK}</div>"},
    }
    if type == "Patient":
        return {**resource, "id": person}
    if type == "Bundle":
        inner = {**observation(person), "id": "x"}
        return {**resource, "type": "collection", "entry": [{"resource": inner}]}
    paths = [*SUBJECTS.get(type, ()), *OPEN_UNLESS.get(type, ())]
    paths += [*ALSO.get(type, ()), *FALLBACKS.get(type, ())]
    if type == "Group":
        paths = ["member.entity"]
    for path in paths:
        _put(definitions, resource, type, path.split("."), f"Patient/{person}")
    return resource


def _put(
    definitions: Definitions, node: dict[str, Any], type: str, path: list[str], reference: str
) -> None:
    found = definitions.types[type].elements[path[0]]
    name, kind = path[0], found.types[0]
    if found.choice:
        name, kind = f"{path[0]}Reference", "Reference"
    inner: dict[str, Any] = {"reference": reference}
    if len(path) > 1:
        inner = {}
        _put(definitions, inner, kind, path[1:], reference)
    node[name] = [inner] if found.many else inner


def names_a_person(type: str) -> bool:
    return type in SUBJECTS or type in SPECIAL or type in OPEN_UNLESS


@pytest.fixture
async def filled(record: Record, tables: Tables) -> AsyncIterator[Record]:
    """A record with a resource of every type about a person, and one about another."""
    preparer = record._parts.preparer
    prepared = [
        preparer.prepare(about(tables.definitions, type, person), checked=True)
        for person in (PERSON, OTHER)
        for type in tables.definitions.resource_types
    ]
    await record.load(ROBOT("Filling"), prepared)
    yield record


def test_every_type_has_its_place(tables: Tables) -> None:
    places = [set(SUBJECTS), set(OPEN), set(OPEN_UNLESS), set(SPECIAL), set(REFUSED)]
    assert sum(map(len, places)) == len(set().union(*places))
    assert set().union(*places) == set(tables.definitions.resource_types)
    assert len(tables.definitions.resource_types) == 146


async def read_by_all_means(record: Record, scope: Scope, type: str, id: str) -> dict[str, bool]:
    """Which interactions show a resource."""
    search = (await record.search(scope, type, f"_id={id}")).bundle
    total = decode((await record.search(scope, type, f"_id={id}&_summary=count")).bundle)
    past = (await record.history(scope, type, id)).versions
    of_type = (await record.history(scope, type, count=1000)).versions
    return {
        "read": await record.read(scope, type, id) is not None,
        "vread": await record.vread(scope, type, id, 1) is not None,
        "search": b'"entry"' in search,
        "total": bool(total["total"]),
        "history": bool(past),
        "history of the type": id in {version.id for version in of_type},
        "provenance": bool(await record.provenance(scope, type, id)),
    }


async def everything(
    record: Record, scope: Scope, tables: Tables
) -> list[tuple[str, dict[str, bool]]]:
    """What each interaction shows of the resource of each type about the person."""

    async def one(type: str) -> tuple[str, dict[str, bool]]:
        id = PERSON if type == "Patient" else f"{type.lower()[:40]}-{PERSON}"
        return type, await read_by_all_means(record, scope, type, id)

    return list(await asyncio.gather(*map(one, tables.definitions.resource_types)))


async def test_a_stranger_sees_only_what_is_open(
    filled: Record, tables: Tables, asked: Asked
) -> None:
    await asked.relate("org-other", OTHER)
    for scope in (limited("org-1"), limited("org-other"), only(OTHER)):
        for type, shown in await everything(filled, scope, tables):
            assert set(shown.values()) == {type in OPEN}, (type, shown)


async def test_they_who_may_see_do(filled: Record, tables: Tables, asked: Asked) -> None:
    await asked.relate("org-1", PERSON)
    for scope in (limited("org-1"), only(PERSON), ROBOT()):
        for type, shown in await everything(filled, scope, tables):
            expected = scope.system or type in OPEN or names_a_person(type)
            assert set(shown.values()) == {expected}, (type, shown)


async def test_the_feed_and_the_whole_history(filled: Record, asked: Asked) -> None:
    await asked.relate("org-other", OTHER)
    await feed_ready(filled)
    for scope in (limited("org-1"), limited("org-other"), only(OTHER)):
        page = await filled.feed(scope, None, 1000)
        past = await filled.history(scope, count=1000)
        for rows in (page.entries, past.versions):
            assert rows
            assert {row.type for row in rows if row.id.endswith(PERSON)} == set(OPEN)
        assert {row.patient for row in page.entries} <= {None, compartment(OTHER)}


async def test_several_people_only_to_who_may_see_all(record: Record, tables: Tables) -> None:
    both = about(tables.definitions, "Group", PERSON)
    both["member"].append({"entity": {"reference": f"Patient/{OTHER}"}})
    await record.load(ROBOT(), [record._parts.preparer.prepare(both, checked=True)])
    for scope, expected in (
        (only(PERSON), False),
        (only(OTHER), False),
        (only(PERSON, OTHER), True),
        (only(PERSON, OTHER, reads=frozenset({"Patient"})), False),
    ):
        shown = await read_by_all_means(record, scope, "Group", both["id"])
        assert set(shown.values()) == {expected}, shown


async def test_nothing_comes_along(record: Record, asked: Asked, robot: Scope) -> None:
    """Includes, chains and _has don't lead from what may be seen to what may not."""
    organisation = {"resourceType": "Organization", "id": "org", "name": "Surgery"}
    secret = {
        "resourceType": "Patient",
        "id": PERSON,
        "name": [{"family": MARK}],
        "managingOrganization": {"reference": "Organization/org"},
    }
    theirs = {**observation(PERSON), "id": "hidden", "code": {"text": MARK}}
    seen = {
        **observation(OTHER),
        "id": "seen",
        "derivedFrom": [{"reference": "Observation/hidden"}],
        "performer": [{"reference": f"Patient/{PERSON}"}],
    }
    for body in (organisation, secret, theirs, seen):
        await record.update(robot, body)
    await asked.relate("org-other", OTHER)
    questions = (
        ("Observation", "_id=seen&_include=Observation:derived-from"),
        ("Observation", "_id=seen&_include=Observation:performer&_include=Observation:*"),
        ("Organization", "_id=org&_revinclude=Patient:organization"),
        (
            "Organization",
            "_id=org&_revinclude=Patient:organization&_revinclude:iterate=Observation:subject",
        ),
        ("Observation", f"performer:Patient.family={MARK}"),
        ("Observation", "derived-from=Observation/hidden&_include=Observation:derived-from"),
        ("Organization", f"_has:Patient:organization:family={MARK}"),
        ("Patient", f"family={MARK}"),
        (None, "_type=Patient,Observation"),
    )
    for scope in (limited("org-other"), only(OTHER)):
        for type, query in questions:
            found = (await record.search(scope, type, query)).bundle
            shown = [one["resource"] for one in decode(found).get("entry", ())]
            assert MARK.encode() not in encode(shown), (type, query)
            assert MARK not in query or not shown, (type, query)
    for type, query in questions:
        whole = (await record.search(robot, type, query)).bundle
        assert encode("entry") in whole, (type, query)
