"""What a system may do, as SMART App Launch 2 scopes: `system/Observation.rs`.

The letters are SMART 2's (create, read, update, delete, search) and come in that order. Only
`system/` scopes are given to clients of the command line. A scope with a search filter
(`?category=..`) is refused, never widened to the scope without it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bevan.identity.errors import GrantRefused

LETTERS = "cruds"
_SHAPE = re.compile(r"(?P<context>[a-z]+)/(?P<type>\*|[A-Za-z]+)\.(?P<letters>[a-z]+)")
_ORDERED = re.compile(r"c?r?u?d?s?")


@dataclass(frozen=True, slots=True)
class Grant:
    """One scope: a resource type, or `*` for all, and the letters of what may be done to it."""

    type: str
    letters: frozenset[str]

    def __str__(self) -> str:
        return f"system/{self.type}.{''.join(x for x in LETTERS if x in self.letters)}"


@dataclass(frozen=True, slots=True)
class Grants:
    """Everything one token allows; asked once a request, so answers are prepared."""

    every: frozenset[str]
    by_type: dict[str, frozenset[str]]

    def allow(self, letter: str, type: str | None) -> bool:
        """May this be done to this type? `None` stands for all types at once."""
        if letter in self.every:
            return True
        return type is not None and letter in self.by_type.get(type, frozenset())

    def types(self, letters: str) -> frozenset[str] | None:
        """The types to which any of the letters applies; None means all of them."""
        wanted = frozenset(letters)
        if self.every & wanted:
            return None
        return frozenset(name for name, given in self.by_type.items() if given & wanted)


def parse(text: str, types: Collection[str]) -> tuple[Grant, ...]:
    """Read scopes separated by spaces, in the order given.

    Raises GrantRefused for an empty list, an unknown type or shape, letters that are unknown,
    repeated or out of order, and any context other than `system`.
    """
    grants = tuple(_grant(word, types) for word in text.split())
    if not grants:
        raise GrantRefused("No scope was given. An example: system/*.cruds")
    return grants


def combine(grants: Iterable[Grant]) -> Grants:
    """Put scopes together; two for one type add up."""
    every: frozenset[str] = frozenset()
    by_type: dict[str, frozenset[str]] = {}
    for grant in grants:
        if grant.type == "*":
            every |= grant.letters
        else:
            by_type[grant.type] = by_type.get(grant.type, frozenset()) | grant.letters
    return Grants(every, by_type)


def _grant(word: str, types: Collection[str]) -> Grant:
    shape = _SHAPE.fullmatch(word)
    if shape is None:
        raise GrantRefused(f"'{word}' isn't a scope of the form system/Type.cruds.")
    if shape["context"] != "system":
        raise GrantRefused(f"'{word}': only system/ scopes are given to clients.")
    if shape["type"] != "*" and shape["type"] not in types:
        raise GrantRefused(f"'{word}': there is no resource type {shape['type']}.")
    if _ORDERED.fullmatch(shape["letters"]) is None:
        raise GrantRefused(f"'{word}': letters must be some of cruds, in that order.")
    return Grant(shape["type"], frozenset(shape["letters"]))
