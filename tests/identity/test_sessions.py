"""Signing in, staying in, and getting out."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bevan.identity import Account, Identity, Role, SignInRefused
from bevan.identity.sessions import IDLE, LONGEST
from bevan.kernel.database import Database
from tests.support.moving_clock import MovingClock

TYPES = frozenset({"Observation"})
MILL_LANE = Role("GP", "org-1", "Mill Lane Surgery")
HADDAD = Account(
    "leila-haddad",
    "practitioner",
    "prac-1",
    "Dr Leila Haddad",
    "GP at Mill Lane Surgery",
    (MILL_LANE, Role("Appraiser", "org-2", "Harrowmere")),
    demo=True,
)
DOT = Account("dot", "patient", "pat-1", "Dot Pemberton", "A citizen", demo=True)
REAL = Account("real", "practitioner", "prac-9", "Dr Real", "", (MILL_LANE,), demo=False)


@pytest.fixture
async def identity(pool: Database, hands: MovingClock) -> Identity:
    made = Identity(pool, hands, TYPES, demo=True, remember=0)
    await made.seed([HADDAD, DOT, REAL])
    return made


async def test_demo_people_are_listed_in_order_with_their_roles(identity: Identity) -> None:
    assert await identity.demo_people() == [HADDAD, DOT]


async def test_seeding_again_brings_up_to_date(identity: Identity) -> None:
    moved = Account(
        "leila-haddad", "practitioner", "prac-1", "Dr Leila Haddad", "GP", (MILL_LANE,), demo=True
    )
    await identity.seed([moved])
    assert (await identity.demo_people())[0] == moved


async def test_a_session_carries_the_person_in_their_role(identity: Identity) -> None:
    cookie, session = await identity.sign_in("leila-haddad")
    found = await identity.signed_in(cookie)
    assert found == session
    assert session.actor.kind == "practitioner"
    assert (session.actor.id, session.actor.name) == ("prac-1", "Dr Leila Haddad")
    assert (session.actor.role, session.actor.organisation) == ("GP", "org-1")
    assert session.actor.organisation_name == "Mill Lane Surgery"
    assert session.demo and session.title == "GP at Mill Lane Surgery"
    assert session.id not in cookie and cookie not in session.id


async def test_another_role_is_another_session(identity: Identity) -> None:
    _, session = await identity.sign_in("leila-haddad", role=1)
    assert session.actor.organisation == "org-2"


async def test_a_citizen_acts_as_themselves(identity: Identity) -> None:
    _, session = await identity.sign_in("dot")
    assert session.actor.kind == "patient" and session.actor.organisation == ""


@pytest.mark.parametrize(("account", "role"), [("nobody", 0), ("leila-haddad", 2), ("dot", 1)])
async def test_no_such_account_or_role(identity: Identity, account: str, role: int) -> None:
    with pytest.raises(SignInRefused):
        await identity.sign_in(account, role=role)


async def test_only_demo_accounts_need_no_proof(identity: Identity) -> None:
    with pytest.raises(SignInRefused):
        await identity.sign_in("real")


async def test_outside_a_demonstration_nobody_signs_in_and_old_cookies_open_nothing(
    identity: Identity, pool: Database, hands: MovingClock
) -> None:
    cookie, _ = await identity.sign_in("dot")
    serious = Identity(pool, hands, TYPES, demo=False, remember=0)
    assert await serious.demo_people() == []
    assert await serious.signed_in(cookie) is None
    with pytest.raises(SignInRefused):
        await serious.sign_in("dot")


async def test_the_database_holds_no_cookie(identity: Identity, pool: Database) -> None:
    cookie, _ = await identity.sign_in("dot")
    rows = await pool.fetch("SELECT secret::text AS kept FROM session")
    assert len(rows) == 1
    assert cookie not in rows[0]["kept"] and cookie.encode().hex() not in rows[0]["kept"]


async def test_signing_in_again_ends_the_session_the_browser_brought(identity: Identity) -> None:
    first, _ = await identity.sign_in("dot")
    second, _ = await identity.sign_in("leila-haddad", previous=first)
    assert second != first
    assert await identity.signed_in(first) is None
    assert await identity.signed_in(second) is not None


async def test_signing_out_ends_it(identity: Identity) -> None:
    cookie, _ = await identity.sign_in("dot")
    await identity.sign_out(cookie)
    assert await identity.signed_in(cookie) is None
    await identity.sign_out(None)


async def test_a_workers_ends_an_hour_after_the_last_use(
    identity: Identity, hands: MovingClock
) -> None:
    cookie, _ = await identity.sign_in("leila-haddad")
    hands.go_on(minutes=50)
    assert await identity.signed_in(cookie) is not None
    hands.go_on(minutes=50)
    assert await identity.signed_in(cookie) is not None
    hands.go_on(minutes=61)
    assert await identity.signed_in(cookie) is None


async def test_no_use_extends_it_beyond_its_limit(identity: Identity, hands: MovingClock) -> None:
    cookie, session = await identity.sign_in("leila-haddad")
    while hands.at + timedelta(minutes=30) < session.started + LONGEST:
        hands.go_on(minutes=30)
        assert await identity.signed_in(cookie) is not None
    hands.go_on(minutes=31)
    assert await identity.signed_in(cookie) is None
    assert timedelta(0) < IDLE < LONGEST


async def test_closing_an_account_ends_its_sessions(identity: Identity) -> None:
    cookie, _ = await identity.sign_in("leila-haddad")
    await identity.close("leila-haddad")
    assert await identity.signed_in(cookie) is None
    assert [account.id for account in await identity.demo_people()] == ["dot"]
    with pytest.raises(SignInRefused):
        await identity.sign_in("leila-haddad")


async def test_signing_out_everywhere_leaves_others_alone(identity: Identity) -> None:
    first, _ = await identity.sign_in("dot")
    second, _ = await identity.sign_in("dot")
    other, _ = await identity.sign_in("leila-haddad")
    await identity.sign_out_everywhere("dot")
    found = [await identity.signed_in(cookie) for cookie in (first, second, other)]
    assert [session is not None for session in found] == [False, False, True]


@pytest.mark.parametrize("cookie", [None, "", "made-up", "ü\ud800", "x" * 10_000])
async def test_any_other_cookie_opens_nothing(identity: Identity, cookie: str | None) -> None:
    assert await identity.signed_in(cookie) is None


async def test_the_cache_forgets_within_seconds(
    pool: Database, hands: MovingClock, identity: Identity
) -> None:
    cached = Identity(pool, hands, TYPES, demo=True, remember=30)
    cookie, _ = await cached.sign_in("dot")
    assert await cached.signed_in(cookie) is not None
    # Another process ends it; this one still remembers, but no longer than it may.
    await identity.sign_out(cookie)
    assert await cached.signed_in(cookie) is not None
    quick = Identity(pool, hands, TYPES, demo=True)
    assert await quick.signed_in(cookie) is None


async def test_run_out_sessions_are_swept(
    identity: Identity, pool: Database, hands: MovingClock
) -> None:
    await identity.sign_in("dot")
    hands.go_on(hours=2)
    await identity.sign_in("leila-haddad")
    await identity.sweep()
    assert await pool.fetchval("SELECT array_agg(account) FROM session") == ["leila-haddad"]


async def test_many_requests_at_once_share_a_session(identity: Identity) -> None:
    cookie, session = await identity.sign_in("dot")
    found = await asyncio.gather(*(identity.signed_in(cookie) for _ in range(20)))
    assert found == [session] * 20
