"""Writing: creates in one lane, changes of what exists in another, each a commit per batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bevan.kernel.identifiers import uuid7
from bevan.record import audit
from bevan.record.audit import Entry
from bevan.record.batch import Creation
from bevan.record.decision import Operation
from bevan.record.errors import Conflict, NotFound
from bevan.record.faults import DATABASE, told
from bevan.record.lane import Lane, Waiting
from bevan.record.parts import Parts
from bevan.record.plan import Draft, Signature, draft, permit
from bevan.record.round import Change, Round, refuse, standing
from bevan.record.rows import Prepared
from bevan.record.scope import Scope
from bevan.record.version import Written, moment

_TRIES = 20


@dataclass(frozen=True, slots=True)
class _New:
    """A new row with its signature; without a row, a refusal that the audit shall know."""

    signature: Signature
    draft: Draft | None
    refusal: Entry | None = None

    def add(self, creation: Creation) -> None:
        if self.refusal is not None:
            creation.entries.append(self.refusal)
        if self.draft is not None:
            creation.rows.append(self.draft.row)
            place = len(creation.rows)
            creation.entries += self.draft.entries(self.signature, audit.CREATE, place)


class Writer:
    """Creates and changes resources one by one, sharing commits between concurrent callers."""

    def __init__(self, parts: Parts) -> None:
        """Nothing is opened yet; lanes start with the first write."""
        self._parts = parts
        self._creations: Lane[_New, bool] = Lane(self._create)
        self._changes: Lane[tuple[Operation, Signature], Written] = Lane(self._change)

    async def close(self) -> None:
        """Finish what is queued."""
        await self._creations.close()
        await self._changes.close()

    async def create(self, scope: Scope, resource: dict[str, Any]) -> Written:
        """Write a new resource under an id of the record's choice (FHIR R4 3.1.0.8).

        Raises ``Invalid`` and ``NotFound`` (may not be written).
        """
        parts = self._parts
        signature = await parts.sign(scope)
        prepared = parts.preparer.prepare({**resource, "id": uuid7()})
        if prepared.via:
            prepared = await parts.settle(prepared)
        try:
            permit(scope, prepared)
        except NotFound:
            await self._creations.put(_New(signature, None, _refusal(signature, prepared)))
            raise
        laid = draft(
            parts.preparer,
            signature,
            prepared,
            rkey=next(await parts.keys.take()),
            version=1,
            at=moment(parts.clock.now()),
            source=await parts.source(prepared),
            new_person=prepared.type == "Patient",
        )
        if not await self._creations.put(_New(signature, laid)):
            raise NotFound("There is no such person.")
        return Written(laid.version, created=True, changed=True)

    async def change(self, operation: Operation) -> Written:
        """Update, patch or delete what stands at an id.

        Raises ``NotFound``, ``Gone``, ``PreconditionFailed``, ``Invalid`` and ``Conflict`` (others
        kept changing the same resource).
        """
        if operation.resource is not None:
            self._parts.preparer.check(operation.resource)
        signature = await self._parts.sign(operation.scope)
        return await self._changes.put((operation, signature), key=(operation.type, operation.id))

    async def _create(self, batch: list[Waiting[_New, bool]]) -> None:
        creation = Creation()
        for waiting in batch:
            waiting.item.add(creation)
        try:
            async with self._parts.lanes.connection() as connection:
                ok = iter(await creation.write(connection))
        except DATABASE as error:
            await self._alone(batch, error)
            return
        for waiting in batch:
            waiting.settle(waiting.item.draft is not None and next(ok))
        await self._heard(creation)

    async def _alone(self, batch: list[Waiting[_New, bool]], error: Exception) -> None:
        """A neighbour's failure fails nobody else: each again by itself."""
        if len(batch) == 1:
            batch[0].settle(error=told(error))
            return
        for waiting in batch:
            await self._create([waiting])

    async def _heard(self, creation: Creation) -> None:
        if creation.rows:
            await self._parts.heard.note((row.source for row in creation.rows), creation.rows[0].at)

    async def _change(self, batch: list[Change]) -> None:
        for _ in range(_TRIES):
            batch = await self._round(batch)
            if not batch:
                return
        for change in batch:
            change.settle(error=Conflict("Others keep changing this. Try again."))

    async def _round(self, batch: list[Change]) -> list[Change]:
        """One round; returns who was overtaken and has to be judged anew."""
        round = Round(self._parts, moment(self._parts.clock.now()))
        with _answering(batch) as left:
            async with self._parts.lanes.connection() as connection:
                operations = [change.item[0] for change in batch]
                currents = await standing(self._parts, connection, operations)
                for change, current in zip(batch, currents, strict=True):
                    await round.judge(change, current)
                await round.write(connection)
        if left.error is None:
            await self._parts.heard.note(
                [row.source for row in (*round.creation.rows, *round.changes.rows)], round.at
            )
            return left.unsettled()
        rest = left.unsettled()
        if len(rest) == 1:
            return [] if refuse(rest[0], left.error) else rest
        for change in rest:
            await self._change([change])
        return []


@dataclass(slots=True)
class _Left:
    batch: list[Change]
    error: Exception | None = None

    def unsettled(self) -> list[Change]:
        return [change for change in self.batch if not change.answer.done()]


@contextmanager
def _answering(batch: list[Change]) -> Iterator[_Left]:
    """Keep the database's error, if any, beside the changes that it left unanswered."""
    left = _Left(batch)
    try:
        yield left
    except DATABASE as error:
        left.error = error


def _refusal(signature: Signature, prepared: Prepared) -> Entry:
    return signature.entry(audit.CREATE, audit.NOTHING, type=prepared.type, id=None, patient=None)
