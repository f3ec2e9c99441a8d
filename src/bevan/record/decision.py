"""What a change comes to, given what stands: pure, so that a batch can decide without the database.

Conflicts are decided here by predicates, not by errors of the database, so that one caller's
conflict never fails another's write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from bevan.fhir.json import decode
from bevan.fhir.outcome import Issue
from bevan.fhir.patch import PatchFailed, json_patch
from bevan.record.errors import Gone, Invalid, NotFound, PreconditionFailed
from bevan.record.mask import Veil, restored, veil, without
from bevan.record.scope import Scope
from bevan.record.version import same

Kind = Literal["create", "update", "patch", "delete"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One change of one resource at a known id, and on what condition.

    ``create`` is for a fresh id of the record's own choice, where nothing can stand.
    """

    scope: Scope
    kind: Kind
    type: str
    id: str
    resource: dict[str, Any] | None = None
    operations: Sequence[dict[str, Any]] = ()
    if_match: int | None = None
    if_none_match: bool = False


@dataclass(frozen=True, slots=True)
class Current:
    """What stands at an id now; ``content`` is unpacked JSON, ``visible`` to the asking scope."""

    rkey: int
    version: int
    last_updated: datetime
    deleted: bool
    content: bytes
    patient: UUID | None
    patients: tuple[UUID, ...] | None
    labels: int
    bucket: int
    agent: int
    source: int | None
    visible: bool
    sealer: UUID | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to write over (or without) ``current``: a resource, or a tombstone if ``None``."""

    resource: dict[str, Any] | None
    created: bool
    changed: bool


def decide(operation: Operation, current: Current | None) -> Verdict:
    """Judge one operation. Raises the error that its caller will get."""
    scope = operation.scope
    if not scope.may_write(operation.type) or (current is not None and not current.visible):
        raise absent(operation)
    if current is None:
        return _fresh(operation)
    if operation.if_match is not None and operation.if_match != current.version:
        raise PreconditionFailed(
            f"The current version of {operation.type}/{operation.id} is {current.version},"
            f" not {operation.if_match}."
        )
    return _JUDGES[operation.kind](operation, current)


def absent(operation: Operation) -> NotFound:
    """Not there, or not to be seen."""
    return NotFound(f"There is no {operation.type}/{operation.id}.")


def unlimited(scope: Scope) -> bool:
    """Whether nothing can exist that the scope doesn't show.

    Only such a scope may create at an id of its choice: for others, success would tell that
    nothing hidden is there.
    """
    limited = scope.holders is not None or scope.patients is not None
    return not (limited or scope.hidden or scope.filters)


def _fresh(operation: Operation) -> Verdict:
    if operation.kind == "create":
        return Verdict(operation.resource, created=True, changed=True)
    if operation.kind != "update" or not unlimited(operation.scope):
        raise absent(operation)
    if operation.if_match is not None:
        raise PreconditionFailed(f"There is no {operation.type}/{operation.id} to update.")
    return Verdict(operation.resource, created=True, changed=True)


def _update(operation: Operation, current: Current) -> Verdict:
    if operation.if_none_match and not current.deleted:
        raise PreconditionFailed(f"{operation.type}/{operation.id} exists already.")
    assert operation.resource is not None
    if current.deleted:
        return Verdict(operation.resource, created=True, changed=True)
    old = decode(current.content)
    new = restored(_veil(operation, current), operation.resource, old)
    return Verdict(new, created=False, changed=not same(new, old))


def _patch(operation: Operation, current: Current) -> Verdict:
    if current.deleted:
        raise Gone(f"{operation.type}/{operation.id} was deleted.")
    old = decode(current.content)
    try:
        seen = json_patch(without(_veil(operation, current), old), list(operation.operations))
    except PatchFailed as fault:
        issue = Issue("error", "processing", fault.path, fault.text)
        raise Invalid([issue]) from None
    if not isinstance(seen, dict) or any(
        seen.get(key) != wanted
        for key, wanted in (("resourceType", operation.type), ("id", operation.id))
    ):
        text = "A patch may not change what the resource is: its type and id stay."
        raise Invalid([Issue("error", "business-rule", operation.type, text)])
    if not isinstance(seen.get("meta", {}), dict):
        text = "The element is an object."
        raise Invalid([Issue("error", "structure", f"{operation.type}.meta", text)])
    new = restored(_veil(operation, current), seen, old)
    return Verdict(new, created=False, changed=not same(new, old))


def _veil(operation: Operation, current: Current) -> Veil:
    return veil(operation.scope, current.patient, current.patients)


def _delete(operation: Operation, current: Current) -> Verdict:
    return Verdict(None, created=False, changed=not current.deleted)


_JUDGES = {"update": _update, "patch": _patch, "delete": _delete}
