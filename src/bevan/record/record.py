"""The record's door: one :class:`Record` per process, and every function takes a Scope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.outcome import Issue
from bevan.fhir.parameters import Registry
from bevan.fhir.subject import About, who
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.record import sources
from bevan.record.codec import open_codec
from bevan.record.decision import Operation
from bevan.record.errors import Invalid
from bevan.record.interning import Interns
from bevan.record.keys import Keys
from bevan.record.parts import LANE_SETTINGS, Parts
from bevan.record.reader import Reader
from bevan.record.rows import Extracts, Preparer, Validates
from bevan.record.scope import Scope
from bevan.record.sources import Heard, Source
from bevan.record.version import Version, Written
from bevan.record.writer import Writer


class Record:
    """Reads and writes the record under a Scope. Make it with :meth:`open`, end it with
    :meth:`close`."""

    def __init__(self, parts: Parts) -> None:
        """Use :meth:`open`."""
        self._parts = parts
        self._reader = Reader(parts)
        self._writer = Writer(parts)

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        definitions: Definitions,
        registry: Registry,
        extractor: Extracts,
        validator: Validates,
        clock: Clock,
        hash_bits: int = 64,
        base: str = "",
        size: int = 8,
    ) -> Record:
        """Connect to a migrated database.

        ``base`` is this server's FHIR address; references that start with it are its own.
        ``hash_bits`` must be those of ``extractor``. Raises ``kernel.errors.Unavailable``.
        """
        general = await Database.open(dsn, size=size)
        lanes = await Database.open(dsn, size=3, settings=LANE_SETTINGS)

        def about(resource: dict[str, Any]) -> About:
            return who(resource, base=base)

        async with general.connection() as connection:
            codec = await open_codec(connection)
        parts = Parts(
            lanes=lanes,
            general=general,
            preparer=Preparer(validator, extractor, codec, about),
            interns=Interns(general),
            keys=Keys(general),
            heard=Heard(general),
            clock=clock,
        )
        return cls(parts)

    async def close(self) -> None:
        """Finish what is queued, then let go of the database."""
        await self._writer.close()
        await self._reader.close()
        await self._parts.lanes.close()
        await self._parts.general.close()

    async def read(self, scope: Scope, type: str, id: str) -> Version | None:
        """The current version, ``deleted`` if it is a tombstone; ``None`` if it isn't there or
        may not be seen: nothing tells which (FHIR R4 3.1.0.2)."""
        return await self._reader.read(scope, type, id)

    async def vread(self, scope: Scope, type: str, id: str, version: int) -> Version | None:
        """One version, current or old (FHIR R4 3.1.0.3); ``None`` as for :meth:`read`."""
        return await self._reader.vread(scope, type, id, version)

    async def create(self, scope: Scope, resource: dict[str, Any]) -> Written:
        """Write a new resource under a new id (FHIR R4 3.1.0.8)."""
        return await self._writer.create(scope, resource)

    async def update(
        self,
        scope: Scope,
        resource: dict[str, Any],
        *,
        if_match: int | None = None,
        if_none_match: bool = False,
    ) -> Written:
        """Write the next version at the resource's own id (FHIR R4 3.1.0.7)."""
        id = resource.get("id")
        if not isinstance(id, str) or not id:
            raise Invalid([Issue("error", "required", "id", "An update needs the id.")], 400)
        return await self._writer.change(
            Operation(
                scope,
                "update",
                resource["resourceType"],
                id,
                resource=resource,
                if_match=if_match,
                if_none_match=if_none_match,
            )
        )

    async def patch(
        self,
        scope: Scope,
        type: str,
        id: str,
        operations: Sequence[dict[str, Any]],
        *,
        if_match: int | None = None,
    ) -> Written:
        """Apply a JSON Patch (RFC 6902; FHIR R4 3.1.0.4)."""
        return await self._writer.change(
            Operation(scope, "patch", type, id, operations=operations, if_match=if_match)
        )

    async def delete(
        self, scope: Scope, type: str, id: str, *, if_match: int | None = None
    ) -> Written:
        """Put a tombstone in its place (FHIR R4 3.1.0.7.1); the old versions stay."""
        return await self._writer.change(Operation(scope, "delete", type, id, if_match=if_match))

    async def sources(self, scope: Scope) -> list[Source]:
        """Every source, whose it is, and when it was last heard."""
        return await sources.sources(self._parts.general)

    async def introduce(self, scope: Scope, uri: str, organisation: str, name: str) -> None:
        """Say whose system the source ``uri`` is."""
        await sources.introduce(self._parts.general, uri, organisation, name)

    async def heard(
        self, scope: Scope, uri: str, *, at: datetime | None = None, failed: str | None = None
    ) -> None:
        """Note that a source answered, or in ``failed`` what keeps it from answering."""
        moment = at or self._parts.clock.now()
        await sources.heard(self._parts.general, uri, moment, failed)
