"""Registers in the database: every change is a line of the ledger in the same statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.errors import BevanError
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.record.scope import Actor
from bevan.registers.entry import Entry, Event, Evidence
from bevan.registers.form import Form

MOST = 500


class Stale(BevanError):
    """Somebody else changed the entry first: nothing was done."""


class Registers:
    """Opens, changes and finds entries. Who may is decided before, by the app's course."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.registers", "registers.sql")

    async def add(
        self,
        actor: Actor,
        register: str,
        form: Form,
        answers: Mapping[str, str],
        *,
        state: str,
        due: datetime | None = None,
        review: date | None = None,
        note: str = "",
    ) -> str:
        """Open an entry of the actor's organisation; its id."""
        id = uuid7()
        await self._database.execute(
            self._sql["add"],
            UUID(id), register, actor.organisation, form.url, form.version,
            answers[form.heading], state, _text(answers), self._clock.now(), due, review,
            actor.id, actor.name, actor.role, "opened", note,
        )  # fmt: skip
        return id

    async def change(self, actor: Actor, entry: Entry, what: str, *, note: str = "") -> Entry:
        """Keep `entry` as it is handed over, if it still is at its version.

        Raises `Stale` where somebody was faster.
        """
        now = self._clock.now()
        version = await self._database.fetchval(
            self._sql["change"],
            UUID(entry.id), entry.version, entry.title, entry.state, _text(entry.answers), now,
            entry.due, entry.review, actor.id, actor.name, actor.role, what, note,
            entry.form_version,
        )  # fmt: skip
        if version is None:
            raise Stale("Somebody else changed this a moment ago. Nothing of yours was saved yet.")
        return replace(entry, version=version, changed=now)

    async def one(self, organisation: str, id: str) -> Entry | None:
        """An entry of this organisation; None for no entry and for anybody else's."""
        try:
            row = await self._database.fetchrow(self._sql["one"], UUID(id), organisation)
        except ValueError:
            return None
        return None if row is None else _entry(row)

    async def every(self, organisation: str, register: str) -> list[Entry]:
        """The entries of a register, those whose clock runs out first at the top; at most 500."""
        rows = await self._database.fetch(self._sql["every"], organisation, register, MOST)
        return [_entry(row) for row in rows]

    async def counted(self, organisation: str, today: date) -> list[tuple[str, str, int, int, int]]:
        """(register, state, entries, past their clock, past their review) of an organisation."""
        rows = await self._database.fetch(
            self._sql["counted"], organisation, self._clock.now(), today
        )
        return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]

    async def public(self, register: str, states: Collection[str]) -> list[Entry]:
        """What everybody may see of a register."""
        rows = await self._database.fetch(self._sql["public"], register, list(states), MOST)
        return [_entry(row) for row in rows]

    async def ledger(self, entry: Entry) -> list[Event]:
        """Everything that was done with an entry, oldest first."""
        rows = await self._database.fetch(self._sql["ledger"], UUID(entry.id))
        return [Event(**{**dict(row), "answers": _answers(row["answers"])}) for row in rows]

    async def attach(
        self, actor: Actor, entry: Entry, name: str, place: str, review: date | None
    ) -> None:
        """Note what bears an entry out, and say so in its ledger. Raises `Stale`."""
        await self.change(actor, entry, "evidence added", note=name)
        await self._database.execute(
            self._sql["add_evidence"],
            UUID(uuid7()), UUID(entry.id), name, place, review, self._clock.now(), actor.name,
        )  # fmt: skip

    async def evidence(self, entry: Entry) -> list[Evidence]:
        """What bears an entry out, oldest first."""
        rows = await self._database.fetch(self._sql["evidence"], UUID(entry.id))
        return [Evidence(str(row["id"]), *list(row.values())[1:]) for row in rows]


def _entry(row: Any) -> Entry:
    plain = {name: row[name] for name in Entry.__slots__}
    return Entry(**{**plain, "id": str(row["id"]), "answers": _answers(row["answers"])})


def _text(answers: Mapping[str, str]) -> str:
    return json.encode(dict(answers)).decode()


def _answers(text: str) -> dict[str, str]:
    found: dict[str, str] = json.decode(text.encode())
    return found
