"""Everything about real people's accounts that pages work with; one per process.

`Identity` answers who is behind a cookie; this is how people come by one.
"""

from __future__ import annotations

from dataclasses import dataclass

from bevan.identity.accounts import Account, Accounts
from bevan.identity.attempts import ADDRESS, PASSKEY_WRONG, Attempts
from bevan.identity.codes import Codes
from bevan.identity.enrolment import Enrolment
from bevan.identity.errors import SignInRefused
from bevan.identity.events import Events, Witness
from bevan.identity.mail import Mail, mail
from bevan.identity.passkeys import REFUSED, Passkeys, Shown
from bevan.identity.sessions import NO_ROLE, Proof, Session, Sessions
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.settings import Settings

KINDS = {"citizen": "patient", "staff": "practitioner"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """The browser that asks: its network address, what it calls itself, the cookie it brought."""

    address: str = ""
    browser: str = ""
    cookie: str | None = None


@dataclass(frozen=True)
class Login:
    """Accounts, their keys, and signing in with them."""

    accounts: Accounts
    sessions: Sessions
    passkeys: Passkeys
    codes: Codes
    attempts: Attempts
    events: Events
    mail: Mail
    enrolment: Enrolment
    clock: Clock

    @classmethod
    def over(
        cls,
        database: Database,
        clock: Clock,
        settings: Settings,
        sessions: Sessions,
        *,
        witness: Witness | None = None,
    ) -> Login:
        """All of it over one database; sessions go by the machine's `clock`."""
        accounts, attempts = Accounts(database), Attempts(database, clock)
        passkeys = Passkeys(database, clock, settings.public_url)
        post, events = mail(settings, database, clock), Events(database, clock, witness)
        codes = Codes(database, clock, post, attempts)
        enrolment = Enrolment(accounts, sessions, passkeys, codes, events, post, clock)
        return cls(accounts, sessions, passkeys, codes, attempts, events, post, enrolment, clock)

    async def with_passkey(
        self, realm: str, question: str, answer: str, visitor: Visitor
    ) -> tuple[str, Session]:
        """Sign in at the provider of a realm (citizen or staff) with a passkey.

        Returns the cookie's value and the session. Raises SignInRefused for anything amiss and
        TooOften when one address tries again and again.
        """
        await self.attempts.note(ADDRESS, visitor.address)
        try:
            shown = await self.passkeys.show(question, answer)
            if shown.kind != KINDS[realm]:
                raise SignInRefused(REFUSED)
        except SignInRefused:
            await self.events.note("", "sign-in", "refused", detail="passkey")
            raise
        return await self._entered(realm, shown.account, _proof(realm, shown), visitor)

    async def with_code(
        self, id: str, code: str, visitor: Visitor, *, mode: str
    ) -> tuple[str, Session]:
        """Sign a citizen in with a code from an email; `mode` is enter, register or recover."""
        await self.attempts.note(ADDRESS, visitor.address)
        try:
            account = await self.enrolment.enter(id, code, register=mode == "register")
        except SignInRefused:
            await self.events.note("", "sign-in", "refused", detail="code")
            raise
        if mode == "recover":
            account = await self.enrolment.recover(account)
        return await self._entered("citizen", account.id, Proof("code", vot="Cp"), visitor)

    async def confirm(
        self, session: Session, question: str, answer: str, visitor: Visitor
    ) -> tuple[str, Session]:
        """It's still them, by a passkey of theirs: the session goes on under a new secret.

        After ten failures the session's account must wait. Raises SignInRefused and TooOften.
        """
        await self.attempts.check(PASSKEY_WRONG, session.account)
        try:
            shown = await self.passkeys.show(question, answer, session.account)
        except SignInRefused:
            await self.attempts.note(PASSKEY_WRONG, session.account)
            await self.events.note(session.account, "confirm", "refused")
            raise
        level = {} if session.actor.kind == "patient" else {"level": shown.level}
        return await self._confirmed(session, visitor, **level)

    async def confirm_demo(self, session: Session, visitor: Visitor) -> tuple[str, Session]:
        """It's still them, in a demonstration, where nobody has anything to show."""
        if not session.demo:
            raise SignInRefused("Show your passkey.")
        return await self._confirmed(session, visitor)

    async def close(self, account: str, *, by: str = "") -> None:
        """A leaver: the account is closed and every session of it ends at once."""
        await self.accounts.close(account, self.clock.now())
        await self.sessions.end_all(account)
        await self.events.note(account, "close", by=by)

    async def sweep(self) -> None:
        """Remove codes, questions and counts that have run out; a periodic job calls this."""
        await self.codes.sweep()
        await self.passkeys.sweep()
        await self.attempts.sweep()

    async def _confirmed(
        self, session: Session, visitor: Visitor, **more: str
    ) -> tuple[str, Session]:
        changed = await self.sessions.change(
            visitor.cookie or "", confirmed=self.clock.now(), **more
        )
        await self.events.note(session.account, "confirm")
        return changed

    async def _entered(
        self, realm: str, account: str, proof: Proof, visitor: Visitor
    ) -> tuple[str, Session]:
        role = 0 if realm == "citizen" else NO_ROLE
        at = self.clock.now()
        parts = await self._parts(realm, account, proof, visitor)
        given = Proof(proof.method, proof.level, parts, at, visitor.browser)
        entered = await self.sessions.start(
            account, role=role, previous=visitor.cookie, proof=given, use=realm
        )
        await self.events.note(account, "sign-in", detail=proof.method)
        return entered

    async def _parts(self, realm: str, account: str, proof: Proof, visitor: Visitor) -> str:
        """What was shown now, with what the same person showed in the session that this ends."""
        before = await self.sessions.find(visitor.cookie) if visitor.cookie else None
        same = before is not None and (before.account, before.use) == (account, realm)
        shown = before.vot.split(".") if before is not None and same else []
        return ".".join(dict.fromkeys([*filter(None, shown), proof.vot]))

    async def require(self, account: str) -> Account:
        """An open account. Raises SignInRefused."""
        found = await self.accounts.find(account)
        if found is None or found.closed:
            raise SignInRefused("This account can't be signed in to.")
        return found


def _proof(realm: str, shown: Shown) -> Proof:
    return Proof("passkey", "" if realm == "citizen" else shown.level, "Cm")
