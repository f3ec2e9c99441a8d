"""Conformance resources by kind and canonical address, in layers, decoded when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bevan.fhir import json

Json = Mapping[str, Any]
Key = tuple[str, str]
"""A resource type and a canonical address without its version."""


class Library:
    """What is loaded: R4 and UK Core as shipped, and above them whatever else was added.

    Values are resources, or their JSON as bytes until somebody asks. A newer layer hides an older
    one where both have the same address; with a version asked for (``url|version``) the layers are
    searched for that version.
    """

    def __init__(self, entries: Mapping[Key, Any], below: Library | None = None) -> None:
        self._entries = dict(entries)
        self._below = below

    def above(self, resources: Iterable[Json]) -> Library:
        """A library that has these resources above this one's; what has no address is left out."""
        entries = {
            (str(each["resourceType"]), str(each["url"])): each
            for each in resources
            if isinstance(each.get("url"), str) and isinstance(each.get("resourceType"), str)
        }
        return Library(entries, self)

    def find(self, kind: str, canonical: str) -> Json | None:
        """The resource of a canonical address, ``url`` or ``url|version``; None for none."""
        url, _, version = canonical.partition("|")
        layer: Library | None = self
        while layer is not None:
            found = layer._entry((kind, url))
            if found is not None and _fits(found, version):
                return found
            layer = layer._below
        return None

    def addresses(self, kind: str) -> Iterator[str]:
        """Every address of a kind, once."""
        seen: set[str] = set()
        layer: Library | None = self
        while layer is not None:
            for of, url in layer._entries:
                if of == kind and url not in seen:
                    seen.add(url)
                    yield url
            layer = layer._below

    def _entry(self, key: Key) -> Json | None:
        entry = self._entries.get(key)
        if isinstance(entry, bytes):
            entry = self._entries[key] = json.decode(entry)
        return entry


def _fits(found: Json, version: str) -> bool:
    """True for the version asked for, or one that begins with it (R4 references, canonical)."""
    has = str(found.get("version", ""))
    return not version or not has or has == version or has.startswith(version + ".")
