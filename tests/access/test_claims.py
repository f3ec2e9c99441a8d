"""Opening a record in an emergency: what it needs, what it gives, when it ends, who looks at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bevan.access import rules
from bevan.access.access import seat
from bevan.access.choices import stated
from bevan.access.claims import ClaimRefused, Claims, Said, working_days
from bevan.record.scope import Actor, compartment, system
from tests.conftest import TODAY
from tests.support.moving_clock import MovingClock
from tests.support.sites import Serving, serving

FEED = system("a test's own writes", Actor("system", "tests", "tests"))
IMRAN = Actor("practitioner", "imran", "Dr Imran Sadiq", "GP", "infirmary", "Kelding Infirmary")
GRACE = Actor("practitioner", "grace", "Grace Lindon", "Privacy officer", "hhc", "HHC")
WORDS = "Brought in by ambulance, very breathless."


@pytest.fixture
def moving() -> MovingClock:
    return MovingClock(TODAY)


@pytest.fixture
async def served(database: str, moving: MovingClock) -> AsyncIterator[Serving]:
    async with serving(database, clock=moving) as found:
        for id in ("dot", "other"):
            await found.made.record.update(FEED, {"resourceType": "Patient", "id": id})
        yield found


@pytest.fixture
def claims(served: Serving, moving: MovingClock) -> Claims:
    return Claims(served.made.database, moving, rules.load())


def said(**more: Any) -> Said:
    start: dict[str, Any] = {
        "reason": "urgent-here",
        "words": WORDS,
        "agrees": "cannot-ask",
        "confirmed": TODAY,
    }
    return Said(**(start | more))


async def sees(served: Serving, actor: Actor, id: str) -> bool:
    scope = served.made.access.scope(actor, purpose="direct-care")
    return await served.made.record.read(scope, "Patient", id) is not None


async def test_it_opens_one_record_to_one_person_at_one_place_for_eight_hours(
    served: Serving, claims: Claims, moving: MovingClock
) -> None:
    assert not await sees(served, IMRAN, "dot")
    claim = await claims.open(IMRAN, "dot", said())
    assert claim.until - claim.since == timedelta(hours=8) and claim.kind == "emergency"
    assert await sees(served, IMRAN, "dot") and not await sees(served, IMRAN, "other")
    assert not await sees(served, replace(IMRAN, id="colleague"), "dot")
    assert not await sees(served, replace(IMRAN, organisation="elsewhere"), "dot")
    moving.go_on(minutes=8 * 60 - 1)
    assert await sees(served, IMRAN, "dot")
    assert await claims.in_force(IMRAN, "dot") is not None
    moving.go_on(minutes=2)
    assert not await sees(served, IMRAN, "dot")
    assert await claims.in_force(IMRAN, "dot") is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"reason": "curious"}, "reason"),
        ({"reason": ""}, "reason"),
        ({"words": "x" * 19}, "words"),
        ({"words": " " * 40 + "short"}, "words"),
        ({"words": "x" * 501}, "words"),
        ({"agrees": ""}, "agrees"),
        ({"confirmed": None}, "confirmed"),
        ({"confirmed": TODAY - timedelta(minutes=6)}, "confirmed"),
    ],
)
async def test_what_is_missing_is_named_and_nothing_opens(
    served: Serving, claims: Claims, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(ClaimRefused) as refused:
        await claims.open(IMRAN, "dot", said(**more))
    assert refused.value.field == field
    assert not await sees(served, IMRAN, "dot") and await claims.waiting() == []


@pytest.mark.parametrize(
    "actor",
    [
        replace(IMRAN, role="Carer"),
        replace(IMRAN, role="Privacy officer"),
        replace(IMRAN, role="Astronaut"),
        replace(IMRAN, organisation=""),
        Actor("patient", "dot", "Dot"),
    ],
)
async def test_a_role_that_has_no_emergencies_opens_nothing(claims: Claims, actor: Actor) -> None:
    with pytest.raises(ClaimRefused):
        await claims.open(actor, "dot", said())


async def test_an_objection_stays_closed_and_nothing_says_so(
    served: Serving, claims: Claims
) -> None:
    consent = {**stated("dot", "sharing", refused=True, at="2026-11-24"), "id": "c"}
    await served.made.record.update(FEED, consent)
    await served.made.projection.catch_up()
    await claims.open(IMRAN, "dot", said())
    assert not await sees(served, IMRAN, "dot")
    await served.made.record.raise_epoch(FEED, "a test")
    await served.made.projection.catch_up()
    assert not await sees(served, IMRAN, "dot")
    await served.made.record.update(FEED, {**consent, "status": "inactive"})
    await served.made.projection.catch_up()
    assert await sees(served, IMRAN, "dot"), "the emergency is still on"


async def test_own_links_survive_a_feed_that_is_read_anew(served: Serving, claims: Claims) -> None:
    await claims.open(IMRAN, "dot", said())
    await served.made.record.raise_epoch(FEED, "a test")
    await served.made.projection.catch_up()
    assert await sees(served, IMRAN, "dot")


async def test_a_claim_without_an_emergency_gives_a_link_and_opens_no_seal(
    served: Serving, claims: Claims
) -> None:
    carer = replace(IMRAN, role="Social worker")
    claim = await claims.claim(carer, "dot", said(reason="A visit is booked for today"))
    assert claim.kind == "self-claimed" and claim.until - claim.since == timedelta(days=7)
    kinds = await served.made.database.fetch("SELECT kind, holder FROM relationship")
    assert [tuple(row) for row in kinds] == [("self-claimed", seat(carer))]
    with pytest.raises(ClaimRefused):
        await claims.claim(GRACE, "dot", said(reason="I look after privacy"))
    with pytest.raises(ClaimRefused):
        await claims.claim(carer, "dot", said(reason=" "))


async def test_a_privacy_officer_is_told_and_says_what_they_found(
    served: Serving, claims: Claims
) -> None:
    claim = await claims.open(IMRAN, "dot", said())
    assert [one.id for one in await claims.waiting()] == [claim.id]
    assert [one.id for one in await claims.about("dot")] == [claim.id]
    assert claim.review_by == working_days(TODAY, 5)
    with pytest.raises(ClaimRefused):
        await claims.review(claim.id, by=IMRAN, outcome="upheld", words="x" * 20)
    with pytest.raises(ClaimRefused):
        await claims.review(claim.id, by=GRACE, outcome="fine", words="x" * 20)
    with pytest.raises(ClaimRefused):
        await claims.review(claim.id, by=GRACE, outcome="upheld", words="short")
    assert await sees(served, IMRAN, "dot")
    await claims.review(claim.id, by=GRACE, outcome="not-upheld", words="He wasn't on duty then.")
    assert await claims.waiting() == [] and not await sees(served, IMRAN, "dot")
    found = await claims.one(claim.id)
    assert found is not None and (found.outcome, found.reviewer) == ("not-upheld", GRACE.name)
    with pytest.raises(ClaimRefused):
        await claims.review(claim.id, by=GRACE, outcome="upheld", words="Changed my mind since.")
    assert [one.id for one in await claims.reviewed()] == [claim.id]
    assert len(await claims.by(IMRAN, TODAY)) == 1
    assert await claims.by(IMRAN, TODAY + timedelta(days=1)) == []


async def test_a_claim_can_be_ended_early(served: Serving, claims: Claims) -> None:
    claim = await claims.open(IMRAN, "dot", said())
    await claims.end(claim.id)
    assert not await sees(served, IMRAN, "dot")
    assert compartment("dot") == await served.made.database.fetchval("SELECT patient FROM own_link")


@pytest.mark.parametrize(
    ("day", "then"), [((2026, 11, 24), (2026, 12, 1)), ((2026, 11, 27), (2026, 12, 4)),
                      ((2026, 11, 28), (2026, 12, 4))]
)  # fmt: skip
def test_five_working_days(day: tuple[int, int, int], then: tuple[int, int, int]) -> None:
    assert working_days(datetime(*day, tzinfo=UTC), 5) == datetime(*then, tzinfo=UTC)
