"""An entry of the audit in the one form that is hashed, with the names that its numbers stand for.

The form is a JSON array without spaces, so that anybody can compute it again without Bevan. Its
hash is taken with the entry's salt; when an entry is disposed of, its salt goes and only the hash
is left, from which nobody can guess what it said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import astuple
from typing import NamedTuple
from uuid import UUID

import msgspec

from bevan.record.scope import Actor

_ENCODER = msgspec.json.Encoder()
# A leaf can't pass for a node of the tree (RFC 6962 2.1), nor one kind of leaf for another.
_LEAF = b"\x00"
_SALTED = b"\x02"
_STRIPPED = b"\x03"


class Entry(NamedTuple):
    """One row of the audit; ``at`` in microseconds since 1970, ``patient`` a UUID as text.

    ``salt`` is None in entries older than salts. A stripped entry has the ``leaf`` that was sealed
    (32 bytes) and the statement of its ``disposal``, and no salt.
    """

    txid: int
    at: int
    agent: int
    purpose: int
    version: int | None
    entries: int
    patient: str | None
    action: str
    outcome: str
    request: str
    type: str | None
    id: str | None
    query: str | None
    salt: UUID | None = None
    leaf: bytes | None = None
    disposal: UUID | None = None


class Named(NamedTuple):
    """An entry with the hash that is sealed."""

    leaf: bytes
    entry: Entry


def hashed(
    entries: list[Entry], actors: Mapping[int, Actor], purposes: Mapping[int, str]
) -> list[Named]:
    """The entries with their hashes, in the order of the hashes.

    The names of actor and purpose are hashed, not their numbers: whoever renames an actor changes
    every entry of theirs.
    """
    found = [Named(sealed(one, actors, purposes), one) for one in entries]
    found.sort(key=lambda one: one.leaf)
    return found


def sealed(entry: Entry, actors: Mapping[int, Actor], purposes: Mapping[int, str]) -> bytes:
    """The hash of an entry that goes into a link; of a stripped one, what went into it."""
    if entry.leaf is not None:
        return entry.leaf
    return leaf(form(entry, actors, purposes), entry.salt)


def stripped(entry: Entry, actors: Mapping[int, Actor], purposes: Mapping[int, str]) -> bytes:
    """The hash of what is left of a stripped entry, which its certificate lists."""
    assert entry.leaf is not None
    left = form(entry, actors, purposes)
    return hashlib.sha256(_STRIPPED + entry.leaf + left).digest()


def form(entry: Entry, actors: Mapping[int, Actor], purposes: Mapping[int, str]) -> bytes:
    """The entry as JSON: its fields in order, actor and purpose written out (None where lost)."""
    actor = actors.get(entry.agent)
    return _ENCODER.encode(
        (
            *entry[:2],
            None if actor is None else _named(actor),
            purposes.get(entry.purpose),
            *entry[4:13],
        )
    )


def _named(actor: Actor) -> tuple[str, ...]:
    """Who acted; the app at the end only where there is one, so that older links still hold."""
    *names, app = astuple(actor)
    return (*names, app) if app else tuple(names)


def leaf(form: bytes, salt: UUID | None = None) -> bytes:
    """The hash of an entry's form."""
    if salt is None:
        return hashlib.sha256(_LEAF + form).digest()
    return hashlib.sha256(_SALTED + salt.bytes + form).digest()
