"""An entry of the audit in the one form that is hashed, with the names that its numbers stand for.

The form is a JSON array without spaces, so that anybody can compute it again without Bevan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import astuple
from typing import NamedTuple

import msgspec

from bevan.record.scope import Actor

_ENCODER = msgspec.json.Encoder()
# A leaf can't pass for a node of the tree (RFC 6962 2.1).
_LEAF = b"\x00"


class Entry(NamedTuple):
    """One row of the audit; ``at`` in microseconds since 1970, ``patient`` a UUID as text."""

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


class Named(NamedTuple):
    """An entry with its hash (SHA-256 of its form)."""

    leaf: bytes
    entry: Entry


def hashed(
    entries: list[Entry], actors: Mapping[int, Actor], purposes: Mapping[int, str]
) -> list[Named]:
    """The entries with their hashes, in the order of the hashes.

    The names of actor and purpose are hashed, not their numbers: whoever renames an actor changes
    every entry of theirs.
    """
    found = [Named(leaf(form(one, actors, purposes)), one) for one in entries]
    found.sort(key=lambda one: one.leaf)
    return found


def form(entry: Entry, actors: Mapping[int, Actor], purposes: Mapping[int, str]) -> bytes:
    """The entry as JSON: its fields in order, actor and purpose written out (None where lost)."""
    actor = actors.get(entry.agent)
    return _ENCODER.encode(
        (
            *entry[:2],
            None if actor is None else astuple(actor),
            purposes.get(entry.purpose),
            *entry[4:],
        )
    )


def leaf(form: bytes) -> bytes:
    """The hash of an entry's form."""
    return hashlib.sha256(_LEAF + form).digest()
