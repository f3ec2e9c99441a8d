"""The primitive types of FHIR R4: which JSON values each of them may have (R4 datatypes).

A check is a function from any JSON value to true or false: quick, never raising. ``period`` tells
the span of time that a date means, which comparing and validating need.
"""

from __future__ import annotations

import binascii
import calendar
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from bevan.fhir.json import Exact

Check = Callable[[Any], bool]

LARGEST = 2_147_483_647
TEXT = 1024 * 1024
"""The most characters that R4 lets a string have."""

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}").fullmatch
_CODE = re.compile(r"\S+(?:\s\S+)*").fullmatch
_SPACE = re.compile(r"\s").search
_OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+").fullmatch
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_MONTH = re.compile(r"(?!0000)[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?").fullmatch
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_TIME = re.compile(_CLOCK).fullmatch
_TIME_AND_ZONE = re.compile(rf"T{_CLOCK}(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))").fullmatch
_NO_LINE = str.maketrans("", "", " \t\r\n")


def boolean(value: Any) -> bool:
    """A JSON boolean."""
    return value is True or value is False


def string(value: Any) -> bool:
    """Text, not empty, of at most 1 MB; U+0000 can't be written in XML, nor kept in a database."""
    return type(value) is str and 0 < len(value) <= TEXT and "\0" not in value


def code(value: Any) -> bool:
    """Text without white space at either end, or two of them together."""
    return type(value) is str and "\0" not in value and _CODE(value) is not None


def identifier(value: Any) -> bool:
    """``id``: letters, digits, ``-`` and ``.``, at most 64."""
    return type(value) is str and _ID(value) is not None


def uri(value: Any) -> bool:
    """Text without white space: R4 asks no more of ``uri``, ``url`` and ``canonical``."""
    if type(value) is not str or not value:
        return False
    if value.isprintable():
        return " " not in value
    return "\0" not in value and _SPACE(value) is None


def oid(value: Any) -> bool:
    """``urn:oid:`` and an object identifier."""
    return type(value) is str and _OID(value) is not None


def uuid(value: Any) -> bool:
    """``urn:uuid:`` and a UUID in lower case."""
    return type(value) is str and _UUID(value) is not None


def integer(value: Any) -> bool:
    """A whole number of 32 bits."""
    if type(value) is int:
        return -LARGEST - 1 <= value <= LARGEST
    return type(value) is Exact and value.text == "-0"


def unsigned(value: Any) -> bool:
    """``unsignedInt``: 0 or more."""
    return type(value) is int and 0 <= value <= LARGEST


def positive(value: Any) -> bool:
    """``positiveInt``: 1 or more."""
    return type(value) is int and 0 < value <= LARGEST


def decimal(value: Any) -> bool:
    """Any JSON number."""
    kind = type(value)
    if kind is int or kind is Decimal or kind is Exact:
        return True
    return kind is float and value - value == 0.0  # neither infinite nor "not a number"


def day(value: Any) -> bool:
    """``date``: a year, a month or a day that the calendar has."""
    if type(value) is not str:
        return False
    if len(value) != 10:
        return _MONTH(value) is not None
    return _real(value)


def date_time(value: Any) -> bool:
    """``dateTime``: a ``date``, or a day with the time to the second and the zone."""
    if type(value) is not str:
        return False
    if len(value) <= 10:
        return day(value)
    return _TIME_AND_ZONE(value, 10) is not None and _real(value[:10])


def instant(value: Any) -> bool:
    """``instant``: a day with the time to the second and the zone."""
    return (
        type(value) is str
        and len(value) > 10
        and _TIME_AND_ZONE(value, 10) is not None
        and _real(value[:10])
    )


def time(value: Any) -> bool:
    """``time``: to the second, without a zone."""
    return type(value) is str and _TIME(value) is not None


def base64(value: Any) -> bool:
    """``base64Binary``: RFC 4648 with padding; white space is let through."""
    if type(value) is not str or not value or not value.isascii():
        return False
    return _padded(value) or (_SPACE(value) is not None and _padded(value.translate(_NO_LINE)))


def _padded(text: str) -> bool:
    try:
        return bool(binascii.a2b_base64(text, strict_mode=True))
    except binascii.Error:
        return False


def _real(text: str) -> bool:
    if text[4] != "-" or text[7] != "-":  # fromisoformat also reads weeks
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return text.isascii()


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "base64Binary": base64,
        "boolean": boolean,
        "canonical": uri,
        "code": code,
        "date": day,
        "dateTime": date_time,
        "decimal": decimal,
        "id": identifier,
        "instant": instant,
        "integer": integer,
        "markdown": string,
        "oid": oid,
        "positiveInt": positive,
        "string": string,
        "time": time,
        "unsignedInt": unsigned,
        "uri": uri,
        "url": uri,
        "uuid": uuid,
    }
)
"""The check of each primitive type; ``xhtml`` is in ``bevan.fhir.narrative``."""

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "base64Binary": "base64 (RFC 4648)",
        "boolean": "true or false",
        "canonical": "an address without white space",
        "code": "text without white space at either end, single spaces within",
        "date": "YYYY, YYYY-MM or YYYY-MM-DD, a day that exists",
        "dateTime": "YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+zz:zz, a day that exists",
        "decimal": "a number",
        "id": "1 to 64 letters, digits, '-' and '.'",
        "instant": "YYYY-MM-DDThh:mm:ss+zz:zz, a day that exists",
        "integer": "a whole number of 32 bits",
        "markdown": "text, not empty, at most 1 MB",
        "oid": "urn:oid: and an object identifier",
        "positiveInt": "a whole number from 1 to 2147483647",
        "string": "text, not empty, at most 1 MB",
        "time": "hh:mm:ss",
        "unsignedInt": "a whole number from 0 to 2147483647",
        "uri": "an address without white space",
        "url": "an address without white space",
        "uuid": "urn:uuid: and a UUID in lower case",
        "xhtml": "a div of basic XHTML",
    }
)
"""What to tell a person whose value isn't of the type."""


def period(text: str) -> tuple[datetime, datetime] | None:
    """The first moment that a date or dateTime may mean, and the first after it; in UTC.

    A date has no zone: its span is widened to what it is anywhere on earth, so that comparing two
    spans never finds a fault that isn't one. None when the text is no date.
    """
    try:
        if len(text) > 10:
            return _moment(text)
        start = date.fromisoformat((text + "-01-01")[:10])
        if len(text) == 4:
            days = 366 if calendar.isleap(start.year) else 365
        else:
            days = calendar.monthrange(start.year, start.month)[1] if len(text) == 7 else 1
        first = datetime(start.year, start.month, start.day, tzinfo=timezone(timedelta(hours=14)))
        return first.astimezone(UTC), (first + timedelta(days=days, hours=26)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _moment(text: str) -> tuple[datetime, datetime]:
    whole, dot, rest = text.partition(".")
    leap = whole[17:19] == "60"
    fraction = re.match(r"[0-9]*", rest)
    digits = fraction[0] if fraction else ""
    zone = rest[len(digits) :] if dot else whole[19:]
    clock = whole[:17] + ("59" if leap else whole[17:19])
    start = datetime.fromisoformat(clock + (zone or "Z").replace("Z", "+00:00")).astimezone(UTC)
    start += timedelta(seconds=leap, microseconds=int((digits + "000000")[:6]))
    return start, start + timedelta(microseconds=10 ** max(0, 6 - len(digits)))
