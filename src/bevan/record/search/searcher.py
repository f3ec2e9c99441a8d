"""Search: from a query string and a Scope to a page of matches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg

from bevan.fhir import json
from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Registry
from bevan.fhir.search.codes import Codes, Defined
from bevan.fhir.search.compartments import confined
from bevan.fhir.search.dates import micros
from bevan.fhir.search.grammar import parse
from bevan.fhir.search.query import Query
from bevan.fhir.search.refusal import refuse, too_costly
from bevan.fhir.search.subset import subset
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection
from bevan.record.codec import Codec
from bevan.record.faults import DATABASE, told
from bevan.record.interning import Interns
from bevan.record.mask import masked, veil
from bevan.record.scope import Scope, compartment
from bevan.record.search import cursor, select
from bevan.record.search.absence import reasons
from bevan.record.search.bundle import Content, Render, bundle
from bevan.record.search.cursor import Cursor, Place
from bevan.record.search.decoding import Decoders
from bevan.record.search.disclosure import LONGEST_QUERY, Disclosures, asked_about
from bevan.record.search.explaining import words
from bevan.record.search.fusion import Note
from bevan.record.search.hits import Finder, Hit, Slice
from bevan.record.search.inclusion import Includer
from bevan.record.search.limits import ADD, DEFAULT, Limits
from bevan.record.search.order import Orders, fits
from bevan.record.search.plan import Plan, Planner
from bevan.record.search.resolution import MOST, Resolver
from bevan.record.search.shapes import Shapes
from bevan.record.search.sorting import Sorter
from bevan.record.search.source import Caller, Noting, Pools, Source
from bevan.record.search.terms import Terms, Trust
from bevan.record.search.totals import Totals
from bevan.record.search.withholding import withheld

PAGE = 50
REMEMBERED = 2_000
LONGEST_REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search.

    `bundle` is the searchset as JSON; `total` the number of matches where it is known; `next` the
    cursor of the next page, empty on the last; `count` how many matches this page holds.
    """

    bundle: bytes
    total: int | None
    next: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """What identifies a match for a conditional interaction."""

    id: str
    rkey: int


async def nothing_new() -> None:
    """Where no parameter is ever added."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a Searcher is made of. `bits` are the extractor's; `codes` None: R4's own alone.

    `current` brings the registry's added parameters up to date.
    """

    definitions: Definitions
    registry: Registry
    extractor: Extractor
    codec: Codec
    interns: Interns
    clock: Clock
    bits: int = 64
    codes: Codes | None = None
    limits: Limits = DEFAULT
    current: Callable[[], Awaitable[None]] = nothing_new


class Searcher:
    """Searches for everybody in this process. Make it with `open`, end it with `close`."""

    def __init__(self, settings: Settings, pools: Pools) -> None:
        self._settings = settings
        self._pools = pools
        self._queries: dict[tuple[str | None, str, bool], Query] = {}
        self._generation = 0
        extractor = settings.extractor
        terms = Terms(extractor, Shapes(settings.definitions, extractor), settings.bits)
        self._terms = terms
        self._planner = Planner(terms)
        self._orders = Orders(extractor, terms)
        decoders = Decoders()
        self._finder = Finder(settings.codec, decoders, self._learn)
        self._sorter = Sorter(extractor, terms, decoders)
        self._resolver = Resolver(
            self._planner, self._finder, terms, settings.codes or Defined(settings.definitions)
        )
        self._includer = Includer(settings.registry, self._planner, self._finder, terms)
        self._totals = Totals(self._finder, terms)
        self._disclosures = Disclosures(pools.bound, settings.interns)

    @classmethod
    async def open(cls, dsn: str, settings: Settings, *, size: int = 8) -> Searcher:
        """Connect; raises `kernel.errors.Unavailable`."""
        return cls(settings, await Pools.open(dsn, size, settings.limits))

    async def close(self) -> None:
        """Finish the audit, then let go of the database."""
        await self._disclosures.close()
        await self._pools.close()

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
        """The page of a search on `type` (None: all types) that `query` asks for.

        `base` is this server's FHIR address, for links. `within` is the type and id of the
        resource in whose compartment to search. The audit of every person disclosed is
        durable before this returns. Raises SearchRefused for what isn't understood,
        SearchTooCostly for what would take too long, Unavailable without a database.
        """
        await self._settings.current()
        read = self._read(type, query, lenient)
        if within is not None:
            read = confined(self._settings.registry, read, *within)
        if read.explain and not (scope.system or self._settings.limits.explains):
            raise refuse("_explain", "A system that reads everything may ask for it.", "forbidden")
        place = cursor.read(read)
        try:
            if read.explain:
                content, person, noted = await self._explained(scope, read), None, False
            else:
                content, person, noted = await self._content(scope, read, place, query)
        except asyncpg.QueryCanceledError as error:
            raise too_costly(f"The search took too long. {ADD}") from error
        except DATABASE as error:
            raise told(error) from error
        if not noted:
            shown = (*content.matches, *content.included)
            named = person or asked_about(read)
            await self._disclosures.note(scope, type, query, named, shown, content.total)
        # What is included may be about somebody else.
        shown_to = scope.about(person) if person and not read.includes else scope
        made = bundle(read, base, content, self._render(shown_to, read))
        return Page(made, content.total, content.next, len(content.matches))

    async def ids(
        self, connection: Connection, scope: Scope, type: str, query: str, limit: int = 2
    ) -> list[Found]:
        """At most `limit` matches, on the caller's connection and in its transaction.

        For conditional interactions: every match is compared with its content, nothing is
        audited. Raises SearchRefused also for a query that has no condition at all.
        """
        await self._settings.current()
        read = self._read(type, query, False)
        if not read.conditions:
            raise refuse("query", "A conditional interaction needs a condition.", "required")
        source = Caller(connection, self._settings.limits.seconds)
        try:
            plan = await self._plan(source, scope, read)
            if plan is None:
                return []
            plan = replace(plan, gathered=plan.gathered or not plan.bound)
            found = await self._finder.page(source, scope, plan, (), None, limit)
        except TimeoutError as error:
            raise too_costly(f"The condition took too long. {ADD}") from error
        return [Found(hit.id, hit.rkey) for hit in found.hits]

    async def _learn(self) -> None:
        async with self._pools.bound.connection() as connection:
            await self._settings.codec.learn(connection)

    def _read(self, type: str | None, query: str, lenient: bool) -> Query:
        if self._generation != self._settings.registry.generation:
            self._queries, self._generation = {}, self._settings.registry.generation
        key = (type, query, lenient)
        read = self._queries.get(key)
        if read is None:
            read = parse(self._settings.registry, type, query, lenient)
            if len(query) > LONGEST_REMEMBERED:
                return read
            if len(self._queries) >= REMEMBERED:
                self._queries.clear()
            self._queries[key] = read
        return read

    async def _content(
        self, scope: Scope, query: Query, place: Place | None, text: str
    ) -> tuple[Content, UUID | None, bool]:
        """What the page holds, the one person it is about, and whether that is audited already."""
        plan = await self._plan(self._pools, scope, query)
        if plan is None:
            return Content((), (), 0, "", False), None, False
        source = await self._source(scope, query, plan, text)
        found = await self._slice(source, scope, query, plan, place)
        total = await self._totals.total(source, scope, query, plan, place, found)
        included: Sequence[Hit] = ()
        if query.includes:
            now = micros(self._settings.clock.now())
            included = await self._includer.included(source, scope, query.includes, found.hits, now)
        told = self._about(scope, query, plan)
        kept_back = await withheld(source, scope, told, found)
        empty = not (found.hits or total or kept_back or place) and query.count != 0
        why = await reasons(source, scope, told) if empty else ()
        next = ""
        if found.next is not None:
            next = Cursor(cursor.fingerprint(query), found.next.keys, found.next.rkey).text()
        noted = isinstance(source, Noting) and source.done
        content = Content(found.hits, included, total, next, kept_back, why)
        return content, plan.person, noted

    async def _explained(self, scope: Scope, query: Query) -> Content:
        """The plan in words; chains are followed, since what they find decides it."""
        if query.type is not None and not scope.may_read(query.type):
            return Content((), (), None, "", False)
        now = micros(self._settings.clock.now())
        resolved = await self._resolver.resolve(
            self._pools, scope, query.type, query.conditions, now
        )
        plan = self._planner.plan(scope, query.type, resolved, now, types=query.types)
        keys = self._orders.keys(scope, query.sort, plan.arguments.bind)
        if query.summary == "count" or query.count == 0:
            sql, arguments = select.count(plan)
        else:
            sql, arguments = select.rows(plan, keys or (), None, (query.count or PAGE) + 1)
        costs = await self._pools.explained(sql, arguments, bound=plan.bound)
        limits = self._settings.limits
        issues = words(query, plan, resolved, keys is not None, costs, limits)
        return Content((), (), None, "", False, issues)

    def _about(self, scope: Scope, query: Query, plan: Plan) -> Plan:
        """The plan for what may be told of the person whose compartment this is."""
        if query.within is None or query.within[0] != "Patient":
            return plan
        return self._planner.about(plan, scope, compartment(query.within[1]))

    async def _source(self, scope: Scope, query: Query, plan: Plan, text: str) -> Pools | Noting:
        """Where to ask: where all that can be disclosed is known before, the first statement
        writes the audit as well.
        """
        simple = not query.includes and query.total in (None, "none") and query.summary != "count"
        certain = plan.trust is not Trust.OPEN and self._terms.whole
        count = PAGE if query.count is None else query.count
        if plan.person is None or query.type is None or not (simple and certain and count):
            return self._pools
        agent, purpose = await self._settings.interns.ticket(scope.ticket)
        about = (query.type, text[:LONGEST_QUERY], plan.person, count)
        return Noting(
            self._pools, Note(scope.ticket.at, agent, purpose, scope.ticket.request, *about)
        )

    async def _plan(self, source: Source, scope: Scope, query: Query) -> Plan | None:
        """The plan of the query; None when the scope may not read the type at all."""
        if query.type is not None and not scope.may_read(query.type):
            return None
        now = micros(self._settings.clock.now())
        conditions = await self._resolver.resolve(source, scope, query.type, query.conditions, now)
        return self._planner.plan(scope, query.type, conditions, now, types=query.types)

    async def _slice(
        self,
        source: Source,
        scope: Scope,
        query: Query,
        plan: Plan,
        place: Place | None,
    ) -> Slice:
        count = PAGE if query.count is None else query.count
        if count == 0 or query.summary == "count":
            return Slice([], None)
        seen = scope.about(plan.person) if plan.person else scope
        ordered = plan
        if query.sort:
            ordered = replace(plan, arguments=plan.arguments.fork())
        keys = self._orders.keys(scope, query.sort, ordered.arguments.bind)
        if keys is not None:
            if place is not None:
                fits(place, keys)
            return await self._finder.page(source, seen, ordered, keys, place, count)
        hits = await self._finder.everything(source, scope, plan, MOST)
        return self._sorter.page(scope, query.sort, hits, place, count)

    def _render(self, scope: Scope, query: Query) -> Render:
        """How a hit is shown: as stored, unless a mask or a wish for parts has it taken apart."""
        definitions = self._settings.definitions
        parts = bool(query.elements) or query.summary in ("true", "text", "data")
        if not parts and not scope.masked:
            return _as_stored

        def render(hit: Hit) -> bytes:
            content = masked(veil(scope, hit.patient, hit.patients), hit.type, hit.content)
            if not parts:
                return content
            whole = json.decode(content)
            return json.encode(subset(definitions, whole, query.summary, query.elements))

        return render


def _as_stored(hit: Hit) -> bytes:
    return hit.content
