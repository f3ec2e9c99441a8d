"""What comes along with the matches: resources that they refer to, or that refer to them.

What the Scope doesn't show isn't included, and a masked reference leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bevan.fhir.extraction import ReferenceValue
from bevan.fhir.parameters import Parameter, Registry
from bevan.fhir.search.query import Include, Match
from bevan.fhir.search.refusal import SearchTooCostly, too_costly
from bevan.fhir.search.values import Uri
from bevan.record.scope import Scope
from bevan.record.search.hits import Finder, Hit, is_covert
from bevan.record.search.plan import Planner
from bevan.record.search.resolved import Identified, Linked, Resolved
from bevan.record.search.source import Source
from bevan.record.search.terms import Terms

MOST_INCLUDED = 5_000
MOST_ROUNDS = 16

_Links = dict[str, set[str]]


class Includer:
    """Follows `_include` and `_revinclude`."""

    def __init__(self, registry: Registry, planner: Planner, finder: Finder, terms: Terms) -> None:
        self._registry = registry
        self._planner = planner
        self._finder = finder
        self._terms = terms

    async def included(
        self,
        source: Source,
        scope: Scope,
        includes: Sequence[Include],
        matches: Sequence[Hit],
        now: int,
    ) -> list[Hit]:
        """The included resources, each once and none that is a match itself.

        Raises SearchTooCostly when there would be more than MOST_INCLUDED of them.
        """
        known = {hit.rkey for hit in matches}
        found: list[Hit] = []
        fresh, wanted = list(matches), list(includes)
        for _ in range(MOST_ROUNDS):
            if not fresh or not wanted:
                break
            new: dict[int, Hit] = {}
            for include in wanted:
                for hit in await self._follow(source, scope, include, fresh, now):
                    if hit.rkey not in known:
                        new[hit.rkey] = hit
            known |= new.keys()
            fresh = sorted(new.values(), key=lambda hit: hit.rkey)
            found += fresh
            if len(found) > MOST_INCLUDED:
                raise too_costly(f"More than {MOST_INCLUDED} resources would be included.")
            wanted = [include for include in includes if include.iterate]
        return found

    async def _follow(
        self,
        source: Source,
        scope: Scope,
        include: Include,
        hits: Sequence[Hit],
        now: int,
    ) -> list[Hit]:
        found: list[Hit] = []
        asked = (
            self._backward(scope, include, hits)
            if include.reverse
            else self._forward(scope, include, hits)
        )
        for type, condition in asked:
            if not scope.may_read(type):
                continue
            plan = self._planner.plan(scope, type, (condition,), now)
            try:
                found += await self._finder.everything(source, scope, plan, MOST_INCLUDED)
            except SearchTooCostly as error:
                raise too_costly(
                    f"More than {MOST_INCLUDED} resources would be included."
                ) from error
        return found

    def _forward(
        self, scope: Scope, include: Include, hits: Sequence[Hit]
    ) -> Iterator[tuple[str, Resolved]]:
        links: _Links = {}
        urls: set[str] = set()
        targets: set[str] = set()
        for parameter, sources in self._sources(include, hits):
            targets |= {include.target} if include.target else set(parameter.targets)
            for value in self._references(scope, parameter, sources):
                if value.url is not None:
                    urls.add(value.url)
                elif value.type and value.id and include.target in ("", value.type):
                    links.setdefault(value.type, set()).add(value.id)
        for type, ids in sorted(links.items()):
            if self._registry.find(type, "_id") is not None:
                yield type, Identified(tuple(sorted(ids)))
        for type in sorted(targets) if urls else ():
            parameter_url = self._registry.find(type, "url")
            if parameter_url is not None:
                yield type, Match(parameter_url, "", tuple(Uri(url) for url in sorted(urls)))

    def _sources(
        self, include: Include, hits: Sequence[Hit]
    ) -> Iterator[tuple[Parameter, list[Hit]]]:
        """Each reference parameter to follow, with the hits that may hold it."""
        by_type: dict[str, list[Hit]] = {}
        for hit in hits:
            if include.source in ("", hit.type):
                by_type.setdefault(hit.type, []).append(hit)
        for type, mine in by_type.items():
            for parameter in self._links_of(type, include):
                yield parameter, mine

    def _links_of(self, type: str, include: Include) -> Iterable[Parameter]:
        if include.parameter is not None:
            return (include.parameter,)
        return [each for each in self._registry.of(type).values() if each.type == "reference"]

    def _references(
        self, scope: Scope, parameter: Parameter, hits: Sequence[Hit]
    ) -> Iterator[ReferenceValue]:
        hidden = self._terms.hidden(scope, parameter)
        if hidden and scope.covert is None:
            return
        decode = self._finder.decoders.of([self._terms.shapes.of(parameter).keys])
        for hit in hits:
            if hidden and is_covert(scope, hit):
                continue
            resource: Mapping[str, Any] = decode(hit.content)
            for value in self._terms.extractor.values(resource, parameter.resource, parameter.code):
                if isinstance(value, ReferenceValue):
                    yield value

    def _backward(
        self, scope: Scope, include: Include, hits: Sequence[Hit]
    ) -> Iterator[tuple[str, Resolved]]:
        targets = [hit for hit in hits if include.target in ("", hit.type)]
        types = (include.source,) if include.source else self._registry.definitions.resource_types
        for type in types:
            for parameter in self._links_of(type, include):
                aims = [
                    hit for hit in targets if not parameter.targets or hit.type in parameter.targets
                ]
                if aims:
                    yield type, _linked(parameter, aims)


def _linked(parameter: Parameter, hits: Sequence[Hit]) -> Linked:
    people = [hit.patient for hit in hits if hit.type == "Patient" and hit.patient is not None]
    return Linked(
        parameter,
        frozenset(f"{hit.type}/{hit.id}" for hit in hits),
        tuple(people) if len(people) == len(hits) else (),
    )
