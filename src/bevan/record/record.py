"""The record's door: one :class:`Record` per process, and every function takes a Scope."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction import Extractor
from bevan.fhir.outcome import Issue
from bevan.fhir.parameters import Registry
from bevan.kernel.clock import Clock
from bevan.record import belongings, partitions, provenance_page, sources
from bevan.record.belongings import Belonging
from bevan.record.bundle.batch import batch
from bevan.record.bundle.matching import Condition, select
from bevan.record.bundle.responses import bundle as assembled
from bevan.record.bundle.single import look, run
from bevan.record.bundle.transaction import Tools, Transaction
from bevan.record.conditional import Conditionals
from bevan.record.decision import Operation
from bevan.record.erasure import Erasure
from bevan.record.errors import Invalid
from bevan.record.feed import Cursor, Feed, FeedPage
from bevan.record.filters import Filters
from bevan.record.history import History, HistoryPage
from bevan.record.loading import MOST, Loaded, Loading, Within
from bevan.record.notes import Notes
from bevan.record.opening import Opened, Settings, opened
from bevan.record.person import People
from bevan.record.provenance import TYPE as PROVENANCE
from bevan.record.provenance import Provenances, is_derived
from bevan.record.reader import Reader
from bevan.record.reindex import Reindex
from bevan.record.rows import Prepared, Validates
from bevan.record.scope import Scope
from bevan.record.search.limits import DEFAULT, Limits
from bevan.record.search.searcher import Page
from bevan.record.sources import Source
from bevan.record.version import Version, Written
from bevan.record.waiting import settle_waiting
from bevan.record.writer import Writer


class Record:
    """Reads and writes the record under a Scope. Make it with :meth:`open`, end it with
    :meth:`close`."""

    def __init__(self, made: Opened) -> None:
        """Use :meth:`open`."""
        self.base = made.settings.base
        self._made = made
        self._parts, parts, settings = made.parts, made.parts, made.settings
        self._reader = Reader(made.parts, Filters(made.settings.extractor, made.settings.clock))
        self._writer = Writer(made.parts)
        self._conditionals = Conditionals(made.parts, made.finder, self._reader)
        self._history = History(made.parts, self._reader)
        self._feed = Feed(made.parts, self._reader)
        self._loading = Loading(made.parts)
        self._provenances = Provenances(made.parts)
        self._notes = Notes(made.parts)
        self.people = People(made.parts, self._reader, made.settings.extractor, self.base)
        self.erasure = Erasure(made.parts, made.settings.registry, made.settings.extractor)
        self.reindex = Reindex(parts.general, parts.preparer, settings.extractor, settings.clock)
        self._tools = Tools(
            parts=made.parts,
            reader=self._reader,
            finder=made.finder,
            registry=made.settings.registry,
            extractor=made.settings.extractor,
            kinds=made.kinds,
            base=self.base,
            look=lambda scope, entry: look(self, scope, entry),
        )

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        definitions: Definitions,
        registry: Registry,
        extractor: Extractor,
        validator: Validates,
        clock: Clock,
        hash_bits: int = 64,
        base: str = "",
        size: int = 8,
        limits: Limits = DEFAULT,
    ) -> Record:
        """Connect to a migrated database; ``size`` connections at most in each pool.

        ``base`` is this server's FHIR address: references that start with it are its own.
        ``hash_bits`` must be those of ``extractor``; ``limits`` are those of searches. Raises
        ``kernel.errors.Unavailable``.
        """
        settings = Settings(
            definitions,
            registry,
            extractor,
            validator,
            clock,
            hash_bits,
            base.rstrip("/"),
            limits,
        )
        return cls(await opened(dsn, settings, size))

    async def close(self) -> None:
        """Finish what is queued, then let go of the database."""
        await self._writer.close()
        await self._reader.close()
        await self._made.close()

    # Reading

    async def read(self, scope: Scope, type: str, id: str) -> Version | None:
        """The current version, ``deleted`` if it is a tombstone; ``None`` if it isn't there or
        may not be seen: nothing tells which (FHIR R4 3.1.0.2)."""
        if type == PROVENANCE and is_derived(id):
            return await self._provenances.version(scope, id)
        return await self._reader.read(scope, type, id)

    async def vread(self, scope: Scope, type: str, id: str, version: int) -> Version | None:
        """One version, current or old (FHIR R4 3.1.0.3); ``None`` as for :meth:`read`."""
        return await self._reader.vread(scope, type, id, version)

    async def search(
        self,
        scope: Scope,
        type: str | None,
        query: str,
        *,
        base: str = "",
        lenient: bool = False,
        within: tuple[str, str] | None = None,
    ) -> Page:
        """One page of a search (FHIR R4 3.1.1): see ``search.searcher.Searcher.search``.

        A search for the Provenance of a target finds that of its versions too; one in the
        compartment of a resource (``within``, its type and id) only what is stored.
        """
        search = self._made.searcher.search
        alone = type == PROVENANCE and within is None
        asked = provenance_page.asked(query, self.base) if alone else None
        if asked is None:
            return await search(scope, type, query, base=base, lenient=lenient, within=within)
        page = await search(scope, type, asked.stored, base=base, lenient=lenient)
        made = await self._provenances.every(scope, asked.targets)
        return provenance_page.joined(page, made, asked, base)

    async def history(
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
        """Versions, newest first, of a resource, a type or everything (FHIR R4 3.1.0.10)."""
        return await self._history.page(
            scope, type, id, since=since, at=at, count=count, cursor=cursor
        )

    async def provenance(
        self, scope: Scope, type: str, id: str, version: int | None = None
    ) -> list[dict[str, Any]]:
        """A Provenance for each version of a resource, or for one, newest first."""
        return await self._provenances.of(scope, type, id, version)

    async def belongings(
        self, scope: Scope, person: str, *, after: int = 0, limit: int = belongings.MOST
    ) -> list[Belonging]:
        """A page of the rows about a person, for moving them: see ``belongings.about``."""
        return await belongings.about(self._parts, scope, person, after=after, limit=limit)

    # Writing

    async def create(
        self, scope: Scope, resource: dict[str, Any], *, if_none_exist: str | None = None
    ) -> Written:
        """Write a new resource under a new id, unless ``if_none_exist`` (a search) selects one
        (FHIR R4 3.1.0.8). Raises ``Invalid``, ``NotFound`` and ``MultipleMatches``."""
        if if_none_exist is not None:
            return await self._conditionals.create(scope, resource, if_none_exist)
        return await self._writer.create(scope, resource)

    async def update(
        self,
        scope: Scope,
        resource: dict[str, Any],
        *,
        if_match: int | None = None,
        if_none_match: bool = False,
    ) -> Written:
        """Write the next version at the resource's own id, or the first (FHIR R4 3.1.0.4).

        ``if_match``: only over this version; ``if_none_match``: only where nothing is. Raises
        ``Invalid``, ``NotFound``, ``PreconditionFailed`` and ``Conflict``.
        """
        id = resource.get("id")
        if not isinstance(id, str) or not id:
            raise Invalid([Issue("error", "required", "id", "An update needs the id.")], 400)
        operation = Operation(
            scope,
            "update",
            resource["resourceType"],
            id,
            resource=resource,
            if_match=if_match,
            if_none_match=if_none_match,
        )
        return await self._writer.change(operation)

    async def update_where(
        self,
        scope: Scope,
        type: str,
        query: str,
        resource: dict[str, Any],
        *,
        if_match: int | None = None,
    ) -> Written:
        """Update the one resource that a search selects; create where there is none
        (FHIR R4 3.1.0.4.3)."""
        return await self._conditionals.update(scope, type, query, resource, if_match)

    async def patch(
        self,
        scope: Scope,
        type: str,
        id: str,
        operations: Sequence[dict[str, Any]],
        *,
        if_match: int | None = None,
    ) -> Written:
        """Apply a JSON Patch (RFC 6902, FHIR R4 3.1.0.6) to what stands."""
        return await self._writer.change(
            Operation(scope, "patch", type, id, operations=operations, if_match=if_match)
        )

    async def patch_where(
        self,
        scope: Scope,
        type: str,
        query: str,
        operations: Sequence[dict[str, Any]],
        *,
        if_match: int | None = None,
    ) -> Written:
        """Patch the one resource that a search selects."""
        return await self._conditionals.patch(scope, type, query, operations, if_match)

    async def delete(
        self, scope: Scope, type: str, id: str, *, if_match: int | None = None
    ) -> Written:
        """Put a tombstone in its place (FHIR R4 3.1.0.7); the old versions stay. Raises
        ``NotFound`` for what isn't there; deleting again changes nothing."""
        return await self._writer.change(Operation(scope, "delete", type, id, if_match=if_match))

    async def delete_where(
        self, scope: Scope, type: str, query: str, *, if_match: int | None = None
    ) -> Written:
        """Delete the one resource that a search selects (FHIR R4 3.1.0.7.1)."""
        return await self._conditionals.delete(scope, type, query, if_match)

    async def bundle(
        self, scope: Scope, bundle: Mapping[str, Any], *, within: Within | None = None
    ) -> bytes:
        """Do a batch or a transaction (FHIR R4 3.1.0.11); the response Bundle as JSON text.

        ``within`` runs first in the transaction; where it answers false, nothing is done.
        Raises what its first impossible entry raises (transaction), ``Invalid`` (400) for a Bundle
        that is neither, and ``TooCostly``.
        """
        if bundle.get("type") == "batch":
            responses = await batch(
                scope, bundle, self.base, lambda inner, entry: run(self, inner, entry)
            )
            return assembled("batch-response", responses)
        if bundle.get("type") == "transaction":
            responses = await Transaction(self._tools, scope, bundle, within).run()
            return assembled("transaction-response", responses)
        text = "Only a Bundle of type batch or transaction can be done."
        raise Invalid([Issue("error", "value", "Bundle.type", text)], 400)

    def prepare(self, resource: dict[str, Any]) -> Prepared:
        """A resource that carries its id, checked and indexed for :meth:`load`; reads and writes
        nothing. Raises ``Invalid``."""
        return self._parts.preparer.prepare(resource)

    async def load(
        self,
        scope: Scope,
        prepared: Sequence[Prepared],
        *,
        within: Within | None = None,
        most: int = MOST,
    ) -> Loaded:
        """Write up to 1,000 prepared resources in one commit: see ``loading.Loading.load``."""
        return await self._loading.load(scope, prepared, within=within, most=most)

    async def select(
        self, scope: Scope, conditions: Iterable[Condition]
    ) -> dict[Condition, list[str]]:
        """The ids that each condition (type, query) selects, at most two of each: for
        :meth:`load`, whose references are settled before. Raises ``Invalid`` (400)."""
        async with self._parts.transactions.transaction() as connection:
            return await select(connection, self._made.finder, scope, conditions)

    async def settle(self, scope: Scope) -> int:
        """Look again for the people of rows that waited for another row; how many were found.

        Until then only the system sees such a row (a Provenance that came before its target).
        """
        return await settle_waiting(self._parts, scope)

    async def note(
        self,
        scope: Scope,
        event: str,
        *,
        done: bool = True,
        about: str | None = None,
        type: str | None = None,
        id: str | None = None,
        entries: int = 1,
    ) -> None:
        """An audit entry for what touches no resource: see ``notes.Notes.note``."""
        await self._notes.note(
            scope, event, done=done, about=about, type=type, id=id, entries=entries
        )

    async def disclosed(
        self,
        scope: Scope,
        type: str,
        people: Iterable[UUID],
        *,
        id: str | None = None,
        query: str | None = None,
    ) -> None:
        """Audit that something which isn't a row was shown: see ``notes.Notes.disclosed``."""
        await self._notes.disclosed(scope, type, people, id=id, query=query)

    # The feed, the sources, the partitions

    async def feed(
        self,
        scope: Scope,
        cursor: Cursor | None = None,
        limit: int = 500,
        *,
        types: Sequence[str] | None = None,
    ) -> FeedPage:
        """Versions in the order of their transactions after ``cursor``: see ``feed.Feed.page``."""
        return await self._feed.page(scope, cursor, limit, types=types)

    async def watermark(self, scope: Scope) -> Cursor:
        """Where the feed ends now."""
        return await self._feed.watermark(scope)

    async def feed_lag(self, scope: Scope) -> float:
        """Seconds by which the feed is behind what is written: a metric."""
        return await self._feed.lag(scope)

    async def raise_epoch(self, scope: Scope, reason: str) -> int:
        """Start a new epoch of the feed after a restore, failover or upgrade; every consumer
        rebuilds."""
        return await self._feed.raise_epoch(scope, reason)

    def wakeups(self, scope: Scope) -> AbstractAsyncContextManager[asyncio.Event]:
        """An event that is set when something was written (a wake-up, not a promise)."""
        return self._feed.wakeups(scope)

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

    async def make_partitions(self, scope: Scope, months: int = partitions.AHEAD) -> int:
        """Make the coming months' partitions: for a daily job."""
        return await partitions.make_ahead(self._parts.general, months)
