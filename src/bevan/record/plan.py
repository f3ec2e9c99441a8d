"""From prepared resources and verdicts to the rows and audit entries of one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bevan.fhir.json import decode
from bevan.fhir.outcome import Issue
from bevan.record import audit
from bevan.record.audit import Entry
from bevan.record.decision import Current, Operation
from bevan.record.errors import Invalid, NotFound
from bevan.record.mask import masked, sender, veil
from bevan.record.rows import Prepared, Preparer, Row
from bevan.record.scope import SEALS, Scope
from bevan.record.version import Version
from bevan.record.visibility import literal


@dataclass(frozen=True, slots=True)
class Signature:
    """A scope with the numbers of its actor and purpose: who signs a row and its audit."""

    scope: Scope
    agent: int
    purpose: int

    def entry(
        self,
        action: str,
        outcome: str,
        *,
        type: str | None,
        id: str | None,
        patient: Any = None,
        version: int | None = None,
        entries: int = 1,
        query: str | None = None,
        row: int | None = None,
    ) -> Entry:
        """One audit entry under this signature."""
        ticket = self.scope.ticket
        return Entry(
            ticket.at,
            self.agent,
            self.purpose,
            version,
            entries,
            patient,
            action,
            outcome,
            ticket.request,
            type,
            id,
            query,
            row,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A row to be written, and the version that its caller will be told of."""

    row: Row
    version: Version
    people: tuple[Any, ...]

    def entries(self, signature: Signature, action: str, place: int) -> list[Entry]:
        """The audit of this row, which is the ``place``-th (from 1) of its statement."""
        return [
            signature.entry(
                action,
                audit.SHOWN,
                type=self.version.type,
                id=self.version.id,
                patient=person,
                version=self.version.version,
                row=place,
            )
            for person in self.people
        ]


def permit(scope: Scope, prepared: Prepared, before: Current | None = None) -> None:
    """Refuse what a scope may not write, as far as the scope alone can tell.

    ``before`` is what stands there, for its labels. Whether a relationship is in force is asked
    in the statement itself. Raises ``NotFound``, and ``Invalid`` for labels that aren't the
    scope's to change.
    """
    if not scope.may_write(prepared.type):
        raise NotFound(f"There is no {prepared.type} that you can write.")
    if scope.system:
        return
    if scope.refusals:
        raise NotFound(f"There is no {prepared.type} that you can write.")
    several = prepared.patients
    if prepared.patient is None and several is None:
        raise NotFound(f"This {prepared.type} names nobody whom it is about.")
    people = audit.people(prepared.patient, several)
    if scope.patients is not None and any(
        person is not None and person not in scope.patients for person in people
    ):
        raise NotFound("There is no such person.")
    _label(scope, prepared, before)


def _label(scope: Scope, prepared: Prepared, before: Current | None) -> None:
    """Labels say who may see an entry: a scope changes those in its ``marks``, seals its own."""
    old, sealer = (0, None) if before is None else (before.labels, before.sealer)
    changed = old ^ prepared.labels
    teams = (None, *(scope.holders or ()))
    sealed = changed & SEALS or (old & SEALS and sealer != prepared.sealer)
    strange = sealed and (
        sealer not in teams or (prepared.labels & SEALS and prepared.sealer not in teams[1:])
    )
    if changed & ~scope.marks or strange:
        path = f"{prepared.type}.meta.security"
        text = "Who may see this entry isn't yours to change; a seal names your own team."
        raise Invalid([Issue("error", "business-rule", path, text)])


def draft(
    preparer: Preparer,
    signature: Signature,
    prepared: Prepared,
    *,
    rkey: int,
    version: int,
    at: datetime,
    source: int | None,
    new_person: bool = False,
    before: Current | None = None,
) -> Draft:
    """The row of a resource. ``new_person``: nobody can have a relationship with them yet.

    ``before`` is what stood there: whoever it was about has lost it, and the audit names them too.
    """
    scope = signature.scope
    row, content = preparer.row(
        prepared,
        rkey=rkey,
        version=version,
        at=at,
        agent=signature.agent,
        source=source,
        holders=None if new_person else literal(scope.holders),
    )
    hidden = veil(scope, prepared.patient, prepared.patients)
    told = Version(
        prepared.type,
        prepared.id,
        version,
        at,
        False,
        masked(hidden, prepared.type, content),
        scope.ticket.actor,
        sender(hidden, prepared.source),
    )
    return Draft(row, told, _concerned(prepared, before))


def _concerned(prepared: Prepared, before: Current | None) -> tuple[UUID | None, ...]:
    now = audit.people(prepared.patient, prepared.patients)
    if before is None:
        return now
    then = audit.people(before.patient, before.patients)
    return now if then == now else tuple(dict.fromkeys(filter(None, (*now, *then)))) or (None,)


def moved(laid: Draft, current: Current) -> bool:
    """Whether the new version is about other people than the one that stands."""
    return (laid.row.patient, laid.row.patients) != (current.patient, literal(current.patients))


def tombstone(
    signature: Signature, operation: Operation, current: Current, at: datetime, named: list[int]
) -> Draft:
    """The row of a deletion: it keeps whom it was about, so that only they who may, learn of it.

    ``named`` are the tokens of the rows whose people it has: should these move, it is hidden.
    """
    row = Row(
        current.rkey,
        operation.type,
        operation.id,
        current.version + 1,
        at,
        current.labels,
        signature.agent,
        current.source,
        current.bucket,
        0,
        current.patient,
        literal(current.patients),
        None,
        None,
        None,
        0,
        None,
        None,
        named,
        [],
        [],
        [],
        current.sealer,
    )
    version = Version(
        operation.type,
        operation.id,
        row.version,
        at,
        True,
        b"",
        signature.scope.ticket.actor,
    )
    return Draft(row, version, audit.people(current.patient, current.patients))


def gone(preparer: Preparer, prepared: Prepared | None, current: Current) -> list[int] | None:
    """The codes of the old version, if the side rows of the new one differ; else ``None``.

    Without ``prepared`` the new version is a deletion.
    """
    if current.deleted:
        return []
    old = preparer.index(decode(current.content))
    if prepared is not None:
        new = prepared.index
        if (old.numbers, old.strings, old.codes) == (new.numbers, new.strings, new.codes) and (
            not old.codes or (old.low, current.patient) == (new.low, prepared.patient)
        ):
            return None
    return old.codes
