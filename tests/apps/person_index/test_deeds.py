"""The clerk's pages that change who is who: taking apart, wrong person, new identity."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from bevan.fhir import json
from bevan.identity.accounts import Account, Role
from bevan.record.scope import SEAL
from tests.apps.care_record.clinic import GP_ID, SAME_SITE, TRUST_ID, Desk, clinic
from tests.people.merging import CLERK, SCOPE, rate
from tests.people.test_match import person
from tests.support.databases import Databases
from tests.support.sites import Serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOM, UNA, NEW = "9994104055", "9990000018", "9994102036"
PAGES = (
    "/identity/merges", "/identity/corrections", "/identity/wrong-person", "/identity/new-identity",
)  # fmt: skip
ED = "https://ed.example/record"
SURE = {"reason": "The practice rang", "confirm": "yes"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(databases: Databases) -> AsyncIterator[Serving]:
    name = await databases.migrated()
    practice = {"generalPractitioner": [{"reference": f"Organization/{GP_ID}"}]}
    people = (
        person("tom", "Brindle", "Tomasz", "1978-09-05", TOM, **practice),
        person("tim", "Brindal", "Thomas", "1978-05-09", "9994106074", "02"),
        person("una", "Vale", "Una", "1990-01-02", UNA, **practice),
    )
    async with clinic(databases.dsn(name), *people) as served:
        role = Role("Data quality clerk", TRUST_ID, "Thornbeck")
        clerk = Account("clerk", "practitioner", "clerk-id", "Dee Clerk", "", (role,), demo=True)
        await served.made.identity.seed([clerk])
        yield served
    await databases.drop(name)


async def at(served: Serving, who: str) -> Desk:
    return await Desk(served).sign_in(who)


async def subject(served: Serving, id: str) -> str:
    found = await served.made.record.read(SCOPE, "Observation", id)
    assert found is not None
    return str(json.decode(found.content)["subject"]["reference"])


async def write(served: Serving, resource: dict[str, Any]) -> None:
    await served.made.record.update(SCOPE, resource)


async def test_a_merge_is_listed_and_taken_apart(served: Serving) -> None:
    await write(served, rate("ed-1", "tim", source=ED))
    merge = await served.made.merging.merge(CLERK, "tom", "tim", "One man")
    await write(served, rate("silent", "tom"))
    desk = await at(served, "clerk")
    listed = (await desk.get("/identity/merges")).text
    assert "BRINDLE, Tomasz" in listed and "took in BRINDAL, Thomas" in listed
    path = f"/identity/merges/{merge.id}"
    page = (await desk.get(path)).text
    assert "One man" in page and "1 entry" in page and "999 410 4055, verified" in page
    for given, words in (
        ({}, "Give your reason"),
        ({"reason": "x" * 501, "confirm": "yes"}, "at most 500"),
        ({"reason": "The practice rang"}, "Confirm that it"),
    ):
        answer = await desk.post(path, given)
        assert answer.status_code == 422 and words in answer.text
        assert "<title>Error:" in answer.text
    assert await subject(served, "ed-1") == "Patient/tom"
    done = await desk.post(path, SURE)
    assert done.headers["location"] == f"{path}?restored=1&edited=0&placed=0&asked=1"
    after = (await desk.get(done.headers["location"])).text
    assert "apart again" in after and "1 entry could belong to either" in after
    assert "The practice rang" in after and "Take the two records apart</button>" not in after
    assert await subject(served, "ed-1") == "Patient/tim"
    again = await desk.post(path, SURE)
    assert again.status_code == 422 and "undone already" in again.text
    asked = await desk.post(path, {"again": "yes"})
    assert asked.headers["location"] == "/identity?done=again"
    queue = (await desk.get("/identity?done=again")).text
    assert "merged and taken apart before" in queue and "looked at again" in queue
    # The clerk's queue has the entry, and the pair isn't proposed again.
    assert "An entry to be placed" in (await desk.get("/identity")).text
    assert ("tim", "tom") in await served.made.reviews.decided_different()


async def test_the_gp_of_the_survivor_is_led_from_the_old_address(served: Serving) -> None:
    merge = await served.made.merging.merge(CLERK, "tom", "tim", "One man")
    await served.made.survivors.renew()
    desk = await at(served, "gp")
    answer = await desk.get("/record/tim?find=x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/record/tom?find=x")
    posted = await desk.post("/record/tim/add/allergy", {"person": "tim", "version": "1"})
    assert posted.status_code == 404
    read = (await desk.client.get("/fhir/Patient/tim")).json()
    assert read["active"] is False and "name" not in read
    assert read["link"][0]["other"]["reference"] == "Patient/tom"
    stranger = await at(served, "trust")
    for path in ("/record/tim", "/fhir/Patient/tim"):
        theirs = await stranger.client.get(path)
        nobodys = await stranger.client.get(path.replace("tim", "tip"))
        assert theirs.status_code == nobodys.status_code == 404
        assert len(theirs.content) == len(nobodys.content)
    await served.made.unmerging.undo(CLERK, merge.id)
    await served.made.survivors.renew()
    assert (await desk.get("/record/tim")).status_code == 404


def wrong(**more: str) -> dict[str, str]:
    return {"number": TOM, "born": "1978-09-05", "kind": "Observation", **more}


async def test_an_entry_is_moved_to_the_right_person_and_back(served: Serving) -> None:
    await write(served, rate("stray", "tom", 987654, source=ED))
    seal = {"security": [{"system": SEAL, "code": "sealed"}]}
    await write(served, {**rate("sealed-one", "tom"), "meta": seal})
    desk = await at(served, "clerk")
    query = f"number={TOM}&born=1978-09-05&kind=Observation"
    page = (await desk.get(f"/identity/wrong-person?{query}")).text
    assert "Observation/stray" in page and ED in page
    # What it says isn't shown, and a sealed entry isn't there.
    assert "987654" not in page and "sealed-one" not in page
    right = {"owner": "known", "right_number": UNA, "right_born": "1990-01-02"}
    chosen = wrong(entry="Observation/stray", **right)
    check = await desk.post("/identity/wrong-person", chosen)
    assert check.status_code == 200 and "Move 1 entry?" in check.text
    assert "VALE, Una" in check.text
    assert await subject(served, "stray") == "Patient/tom"
    unsure = await desk.post("/identity/wrong-person", {**chosen, "step": "do"})
    assert unsure.status_code == 422 and "Confirm that it" in unsure.text
    done = await desk.post("/identity/wrong-person", {**chosen, **SURE, "step": "do"})
    assert done.headers["location"] == "/identity/corrections?done=moved"
    assert await subject(served, "stray") == "Patient/una"
    gone = await desk.post("/identity/wrong-person", {**chosen, **SURE, "step": "do"})
    assert gone.status_code == 422 and "Pick at least one entry" in gone.text
    listed = (await desk.get(done.headers["location"])).text
    assert "Moved to VALE, Una" in listed and "no" in listed
    [made, *_] = await served.made.correction.recent()
    path = f"/identity/corrections/{made.id}"
    assert "The practice rang" in (await desk.get(path)).text
    assert (await desk.post(path, {})).status_code == 422
    back = await desk.post(path, SURE)
    assert back.headers["location"] == "/identity/corrections?done=back"
    assert await subject(served, "stray") == "Patient/tom"
    assert "It was taken back" in (await desk.get(path)).text
    assert "taken back already" in (await desk.post(path, SURE)).text


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"owner": "known"}, "Nobody has this NHS number"),
        ({"owner": "known", "right_number": TOM, "right_born": "1978-09-05"}, "the same person"),
        ({}, "Say whose the entries are"),
        ({"owner": "unknown", "entry": ""}, "Pick at least one entry"),
        ({"owner": "unknown", "entry": "Observation/sealed-one"}, "Pick at least one entry"),
        ({"owner": "unknown", "entry": "Patient/tom"}, "Pick at least one entry"),
        ({"owner": "unknown", "number": "1"}, "Nobody has this NHS number"),
        ({"owner": "unknown", "born": "1978-09-06"}, "Nobody has this NHS number"),
    ],
)
async def test_what_is_missing_is_asked_for(
    served: Serving, more: dict[str, str], words: str
) -> None:
    await write(served, rate("other", "tom"))
    desk = await at(served, "clerk")
    answer = await desk.post("/identity/wrong-person", wrong(entry="Observation/other") | more)
    assert answer.status_code == 422 and words in answer.text
    assert await subject(served, "other") == "Patient/tom"


async def test_an_entry_is_set_aside(served: Serving) -> None:
    await write(served, rate("whose", "tom"))
    desk = await at(served, "clerk")
    chosen = wrong(entry="Observation/whose", owner="unknown")
    assert "Set aside 1 entry?" in (await desk.post("/identity/wrong-person", chosen)).text
    await desk.post("/identity/wrong-person", {**chosen, **SURE, "step": "do"})
    assert "Set aside" in (await desk.get("/identity/corrections")).text
    gp = await at(served, "gp")
    assert (await gp.client.get("/fhir/Observation/whose")).status_code == 404


def details(**more: str) -> dict[str, str]:
    return {
        "number": UNA, "born": "1990-01-02", "why": "adoption", "family": "Lark", "given": "Wren",
        "new_born": "1990-01-02", "gender": "female", "new_number": NEW, "line": "1 New Road",
        "postcode": "bv1 1aa", "practice": "same", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"why": "whim"}, "Say why"),
        ({"family": ""}, "Give the family name"),
        ({"new_born": "2090-01-01"}, "in the future"),
        ({"new_born": "soon"}, "in the future"),
        ({"gender": ""}, "Say which gender"),
        ({"new_number": "9990123455"}, "digit"),
        ({"practice": ""}, "Say whether the practice"),
        ({**SURE, "step": "do", "new_number": UNA}, "a number of the old one"),
        ({**SURE, "step": "do", "new_number": TOM}, "Somebody has this NHS number"),
        ({"step": "do", "reason": "Court order seen"}, "Confirm that it"),
    ],
)
async def test_a_new_identity_needs_all_it_needs(
    served: Serving, more: dict[str, str], words: str
) -> None:
    desk = await at(served, "clerk")
    answer = await desk.post("/identity/new-identity", details(**more))
    assert answer.status_code == 422 and words in answer.text, answer.text


async def test_a_new_identity_is_given_once_and_leads_nowhere(served: Serving) -> None:
    desk = await at(served, "clerk")
    form = await desk.get(f"/identity/new-identity?number={UNA}&born=1990-01-02")
    assert "Who it is now" in form.text
    check = await desk.post("/identity/new-identity", details())
    assert check.status_code == 200 and "be undone" in check.text and "LARK, Wren" in check.text
    changed = await desk.post("/identity/new-identity", details(step="change"))
    assert "Check before it is done" in changed.text and 'value="Lark"' in changed.text
    done = await desk.post("/identity/new-identity", details(**SURE, step="do"))
    assert done.headers["location"] == "/identity/new-identity?done=yes"
    shown = (await desk.get(done.headers["location"])).text
    assert "old one is closed" in shown and "VALE" not in shown and "LARK" not in shown
    await served.made.projection.catch_up()
    gp = await at(served, "gp")
    found = (await gp.get(f"/record?q={NEW}")).headers.get("location", "")
    assert found.startswith("/record/")
    chart = (await gp.get(found)).text
    assert "LARK" in chart and "Vale" not in chart and UNA not in chart
    for path in (f"/record?q={UNA}", "/record?q=Vale", f"/record?q={NEW}&born=1990-01-02"):
        text = (await gp.get(path)).text
        assert "VALE" not in text and "/record/una" not in text
    assert (await gp.get("/record/una")).status_code == 404
    again = await desk.post("/identity/new-identity", details(**SURE, step="do"))
    assert again.status_code == 422 and "Nobody has this NHS number" in again.text


async def test_nobody_but_a_clerk_gets_these_pages(served: Serving) -> None:
    gp = await at(served, "gp")
    nothing = (await gp.get("/identity/nothing-at-all")).status_code
    for path in (*PAGES, f"/identity/merges/{uuid4()}", f"/identity/corrections/{uuid4()}"):
        assert (await gp.get(path)).status_code == nothing == 404
        posted = await gp.client.post(path, data=SURE, headers=SAME_SITE)
        assert posted.status_code in (404, 405)
    desk = await at(served, "clerk")
    for path in ("/identity/merges/x", f"/identity/merges/{uuid4()}",
                 "/identity/corrections/x", f"/identity/corrections/{uuid4()}"):  # fmt: skip
        assert (await desk.get(path)).status_code == 404
        assert (await desk.post(path, SURE)).status_code == 404
    assert "nothing on this page" in (await desk.get("/identity/merges?page=9")).text


async def test_an_old_proof_is_no_proof(served: Serving) -> None:
    """Outside a demonstration the session says when somebody last showed who they are."""
    from datetime import UTC, datetime

    from bevan.apps.person_index.service.deeds import missing
    from bevan.identity.sessions import Session

    cookie, _ = await served.made.identity.sign_in("clerk")
    session = await served.made.identity.signed_in(cookie)
    assert isinstance(session, Session)
    now = datetime.now(UTC)
    given = {"reason": "The practice rang", "confirm": "yes"}
    from dataclasses import replace

    for demo, proved, expected in (
        (True, None, set()),
        (False, None, {"confirmed"}),
        (False, now - timedelta(minutes=6), {"confirmed"}),
        (False, now - timedelta(minutes=1), set()),
    ):
        asked = replace(session, demo=demo, confirmed=proved)
        assert set(missing(asked, given)) == expected
