"""What happened to accounts: sign-ins, keys, roles, decisions. Rows are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.sql import statements

Outcome = Literal["done", "refused"]


class Witness(Protocol):
    """Somebody else who must know of each event, such as the audit."""

    async def saw(self, account: str, action: str, outcome: Outcome, by: str = "") -> None: ...


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `action` is a short word such as "sign-in" or "role"."""

    at: datetime
    action: str
    outcome: Outcome
    detail: str
    by: str


class Events:
    """The account_event table, and who else is told."""

    def __init__(self, database: Database, clock: Clock, witness: Witness | None = None) -> None:
        self._database = database
        self._clock = clock
        self._witness = witness
        self._sql = statements("bevan.identity", "events.sql")

    async def note(
        self,
        account: str,
        action: str,
        outcome: Outcome = "done",
        *,
        detail: str = "",
        by: str = "",
    ) -> None:
        """Keep an event of an account; `by` is the account that did it, where it's another one."""
        now = self._clock.now()
        await self._database.execute(self._sql["note"], now, account, action, outcome, detail, by)
        if self._witness is not None:
            await self._witness.saw(account, action, outcome, by)

    async def list(self, account: str, *, most: int = 20) -> list[Event]:
        """The latest events of an account, newest first."""
        rows = await self._database.fetch(self._sql["list"], account, most)
        return [Event(*row) for row in rows]
