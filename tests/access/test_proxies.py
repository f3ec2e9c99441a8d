"""Acting for somebody else: by right, by age, until it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.access.proxies import Asked, Proxies, ProxyRefused, age, allowed, birthday
from bevan.record.scope import Actor, system
from tests.conftest import TODAY
from tests.support.moving_clock import MovingClock
from tests.support.sites import Serving, serving

FEED = system("a test's own writes", Actor("system", "tests", "tests"))
NILS = Actor("patient", "nils", "Nils Lindqvist")


def asked(years: int = 8, **more: Any) -> Asked:
    start: dict[str, Any] = {
        "proxy": "nils",
        "person": "jaya",
        "relation": "parent",
        "rights": frozenset({"see-record"}),
        "reason": "Parent, birth certificate seen",
        "born": date(TODAY.year - years, 1, 1),
    }
    return Asked(**(start | more))


@pytest.mark.parametrize(
    ("years", "more", "ends"),
    [
        (0, {}, 11),
        (10, {}, 11),
        (11, {"reviewed": True}, 13),
        (12, {"reviewed": True}, 13),
        (13, {"reviewed": True, "agreed": True}, 16),
        (15, {"reviewed": True, "agreed": True}, 16),
        (16, {"relation": "carer", "agreed": True}, None),
        (80, {"relation": "attorney"}, None),
    ],
)
def test_a_right_ends_at_the_next_step_of_age(
    years: int, more: dict[str, Any], ends: int | None
) -> None:
    wanted = asked(years, **more)
    assert wanted.born is not None
    assert allowed(wanted, TODAY) == (None if ends is None else birthday(wanted.born, ends))


@pytest.mark.parametrize(
    ("years", "more", "field"),
    [
        (11, {}, "reviewed"),
        (13, {"reviewed": True}, "agreed"),
        (15, {"agreed": True}, "reviewed"),
        (16, {"reviewed": True, "agreed": True}, "relation"),
        (16, {"relation": "carer"}, "agreed"),
        (8, {"relation": "neighbour"}, "relation"),
        (8, {"rights": frozenset()}, "rights"),
        (8, {"rights": frozenset({"everything"})}, "rights"),
        (8, {"reason": " "}, "reason"),
        (8, {"born": None}, "born"),
        (8, {"proxy": "jaya"}, "proxy"),
        (8, {"until": TODAY}, "until"),
    ],
)
def test_what_is_missing_is_named(years: int, more: dict[str, Any], field: str) -> None:
    with pytest.raises(ProxyRefused) as refused:
        allowed(asked(years, **more), TODAY)
    assert refused.value.field == field


def test_an_own_end_comes_first() -> None:
    soon = TODAY + timedelta(days=30)
    assert allowed(asked(until=soon), TODAY) == soon
    late = TODAY + timedelta(days=9999)
    assert allowed(asked(until=late), TODAY) == birthday(date(TODAY.year - 8, 1, 1), 11)


@given(st.dates(date(2000, 1, 1), date(2026, 1, 1)), st.integers(1, 20))
def test_somebody_has_an_age_from_their_birthday_on(born: date, years: int) -> None:
    day = birthday(born, years)
    assert age(born, day) == years and age(born, day - timedelta(seconds=1)) == years - 1


@pytest.fixture
def moving() -> MovingClock:
    return MovingClock(TODAY)


@pytest.fixture
async def served(database: str, moving: MovingClock) -> AsyncIterator[Serving]:
    async with serving(database, clock=moving) as found:
        for id in ("jaya", "nils"):
            await found.made.record.update(FEED, {"resourceType": "Patient", "id": id})
        yield found


async def sees(served: Serving, person: str = "jaya") -> bool:
    scope = served.made.access.scope(NILS, purpose="acting-for", patient=person)
    return await served.made.record.read(scope, "Patient", person) is not None


async def test_who_acts_for_somebody_sees_their_record_until_it_ends(
    served: Serving, moving: MovingClock
) -> None:
    proxies = Proxies(served.made.database, moving)
    assert not await sees(served)
    right = await proxies.grant(asked(10), by="Mill Lane Surgery")
    assert await sees(served) and not await sees(served, "nils")
    assert [one.person for one in await proxies.acting_for("nils")] == ["jaya"]
    assert right.until == datetime(2027, 1, 1, tzinfo=UTC)
    moving.go_on(minutes=60 * 24 * 60)
    assert not await sees(served) and await proxies.acting_for("nils") == []
    assert [one.id for one in await proxies.of("jaya")] == [right.id]


@pytest.mark.parametrize(
    ("born", "ends"),
    [
        (date(2015, 11, 25), datetime(2026, 11, 25, tzinfo=UTC)),
        (date(2013, 11, 25), datetime(2026, 11, 25, tzinfo=UTC)),
        (date(2010, 11, 25), datetime(2026, 11, 25, tzinfo=UTC)),
        # A summer birthday begins at midnight by the clocks of the country: 23:00 UTC.
        (date(2016, 7, 1), datetime(2027, 6, 30, 23, tzinfo=UTC)),
        (date(2012, 2, 29), datetime(2028, 2, 29, tzinfo=UTC)),
    ],
)
async def test_a_parent_sees_until_the_11th_13th_and_16th_birthday_to_the_day(
    served: Serving, moving: MovingClock, born: date, ends: datetime
) -> None:
    """On the day before they see it, until its last second; on the day itself nobody does."""
    proxies = Proxies(served.made.database, moving)
    wanted = asked(born=born, reviewed=True, agreed=True)
    right = await proxies.grant(wanted, by="Mill Lane Surgery")
    assert right.until == ends
    moving.go_on(minutes=(ends - moving.now()).total_seconds() / 60 - 1 / 60)
    assert await sees(served)
    moving.go_on(minutes=1 / 60)
    assert not await sees(served) and await proxies.acting_for("nils") == []
    assert age(born, moving.now()) - age(born, moving.now() - timedelta(days=1)) == 1
    with pytest.raises(ProxyRefused):
        # At each step somebody has to look again, or agree, or nobody may any more.
        await proxies.grant(asked(born=born), by="Mill Lane Surgery")


async def test_a_right_is_taken_back_at_once(served: Serving, moving: MovingClock) -> None:
    proxies = Proxies(served.made.database, moving)
    right = await proxies.grant(asked(), by="Mill Lane Surgery")
    moving.go_on(minutes=1)
    await proxies.end(right.id, by="Nils Lindqvist", reason="No longer needed")
    assert not await sees(served)
    found = (await proxies.of("jaya"))[0]
    assert found.ended is not None and found.ended_reason == "No longer needed"
    with pytest.raises(ProxyRefused):
        await proxies.end(right.id, by="x", reason="again")


async def test_a_right_to_order_is_no_right_to_see(served: Serving, moving: MovingClock) -> None:
    proxies = Proxies(served.made.database, moving)
    await proxies.grant(asked(rights=frozenset({"order-medicines"})), by="Mill Lane Surgery")
    assert len(await proxies.acting_for("nils")) == 1 and not await sees(served)
