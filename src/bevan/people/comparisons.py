"""How two records are compared: elements, and for each the levels of likeness in their order.

A level is written twice, as Python for one pair and as SQL for many; a test holds the two to one
another. The first level that applies counts. A missing value is no level at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from bevan.people.features import Features

Test = Callable[[Features, Features], bool]

NEAR, FAR = 0.9, 0.78


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of likeness: its name, and its condition over `l` and `r` in both languages."""

    name: str
    test: Test
    sql: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The levels of one element, and when there is nothing to compare."""

    element: str
    missing: Test
    missing_sql: str
    levels: tuple[Level, ...]

    def level(self, left: Features, right: Features) -> str | None:
        """The name of the level that these two are on; None where a value is missing."""
        if self.missing(left, right):
            return None
        return next(level.name for level in self.levels if level.test(left, right))


def _edits(left: str, right: str) -> int:
    return DamerauLevenshtein.distance(left, right)


def _likeness(left: str, right: str) -> float:
    return JaroWinkler.similarity(left, right)


def _swapped_day(left: Features, right: Features) -> bool:
    """Whether day and month of one are month and day of the other."""
    year, month, day = left.born.split("-")
    return right.born == f"{year}-{day}-{month}"


def _shortened(left: str, right: str) -> bool:
    """Whether one is the beginning of the other: Sam and Samuel."""
    short, long = sorted((left, right), key=len)
    return len(short) >= 3 and long.startswith(short)


def _part(left: str, right: str) -> bool:
    """Whether one is a whole part of the other's double name."""
    return left in right.split("-") or right in left.split("-")


def _else(_left: Features, _right: Features) -> bool:
    return True


def _missing(element: str) -> tuple[Test, str]:
    def test(left: Features, right: Features) -> bool:
        return not getattr(left, element) or not getattr(right, element)

    return test, f"{element}_l is null or {element}_r is null"


def _same(element: str) -> Level:
    return Level(
        "same",
        lambda left, right: bool(getattr(left, element) == getattr(right, element)),
        f"{element}_l = {element}_r",
    )


_SWAPPED_NAMES = Level(
    "swapped",
    lambda left, right: left.given == right.family and left.family == right.given,
    "given_l = family_r and family_l = given_r",
)
_ELSE = Level("different", _else, "else")

NUMBER = Comparison("number", *_missing("number"), (_same("number"), _ELSE))
GIVEN = Comparison(
    "given",
    *_missing("given"),
    (
        _same("given"),
        _SWAPPED_NAMES,
        Level(
            "near",
            lambda a, b: (
                _edits(a.given, b.given) <= 1
                or _likeness(a.given, b.given) >= NEAR
                or _shortened(a.given, b.given)
            ),
            f"damerau_levenshtein(given_l, given_r) <= 1"
            f" or jaro_winkler_similarity(given_l, given_r) >= {NEAR}"
            " or least(length(given_l), length(given_r)) >= 3"
            " and (starts_with(given_l, given_r) or starts_with(given_r, given_l))",
        ),
        Level(
            "far",
            lambda a, b: _likeness(a.given, b.given) >= FAR,
            f"jaro_winkler_similarity(given_l, given_r) >= {FAR}",
        ),
        _ELSE,
    ),
)
FAMILY = Comparison(
    "family",
    *_missing("family"),
    (
        _same("family"),
        _SWAPPED_NAMES,
        Level(
            "near",
            lambda a, b: _edits(a.family, b.family) <= 1 or _likeness(a.family, b.family) >= NEAR,
            f"damerau_levenshtein(family_l, family_r) <= 1"
            f" or jaro_winkler_similarity(family_l, family_r) >= {NEAR}",
        ),
        Level(
            "part",
            lambda a, b: _part(a.family, b.family),
            "list_contains(string_split(family_l, '-'), family_r)"
            " or list_contains(string_split(family_r, '-'), family_l)",
        ),
        _ELSE,
    ),
)
BORN = Comparison(
    "born",
    *_missing("born"),
    (
        _same("born"),
        Level(
            "swapped",
            _swapped_day,
            "left(born_l, 4) = left(born_r, 4) and substr(born_l, 6, 2) = right(born_r, 2)"
            " and right(born_l, 2) = substr(born_r, 6, 2)",
        ),
        Level(
            "slip",
            lambda a, b: _edits(a.born, b.born) <= 1,
            "damerau_levenshtein(born_l, born_r) <= 1",
        ),
        Level("year", lambda a, b: a.born[:4] == b.born[:4], "left(born_l, 4) = left(born_r, 4)"),
        _ELSE,
    ),
)
GENDER = Comparison("gender", *_missing("gender"), (_same("gender"), _ELSE))
POSTCODE = Comparison(
    "postcode",
    *_missing("postcode"),
    (
        _same("postcode"),
        Level(
            "district",
            lambda a, b: a.postcode[:-3] == b.postcode[:-3],
            "left(postcode_l, length(postcode_l) - 3) = left(postcode_r, length(postcode_r) - 3)",
        ),
        _ELSE,
    ),
)
COMPARISONS = (NUMBER, GIVEN, FAMILY, BORN, GENDER, POSTCODE)


def swapped(born: str) -> str | None:
    """The date with day and month changed over, where that is another date."""
    year, month, day = born.split("-")
    try:
        other = date(int(year), int(day), int(month)).isoformat()
    except ValueError:
        return None
    return None if other == born else other
