"""Tells the audit what happened to accounts."""

from __future__ import annotations

from typing import Protocol

from bevan.access.journal import NOBODY
from bevan.identity.accounts import Account, Accounts
from bevan.identity.events import Outcome
from bevan.record.scope import Actor, Kind


class KeepsJournal(Protocol):
    """Writes entries of the audit (`bevan.access.journal.Journal`)."""

    async def tell(
        self,
        actor: Actor,
        event: str,
        *,
        done: bool = True,
        about: str | None = None,
        type: str | None = None,
        id: str | None = None,
    ) -> None: ...

    async def refused(
        self, actor: Actor, event: str, *, type: str | None = None, id: str | None = None
    ) -> None: ...


class AccountWitness:
    """Makes an entry of each event: who did it, to which account, and whether it was refused."""

    def __init__(self, journal: KeepsJournal, accounts: Accounts) -> None:
        self._journal = journal
        self._accounts = accounts

    async def saw(self, account: str, action: str, outcome: Outcome, by: str = "") -> None:
        """An event of an account, blank if nobody knows whose; `by` another account, or its own."""
        concerned = await self._accounts.find(account) if account else None
        doer = await self._accounts.find(by) if by else concerned
        event = action.replace(" ", "-")
        named = account if concerned is not None else None
        if outcome == "refused":
            await self._journal.refused(_actor(doer), event, type="account", id=named)
            return
        about = concerned.actor if concerned and concerned.kind == "patient" else ""
        await self._journal.tell(_actor(doer), event, about=about or None, type="account", id=named)


def _actor(account: Account | None) -> Actor:
    """Who an account belongs to; the role is told by the sessions, not here."""
    if account is None:
        return NOBODY
    kind: Kind = "patient" if account.kind == "patient" else "practitioner"
    return Actor(kind, account.actor or f"account {account.id}", account.name)
