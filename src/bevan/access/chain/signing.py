"""The keys that sign links: files of the installation, never in the database.

The newest signs; all verify. A link names its key by the first 8 bytes of the SHA-256 of the public
key. A new key is vouched for by the one before it, so that whoever trusts the first trusts all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bevan.access.chain.link import Link, Signed
from bevan.kernel import keys

_NAME = re.compile(r"audit-seal-([1-9]\d{0,5})")
_MARK = b"bevan audit key 1\n"


class Voucher(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public key (64 digits), and the signature of the key before it; None for the first."""

    key: str
    public: str
    by: str | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one installation, oldest first."""

    keys: tuple[Ed25519PrivateKey, ...]

    @property
    def public(self) -> Mapping[str, Ed25519PublicKey]:
        """Every key that may have signed, by its name."""
        return {name_of(key.public_key()): key.public_key() for key in self.keys}

    @property
    def newest(self) -> str:
        """The name of the key that signs now."""
        return name_of(self.keys[-1].public_key())

    def sign(self, link: Link) -> Signed:
        """The link, signed with the newest key, which it must name."""
        digest = link.hash
        return Signed(link=link, hash=digest.hex(), signature=self.signature(digest).hex())

    def signature(self, digest: bytes) -> bytes:
        """The newest key's signature of a hash (Ed25519, 64 bytes)."""
        return self.keys[-1].sign(digest)

    def vouchers(self) -> list[Voucher]:
        """A voucher for each key, by the one before it."""
        made = []
        before: Ed25519PrivateKey | None = None
        for key in self.keys:
            raw = key.public_key().public_bytes_raw()
            made.append(
                Voucher(
                    key=name_of(key.public_key()),
                    public=raw.hex(),
                    by=None if before is None else name_of(before.public_key()),
                    signature=None if before is None else before.sign(_MARK + raw).hex(),
                )
            )
            before = key
        return made


def keyring(data: Path) -> Keyring:
    """The keys in the data folder; the first is made at its first use.

    Raises ``ConfigurationError`` for a key that others can read or that is damaged.
    """
    numbers = held(data) or [1]
    return Keyring(tuple(_key(data, number) for number in numbers))


def rotate(data: Path) -> str:
    """Make a new key, which signs from now on; its name."""
    numbers = held(data) or [0]
    return name_of(_key(data, numbers[-1] + 1).public_key())


def held(data: Path) -> list[int]:
    """The numbers of the keys in the data folder, in order."""
    folder = data / "keys"
    found = [_NAME.fullmatch(path.name) for path in folder.glob("audit-seal-*")]
    return sorted(int(match[1]) for match in found if match)


def name_of(key: Ed25519PublicKey) -> str:
    """How a link names the key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def genuine(signed: Signed, public: Mapping[str, Ed25519PublicKey]) -> bool:
    """Whether one of these keys signed exactly this link."""
    key = public.get(signed.link.key)
    return signed.whole and attested(key, signed.link.hash, signed.signature)


def attested(key: Ed25519PublicKey | None, digest: bytes, signature: str) -> bool:
    """Whether `signature` (128 digits) is that of a hash by this key."""
    if key is None:
        return False
    try:
        key.verify(bytes.fromhex(signature), digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key(data: Path, number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.secret(data, f"audit-seal-{number}", 32))
