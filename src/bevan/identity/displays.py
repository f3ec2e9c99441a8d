"""Screens on wards: let in by a short-lived code, each for one ward, and ended by whoever keeps it.

A screen has no account and no session. Its secret is looked at by the page of its ward and by
nothing else, so nothing else can be asked with it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record as Row

from bevan.identity.attempts import DISPLAY_CODE, Attempts
from bevan.identity.errors import SignInRefused
from bevan.identity.events import Events
from bevan.identity.secret import digest, fresh
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.record.scope import Actor

KEEPERS: Final = frozenset({"Ward administrator", "Ward sister"})
"""Roles that let screens in, at their own organisation."""
ROLE: Final = "Ward display"
PURPOSE: Final = "ward-display"
CODE: Final = timedelta(minutes=10)
LASTS: Final = timedelta(days=90)
WRONG: Final = "That code isn't right, was used, or is older than ten minutes. Ask for a new one."
# Without what is easily misread: 0 and O, 1 and I and L.
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH: Final = 8
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward: the logical id and name of its Location, and whose it is."""

    id: str
    name: str
    organisation: str
    organisation_name: str


@dataclass(frozen=True, slots=True)
class Display:
    """One screen. `enrolled` is None until its code was entered on it."""

    id: UUID
    name: str
    ward: Ward
    made: datetime
    enrolled: datetime | None
    until: datetime | None

    @property
    def actor(self) -> Actor:
        """Who the audit says is looking."""
        where = self.ward
        return Actor(
            "device", str(self.id), self.name, ROLE, where.organisation, where.organisation_name
        )


class Displays:
    """The ward_display table."""

    def __init__(
        self, database: Database, clock: Clock, events: Events, attempts: Attempts
    ) -> None:
        self._database = database
        self._clock = clock
        self._events = events
        self._attempts = attempts
        self._sql = statements("bevan.identity", "displays.sql")

    async def offer(self, name: str, ward: Ward, *, by: str) -> str:
        """A code with which one screen can be let in within ten minutes; `by` is an account.

        Raises SignInRefused where the screen has no name.
        """
        said = " ".join(name.split())
        if not said or len(said) > _LONGEST:
            raise SignInRefused("Say where the screen hangs, in at most 60 characters.")
        now = self._clock.now()
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        await self._database.execute(
            self._sql["offer"],
            *(UUID(uuid7()), said, ward.id, ward.name, ward.organisation, ward.organisation_name),
            *(by, now, digest(code), now + CODE),
        )
        await self._events.note(by, "display offered", detail=f"{said}, {ward.name}")
        return f"{code[:4]} {code[4:]}"

    async def enrol(self, code: str, address: str) -> tuple[str, Display]:
        """Let the screen at `address` in: its secret, and what it is.

        Raises SignInRefused for a code that doesn't hold, TooOften after twenty tries.
        """
        await self._attempts.note(DISPLAY_CODE, address)
        now, secret = self._clock.now(), fresh()
        plain = "".join(code.split()).upper()
        row = await self._database.fetchrow(
            self._sql["enrol"], digest(plain), now, digest(secret), now + LASTS
        )
        if row is None:
            raise SignInRefused(WRONG)
        made = _display(row)
        detail = f"{made.name}, {made.ward.name}"
        await self._events.note(row["made_by"], "display let in", detail=detail)
        return secret, made

    async def shown(self, secret: str | None) -> Display | None:
        """The screen that holds a secret, while it lasts."""
        if not secret:
            return None
        now = self._clock.now()
        row = await self._database.fetchrow(self._sql["shown"], digest(secret), now)
        return None if row is None else _display(row)

    async def of(self, organisation: str) -> list[Display]:
        """The screens of an organisation."""
        rows = await self._database.fetch(self._sql["list"], organisation, self._clock.now())
        return [_display(row) for row in rows]

    async def stop(self, id: str, organisation: str, *, by: str) -> bool:
        """End a screen of an organisation; it shows nothing from now on."""
        try:
            named = UUID(id)
        except ValueError:
            return False
        now = self._clock.now()
        done = await self._database.fetchval(self._sql["stop"], named, organisation, now)
        if done is not None:
            await self._events.note(by, "display ended", detail=str(named))
        return done is not None


def _display(row: Row) -> Display:
    ward = Ward(row["ward"], row["ward_name"], row["organisation"], row["organisation_name"])
    return Display(row["id"], row["name"], ward, row["made"], row["enrolled"], row["until"])
