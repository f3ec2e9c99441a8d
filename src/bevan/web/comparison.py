"""Two people's versions of the same text, beside the one both started from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

PieceKind = Literal["same", "added", "gone"]


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, was added or is gone."""

    kind: PieceKind
    text: str


@dataclass(frozen=True)
class Part:
    """A part that nobody changed."""

    label: str
    text: str


@dataclass(frozen=True)
class Side:
    """A column head: which version, and by whom."""

    title: str
    by: str


@dataclass(frozen=True)
class Clash:
    """A part that both changed, differently: someone must choose."""

    name: str
    label: str
    theirs: tuple[Piece, ...]
    mine: tuple[Piece, ...]
    chosen: str = ""
    other: str = ""
    different: bool = True
    error: str = ""

    @property
    def id(self) -> str:
        """For the fields on the page."""
        return "part-" + re.sub(r"[^a-z0-9]+", "-", self.name.lower())


@dataclass(frozen=True)
class Kept:
    """A part that one of the two changed: merged without a question, and shown."""

    label: str
    whose: str
    pieces: tuple[Piece, ...]
    untouched: str


@dataclass(frozen=True)
class Comparison:
    """What the conflict table draws."""

    parts_word: str
    theirs: Side
    mine: Side
    clashes: tuple[Clash, ...] = ()
    kept: tuple[Kept, ...] = ()
    same: tuple[Part, ...] = ()


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """``new`` in words, with what it adds to ``old`` and what of ``old`` is gone."""
    before, after = _words(old), _words(new)
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            _add(found, "same", after[c:d])
            continue
        _add(found, "gone", before[a:b])
        _add(found, "added", after[c:d])
    return tuple(found)


def differing(base: str, theirs: str, mine: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both sides against the version they started from."""
    return difference(base, theirs), difference(base, mine)


def _words(text: str) -> list[str]:
    return re.findall(r"\s*\S+", text)


def _add(found: list[Piece], kind: PieceKind, words: Sequence[str]) -> None:
    text = "".join(words)
    bare = text.lstrip() if kind != "same" else text
    if gap := text[: len(text) - len(bare)]:
        found.append(Piece("same", gap))
    if bare:
        found.append(Piece(kind, bare))
