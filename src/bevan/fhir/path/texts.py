"""Functions on strings (FHIRPath 2.0.0 §5.6), and a few that later versions and SQL-on-FHIR use."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote, unquote

from bevan.fhir.path.element import Items
from bevan.fhir.path.errors import PathFailed
from bevan.fhir.path.input import Input
from bevan.fhir.path.single import text, whole

Run = Callable[..., Items]


def _with(name: str, work: Callable[..., object]) -> Run:
    """A function of the input and string arguments; empty when any of them is."""

    def run(given: Input, *arguments: Items) -> Items:
        value = text(given.items, name)
        others = [text(argument, name) for argument in arguments]
        if value is None or None in others:
            return []
        made = work(value, *others)
        return made if isinstance(made, list) else [] if made is None else [made]

    return run


def _substring(given: Input, start: Items, length: Items | None = None) -> Items:
    value, at = text(given.items, "substring()"), whole(start, "substring()")
    if value is None or at is None or not 0 <= at < len(value):
        return []
    count = whole(length, "substring()") if length is not None else None
    return [value[at:] if count is None else value[at : at + max(0, count)]]


def _pattern(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.DOTALL)
    except re.error as error:
        raise PathFailed(f"{pattern!r} is not a regular expression: {error}") from error


def _matches(value: str, pattern: str) -> bool:
    return _pattern(pattern).search(value) is not None


def _matches_full(value: str, pattern: str) -> bool:
    return _pattern(pattern).fullmatch(value) is not None


def _replace_matches(value: str, pattern: str, replacement: str) -> str:
    # FHIRPath names groups as $1 and ${name}, Python as \g<1>.
    escaped = replacement.replace("\\", "\\\\")
    python = re.sub(r"\$(?:(\d+)|\{(\w+)\})", lambda m: rf"\g<{m[1] or m[2]}>", escaped)
    return _pattern(pattern).sub(python, value) if pattern else value


def _join(given: Input, separator: Items | None = None) -> Items:
    parts = [text([item], "join()") or "" for item in given.items]
    return [(text(separator or [], "join()") or "").join(parts)] if parts else []


def _split(value: str, separator: str) -> list[str]:
    return value.split(separator) if separator else list(value)


def _encode(value: str, form: str) -> str | None:
    if form == "hex":
        return value.encode().hex()
    if form == "base64":
        return base64.b64encode(value.encode()).decode()
    return base64.urlsafe_b64encode(value.encode()).decode() if form == "urlbase64" else None


def _decode(value: str, form: str) -> str | None:
    decoders: dict[str, Callable[[str], bytes]] = {
        "hex": bytes.fromhex,
        "base64": base64.b64decode,
        "urlbase64": base64.urlsafe_b64decode,
    }
    try:
        return decoders[form](value).decode() if form in decoders else None
    except (ValueError, binascii.Error) as error:
        raise PathFailed(f"decode('{form}') was given something else") from error


def _escape(value: str, form: str) -> str | None:
    if form == "html":
        return html.escape(value)
    return json.dumps(value, ensure_ascii=False)[1:-1] if form == "json" else quote(value)


def _unescape(value: str, form: str) -> str | None:
    if form == "html":
        return html.unescape(value)
    if form != "json":
        return unquote(value)
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


_WORKS: Mapping[str, tuple[Callable[..., object], int, str]] = {
    "indexOf": (lambda value, part: value.find(part), 1, "Integer"),
    "lastIndexOf": (lambda value, part: value.rfind(part), 1, "Integer"),
    "startsWith": (lambda value, part: value.startswith(part), 1, "Boolean"),
    "endsWith": (lambda value, part: value.endswith(part), 1, "Boolean"),
    "contains": (lambda value, part: part in value, 1, "Boolean"),
    "upper": (str.upper, 0, "String"),
    "lower": (str.lower, 0, "String"),
    "trim": (str.strip, 0, "String"),
    "length": (len, 0, "Integer"),
    "toChars": (list, 0, "String"),
    "replace": (lambda value, part, other: value.replace(part, other), 2, "String"),
    "matches": (_matches, 1, "Boolean"),
    "matchesFull": (_matches_full, 1, "Boolean"),
    "replaceMatches": (_replace_matches, 2, "String"),
    "split": (_split, 1, "String"),
    "encode": (_encode, 1, "String"),
    "decode": (_decode, 1, "String"),
    "escape": (_escape, 1, "String"),
    "unescape": (_unescape, 1, "String"),
}

FUNCTIONS: Mapping[str, tuple[Run, int, int, str]] = MappingProxyType(
    {
        **{
            name: (_with(f"{name}()", work), count, count, gives)
            for name, (work, count, gives) in _WORKS.items()
        },
        "substring": (_substring, 1, 2, "String"),
        "join": (_join, 0, 1, "String"),
    }
)
