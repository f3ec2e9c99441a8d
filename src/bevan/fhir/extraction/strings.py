"""Texts as string search compares them: no case, no accents, single spaces (FHIR R4 3.1.1.4.8)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

CHUNK = 480
OVERLAP = 240
"""A long text is stored as pieces of CHUNK characters, each starting OVERLAP after the last, since
an index entry can't hold it all. A search for up to OVERLAP characters finds it whole in a piece;
a longer one proposes by its first OVERLAP characters and the content decides."""

_NAME_PARTS = ("text", "family")
_NAME_LISTS = ("given", "prefix", "suffix")
_ADDRESS_PARTS = ("text", "city", "district", "state", "postalCode", "country")


def normalise(text: str) -> str:
    """`  Zoë  O'Brien ` is `zoe o'brien`."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(text.casefold().split())


def pieces(text: str) -> Iterator[str]:
    """What is stored of a normalised text: itself, or overlapping pieces of a long one."""
    if len(text) <= CHUNK:
        yield text
        return
    for start in range(0, len(text) - OVERLAP, OVERLAP):
        yield text[start : start + CHUNK]


def name_parts(name: Mapping[str, Any]) -> Iterator[str]:
    """The parts of a HumanName that a search by name looks at."""
    return _parts(name, _NAME_PARTS, _NAME_LISTS)


def address_parts(address: Mapping[str, Any]) -> Iterator[str]:
    """The parts of an Address that a search by address looks at."""
    return _parts(address, _ADDRESS_PARTS, ("line",))


def _parts(
    value: Mapping[str, Any], singles: tuple[str, ...], lists: tuple[str, ...]
) -> Iterator[str]:
    for key in singles:
        text = value.get(key)
        if text is not None:
            yield text
    for key in lists:
        for text in value.get(key, ()):
            if text is not None:
                yield text
