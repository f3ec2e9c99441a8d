"""The three separators of a search value and the backslash that takes their meaning away."""

from __future__ import annotations

ESCAPED = frozenset("\\,$|")


class BadEscape(ValueError):
    """A backslash stands before nothing, or before a character that needs no escape."""


def split(text: str, separator: str, limit: int = -1) -> list[str]:
    """Cut `text` at every unescaped `separator`, leaving escapes in place (FHIR R4 3.1.1.4.2).

    `limit` is the most cuts made; -1 means no limit. Escapes stay so that a later cut at another
    separator still sees them.
    """
    if "\\" not in text:
        return text.split(separator, limit)
    parts: list[str] = []
    start = at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == separator and limit != len(parts):
            parts.append(text[start:at])
            start = at + 1
        at += 1
    parts.append(text[start:])
    return parts


def unescape(text: str) -> str:
    """`text` without its escapes.

    Raises BadEscape when a backslash is last or stands before an ordinary character: guessing
    would search for something that the caller did not write.
    """
    if "\\" not in text:
        return text
    out: list[str] = []
    characters = iter(text)
    for character in characters:
        if character != "\\":
            out.append(character)
            continue
        escaped = next(characters, "")
        if escaped not in ESCAPED or not escaped:
            raise BadEscape("a backslash stands only before another, a comma, “$” or “|”")
        out.append(escaped)
    return "".join(out)
