"""What a Bundle of an import holds, by its type: to be done as a whole, or entry by entry."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bevan.record.bundle.entries import Entry

KEPT = frozenset({"document", "message"})
"""Bundles that are something themselves, attested or sent: stored as they are."""
DONE = frozenset({"transaction", "batch"})
"""Bundles whose entries say what is to be done."""


@dataclass(slots=True)
class Item:
    """A resource to be loaded at its own id; `entry` is its place in a Bundle, or its offset."""

    entry: int
    full_url: str
    resource: dict[str, Any]

    @property
    def row(self) -> str:
        """`Type/id`."""
        return f"{self.resource['resourceType']}/{self.resource['id']}"


def plain(entry: Entry) -> bool:
    """Whether an entry only writes its resource, under no condition."""
    if entry.resource is None or entry.if_match is not None or entry.if_none_match:
        return False
    if entry.method == "POST":
        return entry.if_none_exist is None
    return entry.method == "PUT" and bool(entry.id) and entry.query is None


def contents(bundle: Mapping[str, Any]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(place, full URL, resource) of a Bundle that only holds resources.

    A history lists the newest version first: it is turned round, so that the newest counts.
    """
    entries = list(enumerate(bundle.get("entry") or ()))
    if bundle.get("type") == "history":
        entries.reverse()
    for place, entry in entries:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
            yield place, str(entry.get("fullUrl") or ""), resource


def derived_id(file: bytes, entry: int, place: int = 0) -> str:
    """The id of a resource that has none: the same whenever the same file is imported again."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{file.hex()}:{entry}:{place}"))


def addresses(items: Sequence[Item]) -> dict[str, str]:
    """Full URL → `Type/id`."""
    return {item.full_url: item.row for item in items if item.full_url}
