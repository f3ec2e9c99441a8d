"""Registering, signing in, staying in, confirming, getting back in and leaving."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bevan.identity.accounts import Account
from bevan.identity.confirmation import confirmed
from bevan.identity.errors import SignInRefused, TooOften
from bevan.identity.login import Login, Visitor
from bevan.identity.mail import NoMail, Outbox, Smtp, mail
from bevan.identity.sessions import LONGEST, NO_ROLE, Proof
from bevan.kernel.database import Database
from bevan.kernel.errors import Unavailable
from bevan.kernel.settings import Settings
from tests.identity.conftest import keyed, last_code, registered
from tests.support.moving_clock import MovingClock

HERE = Visitor("10.0.0.1", "A browser")
P9 = Proof("openid", level="P9", vot="P9.Cm")


async def test_registering_makes_an_account_of_the_lowest_level(login: Login) -> None:
    account = await registered(login, " Ada@Example.org ")
    assert (account.kind, account.level, account.actor) == ("patient", "P0", "")
    assert account.email == "ada@example.org"
    assert await login.accounts.by_email("ada@example.org") == account


async def test_registering_twice_finds_the_same_account(login: Login) -> None:
    assert await registered(login) == await registered(login)


@pytest.mark.parametrize("text", ["", "ada", "a b@example.org", "a@b", "a@@b.c", "<a@b.cd>"])
async def test_what_isnt_an_address_is_refused(login: Login, text: str) -> None:
    with pytest.raises(SignInRefused, match="email address"):
        await login.enrolment.ask(text)


async def test_a_code_works_once(login: Login) -> None:
    asked = await login.enrolment.ask("ada@example.org")
    code = await last_code(login)
    await login.enrolment.enter(asked, code, register=True)
    with pytest.raises(SignInRefused):
        await login.enrolment.enter(asked, code, register=True)


async def test_a_code_ends_after_ten_minutes(login: Login, hands: MovingClock) -> None:
    asked = await login.enrolment.ask("ada@example.org")
    code = await last_code(login)
    hands.go_on(minutes=10)
    with pytest.raises(SignInRefused):
        await login.enrolment.enter(asked, code, register=True)


async def test_a_code_ends_after_five_wrong_tries(login: Login) -> None:
    asked = await login.enrolment.ask("ada@example.org")
    code = await last_code(login)
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await login.enrolment.enter(asked, wrong, register=True)
    with pytest.raises(SignInRefused):
        await login.enrolment.enter(asked, code, register=True)


async def test_a_newer_code_ends_the_older(login: Login) -> None:
    asked = await login.enrolment.ask("ada@example.org")
    code = await last_code(login)
    await login.enrolment.ask("ada@example.org")
    with pytest.raises(SignInRefused):
        await login.enrolment.enter(asked, code, register=True)


async def test_codes_to_one_address_are_limited(login: Login, hands: MovingClock) -> None:
    for _ in range(5):
        await login.enrolment.ask("ada@example.org")
    with pytest.raises(TooOften):
        await login.enrolment.ask("ada@example.org")
    hands.go_on(hours=1, minutes=1)
    await login.enrolment.ask("ada@example.org")


async def test_a_code_of_a_stranger_signs_nobody_in(login: Login) -> None:
    asked = await login.enrolment.ask("ada@example.org")
    code = await last_code(login)
    with pytest.raises(SignInRefused, match="no account"):
        await login.with_code(asked, code, HERE, mode="enter")
    assert await login.accounts.by_email("ada@example.org") is None


async def test_one_address_is_slowed_down(login: Login) -> None:
    for _ in range(100):
        with pytest.raises(SignInRefused):
            await login.with_passkey("citizen", "", "{}", HERE)
    with pytest.raises(TooOften):
        await login.with_passkey("citizen", "", "{}", HERE)


async def test_signing_in_with_a_passkey(login: Login) -> None:
    account = await registered(login)
    device = await keyed(login.passkeys, account)
    question = await login.passkeys.ask()
    cookie, session = await login.with_passkey(
        "citizen", question.id, device.show(question.options), HERE
    )
    assert (session.account, session.use, session.vot) == (account.id, "citizen", "Cm")
    assert await login.sessions.find(cookie) == session
    events = [(one.action, one.outcome) for one in await login.events.list(account.id)]
    assert events == [("sign-in", "done"), ("register", "done")]


async def test_a_citizens_passkey_doesnt_sign_in_to_staff(login: Login) -> None:
    device = await keyed(login.passkeys, await registered(login))
    question = await login.passkeys.ask()
    with pytest.raises(SignInRefused):
        await login.with_passkey("staff", question.id, device.show(question.options), HERE)


async def test_below_p9_a_session_names_no_record(login: Login) -> None:
    account = await registered(login)
    for level, sight in [("P0", ""), ("P5", ""), ("P9", "pat-1")]:
        await login.accounts.prove(account.id, level=level, actor="pat-1", name="Ada Moss")
        _, session = await login.sessions.start(account.id, proof=Proof("openid", level=level))
        assert (session.actor.id, session.person) == (sight, "pat-1")


async def test_a_citizens_session_ends_after_half_an_hour_unused(
    login: Login, hands: MovingClock
) -> None:
    account = await registered(login)
    cookie, _ = await login.sessions.start(account.id, proof=P9)
    hands.go_on(minutes=29)
    assert await login.sessions.find(cookie) is not None
    hands.go_on(minutes=29)
    assert await login.sessions.find(cookie) is not None
    hands.go_on(minutes=30)
    assert await login.sessions.find(cookie) is None


async def test_a_session_in_use_ends_after_twelve_hours(login: Login, hands: MovingClock) -> None:
    account = await registered(login)
    cookie, session = await login.sessions.start(account.id, proof=P9)
    while hands.now() < session.started + LONGEST - timedelta(minutes=20):
        hands.go_on(minutes=20)
        assert await login.sessions.find(cookie) is not None
    hands.go_on(minutes=20)
    assert await login.sessions.find(cookie) is None


async def test_a_real_account_cant_be_signed_in_to_without_proof(
    login: Login, worker: Account
) -> None:
    with pytest.raises(SignInRefused):
        await login.sessions.start(worker.id)


async def test_a_change_of_role_is_a_new_session(login: Login, worker: Account) -> None:
    old, first = await login.sessions.start(worker.id, proof=Proof("openid", level="AAL2"))
    new, second = await login.sessions.change(old, position=1)
    assert (first.actor.role, second.actor.role) == ("GP", "Nurse")
    assert second.id != first.id
    assert await login.sessions.find(old) is None
    assert await login.sessions.find(new) == second
    with pytest.raises(SignInRefused):
        await login.sessions.change(old, position=0)
    with pytest.raises(SignInRefused):
        await login.sessions.change(new, position=7)


async def test_staff_without_a_role_are_signed_in_and_see_nothing(
    login: Login, worker: Account
) -> None:
    for role in worker.roles:
        await login.accounts.take_role(worker.id, role.position)
    _, session = await login.sessions.start(worker.id, role=NO_ROLE, proof=Proof("openid"))
    assert (session.actor.role, session.actor.organisation) == ("", "")


async def test_a_position_is_never_used_twice(
    login: Login, worker: Account, hands: MovingClock
) -> None:
    role = worker.roles[1]
    cookie, _ = await login.sessions.start(worker.id, role=1, proof=Proof("openid"))
    assert await login.accounts.take_role(worker.id, 1)
    assert await login.accounts.give_role(worker.id, role, hands.now()) == 2
    assert await login.sessions.find(cookie) is None


async def test_a_leavers_sessions_end_at_once(login: Login, worker: Account) -> None:
    cookie, _ = await login.sessions.start(worker.id, proof=Proof("openid"))
    await login.close(worker.id, by="admin")
    assert await login.sessions.find(cookie) is None
    with pytest.raises(SignInRefused):
        await login.require(worker.id)


async def test_owners_list_and_end_their_sessions(login: Login, worker: Account) -> None:
    here, mine = await login.sessions.start(
        worker.id, proof=Proof("openid", level="AAL2", browser="Desk")
    )
    there, other = await login.sessions.start(worker.id, role=1, proof=Proof("openid"))
    listed = await login.sessions.list(worker.id)
    assert {(one.id, one.role, one.browser) for one in listed} == {
        (mine.id, "GP", "Desk"),
        (other.id, "Nurse", ""),
    }
    assert not await login.sessions.end_one("somebody-else", other.id)
    assert await login.sessions.end_one(worker.id, other.id)
    assert await login.sessions.find(there) is None
    await login.sessions.end_others(worker.id, mine.id)
    assert await login.sessions.find(here) is not None


async def test_confirming_makes_a_new_secret_and_lasts_five_minutes(
    login: Login, worker: Account, hands: MovingClock
) -> None:
    device = await keyed(login.passkeys, worker)
    cookie, session = await login.sessions.start(worker.id, proof=Proof("openid", level="AAL2"))
    assert not confirmed(session, hands.now())
    question = await login.passkeys.ask(worker.id)
    fresh, sure = await login.confirm(
        session, question.id, device.show(question.options), Visitor(cookie=cookie)
    )
    assert confirmed(sure, hands.now())
    assert sure.level == "AAL3"
    assert await login.sessions.find(cookie) is None
    hands.go_on(minutes=5, seconds=1)
    again = await login.sessions.find(fresh)
    assert again is not None
    assert not confirmed(again, hands.now())


async def test_somebody_elses_passkey_confirms_nothing_and_locks_after_ten(
    login: Login, worker: Account, hands: MovingClock
) -> None:
    other = await keyed(login.passkeys, await registered(login))
    cookie, session = await login.sessions.start(worker.id, proof=Proof("openid"))
    for _ in range(10):
        question = await login.passkeys.ask(worker.id)
        with pytest.raises(SignInRefused):
            await login.confirm(session, question.id, other.show(question.options), HERE)
    question = await login.passkeys.ask(worker.id)
    with pytest.raises(TooOften):
        await login.confirm(session, question.id, "{}", Visitor(cookie=cookie))
    with pytest.raises(SignInRefused, match="passkey"):
        await login.confirm_demo(session, HERE)


async def test_getting_back_in_by_email_leaves_no_key_session_or_proof(login: Login) -> None:
    account = await registered(login)
    await login.accounts.prove(account.id, level="P9", actor="pat-1", name="Ada Moss")
    device = await keyed(login.passkeys, account)
    old, _ = await login.sessions.start(account.id, proof=P9)
    asked = await login.enrolment.ask(account.email)
    cookie, session = await login.with_code(asked, await last_code(login), HERE, mode="recover")
    found = await login.require(account.id)
    assert (found.level, found.actor) == ("P0", "")
    assert await login.passkeys.list(account.id) == []
    assert await login.sessions.find(old) is None
    assert await login.sessions.find(cookie) == session
    question = await login.passkeys.ask()
    with pytest.raises(SignInRefused):
        await login.passkeys.show(question.id, device.show(question.options))


async def test_other_providers_names_lead_to_one_account(login: Login, hands: MovingClock) -> None:
    first, second = await registered(login), await registered(login, "ben@example.org")
    await login.accounts.link(first.id, "https://login.example", "sub-1", hands.now())
    await login.accounts.link(second.id, "https://login.example", "sub-1", hands.now())
    assert await login.accounts.of_subject("https://login.example", "sub-1") == first
    assert await login.accounts.of_subject("https://other.example", "sub-1") is None


async def test_what_has_run_out_is_swept(login: Login, pool: Database, hands: MovingClock) -> None:
    await login.enrolment.ask("ada@example.org")
    await login.passkeys.ask()
    hands.go_on(hours=2)
    await login.sweep()
    for table in ("one_time_code", "challenge", "attempt"):
        assert await pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_email_goes_where_the_settings_say(pool: Database, hands: MovingClock) -> None:
    plain = Settings(demo=False)
    assert isinstance(mail(plain, pool, hands), NoMail)
    assert isinstance(mail(Settings(demo=True), pool, hands), Outbox)
    named = Settings(smtp_host="127.0.0.1", smtp_port=1, mail_from="care@example.org")
    server = mail(named, pool, hands)
    assert isinstance(server, Smtp)
    for post in (server, NoMail()):
        with pytest.raises(Unavailable):
            await post.send("ada@example.org", "Subject", "Body")
