"""Rows and audit entries gathered for one statement, as the arrays it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Any
from uuid import UUID

from bevan.kernel.database import Connection
from bevan.kernel.sql import statements
from bevan.record.audit import Entry, columns
from bevan.record.dependents import hide
from bevan.record.rows import Row

_PLAIN = Row._fields.index("tokens")


@dataclass(slots=True)
class Creation:
    """New resources, each with its audit entries; ``wake``: whether to notify feed readers."""

    rows: list[Row] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    wake: bool = True

    async def write(self, connection: Connection) -> list[bool]:
        """Write all; for each row, whether its actor was permitted (if not, it wasn't written)."""
        sql = statements("bevan.record", "write.sql")["create"]
        ok = await connection.fetchval(
            sql, *_arrays(self.rows), *columns(self.entries), self.wake, _sealers(self.rows)
        )
        return ok or []


@dataclass(slots=True)
class Changes:
    """New versions over known ones.

    For each row: the version it expects to find, whether it is a deletion, whether the side rows
    (numbers, strings, further codes) differ from the old version's, and if so, the old codes.
    ``moved`` are the places of rows that come to be about other people.
    """

    rows: list[Row] = field(default_factory=list)
    expected: list[int] = field(default_factory=list)
    deleted: list[bool] = field(default_factory=list)
    renew: list[bool] = field(default_factory=list)
    gone: list[list[int]] = field(default_factory=list)
    moved: set[int] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    wake: bool = True

    def add(
        self,
        row: Row,
        *,
        expected: int,
        deleted: bool = False,
        gone: list[int] | None = None,
        moved: bool = False,
    ) -> None:
        """Add a row; ``gone`` are the old codes where the side rows differ, else ``None``."""
        if moved:
            self.moved.add(len(self.rows))
        self.rows.append(row)
        self.expected.append(expected)
        self.deleted.append(deleted)
        self.renew.append(gone is not None)
        self.gone.append(gone or [])

    async def write(self, connection: Connection) -> tuple[list[bool], set[int]]:
        """Write all: (permitted by row, places of the rows that were written, from 0).

        A row that was permitted but not written had been changed by somebody else. What depends on
        a row that moved to other people is hidden in the same commit.
        """
        if not self.moved:
            return await self._write(connection)
        async with connection.transaction():
            ok, applied = await self._write(connection)
            moved = [self.rows[place] for place in sorted(self.moved & applied)]
            await hide(connection, [(row.type, row.id) for row in moved])
        return ok, applied

    async def _write(self, connection: Connection) -> tuple[list[bool], set[int]]:
        sql = statements("bevan.record", "write.sql")["change"]
        found = await connection.fetchrow(
            sql,
            *_arrays(self.rows),
            *columns(self.entries),
            self.wake,
            self.expected,
            self.deleted,
            self.renew,
            *_bounds(self.gone),
            list(chain.from_iterable(self.gone)),
            _sealers(self.rows),
        )
        assert found is not None
        return found["ok"] or [], {place - 1 for place in found["applied"]}


def _arrays(rows: Sequence[Row]) -> list[Any]:
    """The first 33 arguments of ``create`` and ``change``."""
    fields: list[Sequence[Any]] = (
        list(zip(*rows, strict=True)) if rows else [() for _ in Row._fields]
    )
    tokens, numbers, strings, codes, _ = fields[_PLAIN:]
    flat_numbers = list(chain.from_iterable(numbers))
    flat_strings = list(chain.from_iterable(strings))
    return [
        *fields[:_PLAIN],
        *chain.from_iterable(map(_bounds, (tokens, numbers, strings, codes))),
        list(chain.from_iterable(tokens)),
        [number[0] for number in flat_numbers],
        [number[1] for number in flat_numbers],
        [number[2] for number in flat_numbers],
        [string[0] for string in flat_strings],
        [string[1] for string in flat_strings],
        list(chain.from_iterable(codes)),
    ]


def _sealers(rows: Sequence[Row]) -> list[UUID | None]:
    return [row.sealer for row in rows]


def _bounds(lists: Iterable[Sequence[Any]]) -> tuple[list[int], list[int]]:
    """First and last place (from 1) of each list in the flat array of them all."""
    lengths = [len(one) for one in lists]
    last = list(accumulate(lengths))
    return [end - length + 1 for end, length in zip(last, lengths, strict=True)], last
