"""Which parameters read the value at the end of a walk, and what their leaves share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from bevan.fhir.extraction.sink import Sink

Leaf = Callable[[Any, Sink], None]
Hash = Callable[[str], int]

MEMORY = 20_000
"""How many values a leaf remembers before it starts afresh."""


class Slot(NamedTuple):
    """One parameter at a leaf.

    `stored` is false for one whose values stand under other parameters; `column` marks the type's
    main code or clinical date; `wanted` is the only type of referenced resource that counts.
    """

    code: str
    number: int | None
    stored: bool = True
    column: bool = False
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all leaves share: the hash function and this server's own addresses."""

    hash: Hash
    bases: tuple[str, ...] = ()


def bits(slots: Iterable[Slot]) -> int:
    """The `present` bits of the slots."""
    found = 0
    for slot in slots:
        if slot.number is not None:
            found |= 1 << slot.number
    return found
