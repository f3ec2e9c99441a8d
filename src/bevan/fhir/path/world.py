"""What an evaluation may know beyond its input: variables, the time, and ports to other resources.

Nothing here reads or writes: a caller who can fetch resources or codes hands in functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bevan.fhir.path.element import Items

Resolve = Callable[[str], Mapping[str, Any] | None]
"""The resource of a reference's text, or None when it can't be had."""
MemberOf = Callable[[Any, str, str], bool | None]
"""(JSON of a code, Coding or CodeableConcept; its type; URL of a value set); None: not known."""
Conforms = Callable[[Mapping[str, Any], str], bool | None]
"""(resource, URL of a profile); None: no such profile."""
Trace = Callable[[str, list[Any]], None]
"""(name, JSON of the items), called by `trace()`."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class World:
    """Ports and clock of evaluations. Without a port, what needs it is empty or refused."""

    resolve: Resolve | None = None
    member_of: MemberOf | None = None
    conforms: Conforms | None = None
    trace: Trace | None = None
    now: Callable[[], datetime] = _now


@dataclass(slots=True)
class Run:
    """One evaluation: its world, its variables and the one time that all its `now()` give."""

    world: World
    variables: Mapping[str, Items]
    at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.at = self.world.now()


class Scope:
    """What `$this`, `$index` and `$total` mean, and the evaluation they belong to."""

    __slots__ = ("index", "run", "this", "total")

    def __init__(
        self, run: Run, this: Items, index: int | None = None, total: Items | None = None
    ) -> None:
        self.run = run
        self.this = this
        self.index = index
        self.total = total

    def at(self, item: Any, index: int, total: Items | None = None) -> Scope:
        """The scope of one item of a collection that a function goes through."""
        return Scope(self.run, [item], index, self.total if total is None else total)
