"""The parameters that shape the answer rather than select: order, size, includes, parts."""

from __future__ import annotations

from typing import Any, TypeVar

from bevan.fhir.outcome import Issue
from bevan.fhir.parameters import Parameter, Registry
from bevan.fhir.search.conditions import known
from bevan.fhir.search.query import Condition, Include, Query, Sort, Summary, Total
from bevan.fhir.search.refusal import refuse

V = TypeVar("V")

MOST_PER_PAGE = 1_000
MOST_SORT_KEYS = 5
TOTALS: dict[str, Total] = {"none": "none", "estimate": "estimate", "accurate": "accurate"}
SUMMARIES: dict[str, Summary] = {
    "false": "false",
    "true": "true",
    "text": "text",
    "data": "data",
    "count": "count",
}


class Directives:
    """Gathers result parameters one by one and ends as a `Query`."""

    def __init__(self, registry: Registry, type: str | None) -> None:
        self._registry = registry
        self._type = type
        self._found: dict[str, Any] = {}
        self._includes: list[Include] = []

    def take(self, key: str, text: str) -> None:
        """Read one result parameter; raises SearchRefused when its value can't be used."""
        name, _, modifier = key.partition(":")
        if name in ("_include", "_revinclude"):
            self._includes.append(self._include(name, key, modifier, text))
            return
        if modifier:
            raise refuse(key, f"“{name}” has no modifier “:{modifier}”.", "not-supported")
        if name in self._found:
            raise refuse(key, f"“{name}” may be given once.")
        self._found[name] = getattr(self, DIRECTIVES[name])(text)

    def query(
        self,
        conditions: tuple[Condition, ...],
        pairs: tuple[tuple[str, str], ...],
        ignored: tuple[Issue, ...],
    ) -> Query:
        """What was gathered, together with the conditions."""
        found = self._found
        return Query(
            type=self._type,
            conditions=conditions,
            sort=found.get("_sort", ()),
            includes=tuple(self._includes),
            count=found.get("_count"),
            total=found.get("_total"),
            summary=found.get("_summary", "false"),
            elements=found.get("_elements", ()),
            types=found.get("_type", ()),
            page=found.get("_page", ""),
            explain=found.get("_explain", False),
            pairs=pairs,
            ignored=ignored,
        )

    def _sort(self, text: str) -> tuple[Sort, ...]:
        keys = text.split(",")
        if len(keys) > MOST_SORT_KEYS:
            raise refuse("_sort", f"There are at most {MOST_SORT_KEYS} sort keys.", "too-costly")
        return tuple(self._key(each) for each in keys)

    def _key(self, text: str) -> Sort:
        parameter = known(self._registry, self._type or "", text.removeprefix("-"))
        if parameter.type == "composite":
            raise refuse("_sort", f"There is no order by “{parameter.code}”.", "not-supported")
        return Sort(parameter, text.startswith("-"))

    def _count(self, text: str) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise refuse("_count", f"“_count” is a whole number, not “{text}”.", "value")
        # A larger page than we give is no error: the answer is shorter and has a next link.
        return min(int(text), MOST_PER_PAGE)

    def _total(self, text: str) -> Total:
        return _one("_total", TOTALS, text)

    def _summary(self, text: str) -> Summary:
        return _one("_summary", SUMMARIES, text)

    def _elements(self, text: str) -> tuple[str, ...]:
        names = tuple(each.strip().partition(".")[2] or each.strip() for each in text.split(","))
        if not all(name.isidentifier() for name in names):
            raise refuse("_elements", "“_elements” is a list of element names.", "value")
        return names

    def _types(self, text: str) -> tuple[str, ...]:
        if self._type is not None:
            raise refuse("_type", "“_type” belongs to a search on all types.", "not-supported")
        types = tuple(text.split(","))
        for each in types:
            if self._registry.find(each, "_id") is None:
                raise refuse("_type", f"“{each}” is not a type of resource.", "value")
        return types

    def _page(self, text: str) -> str:
        return text

    def _explain(self, text: str) -> bool:
        return _one("_explain", {"true": True, "false": False}, text)

    def _contained(self, text: str) -> str:
        if text != "false":
            raise refuse("_contained", "“_contained” can only be false.", "not-supported")
        return text

    def _include(self, name: str, key: str, modifier: str, text: str) -> Include:
        if modifier not in ("", "iterate"):
            raise refuse(key, f"“{name}” has no modifier “:{modifier}”.", "not-supported")
        iterate, reverse = modifier == "iterate", name == "_revinclude"
        if text == "*":
            source = "" if reverse or iterate else self._type or ""
            return Include(source, None, "", iterate, reverse)
        source, _, rest = text.partition(":")
        code, _, target = rest.partition(":")
        if not source or not code:
            raise refuse(key, f"“{name}” is written Type:parameter, not “{text}”.", "value")
        if code == "*":
            known(self._registry, source, "_id")
            return Include(source, None, target, iterate, reverse)
        return Include(source, self._link(key, source, code, target), target, iterate, reverse)

    def _link(self, key: str, source: str, code: str, target: str) -> Parameter:
        parameter = known(self._registry, source, code)
        if parameter.type != "reference":
            raise refuse(key, f"“{code}” of {source} is not a reference.", "value")
        if target and parameter.targets and target not in parameter.targets:
            raise refuse(key, f"“{code}” of {source} never refers to “{target}”.", "value")
        return parameter


DIRECTIVES = {
    "_sort": "_sort",
    "_count": "_count",
    "_total": "_total",
    "_summary": "_summary",
    "_elements": "_elements",
    "_type": "_types",
    "_page": "_page",
    "_contained": "_contained",
    "_explain": "_explain",
    "_include": "_include",
    "_revinclude": "_include",
}


def _one(key: str, allowed: dict[str, V], text: str) -> V:
    found = allowed.get(text)
    if found is None:
        raise refuse(key, f"“{key}” is one of {', '.join(allowed)}, not “{text}”.", "value")
    return found
