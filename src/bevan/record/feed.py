"""The change feed: every version once, in the order of transactions, without gaps.

The order is that of transaction ids behind the oldest transaction still open, so that a version
that commits late is never skipped. Transaction ids restart in a new cluster: a restore, a failover
or an upgrade raises the epoch, and a consumer whose cursor is of an older one has to rebuild.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bevan.fhir.outcome import Issue
from bevan.kernel.database import connect
from bevan.kernel.sql import statements
from bevan.record import audit
from bevan.record.arguments import Arguments
from bevan.record.errors import Invalid, RecordError
from bevan.record.parts import Parts
from bevan.record.plan import Signature
from bevan.record.reader import Found, Reader
from bevan.record.scope import Actor, Scope
from bevan.record.visibility import Bind, visible

CHANNEL = "bevan_feed"
MOST = 1_000


class Rebuild(RecordError):
    """The cursor is of an older epoch: the consumer has to start from nothing."""

    status = 410
    code = "expired"


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the feed: after the version with this key. ``str()`` it to keep it."""

    epoch: int
    txid: int
    rkey: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.txid}.{self.rkey}"

    @classmethod
    def read(cls, text: str) -> Cursor:
        """The cursor that ``str()`` wrote. Raises ``Invalid`` (400)."""
        parts = text.split(".")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
            raise Invalid([Issue("error", "value", "", "This is not a place in the feed.")], 400)
        return cls(*map(int, parts))


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One version. ``patient`` and ``patients`` are compartment keys (see ``record.scope``)."""

    cursor: Cursor
    type: str
    id: str
    version: int
    last_updated: datetime
    deleted: bool
    patient: UUID | None
    patients: tuple[UUID, ...] | None
    labels: int
    agent: Actor
    source: str | None
    content: bytes


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Entries in order; ``cursor`` is where to go on, ``watermark`` the transaction id below which
    everything is visible. ``full``: there may be more right away."""

    entries: tuple[FeedEntry, ...]
    cursor: Cursor
    watermark: int
    full: bool


class Feed:
    """Reads the feed under a Scope, and wakes those who wait for more."""

    def __init__(self, parts: Parts, reader: Reader) -> None:
        """``reader`` unpacks and masks."""
        self._parts = parts
        self._reader = reader
        self._sql = statements("bevan.record", "feed.sql")

    async def page(
        self,
        scope: Scope,
        cursor: Cursor | None = None,
        limit: int = 500,
        *,
        types: Sequence[str] | None = None,
    ) -> FeedPage:
        """At most ``limit`` entries after ``cursor`` (from the beginning without one).

        ``types``: only of these. Raises ``Rebuild`` if the cursor's epoch is over, and for one
        from before people were disposed of whose removal is no longer told.
        """
        limit = max(1, min(limit, MOST))
        signature = await self._parts.sign(scope)
        async with self._parts.general.transaction() as connection:
            row = await connection.fetchrow(self._sql["epoch"])
            assert row is not None
            epoch, horizon = row["epoch"], row["horizon"] or 0
            start = cursor or Cursor(epoch, 0, 0)
            if start.epoch != epoch or (cursor is not None and cursor.txid < horizon):
                raise Rebuild("The feed has begun anew. Rebuild from the beginning.")
            sql, arguments = self._statement(scope, start, limit, types)
            rows: Sequence[Found] = await connection.fetch(sql, *arguments.values)
            found = [row for row in rows if row["rkey"] is not None]
            if found:
                entries = _audit(signature, found, start)
                await connection.execute(audit.insert(), *audit.columns(entries)[:-1])
        entries_out = await self._entries(scope, epoch, found)
        end = entries_out[-1].cursor if entries_out else start
        return FeedPage(entries_out, end, rows[0]["mark"], len(found) == limit)

    async def watermark(self, scope: Scope) -> Cursor:
        """Where the feed ends now: what was written up to here is all there to be read."""
        row = await self._parts.general.fetchrow(self._sql["mark"])
        assert row is not None
        return Cursor(row["epoch"], max(row["mark"] - 1, 0), (1 << 63) - 1)

    async def lag(self, scope: Scope) -> float:
        """Seconds that the oldest version has waited which is written but not yet in the feed.

        More than a moment means that some transaction has been open for as long.
        """
        now = self._parts.clock.now()
        waited: float = await self._parts.general.fetchval(self._sql["lag"], now)
        return max(0.0, waited)

    async def raise_epoch(self, scope: Scope, reason: str) -> int:
        """Start a new epoch: every consumer rebuilds. Returns it."""
        epoch: int = await self._parts.general.fetchval(self._sql["raise_epoch"], reason)
        return epoch

    @asynccontextmanager
    async def wakeups(self, scope: Scope) -> AsyncIterator[asyncio.Event]:
        """An event that is set when something was written; clear it before reading on.

        It is a wake-up only: the truth is in :meth:`page`, which has to be asked now and then too.
        """
        woken = asyncio.Event()
        connection = await connect(self._parts.general.dsn)

        def wake(*_: Any) -> None:
            woken.set()

        try:
            await connection.add_listener(CHANNEL, wake)
            connection.add_termination_listener(wake)
            yield woken
        finally:
            connection.remove_termination_listener(wake)
            await connection.close()

    def _statement(
        self, scope: Scope, start: Cursor, limit: int, types: Sequence[str] | None
    ) -> tuple[str, Arguments]:
        arguments = Arguments(str(start.txid), start.rkey, limit)
        bind = arguments.bind
        wanted = None if types is None else frozenset(types)
        if scope.reads is not None:
            wanted = scope.reads if wanted is None else wanted & scope.reads
        current = visible(scope, "r", bind)
        if current != "true":
            current = (
                "exists (select from resource r"
                f" where r.type = v.type and r.id = v.id and ({current}))"
            )
        sql = self._sql["page"].format(
            version=visible(scope, "v", bind),
            current=current,
            type=_types(wanted, scope, bind),
        )
        return sql, arguments

    async def _entries(
        self, scope: Scope, epoch: int, rows: Sequence[Found]
    ) -> tuple[FeedEntry, ...]:
        actors = await self._parts.interns.actors({row["agent"] for row in rows})
        uris = await self._parts.interns.uris({row["source"] for row in rows})
        return tuple(
            [
                FeedEntry(
                    Cursor(epoch, row["txid"], row["rkey"]),
                    row["type"],
                    row["id"],
                    row["version"],
                    row["last_updated"],
                    row["deleted"],
                    row["patient"],
                    None if row["patients"] is None else tuple(row["patients"]),
                    row["labels"],
                    actors[row["agent"]],
                    uris.get(row["source"]),
                    await self._reader.content(scope, row["type"], row),
                )
                for row in rows
            ]
        )


def _audit(signature: Signature, rows: Sequence[Found], start: Cursor) -> list[audit.Entry]:
    """One entry per person; for the system's own reading of everything, one per page."""
    if signature.scope.system:
        return [
            signature.entry(
                audit.FEED, audit.SHOWN, type=None, id=None, entries=len(rows), query=str(start)
            )
        ]
    people = Counter(
        person for row in rows for person in audit.people(row["patient"], row["patients"])
    )
    return [
        signature.entry(audit.FEED, audit.SHOWN, type=None, id=None, patient=person, entries=number)
        for person, number in people.items()
    ]


def _types(wanted: frozenset[str] | None, scope: Scope, bind: Bind) -> str:
    """The condition on the type; the feed leaves out types that a filter would have to decide."""
    parts = [] if wanted is None else [f"v.type = any({bind(sorted(wanted), 'text[]')})"]
    if scope.filters:
        parts.append(f"v.type <> all({bind(sorted(scope.filters), 'text[]')})")
    return " and ".join(parts) or "true"
