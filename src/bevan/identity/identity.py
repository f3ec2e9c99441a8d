"""The door to accounts, sessions and tokens; one per process."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from bevan.identity.accounts import Account, Accounts
from bevan.identity.errors import SignInRefused
from bevan.identity.events import Outcome, Witness
from bevan.identity.sessions import APPS, Session, Sessions
from bevan.identity.tokens import Client, Tokens
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.people.survivors import Survivors
from bevan.record.scope import Actor


def led(survivors: Survivors, actor: Actor) -> Actor:
    """A citizen as the record that stands for theirs names them; anybody else as they are."""
    if actor.kind != "patient" or not actor.id:
        return actor
    stands = survivors.of_account(actor.id)
    return actor if stands == actor.id else replace(actor, id=stands)


class Identity:
    """Who is behind a cookie or a token.

    `types` are the resource types a token's scopes may name. `demo` allows signing in to demo
    accounts without proof; without it nobody can.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        types: Collection[str],
        *,
        demo: bool,
        remember: float = 2.0,
        witness: Witness | None = None,
        survivors: Survivors | None = None,
    ) -> None:
        self._survivors = survivors
        self._accounts = Accounts(database)
        self.sessions = self._sessions = Sessions(database, clock, remember=remember)
        self._tokens = Tokens(database, clock, types, remember=remember)
        self._clock = clock
        self._demo = demo
        self._witness = witness

    async def seed(self, accounts: Sequence[Account]) -> None:
        """Add demo accounts or bring them up to date."""
        await self._accounts.seed(accounts)

    async def demo_people(self) -> list[Account]:
        """Whom a visitor may sign in as; nobody outside a demonstration."""
        return await self._accounts.demo() if self._demo else []

    async def sign_in(
        self, account: str, *, role: int = 0, previous: str | None = None
    ) -> tuple[str, Session]:
        """Sign in as a demo person: the new cookie's value, and the session.

        Raises SignInRefused outside a demonstration, or when there is no such account or role.
        """
        if not self._demo:
            await self._saw("", "sign-in", "refused")
            raise SignInRefused("Signing in without proof is for demonstrations only.")
        try:
            entered = await self._sessions.start(account, role=role, previous=previous)
        except SignInRefused:
            await self._saw(account, "sign-in", "refused")
            raise
        await self._saw(account, "sign-in")
        return entered

    async def signed_in(self, cookie: str | None) -> Session | None:
        """The session a cookie opens, if any."""
        if not cookie:
            return None
        session = await self._sessions.find(cookie)
        # A demo session in a data directory that is no longer a demonstration opens nothing, and
        # being signed in at the provider isn't being signed in to the apps.
        if session is None or session.use != APPS:
            return None
        return None if session.demo and not self._demo else self._led(session)

    async def at_provider(self, cookie: str | None, realm: str) -> Session | None:
        """The session at the provider of a realm (citizen or staff) that a cookie opens, if any."""
        session = await self._sessions.find(cookie) if cookie else None
        return session if session is not None and session.use == realm else None

    async def sign_out(self, cookie: str | None) -> None:
        """End the session of a cookie; without one there is nothing to do."""
        if not cookie:
            return
        session = await self._sessions.find(cookie)
        await self._sessions.end(cookie)
        if session is not None:
            await self._saw(session.account, "sign-out")

    async def sign_out_everywhere(self, account: str) -> None:
        """End every session of an account."""
        await self._sessions.end_all(account)
        await self._saw(account, "sign-out-everywhere")

    async def close(self, account: str) -> None:
        """Close an account and end its sessions."""
        await self._accounts.close(account, self._clock.now())
        await self._sessions.end_all(account)
        await self._saw(account, "close")

    async def sweep(self) -> None:
        """Remove sessions that have run out; a periodic job calls this."""
        await self._sessions.sweep()

    async def issue(
        self, *, client: str, scope: str, purpose: str, lasts: timedelta, issued_by: str
    ) -> str:
        """A new bearer token, shown only now. Raises GrantRefused; see `Tokens.issue`."""
        return await self._tokens.issue(
            client=client, scope=scope, purpose=purpose, lasts=lasts, issued_by=issued_by
        )

    async def token(self, bearer: str) -> Client | None:
        """The client a bearer token stands for, while it lasts."""
        return await self._tokens.find(bearer)

    async def revoke(self, *, client: str) -> int:
        """Revoke all tokens of a client; how many there were."""
        return await self._tokens.revoke(client=client)

    def _led(self, session: Session) -> Session:
        """A citizen whose record was merged opens the one that stands, until that is undone.

        Who acts for somebody does so by their own record, to which the right belongs.
        """
        if self._survivors is None or session.acting:
            return session
        actor = led(self._survivors, session.actor)
        return session if actor is session.actor else replace(session, actor=actor)

    async def _saw(self, account: str, action: str, outcome: Outcome = "done") -> None:
        if self._witness is not None:
            await self._witness.saw(account, action, outcome)
