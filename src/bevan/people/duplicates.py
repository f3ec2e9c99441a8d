"""Looks through all records for two of one person, and asks a clerk about each pair."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.people.candidates import following
from bevan.people.features import features
from bevan.people.linkage import Linkage, Pair
from bevan.people.links import survivor_of
from bevan.people.model import load
from bevan.people.review import Reviews
from bevan.people.tasks import Question
from bevan.record.record import Record
from bevan.record.scope import (
    RESTRICTED,
    SEALED_AND_LOCKED,
    VERY_RESTRICTED,
    Actor,
    labels,
    system,
)

if TYPE_CHECKING:
    import pyarrow as pa

PURPOSE = "Looking for two records of one person"
PAGE = 500
_COLUMNS = ("given", "family", "born", "gender", "postcode", "number")


class Duplicates:
    """The search for duplicates in the whole record."""

    def __init__(self, record: Record, clock: Clock, reviews: Reviews) -> None:
        self._record = record
        self._clock = clock
        self._reviews = reviews

    async def look(self, by: Actor) -> int:
        """Compare everybody with everybody; how many new questions that made."""
        rows = [row async for row in self._rows(by)]
        if len(rows) < 2:
            return 0
        pairs = await asyncio.to_thread(_linked, rows)
        known = await self._reviews.decided_different()
        asked = 0
        for pair in pairs:
            first, second = sorted((pair.left, pair.right))
            if (first, second) not in known:
                asked += await self._reviews.ask(by, _question(pair))
        return asked

    async def _rows(self, by: Actor) -> AsyncIterator[dict[str, Any]]:
        query: str | None = f"_count={PAGE}"
        while query is not None:
            scope = system(PURPOSE, by, at=self._clock.now())
            page = await self._record.search(scope, "Patient", query)
            bundle = json.decode(page.bundle)
            for entry in bundle.get("entry", ()):
                row = comparable(entry["resource"])
                if row is not None:
                    yield row
            query = following(bundle)


def comparable(patient: Mapping[str, Any]) -> dict[str, Any] | None:
    """A Patient as a row to be compared; None for one that stands for nobody any more.

    Merged records have their survivor, and one whose identity was given up is never looked at.
    """
    bits = labels(patient)
    if survivor_of(patient) or patient.get("active") is False or bits & SEALED_AND_LOCKED:
        return None
    known = features(patient)[0]
    return {
        "unique_id": str(patient["id"]),
        **{name: getattr(known, name) or None for name in _COLUMNS},
        "verified": known.verified,
        "restricted": bool(bits & (RESTRICTED | VERY_RESTRICTED)),
    }


def _linked(rows: Sequence[Mapping[str, Any]]) -> list[Pair]:
    return Linkage(load()).within(_table(rows))


def _table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    import pyarrow as pa

    schema = pa.schema(
        [
            *((name, pa.string()) for name in ("unique_id", *_COLUMNS)),
            ("verified", pa.bool_()),
            ("restricted", pa.bool_()),
        ]
    )
    return pa.Table.from_pylist(list(rows), schema=schema)


def _question(pair: Pair) -> Question:
    why = pair.why or ("likely",)
    return Question("same-person", pair.left, pair.right, pair.score, pair.levels, why)
