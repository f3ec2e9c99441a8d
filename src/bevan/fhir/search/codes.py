"""The port to terminology: which codes a value set holds, and what stands above or below a code.

`:in`, `:not-in`, `:above` and `:below` of a token become plain codes by it before any SQL is made.
What it doesn't know it says so, and the search is refused: nothing found would look like an answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from bevan.fhir.definitions import Definitions
from bevan.fhir.search.query import Match, Modifier
from bevan.fhir.search.refusal import SearchRefused, refuse
from bevan.fhir.search.values import Token, Uri

Coded = tuple[str, str]
"""(system, code)."""

OF_SETS = frozenset(("in", "not-in"))
OF_TREES = frozenset(("above", "below"))
# A larger set would be a longer statement than one search should be.
MOST_CODES = 5_000


class Codes(Protocol):
    """Answers for one process; every answer is None where the thing asked about isn't known."""

    async def members(self, value_set: str) -> Collection[Coded] | None:
        """All codes of the value set with this canonical URL (`|version` may follow)."""

    async def below(self, system: str, code: str) -> Collection[Coded] | None:
        """A code and all that it subsumes."""

    async def above(self, system: str, code: str) -> Collection[Coded] | None:
        """A code and all that subsume it."""


class Defined:
    """What FHIR R4 itself defines: its required value sets, and no hierarchy."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    async def members(self, value_set: str) -> Collection[Coded] | None:
        """The codes of a value set of the R4 core definitions."""
        url, _, version = value_set.partition("|")
        found = self._definitions.value_sets.get(url) if version in ("", "4.0.1") else None
        if not found:
            return None
        return [(system, code) for system, codes in found.items() for code in sorted(codes)]

    async def below(self, system: str, code: str) -> Collection[Coded] | None:
        """Not known."""
        return None

    async def above(self, system: str, code: str) -> Collection[Coded] | None:
        """Not known."""
        return None


def asks_for_codes(match: Match) -> bool:
    """Whether terminology must say what the match means before anything can be compared."""
    modifier = match.modifier
    return modifier in OF_SETS or (modifier in OF_TREES and match.parameter.type == "token")


async def plain(codes: Codes, match: Match) -> Match:
    """The match with every code named.

    Raises SearchRefused for a value set or a code that isn't known, and for too large a set.
    """
    if not asks_for_codes(match):
        return match
    key = f"{match.parameter.code}:{match.modifier}"
    found: dict[Coded, None] = {}
    for value in match.values:
        some = await _one(codes, match.modifier, value)
        if some is None:
            raise _unknown(key, match.modifier)
        found.update(dict.fromkeys(some))
    if len(found) > MOST_CODES:
        text = f"“{key}” names {len(found)} codes; at most {MOST_CODES} can be searched at once."
        raise refuse(key, text, "too-costly")
    modifier: Modifier = "not" if match.modifier == "not-in" else ""
    return replace(match, modifier=modifier, values=tuple(Token(*coded) for coded in found))


async def _one(codes: Codes, modifier: str, value: object) -> Collection[Coded] | None:
    if isinstance(value, Uri):
        return await codes.members(value.uri)
    assert isinstance(value, Token)
    if not value.system or value.code is None:
        return None
    ask = codes.below if modifier == "below" else codes.above
    return await ask(value.system, value.code)


def _unknown(key: str, modifier: str) -> SearchRefused:
    if modifier in OF_SETS:
        text = f"The codes of the value set that “{key}” names are not known here."
    else:
        text = f"“{key}” needs system|code of a code system whose hierarchy is known here."
    return refuse(key, text, "not-supported")
