"""Closes a month of the audit: its entries are handed over in a file, then dropped.

The audit is kept at least as long as the records that it tells of, so a month is closed only when
nobody whom it names has a record any more, the months before it are closed, and it verifies. A
statement and a link that says from when entries are kept come before the entries go.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bevan.access.chain.entry import Entry, form, sealed
from bevan.access.chain.ledger import Ledger
from bevan.access.chain.speaking import Answer, Speaker
from bevan.access.chain.statement import Attested, Closing
from bevan.kernel.bucket import sync
from bevan.kernel.database import Connection, Database
from bevan.kernel.errors import BevanError
from bevan.kernel.sql import statements
from bevan.record.lookup import recorded

_PAGE = 5_000


class MonthStays(BevanError):
    """The month can't be closed; the message says why."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the audit, in UTC."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str) -> Month:
        """The month in `2019-03`. Raises `MonthStays`."""
        try:
            found = datetime.strptime(text, "%Y-%m")
        except ValueError:
            raise MonthStays("Give a month such as 2019-03.") from None
        return cls(found.year, found.month)

    @property
    def opens(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def closes(self) -> datetime:
        """The first moment after it."""
        return datetime(self.year + self.month // 12, self.month % 12 + 1, 1, tzinfo=UTC)

    @property
    def table(self) -> str:
        """The partition that holds it."""
        return f"audit_{self.year:04d}_{self.month:02d}"

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


class Closer:
    """Closes months, with a connection of the tables' owner. ``now`` is the machine's time."""

    def __init__(self, database: Database, speaker: Speaker, now: datetime) -> None:
        self._database = database
        self._speaker = speaker
        self._now = now
        self._sql = statements("bevan.access.chain", "closing.sql")

    async def check(self, month: Month) -> None:
        """Raises `MonthStays` where the month has to stay."""
        if month.closes > self._now:
            raise MonthStays(f"{month} isn't over yet.")
        async with self._database.connection() as connection:
            if not await connection.fetchval(self._sql["there"], month.table):
                raise MonthStays(f"There is no month {month} in the audit.")
            row = await connection.fetchrow(self._sql["standing"], month.opens, month.closes)
            named = await connection.fetch(self._sql["people"], month.opens, month.closes)
            people = await recorded(connection, [one["patient"] for one in named])
        assert row is not None
        if row["earlier"]:
            raise MonthStays("Close the months before it first: there are earlier entries.")
        if row["unsealed"]:
            raise MonthStays("Some entries of it have no link yet: run `bevan audit hand-over`.")
        if people:
            raise MonthStays(
                f"It names {people:,} people whose records are kept: the audit stays at "
                "least as long."
            )

    async def close(self, month: Month, folder: Path, answer: Answer) -> Attested:
        """Write the month to a file in `folder` and state that it is closed. Raises `SayWhy`.

        The entries are still there; `drop` takes them away once a link says so.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / f"{month.table.replace('_', '-')}.jsonl.gz"
        async with self._database.transaction() as connection:
            count = await self._export(connection, month, file)
            body = Closing(
                month=str(month),
                kept_from=month.closes,
                entries=count,
                file=file.name,
                export=hashlib.sha256(file.read_bytes()).hexdigest(),
            )
            return await self._speaker.say(connection, answer, body)

    async def drop(self, month: Month) -> None:
        """Drop the month's partition."""
        await self._database.execute(f"DROP TABLE {month.table}")

    async def _export(self, connection: Connection, month: Month, file: Path) -> int:
        """One line an entry: its hash, then the form that was hashed or what is left of it."""
        ledger, count = Ledger(connection), 0
        fresh = file.with_suffix(".part")
        with fresh.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as target:
            entries: list[Entry] = []
            rows = connection.cursor(
                self._sql["entries"], month.opens, month.closes, prefetch=_PAGE
            )
            async for row in rows:
                entries.append(Entry(*row))
                if len(entries) == _PAGE:
                    count += await _write(target, ledger, entries)
                    entries = []
            count += await _write(target, ledger, entries)
        _settle(fresh, file)
        return count


async def _write(target: gzip.GzipFile, ledger: Ledger, entries: list[Entry]) -> int:
    await ledger.learn(entries)
    for entry in entries:
        line = {
            "hash": sealed(entry, ledger.actors, ledger.purposes).hex(),
            "salt": None if entry.salt is None else entry.salt.hex,
            "disposal": entry.disposal,
            "entry": msgspec.Raw(form(entry, ledger.actors, ledger.purposes)),
        }
        target.write(msgspec.json.encode(line) + b"\n")
    return len(entries)


def _settle(fresh: Path, file: Path) -> None:
    with fresh.open("rb") as whole:
        os.fsync(whole.fileno())
    fresh.replace(file)
    sync(file.parent)
