"""What the keepers of the audit say about it, signed with the key of the links.

Three things change what the audit holds and are no harm when somebody answers for them: entries
that are stripped when a person's record is disposed of, a month that is closed, and a database that
went back to a backup. Each leaves a statement that names who and why. It lies beside the links,
also in the second place, and is never taken back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bevan.access.chain.link import Signed
from bevan.access.chain.signing import Keyring, attested

_ENCODER = msgspec.json.Encoder(order="deterministic")
_MARK = b"bevan audit statement 1\n"


class Answerable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who answers for a statement."""

    id: str
    name: str
    role: str = ""
    organisation: str = ""


class Disposal(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="disposal"
):
    """A certificate of disposal.

    ``reference`` stands for the person in the audit from now on; the key that made it is destroyed.
    ``schedule`` is the kind of record that was due. ``removed`` counts what was destroyed, by
    resource type or table. ``entries`` of the audit are stripped: they and no others, as the list
    of SHA-256 ``listing`` says.
    """

    reference: UUID
    schedule: str
    removed: Mapping[str, int]
    entries: int
    listing: str


class Closing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="closing"):
    """A month whose entries were handed over and dropped: ``export`` is the SHA-256 of the file."""

    month: str
    kept_from: datetime
    entries: int
    file: str
    export: str


class Lost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link that a restore lost, by number, epoch and hash."""

    number: int
    epoch: int
    hash: str


def lost_of(signed: Signed) -> Lost:
    """How a statement names a link."""
    return Lost(number=signed.link.number, epoch=signed.link.epoch, hash=signed.hash)


class Return(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="return"):
    """A database that went back to a backup: which links, statements and how many entries of the
    second place are no longer in it."""

    epoch: int
    links: tuple[Lost, ...]
    statements: tuple[UUID, ...]
    entries: int
    first: datetime | None
    last: datetime | None


Body = Disposal | Closing | Return


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One statement; ``second`` agreed with ``by`` where two people are asked for."""

    id: UUID
    made: datetime
    by: Answerable
    second: Answerable | None
    reason: str
    body: Body
    key: str

    @property
    def hash(self) -> bytes:
        """SHA-256 over every field: what is signed."""
        return hashlib.sha256(_MARK + _ENCODER.encode(self)).digest()

    @property
    def kind(self) -> str:
        """disposal, closing or return."""
        return type(self.body).__struct_config__.tag  # type: ignore[return-value]


class Attested(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement with the signature of its hash (Ed25519, RFC 8032, 128 digits)."""

    statement: Statement
    signature: str


def attest(keyring: Keyring, statement: Statement) -> Attested:
    """The statement, signed with the newest key, which it must name."""
    return Attested(statement=statement, signature=keyring.signature(statement.hash).hex())


def genuine(attested_: Attested, public: Mapping[str, Ed25519PublicKey]) -> bool:
    """Whether one of these keys signed exactly this statement."""
    said = attested_.statement
    return attested(public.get(said.key), said.hash, attested_.signature)


def encoded(attested_: Attested) -> bytes:
    """A signed statement as a file and the database hold it."""
    return msgspec.json.format(_ENCODER.encode(attested_), indent=1) + b"\n"


def decoded(content: bytes) -> Attested | None:
    """The signed statement in a file; None for bytes that aren't one."""
    try:
        return msgspec.json.decode(content, type=Attested)
    except msgspec.DecodeError:
        return None


def file_of(id: UUID, suffix: str) -> str:
    """The name of a statement's file (`statement`) or list (`lines`) in the second place."""
    return f"{id}.{suffix}"
