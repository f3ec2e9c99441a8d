"""JSON without loss: what was sent is what is stored and given back.

FHIR R4 (datatypes, decimal) makes the precision of a decimal part of its value:
``72.50`` must never become ``72.5``. Numbers with a fraction or an exponent decode to ``Decimal``
(or to ``Exact`` where ``Decimal`` would print other digits than were sent), integers to ``int`` of
any size, and objects keep the order of their keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec

DEPTH = 64
"""How many objects and arrays may be nested; deeper input is refused, not followed."""

_DIGITS = 1_000
_EXPONENT = 400
_WALKED = 2

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_KEY_END = re.compile(rb'"\s*:')
_LOW_ESCAPE = re.compile(rb"\\u00[0-3]", re.IGNORECASE)
_MINUS_ZERO = re.compile(rb"-0[\s,}\]]")
_BYTE = re.compile(r"\(byte (\d+)\)")


class Malformed(ValueError):
    """The text is not JSON that a FHIR resource may use. ``line`` and ``column`` count from 1."""

    def __init__(self, text: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{text} (line {line}, column {column})")
        self.text = text
        self.line = line
        self.column = column


class Exact(Decimal):
    """A number whose spelling (``1e2``, ``0.0000001``, ``-0``) ``Decimal`` alone would change."""

    __slots__ = ("text",)
    text: str

    @classmethod
    def read(cls, text: str) -> Exact:
        """Make one from the characters of a JSON number."""
        number = cls(text)
        number.text = text
        return number

    def __reduce__(self) -> tuple[Callable[[str], Exact], tuple[str]]:  # type: ignore[override]
        return Exact.read, (self.text,)

    def __copy__(self) -> Exact:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Exact:
        return self

    def __str__(self) -> str:
        return self.text


def _number(text: str) -> Decimal:
    """Keep the digits; refuse a size that no later step could hold (R4 sets no bound)."""
    number = Decimal(text)
    if len(text) > 16 and (len(text) > _DIGITS or abs(number.adjusted()) > _EXPONENT):
        raise OverflowError(text[:20])
    if str(number) == text:
        return number
    if abs(number.adjusted()) > _EXPONENT:
        raise OverflowError(text)
    return Exact.read(text)


def _spelling(value: object) -> msgspec.Raw:
    if isinstance(value, Exact):
        return msgspec.Raw(value.text.encode())
    raise TypeError(f"{type(value).__name__} is not a JSON value")


_decode = msgspec.json.Decoder(float_hook=_number).decode
_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=_spelling).encode


def decode(data: bytes | bytearray | memoryview | str) -> Any:
    """Read one JSON text.

    Refuses, with ``Malformed`` and its place: anything that RFC 8259 refuses, ``NaN`` and
    ``Infinity``, the same key twice in an object (the reader could not know which was meant),
    bytes that are not UTF-8, and nesting deeper than ``DEPTH``.
    """
    raw = _bytes(data)
    try:
        value = _decode(raw)
    except (ValueError, RecursionError, ArithmeticError) as error:
        _refuse(raw, error)
    again = _encode(value)
    # The encoder writes the shortest text there is. As long as what came in: nothing was dropped.
    if len(again) != len(raw):
        value = _checked(raw, again, value)
    if _brackets(raw) > DEPTH:
        _check_depth(value)
    return value


def encode(value: Any) -> bytes:
    """Write compact UTF-8 JSON, numbers as they were spelt. Other values: ``TypeError``."""
    return _encode(value)


def _bytes(data: bytes | bytearray | memoryview | str) -> bytes:
    if isinstance(data, str):
        try:
            raw = data.encode()
        except UnicodeEncodeError as error:
            raise Malformed("The text holds half of a surrogate pair", 1, error.start + 1) from None
    else:
        raw = data if isinstance(data, bytes) else bytes(data)
    return raw[3:] if raw.startswith(_BOM) else raw


def _checked(raw: bytes, again: bytes, value: Any) -> Any:
    """Make sure that white space alone explains the difference, or read again with care.

    As long as what came in but for all white space, also inside strings: nothing was dropped.
    Text inside strings may look like the end of a key, but it does so equally often in both texts,
    unless an escape hides it.
    """
    if len(raw.translate(None, _SPACE)) == len(again.translate(None, _SPACE)):
        return value
    escaped = b"\\u" in raw and _LOW_ESCAPE.search(raw)
    if escaped or (b"-0" in raw and (_MINUS_ZERO.search(raw) or raw.endswith(b"-0"))):
        return _careful(raw)
    if len(_KEY_END.findall(raw)) != len(_KEY_END.findall(again)):
        return _careful(raw)
    return value


def _careful(raw: bytes) -> Any:
    """Read text that is known to be JSON, looking at every pair: slow, for the rare text only."""
    try:
        return json.loads(raw, object_pairs_hook=_unique, parse_float=_number, parse_int=_integer)
    except _Duplicate as found:
        raise Malformed(
            f'The key "{found}" appears twice in one object', *_second(raw, found)
        ) from None
    except RecursionError:
        raise Malformed(f"Objects and arrays are nested deeper than {DEPTH} levels") from None


class _Duplicate(Exception):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        raise _Duplicate(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return result


def _integer(text: str) -> int | Exact:
    return Exact.read(text) if text == "-0" else int(text)


def _second(raw: bytes, key: BaseException) -> tuple[int, int]:
    """Where the key stands for the last time before the reader noticed: a hint for a person."""
    places = list(re.finditer(re.escape(json.dumps(str(key)).encode()) + rb"\s*:", raw))
    return _place(raw, places[1].start() if len(places) > 1 else 0)


def _brackets(text: bytes) -> int:
    """No fewer than the levels of nesting."""
    return text.count(b"{") + text.count(b"[")


def _check_depth(value: Any, allowed: int = DEPTH) -> None:
    """Refuse what is nested deeper than ``allowed``.

    The first levels of a large text (a Bundle, its entries) are walked; below, the brackets of a
    part's own text nearly always show that it can't be too deep.
    """
    if not allowed:
        raise Malformed(f"Objects and arrays are nested deeper than {DEPTH} levels")
    walked = allowed > DEPTH - _WALKED
    for child in value.values() if type(value) is dict else value:
        if (type(child) is dict or type(child) is list) and (
            walked or _brackets(_encode(child)) >= allowed
        ):
            _check_depth(child, allowed - 1)


def _place(raw: bytes, offset: int) -> tuple[int, int]:
    before = raw[:offset]
    line = before.count(b"\n") + 1
    column = len(before.rpartition(b"\n")[2].decode(errors="replace")) + 1
    return line, column


def _refuse(raw: bytes, error: Exception) -> NoReturn:
    """Turn the reader's complaint into ours, never quoting the input."""
    if isinstance(error, RecursionError):
        raise Malformed(f"Objects and arrays are nested deeper than {DEPTH} levels") from None
    if isinstance(error, UnicodeDecodeError):
        raise Malformed("The text is not UTF-8", *_place(raw, _bad_byte(raw))) from None
    if isinstance(error, (InvalidOperation, OverflowError)) or "range" in str(error):
        raise Malformed("A number is too large to be kept exactly") from None
    found = _BYTE.search(str(error))
    offset = int(found[1]) - ("trailing characters" in str(error)) if found else len(raw)
    text = str(error).partition(": ")[2].partition(" (byte")[0] or "the text ends too early"
    raise Malformed(text[:1].upper() + text[1:], *_place(raw, offset)) from None


def _bad_byte(raw: bytes) -> int:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return error.start
    return 0
