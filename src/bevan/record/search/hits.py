"""Rows that really match: fetched in order, checked against their content."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from asyncpg import Record

from bevan.fhir.search.refusal import too_costly
from bevan.record.codec import Codec
from bevan.record.scope import Scope
from bevan.record.search import select
from bevan.record.search.cursor import Place
from bevan.record.search.decoding import Decoders
from bevan.record.search.order import SortKey
from bevan.record.search.plan import COVERT, Plan
from bevan.record.search.source import Source

# A page looks at no more rows than this; it then ends early, with a link to go on.
MOST_SCANNED = 20_000
LARGEST_BATCH = 2_000


Learn = Callable[[], Awaitable[None]]


class Hit(NamedTuple):
    """A matching row: its JSON as stored, and `keys`, what the process sorted it by."""

    rkey: int
    type: str
    id: str
    content: bytes
    patient: UUID | None
    patients: Sequence[UUID] | None
    keys: tuple[Any, ...] = ()


class Slice(NamedTuple):
    """Hits of one page, and the place that the next page starts after (None: there is none).

    `kept_back`: whether the person has rows that are kept back; None where no row could tell.
    """

    hits: list[Hit]
    next: Place | None
    kept_back: bool | None = None


class Finder:
    """Runs plans."""

    def __init__(self, codec: Codec, decoders: Decoders, learn: Learn) -> None:
        """`learn` fetches the dictionaries that `codec` lacks."""
        self._codec = codec
        self._learn = learn
        self.decoders = decoders

    async def page(
        self,
        source: Source,
        scope: Scope,
        plan: Plan,
        keys: Sequence[SortKey],
        place: Place | None,
        count: int,
    ) -> Slice:
        """The next `count` matches after `place`.

        The statement gives rows in order; those that fail the check are left out and more are
        fetched, so a page is short only at the end or after MOST_SCANNED rows.
        """
        hits: list[Hit] = []
        end: Place | None = None
        kept: bool | None = None
        scanned = 0
        for phase in _phases(plan, keys, place):
            place, batch = phase.place, count + 1 - len(hits)
            while True:
                rows = await self._rows(source, plan, phase, place, batch)
                if rows and plan.told:
                    kept = rows[0]["kept_back"]
                for hit, row in await self._checked(scope, plan, rows):
                    if len(hits) == count:
                        return Slice(hits, end, kept)
                    hits.append(hit)
                    if len(hits) == count:
                        end = phase.whole(phase.place_of(row))
                scanned += len(rows)
                if len(rows) < batch:
                    break
                place = phase.place_of(rows[-1])
                if scanned >= MOST_SCANNED:
                    return Slice(hits, phase.whole(place), kept)
                batch = min(batch * 4, LARGEST_BATCH)
        return Slice(hits, None, kept)

    async def everything(self, source: Source, scope: Scope, plan: Plan, most: int) -> list[Hit]:
        """All matches by row key. Raises SearchTooCostly if more than `most` rows are proposed."""
        hits: list[Hit] = []
        phase = Phase((), None, "", ())
        place, seen = None, 0
        while True:
            batch = min(most + 1 - seen, LARGEST_BATCH)
            rows = await self._rows(source, plan, phase, place, batch)
            seen += len(rows)
            if seen > most:
                raise too_costly(
                    f"More than {most} resources would have to be looked at one by one. "
                    "Narrow the search: name a patient, a code or a date."
                )
            hits += [hit for hit, _ in await self._checked(scope, plan, rows)]
            if len(rows) < batch:
                return hits
            place = Place((), rows[-1]["rkey"])

    async def _rows(
        self, source: Source, plan: Plan, phase: Phase, place: Place | None, batch: int
    ) -> list[Record]:
        sql, arguments = select.rows(plan, phase.keys, place, batch, phase.extra)
        return await source.fetch(sql, arguments, bound=plan.bound)

    async def _checked(
        self, scope: Scope, plan: Plan, rows: Sequence[Record]
    ) -> list[tuple[Hit, Record]]:
        """The rows whose content passes, unpacked."""
        hits: list[tuple[Hit, Record]] = []
        check = self._check(scope, plan)
        for row in rows:
            rkey, type, id, enc, packed, patient, patients = row[:7]
            if not self._codec.knows(enc):
                await self._learn()
            content = self._codec.unpack(enc, packed)
            hit = Hit(rkey, type, id, content, patient, patients)
            if check is None or check(hit):
                hits.append((hit, row))
        return hits

    def _check(self, scope: Scope, plan: Plan) -> Callable[[Hit], bool] | None:
        """Whether a hit's content passes all checks of the plan; None if there aren't any."""
        checks = plan.checks
        if not checks:
            return None
        decode = self.decoders.of(plan.keys)
        if len(checks) == 1 and not scope.covert:
            (only,) = checks
            return lambda hit: only(decode(hit.content))

        def check(hit: Hit) -> bool:
            resource = decode(hit.content)
            if scope.covert and is_covert(scope, hit):
                resource[COVERT] = True
            return all(check(resource) for check in checks)

        return check


class Phase(NamedTuple):
    """One stretch of an order: its keys in SQL, where to start, what else must hold.

    `rest` stands for the keys that are null in all of the stretch.
    """

    keys: Sequence[SortKey]
    place: Place | None
    extra: str
    rest: tuple[None, ...]

    def place_of(self, row: Record) -> Place:
        """Where the row stands in this stretch."""
        keys = tuple(key.encoded(row[f"k{n}"]) for n, key in enumerate(self.keys))
        return Place(keys, row["rkey"])

    def whole(self, place: Place) -> Place:
        """A place of this stretch as one of the whole order."""
        return Place((*place.keys, *self.rest), place.rkey)


def is_covert(scope: Scope, hit: Hit) -> bool:
    """Whether the row is about somebody to whom alone the scope's mask applies."""
    about = (hit.patient,) if hit.patient is not None else hit.patients or ()
    return scope.covert is not None and not scope.covert.isdisjoint(about)


def _phases(plan: Plan, keys: Sequence[SortKey], place: Place | None) -> list[Phase]:
    """One stretch; or two where everybody's rows are wanted by clinical date.

    Rows with a date and rows without are asked for apart, since an index gives the dated ones in
    order only if nobody asks where the others go.
    """
    by_date = len(keys) == 1 and keys[0].expression == "r.low"
    if plan.bound or not by_date:
        return [Phase(keys, place, "", ())]
    dated = [replace(keys[0], nullable=False)]
    undated = Phase((), None, "r.low is null", (None,))
    if place is None:
        return [Phase(dated, None, "r.low is not null", ()), undated]
    if place.keys[0] is None:
        return [undated._replace(place=Place((), place.rkey))]
    return [Phase(dated, place, "r.low is not null", ()), undated]
