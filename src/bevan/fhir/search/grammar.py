"""From the text after the question mark to a `Query` (FHIR R4 3.1.1)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

from bevan.fhir.outcome import Issue
from bevan.fhir.parameters import Registry
from bevan.fhir.search.conditions import condition
from bevan.fhir.search.directives import DIRECTIVES, Directives
from bevan.fhir.search.query import Condition, Query
from bevan.fhir.search.refusal import SearchRefused, refuse

MOST_PAIRS = 200
# Of all parameters together: more would keep a process busy with reading them alone.
MOST_VALUES = 10_000
# Answered by the HTTP layer, which has already acted on them.
ELSEWHERE = frozenset({"_format", "_pretty"})


def parse(registry: Registry, type: str | None, query: str, lenient: bool = False) -> Query:
    """Read a query string for a search on `type` (None: all types).

    Raises SearchRefused with one Issue for each part that isn't understood: an unknown parameter,
    a modifier that it can't have, a value that isn't of its kind. A lenient reading leaves those
    parts out and lists them in `Query.ignored` instead.
    """
    if type is not None and registry.find(type, "_id") is None:
        raise refuse(type, f"“{type}” is not a type of resource.", "not-supported")
    conditions: list[Condition] = []
    directives = Directives(registry, type)
    understood: list[tuple[str, str]] = []
    faults: list[Issue] = []
    for key, text in pairs(query):
        try:
            if key.partition(":")[0] in DIRECTIVES:
                directives.take(key, text)
            else:
                conditions.append(condition(registry, type or "", key, text))
        except SearchRefused as refused:
            faults.extend(refused.issues)
            continue
        understood.append((key, text))
    if faults and not lenient:
        raise SearchRefused(faults)
    return directives.query(
        conditions=tuple(conditions), pairs=tuple(understood), ignored=_warnings(faults)
    )


def pairs(query: str) -> Iterator[tuple[str, str]]:
    """The decoded names and values of a query string, in their order.

    Raises SearchRefused when it isn't percent-encoded UTF-8 or holds too many of them.
    """
    try:
        found = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MOST_PAIRS)
    except (UnicodeDecodeError, ValueError) as error:
        raise refuse(
            "query",
            "The query string can't be read: is it percent-encoded UTF-8, "
            f"with at most {MOST_PAIRS} parameters?",
        ) from error
    if sum(text.count(",") for _, text in found) + len(found) > MOST_VALUES:
        raise refuse("query", f"A search has at most {MOST_VALUES} values.", "too-costly")
    for key, text in found:
        if key in ELSEWHERE:
            continue
        if "\0" in key or "\0" in text:
            raise refuse("query", "The query string holds a NUL character.")
        yield key, text


def _warnings(faults: list[Issue]) -> tuple[Issue, ...]:
    return tuple(
        Issue("warning", fault.code, fault.expression, f"Ignored: {fault.text}") for fault in faults
    )
