"""A merge in words, with both records side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bevan.apps.person_index.presenters.sheet import Line, lines, name
from bevan.people.merge import Merge
from bevan.people.tasks import Question
from bevan.web.components import Column, Fact, Row, Text
from bevan.web.words import LONDON, clock_time, counted, long_date

Resource = Mapping[str, Any]
STATES: Mapping[str, str] = {
    "moving": "Entries are still being moved",
    "merged": "Merged",
    "undoing": "Being taken apart",
    "undone": "Taken apart",
}
COLUMNS = tuple(Column(name) for name in ("Record kept", "Merged", "By", "State"))


@dataclass(frozen=True)
class MergeSheet:
    """A merge as its page draws it."""

    id: UUID
    names: tuple[str, str]
    lines: tuple[Line, ...]
    facts: tuple[Fact, ...]
    state: str
    undone: bool
    question: Question


def merge_row(merge: Merge, survivor: Resource, merged: Resource) -> Row:
    """A merge as a row of the list."""
    return Row(
        (
            Text(name(survivor), f"took in {name(merged)}"),
            moment(merge.at),
            merge.by_name,
            STATES[merge.state],
        ),
        href=f"/identity/merges/{merge.id}",
    )


def merge_sheet(merge: Merge, survivor: Resource, merged: Resource, moved: int) -> MergeSheet:
    """A merge as a page; `moved` counts the entries that it moved."""
    facts = [
        Fact("Merged", f"{moment(merge.at)} by {merge.by_name}"),
        Fact("Reason", merge.reason or "None was given", prose=True),
        Fact("Moved", counted(moved, "entry", "entries")),
        Fact("Now", STATES[merge.state]),
    ]
    if merge.state == "undone":
        facts.append(Fact("Taken apart by", merge.undone_by or "Not known"))
        facts.append(Fact("Reason for that", merge.undone_reason or "None was given", prose=True))
    return MergeSheet(
        merge.id,
        (name(survivor), name(merged)),
        lines(survivor, merged),
        tuple(facts),
        merge.state,
        merge.state == "undone",
        Question("same-person", merge.survivor, merge.merged, why=("again",)),
    )


def moment(at: Any) -> str:
    """24 November 2026, 10:42."""
    local = at.astimezone(LONDON)
    return f"{long_date(local.date().isoformat())}, {clock_time(local.isoformat())}"
