"""What became of a part of an import, and of the whole of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bevan.fhir.outcome import Issue


@dataclass(frozen=True, slots=True)
class Reject:
    """Something refused: where it stands (`entry`: place in a Bundle, or offset in an NDJSON
    file), what it is, why, and the resource itself where it is only one.

    `number` is how many resources were refused with it: all of a transaction.
    """

    path: str
    entry: int | None
    issues: tuple[Issue, ...]
    type: str | None = None
    id: str | None = None
    resource: Any = None
    number: int = 1

    def plain(self) -> dict[str, Any]:
        """As a line of the rejects file."""
        return {
            "path": self.path,
            "entry": self.entry,
            "type": self.type,
            "id": self.id,
            "issues": [
                {
                    "severity": issue.severity,
                    "code": issue.code,
                    "path": issue.expression,
                    "text": issue.text,
                    "rule": issue.rule,
                }
                for issue in self.issues
            ],
            "resource": self.resource,
        }


@dataclass(slots=True)
class Outcome:
    """What became of one task: resources taken by type, of those unchanged, what was refused.

    `waiting` are resources whose conditional reference selects nothing yet; `skipped` is 1 for a
    file without data.
    """

    taken: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    rejects: list[Reject] = field(default_factory=list)
    waiting: int = 0
    skipped: int = 0

    def add(self, other: Outcome) -> None:
        """Count another part in."""
        self.taken += other.taken
        self.unchanged += other.unchanged
        self.rejects += other.rejects
        self.waiting += other.waiting
        self.skipped += other.skipped

    @property
    def refused(self) -> int:
        """How many resources were refused."""
        return sum(reject.number for reject in self.rejects)

    @property
    def dealt(self) -> int:
        """How many resources were taken or refused."""
        return self.taken.total() + self.refused


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished import.

    `by_type`: resources taken by type, those that were there already included; `unchanged`: how
    many of them were there; `rejected`: resources refused; `skipped`: files without data.
    """

    by_type: dict[str, int]
    unchanged: int
    rejected: int
    skipped: int
    seconds: float
