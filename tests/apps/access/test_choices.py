"""A person's four choices on their pages: explained, made, in force at once, and kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import pytest
import pytest_asyncio

from bevan.access.access import Access
from bevan.access.choices import stated
from bevan.access.rules import load
from bevan.apps.access.rules import KINDS, refusal
from bevan.record.scope import Actor
from tests.apps.access.village import (
    DOT,
    FEED,
    GRAN,
    JAYA,
    NUMBERS,
    TEEN,
    acting,
    gp_scope,
    grant,
    problem,
    text_of,
    village,
)
from tests.apps.care_record.clinic import Desk
from tests.support.databases import Databases
from tests.support.sites import Serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE = "/my-record/choices"
ANALYST = Actor("practitioner", "a", "Ann", "Public health analyst", "icb", "ICB")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(databases: Databases) -> AsyncIterator[Serving]:
    name = await databases.migrated()
    async with village(databases.dsn(name), problem(GRAN)) as site:
        yield site
    await databases.drop(name)


async def doctor_sees(served: Serving, who: str) -> bool:
    return await served.made.record.read(gp_scope(served), "Patient", who) is not None


async def planner_finds(served: Serving, who: str) -> bool:
    """Whether somebody who plans services finds an entry of a person, with the law behind them."""
    told = json.loads(files("bevan.access").joinpath("rules.json").read_text("utf-8"))
    told["instruments"]["s251-planning"] = {
        "says": "Support", "type": "approval", "regulation": "5", "from": "2020-01-01", "to": None,
    }  # fmt: skip
    made = served.made
    access = Access(load(json.dumps(told).encode()), made.clock, made.restricted)
    scope = access.scope(ANALYST, purpose="planning")
    found = await made.record.search(scope, "Condition", f"patient={who}")
    return bool(json.loads(found.bundle)["total"])


async def make(desk: Desk, kind: str, answer: str, **more: str) -> Any:
    form = {"answer": answer, "step": "keep", **more}
    return await desk.post(f"{HERE}/{kind}", form)


async def test_the_four_are_the_rulebooks_four(served: Serving) -> None:
    assert set(KINDS) == set(served.made.rules.choices)
    page = text_of((await (await Desk(served).sign_in(DOT)).get(HERE)).text)
    for kind in KINDS.values():
        assert kind.title in page
        assert kind.says in page
    assert "Nothing was ever chosen" in page


@pytest.mark.parametrize("code", list(KINDS))
async def test_each_says_what_it_stops_and_what_it_does_not(served: Serving, code: str) -> None:
    desk, kind = await Desk(served).sign_in(DOT), KINDS[code]
    page = text_of((await desk.get(f"{HERE}/{code}")).text)
    for says in (*kind.stops, *kind.goes_on, kind.elsewhere, kind.yes, kind.no):
        assert says in page
    review = await desk.post(f"{HERE}/{code}", {"answer": "no"})
    assert review.status_code == 200
    assert "Check your choice" in review.text
    assert kind.no in text_of(review.text)
    assert code not in await served.made.consents.refused(DOT), "nothing is kept before"


async def test_an_objection_counts_at_once_and_is_taken_back(served: Serving) -> None:
    desk = await Desk(served).sign_in(DOT)
    assert await doctor_sees(served, DOT)
    answer = await make(desk, "sharing", "no")
    assert answer.status_code == 422
    assert "Say that you understand" in answer.text
    assert await doctor_sees(served, DOT)
    answer = await make(desk, "sharing", "no", understood="yes")
    assert answer.status_code == 303
    assert not await doctor_sees(served, DOT), "before anybody followed the feed"
    page = text_of((await desk.get(answer.headers["location"])).text)
    assert "Your choice is kept" in page
    assert "Don't share my record" in page
    assert "24 November 2026, 10:42" in page
    await served.made.projection.catch_up()
    assert not await doctor_sees(served, DOT)
    assert (await desk.get("/my-record/who-looked")).status_code == 200
    assert (await make(desk, "sharing", "yes")).status_code == 303
    assert await doctor_sees(served, DOT)
    await served.made.projection.catch_up()
    assert await doctor_sees(served, DOT)
    said = await served.made.consents.history(ANALYST, DOT)
    assert [(one.kind, one.refused, one.active) for one in said if one.kind == "sharing"] == [
        ("sharing", False, True), ("sharing", True, False),
    ]  # fmt: skip
    page = text_of((await desk.get(HERE)).text)
    assert "· over" in page
    assert "· counts now" in page
    assert "Said by Dot, in bevan" in page


async def test_the_national_opt_out_leaves_the_whole_record_out_of_planning(
    served: Serving,
) -> None:
    """For care it changes nothing; a purpose that heeds it doesn't find the person at all."""
    desk = await Desk(served).sign_in(GRAN)
    for kind, refused in (("national", True), ("national", False), ("type-1", True)):
        answer = await make(desk, kind, "no" if refused else "yes")
        assert answer.status_code == 303
        assert (kind in await served.made.consents.refused(GRAN)) is refused
        assert await doctor_sees(served, GRAN)
        assert await planner_finds(served, GRAN) is not refused
    for purpose in ("planning", "research", "population-health"):
        assert {"national", "type-1"} <= served.made.rules.purposes[purpose].refusals


async def test_nothing_is_chosen_by_accident(served: Serving) -> None:
    desk = await Desk(served).sign_in(DOT)
    for form in ({}, {"answer": "perhaps"}, {"step": "keep"}):
        answer = await desk.post(f"{HERE}/national", form)
        assert answer.status_code == 422
        assert "Error: " in answer.text
        assert "Choose one of the two" in answer.text
    assert (await desk.get(f"{HERE}/everything")).status_code == 404
    assert (await desk.post(f"{HERE}/everything", {"answer": "no"})).status_code == 404
    assert (await desk.get(f"{HERE}/summary/kept")).status_code == 303
    assert await served.made.consents.refused(DOT) == frozenset()


async def test_a_refusal_that_another_system_sent_is_not_undone_here(served: Serving) -> None:
    other = {**stated(DOT, "summary", refused=True, at="2026-01-01"), "id": "their-own"}
    await served.made.record.update(FEED, other)
    await served.made.projection.catch_up()
    desk = await Desk(served).sign_in(DOT)
    answer = await make(desk, "summary", "yes")
    page = text_of((await desk.get(answer.headers["location"])).text)
    assert "It still stands elsewhere" in page
    assert "another system" in page
    assert "summary" in await served.made.consents.refused(DOT)
    await served.made.record.delete(FEED, "Consent", "their-own")
    await served.made.projection.catch_up()
    assert "summary" not in await served.made.consents.refused(DOT)


async def test_a_parent_chooses_for_a_child_and_their_name_stands(served: Serving) -> None:
    await grant(served, JAYA)
    desk = await acting(served, JAYA, "Jaya")
    page = text_of((await desk.get(HERE)).text)
    assert "Choices of Jaya Lindqvist" in page
    assert "Nobody makes this choice for another person here" in page
    assert (await make(desk, "national", "no")).status_code == 404
    assert (await make(desk, "sharing", "no", understood="yes")).status_code == 303
    assert not await doctor_sees(served, JAYA)
    assert await doctor_sees(served, "nils")
    assert "Said by Nils, their parent, in bevan" in text_of((await desk.get(HERE)).text)
    assert (await make(desk, "sharing", "yes")).status_code == 303
    assert await doctor_sees(served, JAYA)


async def test_from_13_on_a_young_person_chooses_and_a_parent_does_not(served: Serving) -> None:
    await grant(served, TEEN)
    desk = await acting(served, TEEN, "Teen")
    assert "From 13 on they make this choice themselves" in text_of((await desk.get(HERE)).text)
    for kind in KINDS:
        assert (await make(desk, kind, "no", understood="yes")).status_code == 404
    own = await Desk(served).sign_in(TEEN)
    assert (await make(own, "type-1", "no")).status_code == 303
    assert await served.made.consents.refused(TEEN) == {"type-1"}


@pytest.mark.parametrize(
    ("relation", "years", "may"),
    [
        ("", 13, True), ("", 12, False), ("", 90, True), ("", None, False),
        ("parent", 12, True), ("parent", 13, False), ("guardian", 0, True),
        ("parent", None, False), ("carer", 80, False), ("carer", 8, False),
        ("attorney", 80, True), ("attorney", 15, False), ("attorney", None, False),
    ],
)  # fmt: skip
async def test_who_may_choose(relation: str, years: int | None, may: bool) -> None:
    assert (refusal(KINDS["sharing"], relation, years) == "") is may
    for_others = refusal(KINDS["national"], relation, years) == ""
    assert for_others is (may and not relation), "nobody makes this one for another person"


async def test_who_may_no_longer_act_chooses_nothing(served: Serving) -> None:
    right = await grant(served, GRAN, "attorney")
    desk = await acting(served, GRAN, "Gran")
    assert "Choices of Gran" in text_of((await desk.get(HERE)).text)
    await served.made.proxies.end(right.id, by="Gran", reason="enough")
    page = text_of((await desk.get(HERE)).text)
    assert "You can't act for Gran Lindqvist any more" in page
    assert "Don't share" not in page
    before = await served.made.consents.refused(GRAN)
    assert (await make(desk, "sharing", "no", understood="yes")).status_code == 200
    assert await served.made.consents.refused(GRAN) == before


def told(**more: str) -> dict[str, str]:
    start = {"number": NUMBERS[DOT], "born": "1948-03-14", "kind": "sharing", "answer": "no",
             "way": "By phone", "checked": "Three questions answered"}  # fmt: skip
    return start | more


async def test_a_surgery_takes_down_a_choice_and_takes_it_back(served: Serving) -> None:
    desk = await Desk(served).sign_in("gp")
    where = f"/access/choices?number={NUMBERS[DOT]}&born=1948-03-14"
    assert "PEMBERTON, Dot" in (await desk.get(where)).text
    answer = await desk.post("/access/choices", told())
    assert answer.status_code == 303
    assert not await doctor_sees(served, DOT)
    page = text_of((await desk.get(answer.headers["location"])).text)
    assert "Kept." in page
    assert "You said no" in page
    own = text_of((await (await Desk(served).sign_in(DOT)).get(HERE)).text)
    assert "by phone; three questions answered, Mill Lane Surgery" in own
    answer = await desk.post("/access/choices", told(answer="yes", way="In person"))
    assert answer.status_code == 303, "they are still found, to take it back"
    assert await doctor_sees(served, DOT)


@pytest.mark.parametrize(
    "more", [{"kind": ""}, {"answer": ""}, {"way": "By pigeon"}, {"checked": "yes"}]
)
async def test_what_a_surgery_forgot_is_said(served: Serving, more: dict[str, str]) -> None:
    desk = await Desk(served).sign_in("gp")
    answer = await desk.post("/access/choices", told(**more))
    assert answer.status_code == 422
    assert "Nothing has been changed" in answer.text
    assert await doctor_sees(served, DOT)


async def test_only_the_own_surgery_takes_choices_down(served: Serving) -> None:
    where = f"/access/choices?number={NUMBERS[DOT]}&born=1948-03-14"
    for who in ("trust", "physio", DOT):
        desk = await Desk(served).sign_in(who)
        assert (await desk.get(where)).status_code == 404, who
        assert (await desk.post("/access/choices", told())).status_code == 404, who
    gp = await Desk(served).sign_in("gp")
    for number, born in ((NUMBERS[DOT], "1948-03-15"), ("9994101021", "1948-03-14"), ("x", "y")):
        answer = await gp.get(f"/access/choices?number={number}&born={born}")
        assert answer.status_code == 422
        assert "PEMBERTON" not in answer.text
    assert (await gp.post("/access/choices", told(born="1948-03-15"))).status_code == 404
    assert (await (await Desk(served).sign_in("gp")).get(HERE)).status_code == 404
