"""Chance: everything random about a person comes from one generator seeded by (seed, key).

Only `random()` and `getrandbits()` are used, whose sequences Python keeps between versions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import accumulate
from random import Random
from statistics import NormalDist
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_STEPS: Final = 4096
_NORMAL: Final = tuple(
    round(NormalDist().inv_cdf((step + 0.5) / _STEPS), 9) for step in range(_STEPS)
)


def chance(*key: object) -> Random:
    """A generator that gives the same sequence for the same key everywhere."""
    text = "/".join(map(str, key)).encode()
    return Random(int.from_bytes(blake2b(text, digest_size=16).digest(), "big"))  # noqa: S311


def normal(draws: Random, mean: float = 0.0, sd: float = 1.0) -> float:
    """A normal draw from a table of 4,096 quantiles (within 3.7 standard deviations)."""
    return mean + sd * _NORMAL[int(draws.random() * _STEPS)]


def pick(draws: Random, choices: Sequence[T]) -> T:
    """One of the choices, all alike."""
    return choices[int(draws.random() * len(choices))]


def between(draws: Random, low: int, high: int) -> int:
    """A whole number from low to high, both possible."""
    return low + int(draws.random() * (high - low + 1))


def new_id(draws: Random) -> str:
    """A UUID of version 4 from the generator."""
    text = f"{draws.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def fixed_id(name: str) -> str:
    """The UUID-shaped id of a named thing: the same for every seed and size of region."""
    text = blake2b(name.encode(), digest_size=16).hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-b{text[17:20]}-{text[20:]}"


class Weighted(Generic[T]):
    """Choices with weights, drawn by bisection."""

    __slots__ = ("choices", "steps")

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        pairs = [(choice, weight) for choice, weight in weighted if weight > 0]
        self.choices = tuple(choice for choice, _ in pairs)
        total = sum(weight for _, weight in pairs)
        self.steps = tuple(accumulate(weight / total for _, weight in pairs))

    def draw(self, draws: Random) -> T:
        """One choice by weight."""
        return self.choices[min(bisect_right(self.steps, draws.random()), len(self.choices) - 1)]
