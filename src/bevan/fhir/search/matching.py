"""Whether content really matches: hashes and bounds propose, the values in the content decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bevan.fhir import units
from bevan.fhir.extraction import Extractor
from bevan.fhir.extraction import values as found_values
from bevan.fhir.extraction.strings import normalise
from bevan.fhir.search.codes import asks_for_codes
from bevan.fhir.search.comparisons import converted_matches, date_matches, number_matches
from bevan.fhir.search.near import is_near
from bevan.fhir.search.query import Match
from bevan.fhir.search.values import (
    Composite,
    Moment,
    Near,
    Number,
    Quantity,
    Reference,
    Text,
    Token,
    TypedIdentifier,
    Uri,
    Value,
)

Resource = Mapping[str, Any]
Predicate = Callable[[Resource], bool]
Found = found_values.Value


def predicate(extractor: Extractor, match: Match, now: int) -> Predicate:
    """A function that tells whether a resource meets `match`.

    It reads the parameter's values from the content. `now` (microseconds) is for `ap`.
    """
    type, code = match.parameter.resource, match.parameter.code
    if match.modifier == "missing":
        return lambda resource: (not extractor.values(resource, type, code)) is match.missing
    if asks_for_codes(match):
        raise ValueError("terminology must say first which codes are meant")
    if match.parameter.type == "special":
        return lambda resource: any(
            isinstance(wanted, Near) and is_near(wanted, resource) for wanted in match.values
        )
    test = _test(match, now)
    if match.modifier == "not":
        return lambda resource: not any(map(test, extractor.values(resource, type, code)))
    return lambda resource: any(map(test, extractor.values(resource, type, code)))


def _test(match: Match, now: int) -> Callable[[Found], bool]:
    """Whether one value found is one of those wanted."""
    tests = [_one(match.modifier, wanted, now) for wanted in match.values]
    if len(tests) == 1:
        return tests[0]
    return lambda found: any(test(found) for test in tests)


def _one(modifier: str, wanted: Value, now: int) -> Callable[[Found], bool]:
    match wanted:
        case Token():
            if modifier == "identifier":
                return lambda found: _identifier(wanted, found)
            return lambda found: token_matches(wanted, found)
        case TypedIdentifier():
            return lambda found: _typed(wanted, found)
        case Text():
            return _words(modifier, wanted.text)
        case Moment():
            return lambda found: (
                isinstance(found, found_values.DateValue) and date_matches(wanted, found, now)
            )
        case Number():
            return lambda found: (
                isinstance(found, found_values.NumberValue) and number_matches(wanted, found)
            )
        case Quantity():
            return lambda found: quantity_matches(wanted, found)
        case Reference():
            return lambda found: reference_matches(wanted, found)
        case Uri():
            return lambda found: _uri(modifier, wanted.uri, found)
        case Composite():
            return _composite(wanted, now)
        case Near():
            raise TypeError("a place is compared with the whole resource")


def token_matches(wanted: Token, found: Found) -> bool:
    """Code and system are equal, case included; a system left out matches any."""
    if not isinstance(found, found_values.TokenValue) or found.code is None:
        return False
    if wanted.code is not None and wanted.code != found.code:
        return False
    return wanted.system is None or wanted.system == (found.system or "")


def _identifier(wanted: Token, found: Found) -> bool:
    return (
        isinstance(found, found_values.ReferenceValue)
        and found.identifier is not None
        and token_matches(wanted, found.identifier)
    )


def _typed(wanted: TypedIdentifier, found: Found) -> bool:
    return (
        isinstance(found, found_values.TokenValue)
        and found.code == wanted.value
        and (wanted.system, wanted.code) in found.types
    )


def _words(modifier: str, text: str) -> Callable[[Found], bool]:
    if modifier == "exact":
        return lambda found: isinstance(found, found_values.StringValue) and found.text == text
    plain = normalise(text)
    if modifier == "contains":
        return lambda found: (
            isinstance(found, found_values.StringValue) and plain in normalise(found.text)
        )
    if modifier == "text":
        return lambda found: (
            isinstance(found, found_values.TokenValue)
            and found.text is not None
            and normalise(found.text).startswith(plain)
        )
    return lambda found: (
        isinstance(found, found_values.StringValue) and normalise(found.text).startswith(plain)
    )


def quantity_matches(wanted: Quantity, found: Found) -> bool:
    """The number stands as the prefix says, in the unit asked for: its code, or else its words.

    Two UCUM units of one dimension are converted; without a system the unit is taken as written.
    """
    if not isinstance(found, found_values.QuantityValue):
        return False
    if wanted.system is not None and wanted.system != found.system:
        return False
    ours, theirs = units.find(wanted.system, wanted.unit), units.find(found.system, found.code)
    if ours is not None and theirs is not None:
        return ours.dimension == theirs.dimension and converted_matches(
            wanted.number, found, ours.factor / theirs.factor
        )
    words = found.unit if wanted.system is None else None
    if wanted.unit is not None and wanted.unit not in (found.code, words):
        return False
    return number_matches(wanted.number, found)


def reference_matches(wanted: Reference, found: Found) -> bool:
    """The link is to that resource of this server, or to that URL (of any version)."""
    if isinstance(found, found_values.UriValue):
        return bool(wanted.url) and _canonical(wanted.url, found.uri, found.version)
    if not isinstance(found, found_values.ReferenceValue):
        return False
    if wanted.url:
        return found.url is not None and _canonical(wanted.url, found.url, found.version)
    if found.url is not None:
        # A canonical may be relative; then it is written as a reference is.
        return found.url == f"{wanted.type}/{wanted.id}"
    return found.id == wanted.id and (not wanted.type or found.type == wanted.type)


def _canonical(wanted: str, uri: str, version: str | None) -> bool:
    if wanted == uri:
        return True
    return version is not None and wanted == f"{uri}|{version}"


def _uri(modifier: str, wanted: str, found: Found) -> bool:
    if not isinstance(found, found_values.UriValue):
        return False
    if modifier == "below":
        return found.uri == wanted or found.uri.startswith(wanted.rstrip("/") + "/")
    if modifier == "above":
        return found.uri == wanted or wanted.startswith(found.uri.rstrip("/") + "/")
    return _canonical(wanted, found.uri, found.version)


def _composite(wanted: Composite, now: int) -> Callable[[Found], bool]:
    tests: Sequence[Callable[[Found], bool]] = [_one("", part, now) for part in wanted.parts]

    def test(found: Found) -> bool:
        return isinstance(found, found_values.CompositeValue) and all(
            any(map(test, values)) for test, values in zip(tests, found.parts, strict=True)
        )

    return test
