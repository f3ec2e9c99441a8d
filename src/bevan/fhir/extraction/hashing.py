"""Token texts to the integers that the record's indexes hold."""

from __future__ import annotations

from collections.abc import Callable

from xxhash import xxh3_64_intdigest

_HALF = 1 << 63
_WHOLE = 1 << 64


def hasher(bits: int = 64) -> Callable[[str], int]:
    """A function from text to its xxh3 hash as a signed 64-bit integer.

    With fewer `bits` (16 to 63, for tests that hashes never decide) only the lowest are kept.
    Raises ValueError for any other number of bits.
    """
    if not 16 <= bits <= 64:
        raise ValueError(f"hashes have 16 to 64 bits, not {bits}")
    if bits < 64:
        mask = (1 << bits) - 1
        return lambda text: int(xxh3_64_intdigest(text.encode())) & mask

    def signed(text: str) -> int:
        digest: int = xxh3_64_intdigest(text.encode())
        return digest - _WHOLE if digest >= _HALF else digest

    return signed
