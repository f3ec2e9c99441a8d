"""The clerk's pages: what waits, both records side by side, and what a decision does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bevan.fhir import json
from bevan.identity.accounts import Account, Role
from bevan.people.duplicates import Duplicates
from bevan.people.tasks import Question
from bevan.people.unmerge import Unmerging
from bevan.record.scope import CONFIDENTIALITY
from tests.apps.care_record.clinic import GP_ID, TRUST_ID, Desk, clinic
from tests.people.merging import CLERK, SCOPE, rate
from tests.people.test_match import person
from tests.support.sites import Serving


@pytest.fixture
async def served(database: str) -> AsyncIterator[Serving]:
    first = person("tom", "Brindle", "Tomasz", "1978-09-05", "9994104055", postcode="HW2 5RP")
    second = person("tim", "Brindel", "Tomasz", "1978-09-05", postcode="HW2 5RP")
    third = person("una", "Vale", "Una", "1990-01-02", "9990000018")
    async with clinic(database, first, second, third) as served:
        role = Role("Data quality clerk", TRUST_ID, "Thornbeck")
        gp = Role("GP", GP_ID, "Mill Lane Surgery")
        await served.made.identity.seed(
            [
                Account("clerk", "practitioner", "clerk-id", "Dee Clerk", "", (role,), demo=True),
                Account("gp", "practitioner", "gp-id", "Dr Gp", "", (gp,), demo=True),
            ]
        )
        yield served


async def look(served: Serving) -> int:
    made = served.made
    return await Duplicates(made.record, made.clock, made.reviews).look(CLERK)


async def only_task(served: Serving) -> str:
    [asked] = await served.made.reviews.queue(CLERK)
    return asked.task


async def answer(served: Serving, desk: Desk, task: str, **given: str) -> Any:
    page = (await desk.get(f"/identity/{task}")).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    fields = {"reason": "Checked with the practice", "version": version[1], **given}
    return await desk.post(f"/identity/{task}", fields)


async def patient(served: Serving, id: str) -> dict[str, Any]:
    found = await served.made.record.read(SCOPE, "Patient", id)
    assert found is not None
    return dict(json.decode(found.content))


async def test_an_empty_queue_says_so(served: Serving) -> None:
    desk = await Desk(served).sign_in("clerk")
    assert "Nothing is waiting." in (await desk.get("/identity")).text


async def test_a_likely_pair_waits_and_is_shown_side_by_side(served: Serving) -> None:
    assert await look(served) == 1
    assert await look(served) == 0
    desk = await Desk(served).sign_in("clerk")
    queue = (await desk.get("/identity")).text
    assert "BRINDLE, Tomasz" in queue and "BRINDEL, Tomasz" in queue and "VALE" not in queue
    page = (await desk.get(f"/identity/{await only_task(served)}")).text
    assert "999 410 4055, verified" in page
    assert page.count("Differs") == 1 and "Only on one" in page
    # What neither record has isn't a likeness.
    assert page.count(">Same<") == 3 and page.count("On neither") == 3
    assert "for data quality" in page


async def test_one_person_are_merged_and_the_task_is_done(served: Serving) -> None:
    await look(served)
    task = await only_task(served)
    desk = await Desk(served).sign_in("clerk")
    done = await answer(served, desk, task, decision="same", keep="tom")
    assert (done.status_code, done.headers["location"]) == (303, "/identity?done=same")
    assert "one now" in (await desk.get("/identity?done=same")).text
    assert (await patient(served, "tim"))["active"] is False
    found = await served.made.record.read(SCOPE, "Task", task)
    assert found is not None and json.decode(found.content)["status"] == "completed"
    assert found.agent.name == "Dee Clerk"
    assert (await desk.get(f"/identity/{task}")).status_code == 404


async def test_two_people_are_not_asked_about_again(served: Serving) -> None:
    await look(served)
    desk = await Desk(served).sign_in("clerk")
    done = await answer(served, desk, await only_task(served), decision="different")
    assert done.status_code == 303
    assert await look(served) == 0
    assert await served.made.reviews.queue(CLERK) == []
    assert "active" not in await patient(served, "tim")


async def test_unsure_stays_in_the_queue_and_says_so(served: Serving) -> None:
    await look(served)
    task = await only_task(served)
    desk = await Desk(served).sign_in("clerk")
    await answer(served, desk, task, decision="unsure")
    assert "Somebody was unsure." in (await desk.get("/identity")).text
    [asked] = await served.made.reviews.queue(CLERK)
    assert [each["decision"] for each in await served.made.reviews.history(asked)] == ["unsure"]
    assert (await answer(served, desk, task, decision="different")).status_code == 303


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"decision": ""}, "Say whether they are one person."),
        ({"decision": "perhaps"}, "Say whether they are one person."),
        ({"decision": "same", "reason": "x"}, "Give your reason in a few words"),
        ({"decision": "same", "reason": "x" * 501}, "at most 500"),
        ({"decision": "same", "version": "99"}, "Somebody else answered"),
    ],
)
async def test_what_is_missing_is_asked_for(
    served: Serving, given: dict[str, str], words: str
) -> None:
    await look(served)
    desk = await Desk(served).sign_in("clerk")
    page = await answer(served, desk, await only_task(served), **given)
    assert page.status_code == 422
    assert words in page.text and "<title>Error:" in page.text
    assert "active" not in await patient(served, "tim")


async def test_two_verified_numbers_can_not_be_merged_by_a_clerk_either(served: Serving) -> None:
    await served.made.reviews.ask(CLERK, Question("same-person", "tom", "una"))
    desk = await Desk(served).sign_in("clerk")
    page = await answer(served, desk, await only_task(served), decision="same")
    assert page.status_code == 422 and "they are two people" in page.text


async def test_nobody_else_sees_the_queue(served: Serving) -> None:
    await look(served)
    gp = await Desk(served).sign_in("gp")
    for path in ("/identity", f"/identity/{await only_task(served)}", "/identity/nothing"):
        assert (await gp.get(path)).status_code == 404


async def test_a_restricted_person_is_shown_without_their_place(served: Serving) -> None:
    security = {"security": [{"system": CONFIDENTIALITY, "code": "R"}]}
    await served.made.record.update(
        SCOPE,
        person("tom", "Brindle", "Tomasz", "1978-09-05", "9994104055", postcode="HW2 5RP",
               meta=security),
    )  # fmt: skip
    await served.made.projection.catch_up()
    await look(served)
    [asked] = await served.made.reviews.queue(CLERK)
    assert "restricted" in asked.why
    desk = await Desk(served).sign_in("clerk")
    page = (await desk.get(f"/identity/{asked.task}")).text
    assert "One of them is restricted" in page
    assert page.count("HW2 5RP") == 1


async def test_an_entry_that_nobody_could_place_is_placed_by_a_clerk(served: Serving) -> None:
    made = served.made
    merge = await made.merging.merge(CLERK, "tom", "tim", "One man")
    await made.record.update(SCOPE, rate("silent", "tom"))
    unmerging = Unmerging(made.record, made.database, made.clock, made.reviews)
    assert (await unmerging.undo(CLERK, merge.id)).asked == ["Observation/silent"]
    desk = await Desk(served).sign_in("clerk")
    task = await only_task(served)
    assert "Whose entry is this?" in (await desk.get(f"/identity/{task}")).text
    wrong = await answer(served, desk, task, decision="same")
    assert wrong.status_code == 422 and "Say whose entry it is." in wrong.text
    done = await answer(served, desk, task, decision="tim")
    assert done.headers["location"] == "/identity?done=placed"
    found = await made.record.read(SCOPE, "Observation", "silent")
    assert found is not None
    assert json.decode(found.content)["subject"]["reference"] == "Patient/tim"
