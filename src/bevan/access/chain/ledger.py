"""Reads the entries and links of the database, and adds links to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any

from bevan.access.chain.entry import Entry, Named, hashed, stripped
from bevan.access.chain.link import Link, Signed
from bevan.access.chain.listing import CUT, Line
from bevan.kernel.database import Connection
from bevan.kernel.sql import statements
from bevan.record.scope import Actor

_PAGE = 1_000


class Ledger:
    """The chain as one connection sees it."""

    def __init__(self, connection: Connection) -> None:
        """Use `connection`, in a transaction where `lock` or `add` are called."""
        self._connection = connection
        self._sql = statements("bevan.access.chain", "chain.sql")
        self._actors: dict[int, Actor] = {}
        self._purposes: dict[int, str] = {}

    async def lock(self) -> None:
        """Wait until nobody else adds to the chain; until the end of the transaction."""
        await self._connection.execute(self._sql["lock"])

    async def mark(self) -> tuple[int, int]:
        """(the oldest transaction that isn't settled, the feed's epoch)."""
        row = await self._connection.fetchrow(self._sql["mark"])
        assert row is not None
        return row["mark"], row["epoch"]

    async def last(self) -> Signed | None:
        """The newest link."""
        row = await self._connection.fetchrow(self._sql["last"])
        return None if row is None else _signed(row)

    async def end(self, opens: int, mark: int, most: int) -> int:
        """Where a link from `opens` on ends, so that it holds about `most` entries."""
        found = await self._connection.fetchval(self._sql["end"], opens, mark, most)
        return mark if found is None else int(found)

    async def entries(self, opens: int, closes: int) -> list[Named]:
        """The entries of the transactions [opens, closes), in the order of their hashes."""
        rows = await self._connection.fetch(self._sql["entries"], opens, closes)
        entries = [Entry(*row) for row in rows]
        await self.learn(entries)
        return hashed(entries, self._actors, self._purposes)

    async def add(self, signed: Signed) -> None:
        """Add a link."""
        link = signed.link
        await self._connection.execute(
            self._sql["add"],
            link.number,
            link.epoch,
            link.opens,
            link.closes,
            link.entries,
            link.first,
            link.last,
            link.root,
            link.listing,
            link.previous,
            link.kept_from,
            link.sealed,
            link.key,
            signed.hash,
            signed.signature,
        )

    async def waiting(self, place: str, most: int = _PAGE) -> list[Signed]:
        """Links that haven't reached a place yet, oldest first."""
        return [_signed(r) for r in await self._connection.fetch(self._sql["waiting"], place, most)]

    async def handed(self, place: str, number: int) -> None:
        """Note that a link has reached a place."""
        await self._connection.execute(self._sql["handed"], place, number)

    async def links(self) -> AsyncIterator[Signed]:
        """Every link, in order."""
        number = 0
        while rows := await self._connection.fetch(self._sql["links"], number, _PAGE):
            for row in rows:
                yield _signed(row)
            number = rows[-1]["number"] + 1

    async def unsealed(self) -> tuple[int, datetime | None]:
        """(how many entries no link seals, the time of the oldest of them)."""
        row = await self._connection.fetchrow(self._sql["unsealed"])
        assert row is not None
        return row["entries"], row["oldest"]

    async def state(self, place: str) -> Mapping[str, Any]:
        """`links`, `sealed`, `handed` and `waits`: see the statement."""
        row = await self._connection.fetchrow(self._sql["state"], place)
        assert row is not None
        return dict(row)

    def left(self, entry: Entry) -> Line:
        """The line of a certificate for what is left of a stripped entry that was read."""
        return Line(stripped(entry, self._actors, self._purposes)[:CUT], entry.at)

    def actor(self, number: int) -> Actor | None:
        """Who that is, of the entries that were read."""
        return self._actors.get(number)

    @property
    def actors(self) -> Mapping[int, Actor]:
        """The actors of the entries that were read."""
        return self._actors

    @property
    def purposes(self) -> Mapping[int, str]:
        """The purposes of the entries that were read."""
        return self._purposes

    async def learn(self, entries: Iterable[Entry], *actors: int) -> None:
        """Look up what the numbers in entries stand for, and in `actors`."""
        entries = list(entries)
        agents = {*actors, *(one.agent for one in entries)} - self._actors.keys()
        purposes = {one.purpose for one in entries} - self._purposes.keys()
        for row in await self._connection.fetch(self._sql["actors"], list(agents)):
            self._actors[row[0]] = Actor(*row[1:])
        for row in await self._connection.fetch(self._sql["purposes"], list(purposes)):
            self._purposes[row[0]] = row[1]


def _signed(row: Any) -> Signed:
    link = Link(
        number=row["number"],
        epoch=row["epoch"],
        opens=row["opens"],
        closes=row["closes"],
        entries=row["entries"],
        first=row["first"],
        last=row["last"],
        root=row["root"].hex(),
        listing=row["listing"].hex(),
        previous=row["previous"].hex(),
        kept_from=row["kept_from"],
        sealed=row["sealed"],
        key=row["key"],
    )
    return Signed(link=link, hash=row["hash"].hex(), signature=row["signature"].hex())
