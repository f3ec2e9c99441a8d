"""Passkeys: registered, shown, refused when anything is amiss."""

from __future__ import annotations

import pytest

from bevan.identity.accounts import Account
from bevan.identity.errors import SignInRefused
from bevan.identity.login import Login
from tests.identity.conftest import keyed, registered
from tests.support.authenticator import Authenticator
from tests.support.moving_clock import MovingClock


async def test_a_passkey_shows_whose_it_is(login: Login) -> None:
    account = await registered(login)
    device = await keyed(login.passkeys, account)
    question = await login.passkeys.ask()
    shown = await login.passkeys.show(question.id, device.show(question.options))
    assert (shown.account, shown.kind, shown.level) == (account.id, "patient", "AAL3")
    (listed,) = await login.passkeys.list(account.id)
    assert (listed.name, listed.bound, listed.used is not None) == ("Phone", True, True)


async def test_a_synchronised_passkey_is_weaker(login: Login, worker: Account) -> None:
    device = await keyed(login.passkeys, worker, synced=True)
    question = await login.passkeys.ask()
    shown = await login.passkeys.show(question.id, device.show(question.options))
    assert shown.level == "AAL2"


async def test_an_answer_works_once(login: Login) -> None:
    device = await keyed(login.passkeys, await registered(login))
    question = await login.passkeys.ask()
    answer = device.show(question.options)
    await login.passkeys.show(question.id, answer)
    with pytest.raises(SignInRefused, match="too long"):
        await login.passkeys.show(question.id, answer)


async def test_an_answer_to_an_older_question_is_refused(login: Login, hands: MovingClock) -> None:
    device = await keyed(login.passkeys, await registered(login))
    question = await login.passkeys.ask()
    hands.go_on(minutes=6)
    with pytest.raises(SignInRefused, match="too long"):
        await login.passkeys.show(question.id, device.show(question.options))


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"},
        {"challenge": "AAAA"},
        {"type": "webauthn.create"},
    ],
)
async def test_another_sites_answer_is_refused(login: Login, changed: dict[str, str]) -> None:
    device = await keyed(login.passkeys, await registered(login))
    question = await login.passkeys.ask()
    with pytest.raises(SignInRefused):
        await login.passkeys.show(question.id, device.show(question.options, **changed))


async def test_without_finger_or_pin_it_is_refused(login: Login) -> None:
    account = await registered(login)
    device = await keyed(login.passkeys, account)
    device.verifies = False
    question = await login.passkeys.ask()
    with pytest.raises(SignInRefused):
        await login.passkeys.show(question.id, device.show(question.options))
    asked = await login.passkeys.ask_new(account)
    with pytest.raises(SignInRefused):
        lazy = Authenticator(verifies=False)
        await login.passkeys.add(account.id, asked.id, lazy.make(asked.options), "")


async def test_a_copied_key_is_noticed_by_its_counter(login: Login) -> None:
    device = await keyed(login.passkeys, await registered(login))
    for _ in range(2):
        question = await login.passkeys.ask()
        await login.passkeys.show(question.id, device.show(question.options))
    device.count = 0
    question = await login.passkeys.ask()
    with pytest.raises(SignInRefused):
        await login.passkeys.show(question.id, device.show(question.options))


async def test_another_keys_signature_is_refused(login: Login) -> None:
    device = await keyed(login.passkeys, await registered(login))
    thief = Authenticator(id=device.id)
    question = await login.passkeys.ask()
    with pytest.raises(SignInRefused):
        await login.passkeys.show(question.id, thief.show(question.options))


async def test_a_question_for_one_account_isnt_answered_by_another(login: Login) -> None:
    first, second = await registered(login), await registered(login, "ben@example.org")
    device = await keyed(login.passkeys, second)
    await keyed(login.passkeys, first)
    question = await login.passkeys.ask(first.id)
    with pytest.raises(SignInRefused):
        await login.passkeys.show(question.id, device.show(question.options), first.id)
    asked = await login.passkeys.ask_new(first)
    with pytest.raises(SignInRefused):
        answer = Authenticator().make(asked.options)
        await login.passkeys.add(second.id, asked.id, answer, "")


async def test_one_device_key_belongs_to_one_account(login: Login) -> None:
    first, second = await registered(login), await registered(login, "ben@example.org")
    device = await keyed(login.passkeys, first)
    asked = await login.passkeys.ask_new(second)
    with pytest.raises(SignInRefused, match="known"):
        await login.passkeys.add(second.id, asked.id, device.make(asked.options), "")


async def test_a_closed_accounts_passkey_opens_nothing(login: Login) -> None:
    account = await registered(login)
    device = await keyed(login.passkeys, account)
    await login.close(account.id)
    question = await login.passkeys.ask()
    with pytest.raises(SignInRefused):
        await login.passkeys.show(question.id, device.show(question.options))


async def test_an_owner_removes_their_own_passkey_only(login: Login) -> None:
    first, second = await registered(login), await registered(login, "ben@example.org")
    await keyed(login.passkeys, first)
    (listed,) = await login.passkeys.list(first.id)
    assert not await login.passkeys.remove(second.id, listed.id)
    assert await login.passkeys.remove(first.id, listed.id)
    assert await login.passkeys.list(first.id) == []


async def test_rubbish_is_refused(login: Login) -> None:
    for question, answer in [("", "{}"), ("not-a-uuid", "x")]:
        with pytest.raises(SignInRefused):
            await login.passkeys.show(question, answer)
    question = await login.passkeys.ask()
    with pytest.raises(SignInRefused):
        await login.passkeys.show(question.id, "[]")
