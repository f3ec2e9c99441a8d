"""Changes inside a transaction of the caller's: all judged, all written, or the first error."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from bevan.kernel.database import Connection
from bevan.record.audit import Entry
from bevan.record.decision import Operation
from bevan.record.lane import Waiting
from bevan.record.parts import Parts
from bevan.record.plan import Signature
from bevan.record.round import Change, Round, standing
from bevan.record.rows import People
from bevan.record.version import Written, moment

_TURN = 100


class Overtaken(Exception):
    """Somebody else changed a row between look and write: the transaction has to start again."""


class Failed(Exception):
    """Operation number ``place`` (from 0) can't be done, for ``reason``."""

    def __init__(self, place: int, reason: Exception) -> None:
        super().__init__(place)
        self.place = place
        self.reason = reason


async def attempt(
    parts: Parts,
    connection: Connection,
    signature: Signature,
    operations: Sequence[Operation],
    *,
    beside: Mapping[str, People] | None = None,
    newcomers: frozenset[UUID] = frozenset(),
    together: str | None = None,
    heard: set[int | None] | None = None,
) -> list[Written]:
    """What each operation came to, in the caller's transaction.

    ``together``: the audit has one entry per person and kind of change, of this type (a Bundle),
    instead of one per resource. ``heard`` comes to have the numbers of the sources of what was
    written, for a note once all is committed. Raises ``Failed`` for the first that can't be done,
    or ``Overtaken``; either way the caller lets the transaction fail.
    """
    loop = asyncio.get_running_loop()
    changes: list[Change] = [
        Waiting((operation, signature), None, loop.create_future()) for operation in operations
    ]
    round = Round(parts, moment(parts.clock.now()), beside or {}, newcomers)
    currents = await standing(parts, connection, operations)
    for place, (change, current) in enumerate(zip(changes, currents, strict=True)):
        if place % _TURN == _TURN - 1:
            await asyncio.sleep(0)  # a large Bundle leaves the loop to others now and then
        await round.judge(change, current)
        if round.answers and isinstance(reason := round.answers[-1][1], Exception):
            raise Failed(place, reason)
    if together is not None:
        _aggregate(round, signature, together)
    await round.write(connection)
    if heard is not None:
        heard.update(row.source for row in (*round.creation.rows, *round.changes.rows))
    return [_result(place, change) for place, change in enumerate(changes)]


def _result(place: int, change: Change) -> Written:
    if not change.answer.done():
        raise Overtaken
    reason = change.answer.exception()
    if isinstance(reason, Exception):
        raise Failed(place, reason)
    return change.answer.result()


def _aggregate(round: Round, signature: Signature, type: str) -> None:
    """One entry per person and action; all of it stands or falls with the transaction."""
    entries = [*round.creation.entries, *round.changes.entries]
    counts = Counter((one.patient, one.action, one.outcome) for one in entries)
    round.creation.entries = []
    round.changes.entries = [_entry(signature, key, number, type) for key, number in counts.items()]


def _entry(
    signature: Signature, key: tuple[UUID | None, str, str], number: int, type: str
) -> Entry:
    patient, action, outcome = key
    return signature.entry(action, outcome, type=type, id=None, patient=patient, entries=number)
