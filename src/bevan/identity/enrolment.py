"""Making an account with an email address, and getting back in when every passkey is lost.

Nobody learns from these pages whether an address has an account: an address that has one gets a
code all the same, and its code signs in. Getting back in by email alone proves an email address
and no more, so it takes away every passkey and session and the proof of identity with them.
"""

from __future__ import annotations

import re

from bevan.identity.accounts import Account, Accounts
from bevan.identity.codes import Codes
from bevan.identity.errors import SignInRefused
from bevan.identity.events import Events
from bevan.identity.mail import Mail
from bevan.identity.passkeys import Passkeys
from bevan.identity.sessions import Sessions
from bevan.kernel.clock import Clock
from bevan.kernel.identifiers import uuid7

USE = "email"
_EMAIL = re.compile(r"^[^@\s<>,;:\"()\[\]\\]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$")


class Enrolment:
    """Registration, sign-in by email code, and recovery of citizens' accounts."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        passkeys: Passkeys,
        codes: Codes,
        events: Events,
        mail: Mail,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._passkeys = passkeys
        self._codes = codes
        self._events = events
        self._mail = mail
        self._clock = clock

    async def ask(self, email: str) -> str:
        """Email a code; returns the name to answer under.

        Raises SignInRefused for what isn't an email address, TooOften, and Unavailable.
        """
        return await self._codes.send(USE, address(email))

    async def enter(self, id: str, code: str, *, register: bool) -> Account:
        """The account of whoever has the code; a new one where they register.

        Raises SignInRefused for a wrong code, and for an address without an account unless
        `register`.
        """
        email = await self._codes.answer(USE, id, code)
        found = await self._accounts.by_email(email)
        if found is not None:
            return found
        if not register:
            raise SignInRefused("There is no account with this email address. You can register.")
        made = Account(uuid7(), "patient", "", email, "", email=email, level="P0")
        await self._accounts.add(made, self._clock.now())
        await self._events.note(made.id, "register")
        return await self._require(made.id)

    async def recover(self, account: Account) -> Account:
        """After an email code alone: no passkey, no session and no proven identity is left."""
        await self._passkeys.remove_all(account.id)
        await self._sessions.end_all(account.id)
        await self._accounts.prove(account.id, level="P0", actor="", name=account.email)
        await self._events.note(account.id, "recover")
        await self._mail.send(
            account.email,
            "Your Bevan passkeys were removed",
            "Somebody who reads this address asked to get back into your account. Every passkey "
            "was removed, and you need to prove who you are again. If it wasn't you, change the "
            "password of your email and register a new passkey.\n",
        )
        return await self._require(account.id)

    async def _require(self, account: str) -> Account:
        found = await self._accounts.find(account)
        if found is None:
            raise SignInRefused("This account can't be signed in to.")
        return found


def address(text: str) -> str:
    """An email address in lower case. Raises SignInRefused for what can't be one."""
    email = text.strip().lower()
    if len(email) > 254 or not _EMAIL.match(email):
        raise SignInRefused("Enter an email address, such as name@example.com.")
    return email
