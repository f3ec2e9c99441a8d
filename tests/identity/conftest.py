"""Accounts over a fresh database, and a clock to push forward."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bevan.identity.accounts import Account, Role
from bevan.identity.login import Login
from bevan.identity.mail import Outbox
from bevan.identity.passkeys import Passkeys
from bevan.identity.sessions import Sessions
from bevan.kernel.database import Database
from bevan.kernel.settings import Settings
from tests.conftest import TODAY
from tests.support.authenticator import Authenticator
from tests.support.moving_clock import MovingClock

GP = Role("GP", "org-1", "Mill Lane Surgery", code="S8000:G8000:R8000")
LATE_SHIFT = Role("Nurse", "org-2", "Thornbeck General")


@pytest.fixture
def hands() -> MovingClock:
    return MovingClock(TODAY)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Database]:
    opened = await Database.open(database, size=4)
    yield opened
    await opened.close()


@pytest.fixture
async def login(pool: Database, hands: MovingClock) -> Login:
    settings = Settings(data=Path(), demo=True)
    return Login.over(pool, hands, settings, Sessions(pool, hands, remember=0))


@pytest.fixture
async def worker(login: Login, hands: MovingClock) -> Account:
    """Somebody real with two roles."""
    await login.accounts.add(
        Account("w-1", "practitioner", "prac-1", "Dr Ada Moss", ""), hands.now()
    )
    for role in (GP, LATE_SHIFT):
        await login.accounts.give_role("w-1", role, hands.now())
    return await login.require("w-1")


async def last_code(login: Login) -> str:
    """The code in the newest email."""
    assert isinstance(login.mail, Outbox)
    (letter,) = await login.mail.latest(1)
    return letter.subject.split()[0]


async def registered(login: Login, email: str = "ada@example.org") -> Account:
    """A citizen who has just registered."""
    asked = await login.enrolment.ask(email)
    return await login.enrolment.enter(asked, await last_code(login), register=True)


async def keyed(passkeys: Passkeys, account: Account, **device: object) -> Authenticator:
    """A device that holds a new passkey of the account."""
    made = Authenticator(**device)  # type: ignore[arg-type]
    question = await passkeys.ask_new(account)
    await passkeys.add(account.id, question.id, made.make(question.options), "Phone")
    return made
