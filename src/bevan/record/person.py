"""Everything about a person under a Scope: their rows page by page, and what these refer to.

A page is one statement: whether the person is there, their rows, and whether any is kept back. What
the rows refer to is found in their bytes, as the reader may see them, and only what is about nobody
(practitioners, organisations, places, medications) comes along: never somebody else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Registry
from bevan.kernel.database import Connection
from bevan.kernel.sql import statements
from bevan.record import audit
from bevan.record.arguments import Arguments
from bevan.record.parts import Parts
from bevan.record.plan import Signature
from bevan.record.reader import Found, Reader, findable
from bevan.record.scope import Scope, compartment
from bevan.record.visibility import Bind, kept_back, visible, visible_about

COLUMNS = "r.rkey, r.type, r.id, r.enc, r.content, r.patient, r.patients"
BATCH = 2_000
LONGEST_QUERY = 1_000
Address = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a person is asked for.

    `start` and `end`: the half-open stretch of care (the Patient and what has no date are always
    in it); `since`: written then or later; `types`: these alone, None for all; `count`: how many
    in a page.
    """

    start: datetime | None = None
    end: datetime | None = None
    since: datetime | None = None
    types: frozenset[str] | None = None
    count: int = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: after a row of the person's, or after something they refer to."""

    row: int = 0
    named: Address | None = None


class Shown(NamedTuple):
    """One resource as the reader may see it."""

    type: str
    id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PersonPage:
    """The person's own rows, what they refer to, whether rows are kept back, where to go on."""

    own: Sequence[Shown]
    named: Sequence[Shown]
    withheld: bool
    next: Place | None


@dataclass(frozen=True, slots=True)
class _Asked:
    scope: Scope
    id: str
    wanted: Wanted


class _Rows(NamedTuple):
    found: list[Found]
    there: bool
    withheld: bool
    last: int | None  # The key of the last row looked at, None where there are no more.


class People:
    """Reads whole people."""

    def __init__(self, parts: Parts, reader: Reader, extractor: Extractor, base: str) -> None:
        """`base`: this server's FHIR address, which a reference may start with."""
        self._parts = parts
        self._reader = reader
        self._extractor = extractor
        self._sql = statements("bevan.record", "person.sql")
        start = f"(?:{re.escape(base)}/)?" if base else ""
        end = r"/([A-Za-z0-9.\-]{1,64})(?:/_history/\d+)?\""
        self._reference = _pattern(rf'"reference":"{start}([A-Z][A-Za-z]+){end}')
        self._patient = _pattern(rf'"reference":"{start}Patient{end}')

    async def page(
        self, scope: Scope, id: str, wanted: Wanted, place: Place, query: str = ""
    ) -> PersonPage | None:
        """A page of everything about a Patient; None where they aren't there, or not for `scope`.

        The audit names everybody the page is about and is durable before this returns; `query` is
        what its entries say was asked.
        """
        asked = _Asked(scope, findable(id), wanted)
        if not await self._there(asked):
            return None
        signature = await self._parts.sign(scope)
        async with self._parts.general.transaction() as connection:
            rows = await self._own(connection, asked, place)
            own = [await self._shown(scope, row) for row in rows.found]
            named: list[Found] = []
            next = None if rows.last is None else Place(rows.last)
            if rows.there and next is None:
                room = wanted.count - len(own)
                named = await self._named(connection, asked, place, own, room + 1)
                if len(named) > room:
                    named = named[:room]
                    after = named[-1] if named else None
                    next = replace(
                        place, row=_END, named=(after["type"], after["id"]) if after else None
                    )
            entries = _entries(signature, asked, rows, self._people(asked.id, rows, own), query)
            await connection.execute(audit.insert(), *audit.columns(entries)[:-1])
        if not rows.there:
            return None
        beside = [await self._shown(scope, row) for row in named]
        return PersonPage(own, beside, rows.withheld, next)

    async def _there(self, asked: _Asked) -> bool:
        """Whether the scope's filters, if it has any, let the Patient through."""
        if "Patient" not in asked.scope.filters:
            return True
        return await self._reader.read(asked.scope, "Patient", asked.id) is not None

    async def _own(self, connection: Connection, asked: _Asked, place: Place) -> _Rows:
        """The person's rows after the place, as many as a page holds."""
        count = asked.wanted.count
        rows = await self._fetch(connection, asked, place.row, count + 1)
        more = len(rows) > count
        last = rows[count - 1]["rkey"] if more else None
        found = [row for row in rows[:count] if row["rkey"] is not None]
        admitted = [row for row in found if await self._reader.admit(asked.scope, row)]
        return _Rows(admitted, bool(rows), bool(rows) and bool(rows[0]["kept_back"]), last)

    async def _fetch(
        self, connection: Connection, asked: _Asked, after: int, limit: int
    ) -> Sequence[Found]:
        scope, key = asked.scope, compartment(asked.id)
        arguments = Arguments()
        bind = arguments.bind
        person = bind(key, "uuid")
        told = kept_back(scope, person, lambda: _typed("w", asked, bind), bind)
        sql = self._sql["own"].format(
            told=told,
            id=bind(asked.id, "text"),
            seen=visible_about(scope, "p", person, bind) if scope.may_read("Patient") else "false",
            columns=COLUMNS,
            person=person,
            mine=visible_about(scope, "r", person, bind),
            shared=visible(scope, "r", bind),
            tokens=bind(self._tokens(asked.id), "bigint[]"),
            chosen=_chosen(asked, after, bind),
            limit=bind(limit, "int"),
        )
        rows: Sequence[Found] = await connection.fetch(sql, *arguments.values)
        return rows

    def _tokens(self, id: str) -> list[int]:
        return [self._extractor.token(code, f"Patient/{id}") for code in self._codes()]

    def _codes(self) -> tuple[str, ...]:
        registry = self._extractor.registry
        return _codes(registry, registry.generation)

    async def _named(
        self, connection: Connection, asked: _Asked, place: Place, own: Sequence[Shown], limit: int
    ) -> list[Found]:
        """What the person's rows refer to, after the place."""
        whole = own if place.row == 0 and asked.wanted.types is None else None
        addresses = await self._addresses(connection, asked, whole)
        if place.named is not None:
            addresses = {each for each in addresses if each > place.named}
        if not addresses:
            return []
        arguments = Arguments()
        parts = []
        for type, ids in sorted(_grouped(addresses).items()):
            parts.append(f"r.type = '{type}' and r.id = any({arguments.bind(ids, 'text[]')})")
        sql = self._sql["named"].format(
            columns=COLUMNS,
            named=" or ".join(parts),
            shared=visible(asked.scope, "r", arguments.bind),
            limit=arguments.bind(limit + len(addresses), "int"),
        )
        rows: Sequence[Found] = await connection.fetch(sql, *arguments.values)
        return [row for row in rows if await self._reader.admit(asked.scope, row)][:limit]

    async def _addresses(
        self, connection: Connection, asked: _Asked, own: Sequence[Shown] | None
    ) -> set[Address]:
        """What the reader may know to be referred to, of types that were asked for."""
        types = asked.wanted.types
        known = self._extractor.registry.definitions.resource_types
        readable = {
            each
            for each in known
            if asked.scope.may_read(each) and (types is None or each in types)
        }
        found: set[Address] = set()
        if own is not None:
            self._note(found, own)
        else:
            every = replace(asked, wanted=replace(asked.wanted, types=None))
            after: int | None = 0
            while after is not None:
                rows = await self._fetch(connection, every, after, BATCH)
                shown = [
                    await self._shown(asked.scope, row)
                    for row in rows
                    if row["rkey"] is not None and await self._reader.admit(asked.scope, row)
                ]
                self._note(found, shown)
                after = rows[-1]["rkey"] if len(rows) == BATCH else None
        return {each for each in found if each[0] in readable}

    def _people(self, id: str, rows: _Rows, own: Sequence[Shown]) -> Counter[UUID]:
        """Whom the page tells of: those whom rows are about, and those whom these refer to."""
        told: Counter[UUID] = Counter({compartment(id): 0})
        keys: dict[bytes, UUID] = {}
        for row, shown in zip(rows.found, own, strict=True):
            people = set(filter(None, audit.people(row["patient"], row["patients"])))
            for to in self._patient.findall(shown.content):
                if to not in keys:
                    keys[to] = compartment(to.decode())
                people.add(keys[to])
            for person in people:
                told[person] += 1
        return told

    def _note(self, found: set[Address], rows: Iterable[Shown]) -> None:
        raw: set[tuple[bytes, bytes]] = set()
        for row in rows:
            raw.update(self._reference.findall(row.content))
        found.update((type.decode(), id.decode()) for type, id in raw)

    async def _shown(self, scope: Scope, row: Found) -> Shown:
        return Shown(row["type"], row["id"], await self._reader.content(scope, row["type"], row))


# Beyond every row's key: the pages of what the rows refer to.
_END = (1 << 63) - 1


def _typed(row: str, asked: _Asked, bind: Bind) -> str:
    """The condition on the type of a row: one that was asked for and that the scope may read."""
    types, reads = asked.wanted.types, asked.scope.reads
    if types is None and reads is None:
        return "true"
    named = types if reads is None else reads if types is None else types & reads
    return f"{row}.type = any({bind(sorted(named or ()), 'text[]')})"


def _chosen(asked: _Asked, after: int, bind: Bind) -> str:
    """The conditions of the call itself on the person's rows."""
    wanted = asked.wanted
    parts = [f"r.rkey > {bind(after, 'bigint')}", _typed("r", asked, bind)]
    during = []
    if wanted.start is not None:
        during.append(f"coalesce(r.high, 'infinity') > {bind(wanted.start, 'timestamptz')}")
    if wanted.end is not None:
        during.append(f"r.low < {bind(wanted.end, 'timestamptz')}")
    if during:
        parts.append(f"(r.type = 'Patient' or r.low is null or {' and '.join(during)})")
    if wanted.since is not None:
        parts.append(f"r.last_updated >= {bind(wanted.since, 'timestamptz')}")
    return " and ".join(parts)


def _entries(
    signature: Signature, asked: _Asked, rows: _Rows, people: Mapping[UUID, int], query: str
) -> list[audit.Entry]:
    """One entry for each person the page tells of, the one who was asked for first."""
    return [
        signature.entry(
            audit.SEARCH,
            audit.SHOWN if rows.there else audit.NOTHING,
            type="Patient",
            id=asked.id,
            patient=person,
            entries=max(number, 1),
            query=query[:LONGEST_QUERY] if place == 0 else None,
        )
        for place, (person, number) in enumerate(people.items())
    ]


def _grouped(addresses: Iterable[Address]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for type, id in sorted(addresses):
        found.setdefault(type, []).append(id)
    return found


@lru_cache(maxsize=8)
def _codes(registry: Registry, generation: int) -> tuple[str, ...]:
    """The parameters by which a row can name a Patient, as of one generation of the registry."""
    found = {
        each.code
        for type in registry.definitions.resource_types
        for each in registry.of(type).values()
        if each.type == "reference" and (not each.targets or "Patient" in each.targets)
    }
    return tuple(sorted(found))


def _pattern(text: str) -> re.Pattern[bytes]:
    return re.compile(text.encode(), re.ASCII)
