"""Statements of one shape that are asked at the same time become one statement.

Searches that differ in their values only (another person, another code) have the same text. While
one batch of them is in flight the next ones queue, and then share a round trip, a plan and, where
they are audited, a commit. A batch that takes long is overtaken, so nobody waits for a slow
neighbour; where a batch fails, each is asked alone, so nobody fails for one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from asyncpg import Record

from bevan.kernel.database import Database
from bevan.record.faults import DATABASE
from bevan.record.lane import Lane, Waiting
from bevan.record.search.arguments import Arguments

MOST = 16
SHAPES = 500
# A batch in flight for longer than this many seconds no longer holds up those behind it.
PATIENCE = 0.02
LANES = 4
_PLACE = re.compile(r"\$(\d+)")
_NOTES = ("timestamptz", "int", "int", "text", "text", "text", "uuid", "int")

Values = Sequence[object]


class Note(NamedTuple):
    """What the audit says of one search by one person's key; `most`: rows that it shows at most."""

    at: datetime
    agent: int
    purpose: int
    request: str
    type: str
    query: str
    person: UUID
    most: int


class Shape:
    """All searches with one text. Those in flight are spread over as few lanes as possible."""

    def __init__(self, database: Database, sql: str) -> None:
        self._database = database
        self._sql = sql
        self._lanes: list[Lane[Values, list[Record]]] = [Lane(self._work, most=MOST)]

    async def ask(self, values: Values) -> list[Record]:
        """The rows for these values. Raises what the database says."""
        return await self._free().put(values)

    async def close(self) -> None:
        """Finish what is queued."""
        for lane in self._lanes:
            await lane.close()

    def _free(self) -> Lane[Values, list[Record]]:
        for lane in self._lanes:
            if lane.busy_for() < PATIENCE:
                return lane
        if len(self._lanes) < LANES:
            self._lanes.append(Lane(self._work, most=MOST))
        return self._lanes[-1]

    async def _work(self, batch: list[Waiting[Values, list[Record]]]) -> None:
        try:
            rows = await self._database.fetch(
                self._sql, *zip(*(waiting.item for waiting in batch), strict=True)
            )
        except DATABASE as error:
            if len(batch) == 1:
                batch[0].settle(error=error)
            else:
                await asyncio.gather(*(self._work([waiting]) for waiting in batch))
            return
        found: list[list[Record]] = [[] for _ in batch]
        for row in rows:
            found[row["asked"] - 1].append(row)
        for waiting, mine in zip(batch, found, strict=True):
            waiting.settle(mine)


class Fusion:
    """Runs statements whose arguments are scalars, together with others of their shape."""

    def __init__(self, database: Database) -> None:
        """`database` plans for few rows; nothing is opened yet."""
        self._database = database
        self._shapes: dict[tuple[str, bool], Shape] = {}

    async def close(self) -> None:
        """Finish what is queued."""
        for shape in self._shapes.values():
            await shape.close()

    async def fetch(
        self, sql: str, arguments: Arguments, note: Note | None = None
    ) -> list[Record] | None:
        """All rows, with the audit of `note` committed; None where this can't be done together.

        A note counts the rows that the statement gives: never fewer than are shown.
        """
        if not arguments.scalar or not arguments.values:
            return None
        shape = self._shapes.get((sql, note is not None))
        if shape is None:
            if len(self._shapes) >= SHAPES:
                return None
            made = partial(_audited, sql) if note is not None else partial(_fused, sql)
            shape = Shape(self._database, made(arguments.types))
            self._shapes[sql, note is not None] = shape
        return await shape.ask((*arguments.values, *note) if note else arguments.values)


def _fused(sql: str, types: Sequence[str]) -> str:
    """The statement for many sets of values at once; `asked` is the place of the set."""
    return f"select r.*, a.n as asked from {_asked(types, ())} cross join lateral ({_inner(sql)}) r"


def _audited(sql: str, types: Sequence[str]) -> str:
    """The same, with one audit row for each set of values."""
    return (
        f"with a as materialized (select * from {_asked(types, _NOTES)}),"
        f" found as materialized (select r.*, a.n as asked from a"
        f" cross join lateral ({_inner(sql)}) r),"
        " audited as (insert into audit (at, agent, purpose, entries, patient, action, outcome,"
        " request, type, query)"
        " select a.at, a.agent, a.purpose, least(f.many, a.most), a.person, 's',"
        " case when f.many > 0 then '+' else '-' end::\"char\", a.request, a.type, a.query"
        " from a cross join lateral (select count(*) as many from found where asked = a.n) f)"
        " select * from found"
    )


def _asked(types: Sequence[str], noted: Sequence[str]) -> str:
    every = (*types, *noted)
    arrays = ", ".join(f"${place}::{type}[]" for place, type in enumerate(every, 1))
    names = [f"v{place}" for place in range(1, len(types) + 1)]
    if noted:
        names += Note._fields
    return f"unnest({arrays}) with ordinality as a ({', '.join(names)}, n)"


def _inner(sql: str) -> str:
    return _PLACE.sub(r"a.v\1", sql)
