"""Order by what no index holds in order: the keys are read from the content, in the process.

Only for few matches (see `Finder.everything`); the order is the one that SQL gives where it can:
missing values last in either direction, then the row key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cmp_to_key
from typing import Any

from bevan.fhir.extraction import (
    DateValue,
    Extractor,
    NumberValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
    Value,
)
from bevan.fhir.extraction.strings import normalise
from bevan.fhir.parameters import Parameter
from bevan.fhir.search.dates import stretch
from bevan.fhir.search.query import Sort
from bevan.fhir.search.refusal import refuse
from bevan.record.scope import Scope
from bevan.record.search.cursor import Key, Place
from bevan.record.search.decoding import Decoders
from bevan.record.search.hits import Hit, Slice, is_covert
from bevan.record.search.terms import Terms


class Sorter:
    """Sorts hits by content."""

    def __init__(self, extractor: Extractor, terms: Terms, decoders: Decoders) -> None:
        self._extractor = extractor
        self._terms = terms
        self._decoders = decoders

    def page(
        self,
        scope: Scope,
        sorts: Sequence[Sort],
        hits: Iterable[Hit],
        place: Place | None,
        count: int,
    ) -> Slice:
        """The next `count` hits after `place`."""
        ordered = self._ordered(scope, sorts, hits)
        descending = [sort.descending for sort in sorts]
        if place is not None:
            try:
                ordered = [
                    hit
                    for hit in ordered
                    if _compare(descending, _of(hit), (place.keys, place.rkey)) > 0
                ]
            except TypeError:
                text = "“_page” is not a cursor of this search."
                raise refuse("_page", text, "value") from None
        shown = ordered[:count]
        if len(ordered) <= count or not shown:
            return Slice(shown, None)
        return Slice(shown, Place(shown[-1].keys, shown[-1].rkey))

    def _ordered(self, scope: Scope, sorts: Sequence[Sort], hits: Iterable[Hit]) -> list[Hit]:
        keyed = [hit._replace(keys=self._keys(scope, sorts, hit)) for hit in hits]
        descending = [sort.descending for sort in sorts]

        def compare(left: Hit, right: Hit) -> int:
            return _compare(descending, _of(left), _of(right))

        return sorted(keyed, key=cmp_to_key(compare))

    def _keys(self, scope: Scope, sorts: Sequence[Sort], hit: Hit) -> tuple[Key, ...]:
        shapes = self._terms.shapes
        decode = self._decoders.of(
            [shapes.of(s.parameter).keys for s in sorts] + [frozenset(("meta",))]
        )
        resource = decode(hit.content)
        covered = scope.covert is None or is_covert(scope, hit)
        return tuple(
            None
            if covered and self._terms.hidden(scope, sort.parameter)
            else self._key(sort.parameter, sort.descending, resource)
            for sort in sorts
        )

    def _key(self, parameter: Parameter, descending: bool, resource: dict[str, Any]) -> Key:
        if parameter.code == "_lastUpdated":
            return stretch(resource["meta"]["lastUpdated"])[0]
        if parameter.code == "_id":
            return str(resource["id"])
        values = self._extractor.values(resource, parameter.resource, parameter.code)
        keys = [key for key in map(sort_key, values) if key is not None]
        if not keys:
            return None
        return max(keys) if descending else min(keys)


def sort_key(value: Value) -> Key:
    """What a value is sorted by; None for one that has no place in an order."""
    match value:
        case TokenValue(code=code):
            return code
        case ReferenceValue(type=type, id=id, url=url):
            return url or (f"{type}/{id}" if id else None)
        case DateValue(low=low):
            return low
        case NumberValue() | QuantityValue():
            return _middle(value)
        case StringValue(text=text):
            return normalise(text)
        case UriValue(uri=uri):
            return uri
    return None


def _middle(value: NumberValue | QuantityValue) -> float:
    """The number itself; of a range the middle, of an open one the end that it has."""
    if not value.high.is_finite():
        return float(value.low)
    if not value.low.is_finite():
        return float(value.high)
    return float((value.low + value.high) / 2)


def _of(hit: Hit) -> tuple[Sequence[Key], int]:
    return hit.keys, hit.rkey


def _compare(
    descending: Sequence[bool], left: tuple[Sequence[Key], int], right: tuple[Sequence[Key], int]
) -> int:
    for down, one, other in zip(descending, left[0], right[0], strict=True):
        if one == other:
            continue
        if one is None or other is None:
            return 1 if one is None else -1
        smaller = one < other  # type: ignore[operator]
        return 1 if smaller is down else -1
    return -1 if left[1] < right[1] else int(left[1] > right[1])
