"""Vectors of trust as NHS login uses them: how well an identity is proven, and how it was shown.

`P9.Cp.Cd` means level P9, shown by e-mail and password (`Cp`) and a known device (`Cd`). An item
asks for its parts together; several items are a choice. A vector satisfies an item whose level is
at most its own and whose other parts it has all: the real provider answers a P5 question with a P9
person, so levels compare by "at least" (see docs/decisions/0012).

Ours knows no passwords. A code from an email stands for `Cp`, a passkey is `Cm`; an email code
alone therefore never reaches P5 or P9.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

LEVELS: Final = ("P0", "P5", "P9")
PARTS: Final = frozenset({"Cp", "Cd", "Ck", "Cm"})
DEFAULT: Final = ("P9.Cp.Cd", "P9.Cp.Ck", "P9.Cm")
_ENOUGH: Final = (frozenset({"Cm"}), frozenset({"Cp", "Cd"}), frozenset({"Cp", "Ck"}))
_MOST = 20


class BadVector(ValueError):
    """Text that isn't a vector, or a `vtr` that isn't a list of them."""


@dataclass(frozen=True, slots=True)
class Vector:
    """One level and the parts by which it was shown."""

    level: str
    parts: frozenset[str]

    def __str__(self) -> str:
        return ".".join([self.level, *sorted(self.parts, key="CpCdCkCm".index)])


def parse(text: str) -> Vector:
    """A vector such as `P5.Cp.Cd`. Raises BadVector."""
    level, *parts = text.split(".")
    chosen = frozenset(parts)
    if level not in LEVELS or not parts or not chosen <= PARTS or len(chosen) != len(parts):
        raise BadVector(text)
    return Vector(level, chosen)


def wanted(text: str | None) -> tuple[Vector, ...]:
    """What a `vtr` parameter asks for; leaving it out asks for P9. Raises BadVector."""
    if text is None:
        return tuple(map(parse, DEFAULT))
    try:
        items = json.loads(text)
    except ValueError:
        raise BadVector(text) from None
    if not isinstance(items, list) or not 0 < len(items) <= _MOST:
        raise BadVector(text)
    if not all(isinstance(item, str) for item in items):
        raise BadVector(text)
    return tuple(map(parse, items))


def satisfies(reached: Vector, items: Iterable[Vector]) -> bool:
    """Whether what was reached is at least one of what was asked."""
    return any(
        LEVELS.index(reached.level) >= LEVELS.index(item.level) and item.parts <= reached.parts
        for item in items
    )


def strong(methods: Collection[str]) -> bool:
    """Whether these methods are strong enough to speak for more than P0."""
    return any(parts <= frozenset(methods) for parts in _ENOUGH)


def reach(level: str, methods: Collection[str], items: Iterable[Vector]) -> Vector | None:
    """The vector to tell a client that asked for `items`: the first of them that the person's level
    and methods satisfy, with the level they really have. None when none is satisfied.
    """
    proven = level if strong(methods) else "P0"
    for item in items:
        if LEVELS.index(proven) < LEVELS.index(item.level) or not item.parts <= frozenset(methods):
            continue
        told = proven if strong(item.parts) else "P0"
        if LEVELS.index(told) >= LEVELS.index(item.level):
            return Vector(told, item.parts)
    return None


def missing(level: str, methods: Collection[str], items: Iterable[Vector]) -> str:
    """What keeps somebody from being let in: "methods" when signing in another way would do,
    "level" when they must prove who they are first.
    """
    possible = PARTS - {"Cd", "Ck"}  # ways that we have
    return "methods" if reach(level, possible, items) is not None else "level"
