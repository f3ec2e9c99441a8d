"""Takes people out of the record for good: their rows, what is indexed of them, and mentions.

In one transaction, so that nothing partial is ever shown: the people's rows become tombstones,
which the feed tells of, and everything else of theirs goes. Entries of others that name them are
written anew without them. Later, when those who follow the feed have been told, the tombstones go.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bevan.fhir.extraction import Extractor
from bevan.fhir.json import decode
from bevan.fhir.parameters import Registry
from bevan.kernel.database import Connection
from bevan.kernel.sql import statements
from bevan.record.decision import unlimited
from bevan.record.errors import NotFound
from bevan.record.loading import Loading
from bevan.record.parts import Parts
from bevan.record.rows import Prepared
from bevan.record.scope import Actor, Scope, Ticket, compartment

GONE = "A person whose record was disposed of"
_EVERYTHING = ("numbers", "strings", "codes", "versions", "links", "refusals")
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Erased:
    """Whom to erase: logical ids of Patients (records of one person), and words of theirs.

    ``words`` are identifiers, addresses and names: what is left in others' entries loses them.
    ``reference`` is what the audit calls the person from now on.
    """

    ids: tuple[str, ...]
    words: tuple[str, ...]
    reference: UUID

    @property
    def people(self) -> tuple[UUID, ...]:
        """The people's keys."""
        return tuple(compartment(id) for id in self.ids)


@dataclass(frozen=True, slots=True)
class LastContact:
    """A Patient, when anything in their record last happened (what has no end yet counts from its
    beginning), whether any of it is labelled, and whether any of it goes on."""

    patient: Mapping[str, Any]
    at: datetime | None
    labelled: bool
    going_on: bool


Erase = Callable[[Connection, Erased], Awaitable[Mapping[str, int]]]
"""Deletes what other packages keep of the people, in the transaction; counts by table."""

Finish = Callable[[Connection, Counter[str]], Awaitable[None]]


async def swept(
    connection: Connection, sql: Mapping[str, str], names: Iterable[str], erased: Erased
) -> Counter[str]:
    """Run named statements with `{people}`, `{ids}` and `{reference}`; rows by name."""
    given: dict[str, tuple[str, Any]] = {
        "{people}": ("uuid[]", list(erased.people)),
        "{ids}": ("text[]", list(erased.ids)),
        "{reference}": ("text", str(erased.reference)),
    }
    counted: Counter[str] = Counter()
    for name in names:
        text, arguments = sql[name], []
        for word, (type, value) in given.items():
            if word in text:
                arguments.append(value)
                text = text.replace(word, f"${len(arguments)}::{type}")
        done = await connection.execute(text, *arguments)
        counted[name] += int(done.rpartition(" ")[2])
    return +counted


class Erasure:
    """Erases people from one record."""

    def __init__(self, parts: Parts, registry: Registry, extractor: Extractor) -> None:
        self._parts = parts
        self._extractor = extractor
        self._loading = Loading(parts)
        self._sql = statements("bevan.record", "erasure.sql")
        self._registry = registry

    async def last_contacts(
        self, scope: Scope, after: str, limit: int, labels: int
    ) -> list[LastContact]:
        """A page of people after one (a logical id), whole rows of the system's own."""
        _require(scope)
        unpack = self._parts.preparer.codec.unpack
        rows = await self._parts.general.fetch(self._sql["last_contacts"], after, limit, labels)
        return [
            LastContact(decode(unpack(row["enc"], row["content"])), *list(row.values())[3:])
            for row in rows
        ]

    async def erase(
        self, scope: Scope, erased: Erased, others: Sequence[Erase], finish: Finish
    ) -> Counter[str]:
        """Erase people; what was destroyed, by resource type or table. ``finish`` runs last in the
        transaction, with these counts.

        Raises ``NotFound`` for a scope with limits, and ``Invalid`` where an entry of somebody
        else's can't be written without them: then nothing is erased.
        """
        _require(scope)
        rows = await self._parts.general.fetch(
            self._sql["mentions"], list(erased.people), self._hashes(erased)
        )
        left = [await self._without(erased, row) for row in rows]
        counted: Counter[str] = Counter()

        async def within(connection: Connection) -> bool:
            counted.clear()
            for other in others:
                counted.update(await other(connection, erased))
            counted.update(await swept(connection, self._sql, _EVERYTHING, erased))
            counted.update(await self._bury(connection, scope, erased))
            await finish(connection, counted)
            return True

        async def after(connection: Connection) -> bool:
            types, ids = [one.type for one in left], [one.id for one in left]
            await connection.execute(self._sql["forget_versions"], types, ids)
            return True

        if left:
            await self._loading.load(scope, left, within=within, after=after, most=MOST)
        else:
            async with self._parts.transactions.transaction() as connection:
                await within(connection)
        return +counted

    async def purge(self, scope: Scope, erased: Erased) -> tuple[list[int], int]:
        """Take the tombstones away; (the people's numbers as actors, the number in their place).

        Whoever follows the feed and was not told yet has to rebuild from here on.
        """
        _require(scope)
        stand_in = Actor("patient", str(erased.reference), GONE)
        ticket = Ticket(scope.ticket.request, scope.ticket.purpose, stand_in, scope.ticket.at)
        number, _ = await self._parts.interns.ticket(ticket)
        async with self._parts.general.transaction() as connection:
            last = await connection.fetchval(self._sql["purge"], list(erased.people))
            await connection.execute(self._sql["horizon"], str(last))
            rows = await connection.fetch(self._sql["actors"], list(erased.ids))
            former = [row["n"] for row in rows]
            if former:
                await connection.execute(self._sql["actor"], former, number)
                await connection.execute(self._sql["old_actor"], former, number)
        return former, number

    async def forget_actors(self, scope: Scope, numbers: Iterable[int]) -> None:
        """Forget people as actors, once nothing names them."""
        _require(scope)
        for number in numbers:
            await self._parts.general.fetchval(self._sql["forget_actor"], number)

    async def _bury(self, connection: Connection, scope: Scope, erased: Erased) -> Counter[str]:
        signature = await self._parts.sign(scope)
        rows = await connection.fetch(
            self._sql["gone"], list(erased.people), signature.agent, self._parts.clock.now()
        )
        await connection.execute(statements("bevan.record", "write.sql")["wake"])
        return Counter(row["type"] for row in rows)

    async def _without(self, erased: Erased, row: Any) -> Prepared:
        content = self._parts.preparer.codec.unpack(row["enc"], row["content"])
        return self._parts.preparer.prepare(without(decode(content), erased))

    def _hashes(self, erased: Erased) -> list[int]:
        """The hashes under which others' entries are found by a reference to the people."""
        codes = {
            code
            for type in self._registry.definitions.resource_types
            for code, one in self._registry.of(type).items()
            if one.type == "reference"
        }
        token = self._extractor.token
        return [token(code, f"Patient/{id}") for id in erased.ids for code in sorted(codes)]


def without(resource: dict[str, Any], erased: Erased) -> dict[str, Any]:
    """A resource without the people: references to them say only that somebody is gone, links to
    them go, a narrative that names them goes, and so do their words."""
    known = frozenset(f"Patient/{id}" for id in erased.ids)
    words = sorted({*erased.ids, *filter(None, erased.words)}, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)
    made = _without(resource, known, pattern)
    assert isinstance(made, dict)
    text = made.get("text")
    if isinstance(text, dict) and pattern.search(str(resource["text"].get("div", ""))):
        del made["text"]
    kept = [one for one in made.get("link") or () if (one.get("other") or {}) != {"display": GONE}]
    if made["resourceType"] == "Patient" and "link" in made:
        del made["link"]
        made |= {"link": kept} if kept else {}
    return made


def _without(node: Any, known: frozenset[str], pattern: re.Pattern[str]) -> Any:
    if isinstance(node, dict):
        if _refers(node.get("reference"), known):
            return {"display": GONE}
        return {key: _without(value, known, pattern) for key, value in node.items()}
    if isinstance(node, list):
        return [_without(value, known, pattern) for value in node]
    return pattern.sub("[disposed of]", node) if isinstance(node, str) else node


def _refers(reference: Any, known: frozenset[str]) -> bool:
    if not isinstance(reference, str):
        return False
    parts = reference.partition("/_history/")[0].split("/")
    return "/".join(parts[-2:]) in known


def _require(scope: Scope) -> None:
    if not scope.system or not unlimited(scope):
        raise NotFound("Only the system may erase people.")
