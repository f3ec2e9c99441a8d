"""The JSON of a FHIR type as the typed values of a kind of search parameter (FHIR R4 3.1.1.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from bevan.fhir.extraction import dates, quantities, strings
from bevan.fhir.extraction.values import (
    DateValue,
    NumberValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
    Value,
)
from bevan.fhir.parameters import Kind

LOCAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/([A-Za-z0-9\-.]{1,64}))?")
"""`Type/id` and `Type/id/_history/version`."""
_TAIL = re.compile(r"/([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?$")

Reader = Callable[[Any], Iterable[Value]]


def coding(value: Mapping[str, Any]) -> Iterator[TokenValue]:
    """A Coding: its code and system, and the display as text."""
    yield TokenValue(value.get("system"), value.get("code"), value.get("display"))


def concept(value: Mapping[str, Any]) -> Iterator[TokenValue]:
    """A CodeableConcept: each coding, then the text by itself."""
    for item in value.get("coding", ()):
        yield from coding(item)
    if "text" in value:
        yield TokenValue(None, None, value["text"])


def identifier(value: Mapping[str, Any]) -> Iterator[TokenValue]:
    """An Identifier: system and value, the text of its type, and the type's codings."""
    kind = value.get("type", {})
    types = tuple((item.get("system"), item.get("code")) for item in kind.get("coding", ()))
    yield TokenValue(value.get("system"), value.get("value"), kind.get("text"), types)


def contact(value: Mapping[str, Any]) -> Iterator[TokenValue]:
    """A ContactPoint: its value; phone, email and so on aren't systems of a token."""
    yield TokenValue(None, value.get("value"))


def boolean(value: bool) -> Iterator[TokenValue]:
    """A boolean: `true` or `false`."""
    yield TokenValue(None, "true" if value else "false")


def plain(value: object) -> Iterator[TokenValue]:
    """A string, uri or number searched as a token."""
    yield TokenValue(None, str(value))


def reference(value: Mapping[str, Any], bases: tuple[str, ...] = ()) -> Iterator[ReferenceValue]:
    """A Reference. One to a contained resource has neither id nor url, so it is found by nothing
    but its identifier.
    """
    text = value.get("reference", "")
    logical = next(identifier(value["identifier"])) if "identifier" in value else None
    type, id, url, version = located(text, bases)
    yield ReferenceValue(type or value.get("type"), id, url, version, logical, value.get("display"))


def located(
    text: str, bases: tuple[str, ...] = ()
) -> tuple[str | None, str | None, str | None, str | None]:
    """(type, id, url, version) of a reference's text. `bases` are this server's own addresses."""
    for base in bases:
        if text.startswith(base):
            text = text[len(base) :].lstrip("/")
            break
    local = LOCAL.fullmatch(text)
    if local is not None:
        return local[1], local[2], None, local[3]
    if not text or text.startswith("#"):
        return None, None, None, None
    tail = _TAIL.search(text)
    if tail is None:
        return None, None, text, None
    url, _, version = text.partition("/_history/")
    return tail[1], None, url, version or None


def canonical(value: str) -> Iterator[ReferenceValue]:
    """A canonical or uri as a reference: the URL, and the version after `|`."""
    url, _, version = value.partition("|")
    yield ReferenceValue(None, None, url, version or None)


def resource(value: Mapping[str, Any]) -> Iterator[ReferenceValue]:
    """A resource inside another (the first entry of a Bundle), by its own id."""
    yield ReferenceValue(value.get("resourceType"), value.get("id"), None)


def uri(value: str) -> Iterator[UriValue]:
    """A uri; of a canonical the version is kept apart."""
    yield UriValue(value)


def versioned(value: str) -> Iterator[UriValue]:
    """A canonical: the URL, and the version after `|`."""
    url, _, version = value.partition("|")
    yield UriValue(url, version or None)


def _stretched(read: Callable[[Any], dates.Stretch | None]) -> Reader:
    def reader(value: Any) -> Iterator[DateValue]:
        found = read(value)
        if found is not None:
            yield DateValue(*found)

    return reader


def _measured(read: Callable[[Any], QuantityValue | None]) -> Reader:
    def reader(value: Any) -> Iterator[QuantityValue]:
        found = read(value)
        if found is not None:
            yield found

    return reader


def _spanned(value: Mapping[str, Any]) -> Iterator[NumberValue]:
    found = quantities.ranged(value)
    if found is not None:
        yield NumberValue(found.low, found.low, found.high)


def _spelled(read: Callable[[Any], Iterable[str]]) -> Reader:
    return lambda value: (StringValue(text) for text in read(value))


def _itself(value: str) -> tuple[str]:
    return (value,)


_NUMBERS = ("integer", "decimal", "positiveInt", "unsignedInt")
_QUANTITIES = ("Quantity", "Age", "Duration", "Distance", "Count", "Money", "MoneyQuantity")
_URIS = ("uri", "url", "oid", "uuid", "id")

_READERS: dict[Kind, dict[str, Reader]] = {
    "token": {
        "Coding": coding,
        "CodeableConcept": concept,
        "Identifier": identifier,
        "ContactPoint": contact,
        "boolean": boolean,
        **dict.fromkeys(("code", "string", "canonical", *_URIS, *_NUMBERS), plain),
    },
    "reference": {
        "Reference": reference,
        "Resource": resource,
        **dict.fromkeys(("canonical", *_URIS), canonical),
    },
    "date": {
        **dict.fromkeys(("date", "dateTime", "instant"), _stretched(dates.instant)),
        "Period": _stretched(dates.period),
        "Timing": _stretched(dates.timing),
    },
    "number": {
        **dict.fromkeys(_NUMBERS, lambda value: (quantities.number(value),)),
        "Range": _spanned,
    },
    "quantity": {
        **dict.fromkeys((*_QUANTITIES, "SimpleQuantity"), _measured(quantities.quantity)),
        "Range": _measured(quantities.ranged),
        "SampledData": _measured(quantities.sampled),
    },
    "string": {
        **dict.fromkeys(("string", "markdown", "code", "canonical", *_URIS), _spelled(_itself)),
        "HumanName": _spelled(strings.name_parts),
        "Address": _spelled(strings.address_parts),
    },
    "uri": {**dict.fromkeys(_URIS, uri), "canonical": versioned},
}
READERS: Mapping[Kind, Mapping[str, Reader]] = MappingProxyType(_READERS)
"""kind of parameter → FHIR type → its typed values. A pair that isn't here has none."""
