"""The statements of an installation, in its database and in the second place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from bevan.access.chain import listing
from bevan.access.chain.listing import Line
from bevan.access.chain.place import Place
from bevan.access.chain.statement import (
    Attested,
    Disposal,
    decoded,
    encoded,
    file_of,
)
from bevan.kernel.database import Connection
from bevan.kernel.sql import statements


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement as it is kept; ``attested`` is None for bytes that aren't one."""

    id: UUID
    body: bytes
    packed: bytes

    @property
    def attested(self) -> Attested | None:
        """The statement, if these bytes are one and carry its own id."""
        found = decoded(self.body)
        return found if found is not None and found.statement.id == self.id else None

    @property
    def lines(self) -> list[Line] | None:
        """The entries that it covers; None where the list isn't the one that was signed."""
        found = self.attested
        body = None if found is None else found.statement.body
        if not isinstance(body, Disposal):
            return []
        whole = listing.digest(self.packed).hex() == body.listing
        return listing.unpacked(self.packed) if whole else None


class Shelf:
    """The statements as one connection sees them."""

    def __init__(self, connection: Connection) -> None:
        """Use `connection`, in a transaction where `add` is called."""
        self._connection = connection
        self._sql = statements("bevan.access.chain", "shelf.sql")

    async def add(self, attested: Attested, lines: bytes = b"") -> None:
        """Add a statement, with the packed list of the entries that it covers."""
        said = attested.statement
        await self._connection.execute(
            self._sql["add"], said.id, said.kind, said.made, encoded(attested), lines
        )

    async def every(self) -> list[Kept]:
        """Every statement, the oldest first."""
        return [Kept(*row) for row in await self._connection.fetch(self._sql["every"])]

    async def hand_over(self, place: Place) -> int:
        """Take to the second place what isn't there yet; how many went."""
        waiting = [Kept(*r) for r in await self._connection.fetch(self._sql["waiting"], place.name)]
        for one in waiting:
            await asyncio.to_thread(_put, place, one)
            await self._connection.execute(self._sql["handed"], place.name, one.id)
        return len(waiting)


def there(place: Place) -> list[Kept]:
    """The statements in the second place, by the names of their files."""
    found = []
    for name in place.names(".statement"):
        try:
            id = UUID(name.removesuffix(".statement"))
        except ValueError:
            id = UUID(int=0)
        found.append(Kept(id, place.get(name) or b"", place.get(file_of(id, "lines")) or b""))
    return found


def _put(place: Place, kept: Kept) -> None:
    place.put(file_of(kept.id, "lines"), kept.packed)
    place.put(file_of(kept.id, "statement"), kept.body)
