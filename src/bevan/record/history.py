"""History: what was written, newest first, of one resource, of a type or of everything.

A version is shown if both it and the resource's current version may be seen: an entry sealed today
takes its past with it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from bevan.fhir.outcome import Issue
from bevan.kernel.sql import statements
from bevan.record import audit
from bevan.record.arguments import Arguments
from bevan.record.errors import Invalid
from bevan.record.parts import Parts
from bevan.record.plan import Signature
from bevan.record.reader import Found, Reader, findable
from bevan.record.scope import Scope
from bevan.record.version import Version
from bevan.record.visibility import visible

MOST = 1_000


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Versions, newest first; ``next`` is the cursor of the page after, ``None`` at the end."""

    versions: tuple[Version, ...]
    next: str | None


class _Place(msgspec.Struct, array_like=True, frozen=True):
    """Where the last page ended."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    rkey: Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
    version: Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]


class History:
    """Reads history under a Scope (FHIR R4 3.1.0.9)."""

    def __init__(self, parts: Parts, reader: Reader) -> None:
        """``reader`` unpacks and masks."""
        self._parts = parts
        self._reader = reader
        self._sql = statements("bevan.record", "history.sql")

    async def page(
        self,
        scope: Scope,
        type: str | None = None,
        id: str | None = None,
        *,
        since: datetime | None = None,
        at: datetime | None = None,
        count: int = 50,
        cursor: str | None = None,
    ) -> HistoryPage:
        """At most ``count`` versions, from ``since`` on (``_since``), after ``cursor``.

        ``at``: those that were current at that moment are at or before it (``_at``); only they and
        older ones are listed. Raises ``Invalid`` (400) for a cursor that isn't one.
        """
        count = max(1, min(count, MOST))
        id = None if id is None else findable(id)
        signature = await self._parts.sign(scope)
        sql, arguments = self._statement(scope, type, id, since, at, count, cursor)
        async with self._parts.general.transaction() as connection:
            rows: Sequence[Found] = await connection.fetch(sql, *arguments.values)
            # A filter may leave a page with fewer than were asked for; it still leads on.
            shown = [row for row in rows[:count] if await self._reader.admit(scope, row)]
            entries = _entries(signature, type, id, shown)
            await connection.execute(audit.insert(), *audit.columns(entries)[:-1])
        versions = [await self._reader.version(scope, row["type"], row["id"], row) for row in shown]
        return HistoryPage(tuple(versions), _after(rows[count - 1]) if len(rows) > count else None)

    def _statement(
        self,
        scope: Scope,
        type: str | None,
        id: str | None,
        since: datetime | None,
        at: datetime | None,
        count: int,
        cursor: str | None,
    ) -> tuple[str, Arguments]:
        one = type is not None and id is not None
        arguments = Arguments(type, id) if one else Arguments()
        bind = arguments.bind
        place = ["true"]
        if since is not None:
            place.append(f"v.last_updated >= {bind(since, 'timestamptz')}")
        if at is not None:
            place.append(f"v.last_updated <= {bind(at, 'timestamptz')}")
        if cursor is not None:
            before = _read(cursor)
            place.append(
                f"(v.last_updated, v.rkey, v.version) < ({bind(before.at, 'timestamptz')},"
                f" {bind(before.rkey, 'bigint')}, {bind(before.version, 'int')})"
            )
        sql = self._sql["instance" if one else "many"].format(
            version=visible(scope, "v", bind),
            current=visible(scope, "r", bind),
            type="true" if one else _types(scope, type, arguments),
            place=" and ".join(place),
            limit=bind(count + 1, "int"),
        )
        if one and type is not None and not scope.may_read(type):
            sql = f"select * from ({sql}) nothing where false"
        return sql, arguments


def _types(scope: Scope, type: str | None, arguments: Arguments) -> str:
    """The condition on the type, where the statement doesn't name one resource."""
    parts = [] if type is None else [f"v.type = {arguments.bind(type, 'text')}"]
    if scope.reads is not None:
        parts.append(f"v.type = any({arguments.bind(sorted(scope.reads), 'text[]')})")
    return " and ".join(parts) or "true"


def _entries(
    signature: Signature, type: str | None, id: str | None, rows: Sequence[Found]
) -> list[audit.Entry]:
    people = Counter(
        person for row in rows for person in audit.people(row["patient"], row["patients"])
    )
    outcome = audit.SHOWN if rows else audit.NOTHING
    return [
        signature.entry(
            audit.HISTORY, outcome, type=type, id=id, patient=person, entries=max(number, 1)
        )
        for person, number in (people or Counter({None: 0})).items()
    ]


def _after(row: Found) -> str:
    place = _Place(row["last_updated"], row["rkey"], row["version"])
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _read(cursor: str) -> _Place:
    try:
        place = msgspec.json.decode(
            urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=_Place
        )
        return msgspec.structs.replace(place, at=place.at.astimezone(UTC))
    except (ValueError, OverflowError, msgspec.MsgspecError):
        text = "This is not a page of this server's history."
        raise Invalid([Issue("error", "value", "", text)], 400) from None
