"""The definitions that ship with Bevan: FHIR R4 and UK Core, compressed beside the other tables.

Written by ``scripts/generate_conformance.py``. A table is xz-compressed lines, each a kind, an
address and the resource's JSON between tabs; a line is decoded when its resource is asked for.
"""

from __future__ import annotations

import lzma
from importlib import resources

from bevan.fhir.conformance.library import Key, Library

TABLES = ("r4", "ukcore")


def shipped() -> Library:
    """A library of all tables (some 100 ms: call once)."""
    library = Library({})
    for name in TABLES:
        library = Library(_entries(name), library)
    return library


def _entries(name: str) -> dict[Key, bytes]:
    path = resources.files("bevan.fhir") / "tables" / f"{name}.tsv.xz"
    entries: dict[Key, bytes] = {}
    for line in lzma.decompress(path.read_bytes()).splitlines():
        kind, url, content = line.split(b"\t", 2)
        entries[kind.decode(), url.decode()] = content
    return entries
