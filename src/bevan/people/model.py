"""The model of likeness: how much each level weighs, and what a pair of records comes to.

Fellegi and Sunter (1969): for each comparison the logarithm of m/u, where m is how often records
of one person are on that level and u how often those of two people are. The sum, with the prior,
is the logarithm of the odds. The figures are data (`model.json`): m as counted on generated pairs
(docs/reference/proof/linkage.md), u set by hand and on the high side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import product
from math import log2
from types import MappingProxyType
from typing import Literal

import msgspec

from bevan.people.comparisons import COMPARISONS
from bevan.people.features import Features

Grade = Literal["certain", "probable", "possible", "certainly-not"]
GRADES: tuple[Grade, ...] = ("certain", "probable", "possible", "certainly-not")
CERTAIN, PROPOSE, REVIEW = 0.999, 0.95, 0.2
_MOST_BITS = 60.0


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    says: str
    prior: float
    levels: dict[str, dict[str, tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a comparison of two records found.

    `bits` is the weight of evidence, `score` the probability (0 to 1) that they are one person;
    `levels` maps each element to the level it is on, None where a value is missing. `barred` says
    that both carry verified numbers which differ: then no likeness counts.
    """

    bits: float
    levels: Mapping[str, str | None]
    barred: bool = False

    @property
    def score(self) -> float:
        """The probability, 0 for a barred pair."""
        if self.barred:
            return 0.0
        bits = max(-_MOST_BITS, min(_MOST_BITS, self.bits))
        odds = 2.0**bits
        return float(odds / (1.0 + odds))

    @property
    def twins(self) -> bool:
        """Whether they could be two children of one birth: nothing but the first name, or its
        absence, tells them apart."""
        born = self.levels["born"] == "same" and self.levels["family"] in ("same", "near", None)
        same_name = self.levels["given"] in ("same", "near", "swapped")
        return born and not same_name and self.levels["number"] != "same"

    @property
    def namesakes(self) -> bool:
        """Whether they could be father and son of one name at one address."""
        name = self.levels["given"] in ("same", "near")
        place = self.levels["postcode"] in ("same", "district")
        other_birth = self.levels["born"] in ("year", "different")
        return name and place and other_birth and self.levels["number"] != "same"

    @property
    def grade(self) -> Grade:
        """FHIR's match grade (R4 value set match-grade).

        Certain takes the NHS number with name and birth date beside it: demographics alone never
        do, and neither does a number that somebody else's details came with.
        """
        if self.barred:
            return "certainly-not"
        if self._agrees and self.score >= CERTAIN:
            return "certain"
        if self.score >= PROPOSE and not (self.twins or self.namesakes):
            return "probable"
        return "possible" if self.score >= REVIEW else "certainly-not"

    @property
    def _agrees(self) -> bool:
        name = ("same", "near", "swapped", "part")
        return (
            self.levels["number"] == "same"
            and self.levels["born"] == "same"
            and (self.levels["given"] in name or self.levels["family"] in name)
            and self.levels["given"] not in ("different", "far")
        )


class Model:
    """The weights at work."""

    def __init__(
        self, prior: float, levels: Mapping[str, Mapping[str, tuple[float, float]]]
    ) -> None:
        self.prior = prior
        self.levels = levels

    def compare(self, left: Features, right: Features) -> Likeness:
        """How alike two records are."""
        found = {each.element: each.level(left, right) for each in COMPARISONS}
        bits = log2(self.prior / (1 - self.prior))
        for element, level in found.items():
            if level is not None:
                m, u = self.levels[element][level]
                bits += log2(m / u)
        different = found["number"] == "different"
        barred = different and left.verified and right.verified
        return Likeness(bits, MappingProxyType(found), barred)

    def best(self, lefts: Iterable[Features], rights: Iterable[Features]) -> Likeness:
        """The strongest likeness among a person's names; bars count whatever the name."""
        found = [self.compare(*pair) for pair in product(lefts, rights)]
        return max(found, key=lambda each: (each.barred, each.bits))


def load() -> Model:
    """The model that ships with Bevan."""
    text = files("bevan.people").joinpath("model.json").read_bytes()
    read = msgspec.json.decode(text, type=_File)
    return Model(read.prior, MappingProxyType(read.levels))
