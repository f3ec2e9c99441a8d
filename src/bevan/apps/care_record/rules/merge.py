"""Merging two people's changes of the same text, part by part, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Parts = Mapping[str, str]
Fate = Literal["same", "theirs", "mine", "both", "clash"]


@dataclass(frozen=True)
class Merge:
    """Three versions of the same parts, and what becomes of each part.

    ``same``: nobody changed it. ``theirs``, ``mine``: one side did, and that is kept. ``both``:
    both wrote the same. ``clash``: both changed it differently, and someone must choose.
    """

    base: Parts
    theirs: Parts
    mine: Parts
    fates: Mapping[str, Fate]

    def named(self, *fates: Fate) -> tuple[str, ...]:
        """The parts with one of these fates, in the form's order."""
        return tuple(name for name, fate in self.fates.items() if fate in fates)

    @property
    def clashes(self) -> tuple[str, ...]:
        """The parts that someone must choose."""
        return self.named("clash")

    def settled(self, chosen: Parts) -> dict[str, str]:
        """The merged parts; ``chosen`` gives the words for each clash (KeyError if one lacks)."""
        return {
            name: chosen[name] if fate == "clash" else self._kept(name, fate)
            for name, fate in self.fates.items()
        }

    def _kept(self, name: str, fate: Fate) -> str:
        side = self.theirs if fate == "theirs" else self.mine
        return side.get(name, "")


def merge(base: Parts, theirs: Parts, mine: Parts) -> Merge:
    """Compares by part; differing white space alone is no change."""
    names = dict.fromkeys([*mine, *theirs, *base])
    texts = {name: tuple(_text(side, name) for side in (base, theirs, mine)) for name in names}
    return Merge(base, theirs, mine, {name: _fate(*three) for name, three in texts.items()})


def _text(side: Parts, name: str) -> str:
    return " ".join(side.get(name, "").split())


def _fate(base: str, theirs: str, mine: str) -> Fate:
    if theirs == mine:
        return "same" if base == mine else "both"
    if base == theirs:
        return "mine"
    return "theirs" if base == mine else "clash"
