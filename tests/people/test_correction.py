"""Entries on the wrong person's record: moved or set aside, gone from view, and taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bevan.fhir import json
from bevan.people.correction import Correction
from bevan.people.merge import MergeRefused
from bevan.record.scope import (
    SEALED,
    SEALED_AND_LOCKED,
    Scope,
    Ticket,
    compartment,
)
from tests.people.merging import CLERK, SCOPE, Desk, rate
from tests.people.test_match import person
from tests.support.databases import Databases
from tests.support.sites import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
WHY = "Typed into the wrong tab"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(databases: Databases) -> AsyncIterator[Desk]:
    name = await databases.migrated()
    async with serving(databases.dsn(name)) as served:
        desk = Desk(served)
        await desk.write(person("wrong", "Brindle", "Tomasz", "1978-09-05", "9994104055"))
        await desk.write(person("right", "Vale", "Una", "1990-01-02", "9990000018"))
        yield desk
    await databases.drop(name)


def correction(desk: Desk) -> Correction:
    return desk.served.made.correction


def only(who: str) -> Scope:
    """Somebody who may see one person."""
    ticket = Ticket("1", "direct care", CLERK, SCOPE.ticket.at)
    hidden = SEALED | SEALED_AND_LOCKED
    return Scope(ticket, None, frozenset({compartment(who)}), hidden=hidden)


async def views(desk: Desk, who: str, type: str, id: str) -> list[bool]:
    """Whether somebody who may see this person sees the entry: by each way there is."""
    record, scope = desk.record, only(who)
    found = [await record.read(scope, type, id) is not None]
    for version in (1, 2):
        found.append(await record.vread(scope, type, id, version) is not None)
    found.append((await record.history(scope, type, id)).versions != ())
    every = (await record.history(scope, count=200)).versions
    found.append(any((each.type, each.id) == (type, id) for each in every))
    for query in (f"patient={who}&_count=100", f"_id={id}", "_count=100"):
        page = json.decode((await record.search(scope, type, query)).bundle)
        found.append(any(each["resource"]["id"] == id for each in page.get("entry", [])))
    found.append(bool(await record.provenance(scope, type, id)))
    return found


async def test_a_moved_entry_leaves_every_view_of_the_wrong_person(desk: Desk) -> None:
    await desk.write(rate("moved", "wrong"))
    assert (await views(desk, "wrong", "Observation", "moved"))[:2] == [True, True]
    await correction(desk).move(
        CLERK, "Observation", "moved", wrong="wrong", right="right", reason=WHY
    )
    assert not any(await views(desk, "wrong", "Observation", "moved"))
    assert (await views(desk, "right", "Observation", "moved"))[0]
    seen = await desk.served.made.database.fetchval(
        "select count(*) from audit where id = 'moved' and patient = $1 and outcome = '+'",
        compartment("wrong"),
    )
    assert seen > 0


@pytest.mark.parametrize(
    ("entry", "path", "word"),
    [
        (rate("aside", "wrong"), "status", "entered-in-error"),
        (
            {"resourceType": "Condition", "id": "ill", "subject": {"reference": "Patient/wrong"},
             "clinicalStatus": {"coding": [{
                 "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                 "code": "active"}]}},
            "verificationStatus", "entered-in-error",
        ),
    ],
)  # fmt: skip
async def test_one_that_is_set_aside_is_nobody_s(
    desk: Desk, entry: dict[str, Any], path: str, word: str
) -> None:
    type, id = entry["resourceType"], entry["id"]
    await desk.write(entry)
    before = await desk.body(type, id)
    await correction(desk).correct(CLERK, [f"{type}/{id}"], wrong="wrong", right=None, reason=WHY)
    assert not any(await views(desk, "wrong", type, id))
    found = json.decode(await desk.body(type, id))
    assert word in str(found[path]) and "clinicalStatus" not in found
    [done] = [each for each in await correction(desk).recent() if each.row == id]
    assert (done.kind, done.right, done.by, done.reason) == ("set-aside", "", "Dee Clerk", WHY)
    await correction(desk).undo(CLERK, done.id)
    assert await desk.body(type, id) == before
    assert (await views(desk, "wrong", type, id))[0]
    with pytest.raises(MergeRefused, match="taken back already"):
        await correction(desk).undo(CLERK, done.id)


async def test_a_document_takes_its_files_with_it(desk: Desk) -> None:
    file = {
        "resourceType": "Binary", "id": "letter-file", "contentType": "text/plain", "data": "eA==",
        "securityContext": {"reference": "Patient/wrong"},
    }  # fmt: skip
    visit = {
        "resourceType": "Encounter", "id": "visit", "status": "finished",
        "class": {"code": "AMB"}, "subject": {"reference": "Patient/wrong"},
    }  # fmt: skip
    letter = {
        "resourceType": "DocumentReference", "id": "letter", "status": "current",
        "subject": {"reference": "Patient/wrong"},
        "content": [{"attachment": {"url": "Binary/letter-file"}}],
        "context": {"encounter": [{"reference": "Encounter/visit"}]},
    }  # fmt: skip
    for each in (file, visit, letter):
        await desk.write(each)
    left = await correction(desk).correct(
        CLERK, ["DocumentReference/letter"], wrong="wrong", right="right", reason=WHY
    )
    assert left == ["Encounter/visit"]
    assert await desk.record.read(only("wrong"), "Binary", "letter-file") is None
    assert await desk.record.read(only("right"), "Binary", "letter-file") is not None


async def test_all_or_none_and_never_over_somebody_s_edit(desk: Desk) -> None:
    await desk.write(rate("one", "wrong"))
    await desk.write(rate("two", "right"))
    rows = ["Observation/one", "Observation/two"]
    for wrong, right, words in (
        ("wrong", "right", "isn't on that person's record"),
        ("wrong", "wrong", "no record here yet"),
        ("wrong", "nobody", "no record here yet"),
    ):
        with pytest.raises(MergeRefused, match=words):
            await correction(desk).correct(CLERK, rows, wrong=wrong, right=right, reason=WHY)
    with pytest.raises(MergeRefused, match="at least one"):
        await correction(desk).correct(CLERK, [], wrong="wrong", right="right", reason=WHY)
    with pytest.raises(MergeRefused, match="isn't on that person's"):
        await correction(desk).correct(
            CLERK, ["Patient/wrong"], wrong="wrong", right="right", reason=WHY
        )
    assert b"Patient/wrong" in await desk.body("Observation", "one")
    await correction(desk).correct(CLERK, rows[:1], wrong="wrong", right="right", reason=WHY)
    await desk.write(rate("one", "right", 99))
    [done] = [each for each in await correction(desk).recent() if each.row == "one"]
    assert await correction(desk).one(done.id) == done
    with pytest.raises(MergeRefused, match="edited this entry"):
        await correction(desk).undo(CLERK, done.id)


async def test_a_clerk_is_not_shown_what_is_sealed(desk: Desk) -> None:
    seal = {"system": "https://bevan.example/fhir/CodeSystem/seal", "code": "sealed"}
    await desk.write({**rate("hidden", "wrong"), "meta": {"security": [seal]}})
    await desk.write(rate("open", "wrong"))
    hidden = SEALED | SEALED_AND_LOCKED
    found = await correction(desk).entries(CLERK, "wrong", "Observation", hidden=hidden)
    ids = [each["id"] for each in found]
    assert "open" in ids and "hidden" not in ids
