"""What the value of a search parameter means, one frozen class per kind of parameter.

Every reader takes the text as it stands between two commas, escapes included, and raises ValueError
(a sentence) when the text can't be such a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from bevan.fhir.search.dates import stretch
from bevan.fhir.search.separators import split, unescape

Prefix = Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]
PREFIXES: Mapping[str, Prefix] = {
    "eq": "eq",
    "ne": "ne",
    "gt": "gt",
    "lt": "lt",
    "ge": "ge",
    "le": "le",
    "sa": "sa",
    "eb": "eb",
    "ap": "ap",
}
NUMBER = re.compile(r"[+\-]?\d{1,40}(?:\.\d{1,40})?(?:[eE][+\-]?\d{1,3})?")
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
LOCAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/([A-Za-z0-9\-.]{1,64}))?")


@dataclass(frozen=True, slots=True)
class Token:
    """A code. `system` None: any; empty: no system. `code` None: anything of that system."""

    system: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class TypedIdentifier:
    """An identifier value together with the coding of its type (`:of-type`)."""

    system: str
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words, as written; how they are compared is the modifier's business."""

    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A date with its comparison: the half-open stretch [low, high) in microseconds from 1970."""

    prefix: Prefix
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its comparison; [low, high) is what its written precision covers."""

    prefix: Prefix
    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit. `system` None: any; empty: no system. `unit` None: any unit."""

    number: Number
    system: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A link: `type`/`id` on this server (`type` empty when any of the targets), else a `url`."""

    type: str
    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Uri:
    """A whole URI, or with `:below`/`:above` a place in a tree of them."""

    uri: str


@dataclass(frozen=True, slots=True)
class Near:
    """A point in degrees and how many metres around it are near."""

    latitude: float
    longitude: float
    metres: float


@dataclass(frozen=True, slots=True)
class Composite:
    """One value for each component, all true of the same element."""

    parts: tuple[Value, ...]


Value = (
    Token | TypedIdentifier | Text | Moment | Number | Quantity | Reference | Uri | Near | Composite
)


def token(text: str) -> Token:
    """`code`, `system|code`, `|code` (no system) or `system|` (FHIR R4 3.1.1.4.10)."""
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) == 1:
        return Token(None, _filled(parts[0]))
    if len(parts) > 2:
        raise ValueError("a token has at most one unescaped “|”")
    system, code = parts
    if not system and not code:
        raise ValueError("a token needs a code or a system")
    return Token(system, code or None)


def typed_identifier(text: str) -> TypedIdentifier:
    """`system|code|value`, all three of them, for `:of-type`."""
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) != 3 or not all(parts):
        raise ValueError("it must be written system|code|value")
    return TypedIdentifier(*parts)


def words(text: str) -> Text:
    """Any text that isn't blank."""
    return Text(_filled(unescape(text)))


def moment(text: str) -> Moment:
    """A date or time of any precision, with or without a prefix."""
    prefix, rest = _prefixed(text)
    return Moment(prefix, *stretch(rest))


def number(text: str) -> Number:
    """A number with or without a prefix (FHIR R4 3.1.1.4.6).

    The precision is half a unit of the last digit written: 100 is [99.5, 100.5). The standard
    gives 1e2 as [95, 105), so with an exponent it is half a unit of the digit after.
    """
    prefix, rest = _prefixed(text)
    if NUMBER.fullmatch(rest) is None:
        raise ValueError("it is not a number")
    try:
        value = Decimal(rest)
    except InvalidOperation as error:  # pragma: no cover - the pattern lets no such text through
        raise ValueError("it is not a number") from error
    unit = value.as_tuple().exponent
    assert isinstance(unit, int)
    if unit > 0:
        unit -= 1
    half = Decimal((0, (5,), unit - 1))
    return Number(prefix, value, value - half, value + half)


def quantity(text: str) -> Quantity:
    """`number`, `number|system|code` or `number||code` (FHIR R4 3.1.1.4.11)."""
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) == 1:
        return Quantity(number(parts[0]), None, None)
    if len(parts) != 3:
        raise ValueError("a quantity is written number, number|system|code or number||code")
    return Quantity(number(parts[0]), parts[1] or None, parts[2] or None)


def reference(text: str) -> Reference:
    """An id, `Type/id` or an absolute URL (FHIR R4 3.1.1.4.12)."""
    plain = _filled(unescape(text))
    local = LOCAL.fullmatch(plain)
    if local is not None:
        return Reference(local[1], local[2], "")
    if ID.fullmatch(plain) is not None:
        return Reference("", plain, "")
    if ":" not in plain or any(character.isspace() for character in plain):
        raise ValueError("it is not an id, Type/id or URL")
    return Reference("", "", plain)


def uri(text: str) -> Uri:
    """A URI: compared as written, case and all."""
    plain = _filled(unescape(text))
    if any(character.isspace() for character in plain):
        raise ValueError("a URI has no spaces")
    return Uri(plain)


READERS: Mapping[str, Callable[[str], Value]] = {
    "token": token,
    "string": words,
    "date": moment,
    "number": number,
    "quantity": quantity,
    "reference": reference,
    "uri": uri,
}


def _prefixed(text: str) -> tuple[Prefix, str]:
    prefix = PREFIXES.get(text[:2])
    return ("eq", text) if prefix is None else (prefix, text[2:])


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    return text
