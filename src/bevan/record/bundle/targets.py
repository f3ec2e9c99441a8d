"""What each entry of a transaction writes: pure, once it is known what its conditions select."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bevan.fhir.outcome import Issue
from bevan.kernel.identifiers import uuid7
from bevan.record.attempt import Failed
from bevan.record.bundle.entries import Entry
from bevan.record.bundle.matching import Condition
from bevan.record.errors import Invalid, MultipleMatches, NotFound

Kind = Literal["create", "update", "patch", "delete", "found", "nothing"]

# FHIR R4 3.1.0.11.2: the order in which a transaction is processed.
ORDER = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2, "GET": 3, "HEAD": 3}


@dataclass(frozen=True, slots=True)
class Target:
    """What an entry comes to. ``found``: a conditional create that found the resource there;
    ``nothing``: a conditional delete that found none. ``fresh``: a conditional update that found
    none, and may only create."""

    entry: Entry
    kind: Kind
    id: str
    fresh: bool = False

    @property
    def row(self) -> str:
        """``Type/id``."""
        return f"{self.entry.type}/{self.id}"


def assign(
    entries: Sequence[Entry], selected: Mapping[Condition, Sequence[str]]
) -> dict[int, Target]:
    """The target of every writing entry, by place.

    Two conditional creates under one condition are one resource. Raises ``Failed``
    (``MultipleMatches``, ``NotFound``), or ``Invalid`` (400) if two entries write the same.
    """
    targets: dict[int, Target] = {}
    created: dict[Condition, str] = {}
    for entry in sorted(entries, key=lambda one: ORDER[one.method]):
        if not entry.writes:
            continue
        condition = entry.condition
        found = list(selected[condition]) if condition else []
        if len(found) > 1:
            text = f"The condition selects more than one {entry.type}."
            raise Failed(entry.place, MultipleMatches(text))
        targets[entry.place] = _target(entry, found[0] if found else None, created)
    _unequal(list(targets.values()))
    return targets


def _target(entry: Entry, found: str | None, created: dict[Condition, str]) -> Target:
    condition = entry.condition
    if entry.method == "POST":
        if condition is None:
            return Target(entry, "create", uuid7())
        if found or condition in created:
            return Target(entry, "found", found or created[condition])
        created[condition] = uuid7()
        return Target(entry, "create", created[condition])
    if entry.method == "DELETE":
        id = found or entry.id
        return Target(entry, "delete" if id else "nothing", id)
    if entry.method == "PATCH":
        if not (found or entry.id):
            raise Failed(entry.place, NotFound(f"The condition selects no {entry.type}."))
        return Target(entry, "patch", found or entry.id)
    return _put(entry, found)


def _put(entry: Entry, found: str | None) -> Target:
    assert entry.resource is not None
    given = entry.resource.get("id")
    if entry.id:
        return Target(entry, "update", entry.id)
    if found and given not in (None, found):
        text = "The condition selects another resource than the one whose id was sent."
        raise Failed(entry.place, Invalid([Issue("error", "value", "id", text)], 400))
    if found or given:
        return Target(entry, "update", found or str(given), fresh=not found)
    return Target(entry, "create", uuid7())


def _unequal(targets: Sequence[Target]) -> None:
    seen: set[str] = set()
    for target in targets:
        if target.kind in ("found", "nothing"):
            continue
        if target.row in seen:
            place = f"Bundle.entry[{target.entry.place}]"
            text = "Another entry of this transaction writes the same resource."
            raise Invalid([Issue("error", "duplicate", place, text, "R4 3.1.0.11.2")], 400)
        seen.add(target.row)
