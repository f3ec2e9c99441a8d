"""The Merkle root of a list of hashes (RFC 6962 2.1, with an odd one carried up as it is)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_NODE = b"\x01"
EMPTY = hashlib.sha256(b"").digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashes of 32 bytes, in their order; ``EMPTY`` over none."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def _above(level: list[bytes]) -> list[bytes]:
    pairs = [
        hashlib.sha256(_NODE + left + right).digest()
        for left, right in zip(level[::2], level[1::2], strict=False)
    ]
    return pairs if len(level) % 2 == 0 else [*pairs, level[-1]]
