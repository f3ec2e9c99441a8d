"""Why somebody may see a person, or may not: the facts behind a decision, read for who oversees.

Reads the same tables that the record asks. It reads nobody's entries, so it says which labels a
rule keeps back, and never whether this person has any.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bevan.access.outcome import Facts, Link
from bevan.kernel.database import Database
from bevan.kernel.sql import statements
from bevan.record.scope import compartment


class Explanation:
    """Finds the facts of people."""

    def __init__(self, database: Database) -> None:
        """Does nothing yet."""
        self._database = database
        self._sql = statements("bevan.access", "explanation.sql")

    async def facts(self, people: Sequence[str]) -> list[Facts]:
        """The links and refusals of some people, given by logical id."""
        keys = [_key(person) for person in people]
        links: dict[UUID, list[Link]] = {key: [] for key in keys}
        for row in await self._database.fetch(self._sql["links"], keys):
            links[row["patient"]].append(
                Link(row["holder"], row["kind"], row["since"], row["until"])
            )
        refused: dict[UUID, set[str]] = {key: set() for key in keys}
        for row in await self._database.fetch(self._sql["refusals"], keys):
            refused[row["patient"]].add(row["kind"])
        return [
            Facts(person, tuple(links[key]), frozenset(refused[key]))
            for person, key in zip(people, keys, strict=True)
        ]

    async def sample(self, size: int) -> list[str]:
        """Some people who have a link: their keys as text, which are their own compartments or
        stand for them."""
        rows = await self._database.fetch(self._sql["sample"], size)
        return [str(row["patient"]) for row in rows]

    async def said(self, person: str) -> list[tuple[str, bool, str, datetime]]:
        """What a person said: (kind, refused, id of the Consent, when it was recorded)."""
        rows = await self._database.fetch(self._sql["choices"], compartment(person))
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def _key(person: str) -> UUID:
    """The key of a person's logical id; a key that `sample` gave is itself."""
    try:
        key = UUID(person)
    except ValueError:
        return compartment(person)
    return key if key.version == 8 else compartment(person)
