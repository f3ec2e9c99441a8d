"""The text of a Reference: is it well-formed, and to what type does it point (R4 references)?"""

from __future__ import annotations

import re
from collections.abc import Collection

from bevan.fhir import primitive

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:").match

ANY = ""
"""The type of a target that the text doesn't tell."""


def type_of(text: object, types: Collection[str], *, conditional: bool) -> str | None:
    """The type that a reference names, ``ANY`` when it names none, None when it is malformed.

    Relative references are ``Type/id`` or ``Type/id/_history/version``; ``Type?query`` is
    well-formed only inside a transaction (R4 http, transactions). Absolute ones may point anywhere.
    """
    if not isinstance(text, str) or not primitive.uri(text):
        return None
    if text[0] == "#":
        return ANY
    if _SCHEME(text):
        return _of_absolute(text, types)
    kind, query, _ = text.partition("?")
    if query:
        return kind if conditional and kind in types else None
    return _of_relative(text.split("/"), types)


def _of_relative(parts: list[str], types: Collection[str]) -> str | None:
    if len(parts) == 4 and parts[2] == "_history" and primitive.identifier(parts[3]):
        parts = parts[:2]
    if len(parts) == 2 and parts[0] in types and primitive.identifier(parts[1]):
        return parts[0]
    return None


def _of_absolute(text: str, types: Collection[str]) -> str:
    if not text.startswith(("http://", "https://")):
        return ANY
    parts = text.split("/")[3:]
    if len(parts) > 3 and parts[-2] == "_history":
        parts = parts[:-2]
    return _of_relative(parts[-2:], types) or ANY
