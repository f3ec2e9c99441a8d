"""Joiners, movers and leavers: workers' accounts and roles, kept by an account administrator.

An administrator gives and takes roles at their own organisation only. A new worker is invited by a
link that works once and leads to their first passkey. A leaver's sessions end at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bevan.identity.accounts import Account, Role
from bevan.identity.errors import SignInRefused
from bevan.identity.login import Login
from bevan.identity.secret import digest, fresh
from bevan.kernel.database import Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements

ADMINISTRATOR: Final = "Account administrator"
LASTS: Final = timedelta(days=3)
USED: Final = "This link was used before, or is older than three days. Ask for a new one."

THERE: Final = (
    "There is an account administrator already, who makes other accounts. If nobody can sign in "
    "as one any more, use --again and say why."
)


class Joiners:
    """Accounts of workers, for those who keep them."""

    def __init__(self, database: Database, login: Login) -> None:
        self._database = database
        self._login = login
        self._sql = statements("bevan.identity", "joiners.sql")

    async def join(self, name: str, practitioner: str, email: str, role: Role, *, by: str) -> str:
        """A new worker with a role: the secret of their invitation.

        `practitioner` is the id of their Practitioner. Raises SignInRefused where they have an
        account already, or something is missing.
        """
        if not name.strip() or not practitioner:
            raise SignInRefused("Choose somebody from the directory of staff.")
        if await self._login.accounts.by_actor("practitioner", practitioner) is not None:
            raise SignInRefused("This person has an account already. Give them a role instead.")
        id, now = uuid7(), self._login.clock.now()
        made = Account(id, "practitioner", practitioner, name.strip(), "", email=email, level="1")
        await self._login.accounts.add(made, now)
        await self._login.events.note(id, "register", by=by)
        await self.give(id, role, by=by)
        return await self.invite(id, by=by)

    async def first(self, name: str, role: Role, *, by: str, again: str = "") -> str:
        """The first account administrator: the secret of their invitation.

        `by` is who did it at the machine; `again` the reason for one more where there is one.
        Raises SignInRefused where there is one and no reason is given. Of two who try at the same
        time the second waits for the first, and then finds that there is one.
        """
        async with self._database.transaction() as turn:
            await turn.execute(self._sql["take_turn"])
            there = await turn.fetchval(self._sql["administrators"], ADMINISTRATOR)
            if there and not again:
                raise SignInRefused(THERE)
            secret = await self.join(name, uuid7(), "", role, by=by)
        account = await self.invited(secret)
        await self._login.events.note(
            account.id, "administrator made", detail=again or "the first", by=by
        )
        return secret

    async def invite(self, account: str, *, by: str) -> str:
        """A new way to a passkey, for somebody who has none or lost theirs.

        Every passkey and session they had ends.
        """
        await self._login.require(account)
        await self._login.passkeys.remove_all(account)
        await self._login.sessions.end_all(account)
        secret = fresh()
        until = self._login.clock.now() + LASTS
        await self._database.execute(self._sql["invite"], digest(secret), account, until)
        await self._login.events.note(account, "invited", by=by)
        return secret

    async def invited(self, secret: str) -> Account:
        """Whom an invitation is for. Raises SignInRefused."""
        found = await self._database.fetchval(
            self._sql["invited"], digest(secret), self._login.clock.now()
        )
        if found is None:
            raise SignInRefused(USED)
        return await self._login.require(found)

    async def accept(self, secret: str, question: str, answer: str, name: str) -> Account:
        """The invited worker's first passkey. Raises SignInRefused."""
        account = await self.invited(secret)
        await self._login.passkeys.add(account.id, question, answer, name)
        used = await self._database.fetchval(
            self._sql["joined"], digest(secret), self._login.clock.now()
        )
        if used is None:
            await self._login.passkeys.remove_all(account.id)
            raise SignInRefused(USED)
        await self._login.events.note(account.id, "passkey added")
        return account

    async def give(self, account: str, role: Role, *, by: str) -> None:
        """A mover's new role. Raises SignInRefused where they have it already."""
        found = await self._login.require(account)
        if role in found.roles:
            raise SignInRefused("They have this role already.")
        if not role.name.strip() or not role.organisation:
            raise SignInRefused("Choose a role.")
        await self._login.accounts.give_role(account, role, self._login.clock.now())
        detail = f"{role.name}, {role.organisation_name}"
        await self._login.events.note(account, "role given", detail=detail, by=by)

    async def take(self, account: str, position: int, *, by: str) -> None:
        """Take a role away: sessions in it end at once."""
        if await self._login.accounts.take_role(account, position):
            await self._login.sessions.end_role(account, position)
            await self._login.events.note(account, "role taken away", by=by)

    async def leave(self, account: str, *, by: str) -> None:
        """A leaver: the account is closed, every session ends at once."""
        await self._login.close(account, by=by)
