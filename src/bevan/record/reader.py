"""Reading by id: many reads and their audit rows are one statement and one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asyncpg import Record

from bevan.kernel.database import Connection
from bevan.kernel.sql import statements
from bevan.record import audit
from bevan.record.arguments import Arguments
from bevan.record.faults import DATABASE, told
from bevan.record.filters import Filters
from bevan.record.lane import Lane, Waiting
from bevan.record.mask import concealed, masked, sender, veil
from bevan.record.parts import Parts
from bevan.record.plan import Signature
from bevan.record.scope import Scope
from bevan.record.version import Version
from bevan.record.visibility import reach, visible

Found = Record | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Asked:
    signature: Signature
    type: str
    id: str


class Reader:
    """Reads for everybody in this process, one batch at a time."""

    def __init__(self, parts: Parts, filters: Filters) -> None:
        """Nothing is opened yet; the lane starts with the first read."""
        self._parts = parts
        self._filters = filters
        self._lane: Lane[_Asked, Found | None] = Lane(self._read)
        self._sql = statements("bevan.record", "reader.sql")

    async def close(self) -> None:
        """Finish what is queued."""
        await self._lane.close()

    async def read(self, scope: Scope, type: str, id: str) -> Version | None:
        """The current version; ``None`` if it isn't there or may not be seen (the same).

        The audit of it is durable before this returns.
        """
        signature = await self._parts.sign(scope)
        if type in scope.filters:
            return await self._filtered(signature, type, id, None)
        found = await self._lane.put(_Asked(signature, findable(type), findable(id)))
        return None if found is None else await self.version(scope, type, id, found)

    async def read_within(
        self, connection: Connection, signature: Signature, type: str, id: str
    ) -> Version | None:
        """As :meth:`read`, on a connection whose transaction has written what it sees."""
        asked = _Asked(signature, findable(type), findable(id))
        rows = await connection.fetch(self._sql["read"], *_columns([asked]))
        if rows[0]["version"] is None:
            return None
        return await self.version(signature.scope, type, id, rows[0])

    async def vread(self, scope: Scope, type: str, id: str, version: int) -> Version | None:
        """One version, current or old (FHIR R4 3.1.0.3); ``None`` as for :meth:`read`."""
        return await self._filtered(await self._parts.sign(scope), type, id, version)

    async def admit(self, scope: Scope, found: Found) -> bool:
        """Whether the scope's filters let a row through, by what of it the scope may see."""
        if found["type"] not in scope.filters:
            return True
        content = await self.content(scope, found["type"], found)
        return self._filters.admit(scope, found["type"], content)

    async def _filtered(
        self, signature: Signature, type: str, id: str, version: int | None
    ) -> Version | None:
        """A version, or the current one, if the scope's filters let it through."""
        scope, type, id = signature.scope, findable(type), findable(id)
        async with self._parts.general.transaction() as connection:
            found = await self._one(connection, scope, type, id, version)
            if found is not None and not await self.admit(scope, found):
                found = None
            action = audit.READ if version is None else audit.VREAD
            await self._note(connection, signature, found, action, type, id)
        return None if found is None else await self.version(scope, type, id, found)

    async def version(self, scope: Scope, type: str, id: str, found: Found) -> Version:
        """A row as a version: unpacked, masked, with its author and source."""
        parts = self._parts
        actors = await parts.interns.actors((found["agent"],))
        source = found["source"]
        uris = await parts.interns.uris((source,)) if source is not None else {}
        hidden = veil(scope, found["patient"], found["patients"])
        return Version(
            type,
            id,
            found["version"],
            found["last_updated"],
            found["deleted"],
            await self.content(scope, type, found),
            concealed(hidden, actors[found["agent"]]),
            sender(hidden, uris.get(source)),
        )

    async def content(self, scope: Scope, type: str, found: Found) -> bytes:
        """The JSON of a row as this scope may see it; empty for a deletion."""
        packed = found["content"]
        if packed is None:
            return b""
        codec = self._parts.preparer.codec
        if not codec.knows(found["enc"]):
            async with self._parts.general.connection() as connection:
                await codec.learn(connection)
        content = codec.unpack(found["enc"], packed)
        if not scope.masked:
            return content
        return masked(veil(scope, found["patient"], found["patients"]), type, content)

    async def _read(self, batch: list[Waiting[_Asked, Found | None]]) -> None:
        asked = [waiting.item for waiting in batch]
        try:
            async with self._parts.lanes.connection() as connection:
                rows = await connection.fetch(self._sql["read"], *_columns(asked))
        except DATABASE as error:
            for waiting in batch:
                waiting.settle(error=told(error))
            return
        for row in rows:
            batch[row["n"] - 1].settle(None if row["version"] is None else row)

    async def _one(
        self, connection: Connection, scope: Scope, type: str, id: str, version: int | None
    ) -> Found | None:
        if not scope.may_read(type):
            return None
        arguments = Arguments(type, id, version)
        sql = self._sql["vread"].format(
            current=visible(scope, "r", arguments.bind), version=visible(scope, "v", arguments.bind)
        )
        return await connection.fetchrow(sql, *arguments.values)

    async def _note(
        self,
        connection: Connection,
        signature: Signature,
        found: Found | None,
        action: str,
        type: str,
        id: str,
    ) -> None:
        entries = [
            signature.entry(
                action,
                audit.SHOWN if found else audit.NOTHING,
                type=type,
                id=id,
                patient=person,
                version=found["version"] if found else None,
            )
            for person in (audit.people(found["patient"], found["patients"]) if found else (None,))
        ]
        await connection.execute(audit.insert(), *audit.columns(entries)[:-1])


def findable(text: str) -> str:
    """The type or id that is looked for, without what the database can't even be asked about.

    No row's address holds a NUL, so the answer stays the same; asked as it is, it would fail
    every read that shares the statement.
    """
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in text else text


def _columns(asked: Sequence[_Asked]) -> list[Sequence[Any]]:
    rows = []
    for one in asked:
        scope = one.signature.scope
        rows.append(
            (
                one.type,
                one.id,
                *reach(scope),
                # What a filter decides isn't decided here: such a type is read by another way.
                scope.may_read(one.type) and one.type not in scope.filters,
                one.signature.agent,
                one.signature.purpose,
                scope.ticket.request,
            )
        )
    return list(zip(*rows, strict=True))
