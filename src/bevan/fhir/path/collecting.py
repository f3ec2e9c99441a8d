"""Functions on whole collections: existence, subsets, combining (FHIRPath 2.0.0 §5.1, 5.3, 5.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bevan.fhir.path.element import Items, distinct, key
from bevan.fhir.path.errors import PathFailed
from bevan.fhir.path.input import Input
from bevan.fhir.path.single import strict, whole


def _empty(given: Input) -> Items:
    return [not given.items]


def _count(given: Input) -> Items:
    return [len(given.items)]


def _booleans(given: Input, name: str) -> list[bool]:
    found = [strict([item], name) for item in given.items]
    return [value for value in found if value is not None]


def _all_true(given: Input) -> Items:
    return [all(_booleans(given, "allTrue()"))]


def _any_true(given: Input) -> Items:
    return [any(_booleans(given, "anyTrue()"))]


def _all_false(given: Input) -> Items:
    return [not any(_booleans(given, "allFalse()"))]


def _any_false(given: Input) -> Items:
    return [not all(_booleans(given, "anyFalse()"))]


def _subset(given: Input, other: Items) -> Items:
    return [{key(item) for item in given.items} <= {key(item) for item in other}]


def _superset(given: Input, other: Items) -> Items:
    return [{key(item) for item in given.items} >= {key(item) for item in other}]


def _distinct(given: Input) -> Items:
    return distinct(given.items)


def _is_distinct(given: Input) -> Items:
    return [len(distinct(given.items)) == len(given.items)]


def _first(given: Input) -> Items:
    return given.items[:1]


def _last(given: Input) -> Items:
    return given.items[-1:]


def _tail(given: Input) -> Items:
    return given.items[1:]


def _single(given: Input) -> Items:
    if len(given.items) > 1:
        raise PathFailed(f"single() was given {len(given.items)} items")
    return given.items


def _skip(given: Input, number: Items) -> Items:
    return given.items[max(0, whole(number, "skip()") or 0) :]


def _take(given: Input, number: Items) -> Items:
    return given.items[: max(0, whole(number, "take()") or 0)]


def _intersect(given: Input, other: Items) -> Items:
    kept = {key(item) for item in other}
    return distinct([item for item in given.items if key(item) in kept])


def _exclude(given: Input, other: Items) -> Items:
    dropped = {key(item) for item in other}
    return [item for item in given.items if key(item) not in dropped]


def _union(given: Input, other: Items) -> Items:
    return distinct(given.items + other)


def _combine(given: Input, other: Items) -> Items:
    return given.items + other


FUNCTIONS: Mapping[str, tuple[Callable[..., Items], int, int, str]] = MappingProxyType(
    {
        "empty": (_empty, 0, 0, "Boolean"),
        "count": (_count, 0, 0, "Integer"),
        "allTrue": (_all_true, 0, 0, "Boolean"),
        "anyTrue": (_any_true, 0, 0, "Boolean"),
        "allFalse": (_all_false, 0, 0, "Boolean"),
        "anyFalse": (_any_false, 0, 0, "Boolean"),
        "subsetOf": (_subset, 1, 1, "Boolean"),
        "supersetOf": (_superset, 1, 1, "Boolean"),
        "distinct": (_distinct, 0, 0, "="),
        "isDistinct": (_is_distinct, 0, 0, "Boolean"),
        "first": (_first, 0, 0, "="),
        "last": (_last, 0, 0, "="),
        "tail": (_tail, 0, 0, "="),
        "single": (_single, 0, 0, "="),
        "skip": (_skip, 1, 1, "="),
        "take": (_take, 1, 1, "="),
        "intersect": (_intersect, 1, 1, "="),
        "exclude": (_exclude, 1, 1, "="),
        "union": (_union, 1, 1, ""),
        "combine": (_combine, 1, 1, ""),
    }
)
