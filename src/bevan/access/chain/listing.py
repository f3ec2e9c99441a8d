"""The list that goes with a link to the second place: a cut hash and the time of each entry.

It holds nothing about anybody, and it names an entry that was changed, removed or added. A line is
12 bytes of the hash and 8 of the time (microseconds since 1970, signed, big end first).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from typing import NamedTuple

from bevan.access.chain.entry import Named

CUT = 12
_LINE = struct.Struct(f">{CUT}sq")


class Line(NamedTuple):
    """One entry: the first 12 bytes of its hash, and its time in microseconds since 1970."""

    hash: bytes
    at: int


def lines(named: Iterable[Named]) -> list[Line]:
    """The lines of entries, in their order."""
    return [Line(one.leaf[:CUT], one.entry.at) for one in named]


def packed(lines: Iterable[Line]) -> bytes:
    """The list as bytes."""
    return b"".join(_LINE.pack(*line) for line in lines)


def unpacked(content: bytes) -> list[Line] | None:
    """The lines of a list; None for bytes that aren't one."""
    if len(content) % _LINE.size:
        return None
    return [Line(*line) for line in _LINE.iter_unpack(content)]


def digest(content: bytes) -> bytes:
    """What the link says of its list."""
    return hashlib.sha256(content).digest()
