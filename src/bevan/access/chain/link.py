"""A link of the chain: what it seals, the link before, and who signed it."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

_ENCODER = msgspec.json.Encoder(order="deterministic")
_MARK = b"bevan audit link 1\n"
NOTHING_BEFORE = "00" * 32


class Link(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One link over the entries of the transactions [opens, closes).

    ``first`` and ``last`` are the times of its earliest and latest entry; ``root``, ``listing``
    and ``previous`` are SHA-256 as 64 digits. ``kept_from``: what is older was disposed of by the
    retention rule before this link was made. ``epoch`` is the change feed's.
    """

    number: int
    epoch: int
    opens: int
    closes: int
    entries: int
    first: datetime | None
    last: datetime | None
    root: str
    listing: str
    previous: str
    kept_from: datetime | None
    sealed: datetime
    key: str

    @property
    def hash(self) -> bytes:
        """SHA-256 over every field: what is signed, and what the next link names."""
        return hashlib.sha256(_MARK + _ENCODER.encode(self)).digest()


class Signed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link with the signature of its hash (Ed25519, RFC 8032, 128 digits)."""

    link: Link
    hash: str
    signature: str

    @property
    def whole(self) -> bool:
        """Whether the hash is that of the link."""
        return self.hash == self.link.hash.hex()


def encoded(signed: Signed) -> bytes:
    """A signed link as a file holds it."""
    return msgspec.json.format(_ENCODER.encode(signed), indent=1) + b"\n"


def decoded(content: bytes) -> Signed | None:
    """The signed link in a file; None for bytes that aren't one."""
    try:
        return msgspec.json.decode(content, type=Signed)
    except msgspec.DecodeError:
        return None
