"""One round of changes: judged together against what stands, written together, told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bevan.fhir.json import decode
from bevan.kernel.database import Connection
from bevan.kernel.sql import statements
from bevan.record import audit
from bevan.record.batch import Changes, Creation
from bevan.record.decision import Current, Operation, Verdict, absent, decide
from bevan.record.errors import NotFound
from bevan.record.faults import collided, told
from bevan.record.lane import Waiting
from bevan.record.mask import concealed, masked, sender, veil
from bevan.record.parts import Parts
from bevan.record.plan import Draft, Signature, draft, gone, moved, permit, tombstone
from bevan.record.rows import People, Prepared
from bevan.record.version import Version, Written
from bevan.record.visibility import reach

ACTIONS = {
    "create": audit.CREATE,
    "update": audit.UPDATE,
    "patch": audit.PATCH,
    "delete": audit.DELETE,
}

Asked = tuple[Operation, Signature]
Change = Waiting[Asked, Written]


async def standing(
    parts: Parts, connection: Connection, operations: Sequence[Operation]
) -> list[Current | None]:
    """What stands at the id of each operation; nothing where one creates."""
    found: list[Current | None] = [None] * len(operations)
    places = [place for place, one in enumerate(operations) if one.kind != "create"]
    if not places:
        return found
    asked = [operations[place] for place in places]
    scopes = [reach(operation.scope) for operation in asked]
    holders, people, hidden, system, at, refusals = zip(*scopes, strict=True)
    rows = await connection.fetch(
        statements("bevan.record", "write.sql")["current"],
        [operation.type for operation in asked],
        [operation.id for operation in asked],
        holders,
        people,
        hidden,
        system,
        at,
        refusals,
    )
    for row in rows:
        if not parts.preparer.codec.knows(row["enc"]):
            await parts.preparer.codec.learn(connection)
        packed = row["content"]
        found[places[row["n"] - 1]] = Current(
            rkey=row["rkey"],
            version=row["version"],
            last_updated=row["last_updated"],
            deleted=row["deleted"],
            content=b"" if packed is None else parts.preparer.codec.unpack(row["enc"], packed),
            patient=row["patient"],
            patients=None if row["patients"] is None else tuple(row["patients"]),
            labels=row["labels"],
            bucket=row["bucket"],
            agent=row["agent"],
            source=row["source"],
            visible=row["visible"],
            sealer=row["sealer"],
        )
    return found


@dataclass(slots=True)
class Round:
    """Judge with :meth:`judge`, then :meth:`write`; whoever isn't settled is to be tried again.

    ``beside``: whom the rows of the same transaction are about; ``newcomers``: people who come to
    be in it, with whom nobody can have a relationship yet.
    """

    parts: Parts
    at: datetime
    beside: Mapping[str, People] = field(default_factory=dict)
    newcomers: frozenset[UUID] = frozenset()
    creation: Creation = field(default_factory=Creation)
    changes: Changes = field(default_factory=Changes)
    created: list[tuple[Change, Written]] = field(default_factory=list)
    changed: list[tuple[Change, Written]] = field(default_factory=list)
    answers: list[tuple[Change, Written | Exception]] = field(default_factory=list)

    async def judge(self, change: Change, current: Current | None) -> None:
        """Decide one change, and lay out what it writes."""
        operation, signature = change.item
        try:
            verdict = decide(operation, current)
            if verdict.changed:
                await self._lay(change, verdict, current)
            else:
                assert current is not None
                version = await self._unchanged(operation, current)
                self._note(signature, operation, current, audit.SHOWN)
                self.answers.append((change, Written(version, created=False, changed=False)))
        except NotFound as error:
            self._note(signature, operation, None, audit.NOTHING)
            self.answers.append((change, error))
        except Exception as error:
            seen = current if current is not None and current.visible else None
            self._note(signature, operation, seen, audit.REFUSED)
            self.answers.append((change, error))

    async def _lay(self, change: Change, verdict: Verdict, current: Current | None) -> None:
        operation, signature = change.item
        action = ACTIONS[operation.kind]
        if verdict.resource is None:
            assert current is not None
            named = self.parts.preparer.named(decode(current.content))
            laid = tombstone(signature, operation, current, self.at, named)
            lost = gone(self.parts.preparer, None, current)
        else:
            laid, lost = await self._draft(change, verdict, current)
        written = Written(laid.version, created=verdict.created, changed=True)
        if current is None:
            self.creation.rows.append(laid.row)
            place = len(self.creation.rows)
            self.creation.entries += laid.entries(signature, action, place)
            self.created.append((change, written))
            return
        self.changes.add(
            laid.row,
            expected=current.version,
            deleted=verdict.resource is None,
            gone=lost,
            moved=moved(laid, current),
        )
        self.changes.entries += laid.entries(signature, action, len(self.changes.rows))
        self.changed.append((change, written))

    async def _draft(
        self, change: Change, verdict: Verdict, current: Current | None
    ) -> tuple[Draft, list[int] | None]:
        operation, signature = change.item
        assert verdict.resource is not None
        # A PUT was checked before it queued; what a patch or a mask made of it was not.
        checked = verdict.resource is operation.resource
        prepared = self.parts.preparer.prepare(verdict.resource, checked=checked)
        prepared = await self.parts.settle(prepared, self.beside)
        permit(operation.scope, prepared, current)
        laid = draft(
            self.parts.preparer,
            signature,
            prepared,
            rkey=current.rkey if current else next(await self.parts.keys.take()),
            version=current.version + 1 if current else 1,
            at=self.at,
            source=await self.parts.source(prepared),
            new_person=self._new_people(operation, prepared),
            before=current,
        )
        return laid, gone(self.parts.preparer, prepared, current) if current else None

    def _new_people(self, operation: Operation, prepared: Prepared) -> bool:
        if operation.kind == "create" and prepared.type == "Patient":
            return True
        people = audit.people(prepared.patient, prepared.patients)
        return bool(self.newcomers) and self.newcomers.issuperset(filter(None, people))

    async def _unchanged(self, operation: Operation, current: Current) -> Version:
        actors = await self.parts.interns.actors([current.agent])
        uris = await self.parts.interns.uris([current.source])
        hidden = veil(operation.scope, current.patient, current.patients)
        return Version(
            operation.type,
            operation.id,
            current.version,
            current.last_updated,
            current.deleted,
            masked(hidden, operation.type, current.content),
            concealed(hidden, actors[current.agent]),
            sender(hidden, uris.get(current.source or 0)),
        )

    def _note(
        self, signature: Signature, operation: Operation, seen: Current | None, outcome: str
    ) -> None:
        people = audit.people(seen.patient, seen.patients) if seen else (None,)
        self.changes.entries += [
            signature.entry(
                ACTIONS[operation.kind],
                outcome,
                type=operation.type,
                id=operation.id,
                patient=person,
                version=seen.version if seen else None,
            )
            for person in people
        ]

    async def write(self, connection: Connection) -> None:
        """Write what was laid out, each kind in one statement and one commit, and tell."""
        if self.creation.rows:
            ok = await self.creation.write(connection)
            for (change, written), permitted in zip(self.created, ok, strict=True):
                self._tell(change, written, permitted=permitted)
        if self.changes.rows or self.changes.entries:
            ok, applied = await self.changes.write(connection)
            for place, (change, written) in enumerate(self.changed):
                if place in applied or not ok[place]:
                    self._tell(change, written, permitted=ok[place])
        for change, answer in self.answers:
            if isinstance(answer, Exception):
                change.settle(error=answer)
            else:
                change.settle(answer)

    def _tell(self, change: Change, written: Written, *, permitted: bool) -> None:
        if permitted:
            change.settle(written)
        else:
            change.settle(error=absent(change.item[0]))


def refuse(change: Change, error: Exception) -> bool:
    """Answer a change that the database refused; false if it is worth another try."""
    if collided(error):
        return False
    change.settle(error=told(error))
    return True
