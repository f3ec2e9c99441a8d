"""What conditional writes need of search: which resources a query selects, inside a transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol
from urllib.parse import parse_qsl

import xxhash

from bevan.fhir.search.refusal import SearchRefused
from bevan.kernel.database import Connection
from bevan.kernel.sql import statements
from bevan.record.errors import Invalid
from bevan.record.scope import Scope

# As many records of one person as are merged into one.
_MERGED = 20
_HALF, _WHOLE = 1 << 63, 1 << 64


class Match(Protocol):
    """A resource found."""

    @property
    def id(self) -> str:
        """Its logical id."""


class Finder(Protocol):
    """Finds the resources that a condition selects (``bevan.record.search`` has the one)."""

    async def ids(
        self, connection: Connection, scope: Scope, type: str, query: str, limit: int = 2
    ) -> Sequence[Match]:
        """At most ``limit`` resources that match, compared with their content.

        Sees what the transaction of ``connection`` has done so far. Deleted resources and those
        that the scope doesn't show don't match. Raises ``SearchRefused`` for a bad query.
        """


async def selected(
    finder: Finder, connection: Connection, scope: Scope, type: str, query: str
) -> list[str]:
    """The ids of what a condition selects: none, one, or two that stand for several.

    A Patient that was merged makes way for the one that replaced it, if both are selected: they
    are one person, and the survivor carries the identifiers of both.
    Raises ``Invalid`` (400) for a condition that isn't understood.
    """

    async def ids(query: str, most: int = 2) -> list[str]:
        return [found.id for found in await finder.ids(connection, scope, type, query, most)]

    try:
        found = await ids(query)
        if type != "Patient" or len(found) < 2:
            return found
        standing = await ids(f"{query}&active:not=false")
        if len(standing) != 1:
            return found
        everybody = set(await ids(query, _MERGED))
        return standing if await _lead(ids, everybody, standing[0]) else found
    except SearchRefused as error:
        raise Invalid(error.issues, 400) from None


async def _lead(
    ids: Callable[[str, int], Awaitable[list[str]]], everybody: set[str], survivor: str
) -> bool:
    """Whether each of some Patients was replaced by this one, if need be by way of another."""
    reached = {survivor}
    while rest := everybody - reached:
        links = ",".join(f"Patient/{id}" for id in sorted(reached))
        query = f"_id={','.join(sorted(rest))}&active=false&link={links}"
        more = set(await ids(query, _MERGED))
        if not more:
            return False
        reached |= more
    return True


def lock_keys(type: str, query: str) -> list[int]:
    """What to lock so that two equal conditions wait for one another.

    The values of its identifiers, whatever system they name: conditions that may select the same
    resource by identifier share a lock. A condition without any locks its own text.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    values = [
        part.rpartition("|")[2]
        for name, value in pairs
        if name.partition(":")[0] == "identifier"
        for part in value.split(",")
    ]
    return sorted({_key(f"{type} {text}") for text in values or [repr(sorted(pairs))]})


async def lock(connection: Connection, keys: list[int]) -> None:
    """Hold these locks until the transaction ends; always taken in the same order."""
    await connection.execute(statements("bevan.record", "lookup.sql")["lock"], sorted(set(keys)))


def _key(text: str) -> int:
    number = int(xxhash.xxh3_64_intdigest(text.encode()))
    return number - _WHOLE if number >= _HALF else number
