"""Identifiers that sort by the time they were made (RFC 9562, version 7)."""

from __future__ import annotations

import os
import time

_RANDOM_BITS = 74
_LOW_BITS = 62


def uuid7(milliseconds: int | None = None) -> str:
    """A new version 7 UUID in its lower-case text form.

    `milliseconds` is the Unix time to put in front; without it, the machine's.
    """
    stamp = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    noise = int.from_bytes(os.urandom(10), "big") & ((1 << _RANDOM_BITS) - 1)
    high, low = noise >> _LOW_BITS, noise & ((1 << _LOW_BITS) - 1)
    value = (stamp & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
