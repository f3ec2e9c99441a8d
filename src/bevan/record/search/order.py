"""The order of matches: sort keys in SQL, and what comes after a place in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bevan.fhir.extraction import Extractor
from bevan.fhir.search.dates import micros
from bevan.fhir.search.query import Sort
from bevan.fhir.search.refusal import refuse
from bevan.record.scope import Scope
from bevan.record.search.columns import at
from bevan.record.search.cursor import Key, Place
from bevan.record.search.terms import Terms, about_covert
from bevan.record.visibility import Bind

# As numeric before adding: two doubles near the largest would overflow, and fail everybody's order.
NUMBER = (
    "case when n.hi = 'infinity' then n.lo::numeric when n.lo = '-infinity' then n.hi::numeric"
    " else (n.lo::numeric + n.hi::numeric) * 0.5 end"
)


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key in SQL: an expression of its type; `join` computes it where it isn't a column."""

    expression: str
    type: str
    descending: bool
    nullable: bool
    join: str = ""

    def encoded(self, value: Any) -> Key:
        """A value of the key as a cursor holds it."""
        if isinstance(value, datetime):
            # The beginning of time, where a period has no start, comes back without a zone.
            return micros(value if value.tzinfo else value.replace(tzinfo=UTC))
        if isinstance(value, Decimal):
            return str(value)
        found: Key = value
        return found

    def decoded(self, value: Key) -> object:
        """The other way round. Raises ValueError for what can't be a value of the key."""
        if value is None:
            return None
        match self.type:
            case "timestamptz":
                return at(int(value))
            case "numeric":
                return Decimal(str(value))
            case "float8":
                return float(value)
        return str(value)


class Orders:
    """Makes sort keys of sort parameters."""

    def __init__(self, extractor: Extractor, terms: Terms) -> None:
        self._extractor = extractor
        self._terms = terms

    def keys(self, scope: Scope, sorts: Sequence[Sort], bind: Bind) -> list[SortKey] | None:
        """The keys in SQL; None when some key has to be read from the content.

        A masked parameter has no value, so it orders nothing: a constant null.
        """
        found: list[SortKey] = []
        for place, sort in enumerate(sorts):
            masked = self._terms.hidden(scope, sort.parameter)
            if masked and scope.covert is None:
                found.append(SortKey("null::text", "text", sort.descending, True))
                continue
            key = self._key(sort, f"o{place}", bind)
            if key is None:
                return None
            if masked:
                spared = (
                    f"case when {about_covert(scope, bind)} then null else {key.expression} end"
                )
                key = replace(key, expression=f"({spared})", nullable=True)
            found.append(key)
        return found

    def _key(self, sort: Sort, alias: str, bind: Bind) -> SortKey | None:
        parameter, descending = sort.parameter, sort.descending
        if parameter.code == "_lastUpdated":
            return SortKey("r.last_updated", "timestamptz", descending, False)
        if parameter.code == "_id":
            return SortKey("r.id", "text", descending, False)
        if not self._terms.whole:
            return None
        if parameter.type == "date" and self._terms.shapes.of(parameter).clinical:
            return SortKey("r.low", "timestamptz", descending, True)
        best = "max" if descending else "min"
        hashes = [self._extractor.hash(name) for name in parameter.index]
        match parameter.type:
            case "date":
                table, value, type = "idx_num n", f"{best}(n.lo)", "float8"
            case "number" | "quantity":
                table, value, type = "idx_num n", f"{best}({NUMBER})", "numeric"
            case "string":
                table, value, type = "idx_str n", f"{best}(n.val)", "text"
            case _:
                return None
        join = (
            f" left join lateral (select {value} as k from {table} where n.rkey = r.rkey"
            f" and n.hash = any({bind(hashes, 'bigint[]')})) {alias} on true"
        )
        return SortKey(f"{alias}.k", type, descending, True, join)


def fits(place: Place, keys: Sequence[SortKey]) -> None:
    """Raise SearchRefused if the values of a place can't be values of these keys."""
    try:
        for key, value in zip(keys, place.keys, strict=True):
            key.decoded(value)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise refuse("_page", "“_page” is not a cursor of this search.", "value") from error


def ordering(keys: Sequence[SortKey], *, few: bool = False) -> str:
    """What stands after ORDER BY; it always ends in the row key, so no two rows are equal.

    `few`: find the rows first, then order them. Written so, no index gives the order, and a plan
    made while a table was small can't end up walking all of it by row key later.
    """
    parts = [
        key.expression
        + (" desc" if key.descending else "")
        + (" nulls last" if key.nullable and key.descending else "")
        for key in keys
    ]
    return ", ".join((*parts, "r.rkey + 0" if few else "r.rkey"))


def after(keys: Sequence[SortKey], place: Place, bind: Bind) -> str:
    """The condition of coming after a place. Missing values come last in either direction."""
    condition = f"r.rkey > {bind(place.rkey, 'bigint')}"
    for key, encoded in reversed(list(zip(keys, place.keys, strict=True))):
        value = key.decoded(encoded)
        if value is None:
            condition = f"({key.expression} is null and {condition})"
            continue
        put = bind(value, key.type)
        sign = "<" if key.descending else ">"
        nulls = f" or {key.expression} is null" if key.nullable else ""
        condition = (
            f"({key.expression} {sign} {put}{nulls} or ({key.expression} = {put} and {condition}))"
        )
        if not key.nullable:
            # Says nothing new, but is a bound that an index can start from.
            condition = f"({key.expression} {sign}= {put} and {condition})"
    return condition
