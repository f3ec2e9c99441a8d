"""The import ledger: which parts of which files are in the record already."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file that was imported: resources taken by type, and how many were refused."""

    taken: Counter[str]
    refused: int

    @property
    def done(self) -> bool:
        """Whether there is nothing left to try again."""
        return not self.refused


class Ledger:
    """Reads and writes the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = statements("bevan.feeds.bulk", "ledger.sql")

    async def parts(self, file: bytes) -> dict[int, Part]:
        """The parts of a file (by SHA-256) that are in, by where they start."""
        rows = await self._database.fetch(self._sql["parts"], file)
        return {
            row["entry"]: Part(Counter(json.loads(row["taken"])), row["refused"]) for row in rows
        }

    def joining(
        self, file: bytes, entry: int, taken: Mapping[str, int]
    ) -> Callable[[Connection], Awaitable[bool]]:
        """A step for the transaction that writes a part as a whole: notes it, and answers false
        where somebody else has imported it meanwhile.
        """
        sql, counts = self._sql["note"], json.dumps(taken)

        async def note(connection: Connection) -> bool:
            return bool(await connection.fetchval(sql, file, entry, counts, 0))

        return note

    async def note(self, file: bytes, entry: int, taken: Mapping[str, int], refused: int) -> None:
        """Note a part after its resources were written one by one."""
        await self._database.execute(self._sql["renew"], file, entry, json.dumps(taken), refused)
