"""A new identity: nothing leads from the new record to the old one, whichever way one tries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from bevan.fhir import json
from bevan.people.duplicates import comparable
from bevan.people.match import Match
from bevan.people.merge import MergeRefused
from bevan.people.model import load
from bevan.people.nhs_number import SYSTEM, parse
from bevan.record.scope import (
    CONFIDENTIALITY,
    RESTRICTED,
    SEALED,
    SEALED_AND_LOCKED,
    Actor,
    Scope,
    Ticket,
    compartment,
    labels,
)
from tests.people.merging import CLERK, SCOPE, Desk, rate
from tests.people.test_match import person
from tests.support.databases import Databases
from tests.support.sites import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
OLD, MERGED, NEW = "9994104055", "9994106074", "9990123454"
GP = Actor("practitioner", "gp-1", "Dr Gp", "GP", "org-1", "Mill Lane Surgery")


@dataclass
class Parted:
    """A person before and after: `old` and `merged` were closed, `new` is the id of the record."""

    desk: Desk
    new: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parted(databases: Databases) -> AsyncIterator[Parted]:
    name = await databases.migrated()
    async with serving(databases.dsn(name)) as served:
        desk = Desk(served)
        photo = {"meta": {"security": [{"system": CONFIDENTIALITY, "code": "R"}]}}
        await desk.write(person("old", "Brindle", "Tomasz", "1978-09-05", OLD, **photo))
        await desk.write(person("merged", "Brindal", "Thomas", "1978-09-05", MERGED, "02"))
        await desk.write(rate("beat", "old"))
        await desk.write(rate("beat-merged", "merged"))
        await desk.write(
            {
                "resourceType": "Provenance",
                "id": "made",
                "target": [{"reference": "Observation/beat"}],
                "recorded": "2026-11-20T09:00:00Z",
                "agent": [{"who": {"display": "Somebody"}}],
            }
        )
        await desk.merging.merge(CLERK, "old", "merged", "One person")
        fresh = person("old", "Lark", "Wren", "1978-09-05", NEW, link=[{"type": "seealso"}])
        made = served.made
        new = await made.identities.give(CLERK, "old", fresh, why="gender", reason="Asked for it")
        await made.survivors.renew()
        yield Parted(desk, new)
    await databases.drop(name)


def staff() -> Scope:
    """Somebody who may see everybody, save what is sealed."""
    ticket = Ticket("1", "direct-care", GP, SCOPE.ticket.at)
    return Scope(ticket, None, None, hidden=SEALED | SEALED_AND_LOCKED)


async def seen(parted: Parted, type: str, query: str) -> list[str]:
    page = await parted.desk.record.search(staff(), type, query)
    return sorted(each["resource"]["id"] for each in json.decode(page.bundle).get("entry", []))


@pytest.mark.parametrize(
    ("type", "query"),
    [
        ("Patient", f"identifier={SYSTEM}|{OLD}"),
        ("Patient", f"identifier={SYSTEM}|{MERGED}"),
        ("Patient", "family=Brindle"),
        ("Patient", "family=Brindal"),
        ("Patient", "name=tomasz"),
        ("Patient", "_id=old"),
        ("Patient", "_id=merged"),
        ("Patient", "active=false"),
        ("Patient", "link=Patient/merged"),
        ("Patient", "_security=sealed-and-locked"),
        ("Patient", "_has:Observation:patient:status=final"),
        ("Observation", "patient=old"),
        ("Observation", "subject=Patient/merged"),
        ("Observation", f"patient.identifier={SYSTEM}|{OLD}"),
        ("Observation", "patient.family=Brindle"),
        ("Observation", "status=final"),
        ("Provenance", "target=Observation/beat"),
        ("Provenance", "patient=old"),
        ("Provenance", "target=Patient/old"),
    ],
)
async def test_no_search_of_staff_finds_the_old_record(
    parted: Parted, type: str, query: str
) -> None:
    assert await seen(parted, type, query) == []


async def test_the_day_of_birth_finds_the_new_one_alone(parted: Parted) -> None:
    assert await seen(parted, "Patient", "birthdate=1978-09-05") == [parted.new]
    assert await seen(parted, "Patient", f"identifier={SYSTEM}|{NEW}") == [parted.new]


@pytest.mark.parametrize(
    ("type", "id"),
    [("Patient", "old"), ("Patient", "merged"), ("Observation", "beat"),
     ("Observation", "beat-merged"), ("Provenance", "made")],
)  # fmt: skip
async def test_no_address_of_the_old_record_opens(parted: Parted, type: str, id: str) -> None:
    record = parted.desk.record
    assert await record.read(staff(), type, id) is None
    for version in (1, 2, 3):
        assert await record.vread(staff(), type, id, version) is None
    assert (await record.history(staff(), type, id)).versions == ()
    assert await record.provenance(staff(), type, id) == []


async def test_the_history_of_everything_shows_the_new_record_alone(parted: Parted) -> None:
    page = await parted.desk.record.history(staff(), count=100)
    assert {(each.type, each.id) for each in page.versions} == {("Patient", parted.new)}


async def test_nothing_in_the_new_record_names_the_old_one(parted: Parted) -> None:
    found = await parted.desk.record.read(staff(), "Patient", parted.new)
    assert found is not None and found.version == 1
    text = found.content.decode()
    for word in ("Patient/", '"old"', "Brindl", "Tom", OLD, MERGED, "link"):
        assert word not in text
    # What protected the old record protects the new one.
    assert labels(json.decode(found.content)) == RESTRICTED


async def test_the_number_and_a_match_lead_nowhere_whoever_asks(parted: Parted) -> None:
    """Even the sight of a system that sees locked entries: it isn't led there."""
    made = parted.desk.served.made
    match = Match(made.record, load())
    for scope in (staff(), SCOPE):
        for number in (OLD, MERGED):
            assert await made.people.by_number(scope, parse(number)) == []
        assert await made.people.by_words(scope, ["brindle"]) == []
        assert await made.people.by_name(scope, family="Brindle") == []
        for asked in (
            person("", "Brindle", "Tomasz", "1978-09-05", OLD),
            person("", "Lark", "Wren", "1978-09-05", NEW),
        ):
            ids = {each.patient["id"] for each in await match.find(scope, asked)}
            assert ids <= {parted.new}
    old = await parted.desk.record.read(SCOPE, "Patient", "old")
    assert old is not None and comparable(json.decode(old.content)) is None


async def test_who_looked_at_the_new_record_tells_nothing_of_the_old(parted: Parted) -> None:
    rows = await parted.desk.served.made.database.fetch(
        "select a.*, p.purpose as why from audit a join purpose p on p.n = a.purpose"
        " where a.patient = $1",
        compartment(parted.new),
    )
    assert rows
    for row in rows:
        assert row["id"] in (parted.new, None) or row["type"] != "Patient"
        assert "identity" not in row["why"].lower()
        assert "old" not in str(row["query"] or "")


async def test_the_audit_and_the_ledger_still_know(parted: Parted) -> None:
    made = parted.desk.served.made
    seen = await made.database.fetchval(
        "select count(*) from audit where patient = $1", compartment("old")
    )
    assert seen > 0
    rows = await made.database.fetch("select person, why, state from person_closed order by 1")
    assert [tuple(row) for row in rows] == [
        ("merged", "gender", "closed"), ("old", "gender", "closed")
    ]  # fmt: skip


async def test_what_comes_late_for_the_old_record_is_locked_too(parted: Parted) -> None:
    await parted.desk.following.follow(CLERK)
    await parted.desk.write(rate("late", "old"))
    assert await seen(parted, "Observation", "_id=late") == ["late"]
    await parted.desk.following.follow(CLERK)
    assert await seen(parted, "Observation", "_id=late") == []


@pytest.mark.parametrize(
    ("old", "patient", "words"),
    [
        ("nobody", person(number="9994108093"), "isn't there"),
        ("old", person(number="9994108093"), "closed already"),
        ("merged", person(number="9994108093"), "closed already"),
        ("third", person(number="9994102036"), "number of the old one"),
        ("third", person(number=NEW), "Somebody has this NHS number"),
    ],
)
async def test_what_can_not_be_a_new_identity(
    parted: Parted, old: str, patient: dict[str, Any], words: str
) -> None:
    await parted.desk.write(person("third", "Vale", "Una", "1990-01-02", "9994102036"))
    identities = parted.desk.served.made.identities
    with pytest.raises(MergeRefused, match=words):
        await identities.give(CLERK, old, patient, why="other", reason="A test")
    third = await parted.desk.record.read(SCOPE, "Patient", "third")
    assert third is not None and b'"active":false' not in third.content


async def test_a_merge_of_a_closed_record_is_not_undone(parted: Parted) -> None:
    [merge] = await parted.desk.merging.standing("old")
    with pytest.raises(MergeRefused, match="closed"):
        await parted.desk.unmerging.undo(CLERK, merge.id)
