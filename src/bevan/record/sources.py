"""Where entries come from, and when each source was last heard.

A page never says "none recorded" without knowing that every source answered, so a source's last
word is kept: by the writes that carry it (to within fifteen seconds), and by feeds that say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bevan.kernel.database import Database
from bevan.kernel.sql import statements

PRECISION = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Source:
    """A system at an organisation: ``uri`` is what its resources carry as ``meta.source``.

    ``organisation`` is a logical id. ``failed`` says in words what is wrong since ``heard``.
    """

    uri: str
    organisation: str
    name: str
    heard: datetime | None
    failed: str | None


class Heard:
    """Notes sources as writes come in, at most once per source in fifteen seconds."""

    def __init__(self, database: Database) -> None:
        """``database``: never the connection of a write."""
        self._database = database
        self._noted: dict[int, datetime] = {}

    async def note(self, numbers: Iterable[int | None], at: datetime) -> None:
        """These sources were heard at this time."""
        late = [number for number in {*numbers} - {None} if number and self._due(number, at)]
        if late:
            self._noted.update(dict.fromkeys(late, at))
            await self._database.execute(
                statements("bevan.record", "sources.sql")["note"], sorted(late), at
            )

    def _due(self, number: int, at: datetime) -> bool:
        before = self._noted.get(number)
        return before is None or at - before >= PRECISION


async def sources(database: Database) -> list[Source]:
    """Every source known."""
    rows = await database.fetch(statements("bevan.record", "sources.sql")["all"])
    return [Source(*row) for row in rows]


async def introduce(database: Database, uri: str, organisation: str, name: str) -> None:
    """Say whose system a source is."""
    await database.execute(
        statements("bevan.record", "sources.sql")["introduce"], uri, organisation, name
    )


async def heard(database: Database, uri: str, at: datetime, failed: str | None) -> None:
    """Note that a source answered, or (``failed``) what is wrong with it since it last did."""
    await database.execute(statements("bevan.record", "sources.sql")["heard"], uri, at, failed)
