"""Secrets that a caller carries: random, shown once, and kept only as a digest.

256 random bits need no slow hash: nothing shorter than a search of the whole space finds them.
"""

from __future__ import annotations

import hashlib
from secrets import token_urlsafe


def fresh() -> str:
    """A new secret of 256 random bits, safe in a header, a cookie and an address."""
    return token_urlsafe(32)


def digest(secret: str) -> bytes:
    """The 32 bytes under which the secret is stored."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
