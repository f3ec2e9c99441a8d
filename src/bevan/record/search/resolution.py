"""Chains and reverse chains, followed hop by hop under the same Scope.

A hop finds the resources at the other end, checked against their content, and hands on what they
are called. Where there are too many of them and the hop is between a person and their rows, it
becomes a semi-join instead; anywhere else the search is refused as too costly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bevan.fhir.extraction import ReferenceValue
from bevan.fhir.parameters import Parameter
from bevan.fhir.search.codes import Codes, plain
from bevan.fhir.search.query import Chain, Condition, Either, Has, Match
from bevan.fhir.search.refusal import SearchTooCostly, too_costly
from bevan.record.scope import Scope
from bevan.record.search.hits import Finder, Hit, is_covert
from bevan.record.search.plan import Planner
from bevan.record.search.resolved import Identified, Linked, Resolved, Within
from bevan.record.search.source import Source
from bevan.record.search.terms import Terms, Trust

# More than this many at the other end: join instead, if it can be done.
FEW = 1_000
# More than this many, and no way to join: refuse.
MOST = 10_000


_Branch = tuple[str, tuple[Condition, ...]]
_Group = tuple[Parameter, list[_Branch]]


class _Asked(NamedTuple):
    source: Source
    scope: Scope
    now: int


@dataclass(frozen=True, slots=True)
class _Hop:
    """What a hop looks for: rows of `type` that meet `conditions`, and how they can be joined."""

    type: str
    conditions: tuple[Resolved, ...]
    joins: bool


class Resolver:
    """Follows chains."""

    def __init__(self, planner: Planner, finder: Finder, terms: Terms, codes: Codes) -> None:
        self._planner = planner
        self._finder = finder
        self._terms = terms
        self._codes = codes

    async def resolve(
        self,
        source: Source,
        scope: Scope,
        type: str | None,
        conditions: Sequence[Condition],
        now: int,
    ) -> tuple[Resolved, ...]:
        """The conditions on rows of `type` with every chain replaced by what it found.

        Raises SearchTooCostly, and SearchRefused for codes that terminology doesn't know.
        """
        asked = _Asked(source, scope, now)
        return await self._resolved(asked, type or "", conditions)

    async def _resolved(
        self, asked: _Asked, type: str, conditions: Sequence[Condition]
    ) -> tuple[Resolved, ...]:
        found: list[Resolved] = []
        for condition in conditions:
            if isinstance(condition, Has):
                found.append(await self._has(asked, type, condition))
            elif isinstance(condition, Match):
                found.append(await plain(self._codes, condition))
            elif isinstance(condition, Either):
                found.append(condition)
        for parameter, branches in self._grouped(conditions):
            found.append(await self._chain(asked, parameter, branches))
        return tuple(found)

    def _grouped(self, conditions: Sequence[Condition]) -> list[_Group]:
        """Chains over one reference that a resource has just once become one hop with all of their
        conditions, which then find far fewer at the other end.
        """
        groups: list[_Group] = []
        for chain in conditions:
            if not isinstance(chain, Chain):
                continue
            mates = [
                group
                for group in groups
                if group[0] == chain.parameter
                and len(group[1]) == len(chain.branches) == 1
                and group[1][0][0] == chain.branches[0][0]
                and self._terms.shapes.of(chain.parameter).single
            ]
            if mates:
                type, others = mates[0][1][0]
                mates[0][1][0] = (type, (*others, chain.branches[0][1]))
            else:
                branches: list[_Branch] = [(type, (inner,)) for type, inner in chain.branches]
                groups.append((chain.parameter, branches))
        return groups

    async def _chain(
        self,
        asked: _Asked,
        parameter: Parameter,
        branches: Sequence[_Branch],
    ) -> Resolved:
        shape = self._terms.shapes.of(parameter)
        references: list[str] = []
        people = []
        for type, conditions in branches:
            joins = shape.compartment and len(branches) == 1 and type == "Patient"
            hop = _Hop(type, await self._resolved(asked, type, conditions), joins)
            hits = await self._hits(asked, hop)
            if hits is None:
                return Within(type, hop.conditions, parameter)
            references += [f"{hit.type}/{hit.id}" for hit in hits]
            people += [hit.patient for hit in hits if hit.type == "Patient" and hit.patient]
        if len(people) != len(references):
            people = []
        return Linked(parameter, frozenset(references), tuple(dict.fromkeys(people)))

    async def _has(self, asked: _Asked, type: str, has: Has) -> Resolved:
        shape = self._terms.shapes.of(has.parameter)
        conditions = await self._resolved(asked, has.type, (has.condition,))
        if self._terms.hidden(asked.scope, has.parameter) and asked.scope.covert is None:
            return Identified(())
        hop = _Hop(has.type, conditions, shape.compartment and type == "Patient")
        hits = await self._hits(asked, hop)
        if hits is None:
            return Within(has.type, conditions, None)
        return Identified(tuple(sorted(self._named(asked.scope, has.parameter, type, hits))))

    async def _hits(self, asked: _Asked, hop: _Hop) -> list[Hit] | None:
        """The rows found; None when there are many and the hop can be joined instead."""
        if not asked.scope.may_read(hop.type):
            return []
        plan = self._planner.plan(asked.scope, hop.type, hop.conditions, asked.now)
        joins = hop.joins and self._terms.whole and plan.trust is not Trust.OPEN
        try:
            return await self._finder.everything(
                asked.source, asked.scope, plan, FEW if joins else MOST
            )
        except SearchTooCostly as error:
            if joins:
                return None
            raise too_costly(
                f"The condition on {hop.type} is met by more than {MOST} of them: narrow it."
            ) from error

    def _named(
        self, scope: Scope, parameter: Parameter, type: str, hits: Sequence[Hit]
    ) -> set[str]:
        """The ids of the resources of `type` to which these rows refer."""
        decode = self._finder.decoders.of([self._terms.shapes.of(parameter).keys])
        hidden = self._terms.hidden(scope, parameter)
        extractor = self._terms.extractor
        return {
            value.id
            for hit in hits
            if not (hidden and is_covert(scope, hit))
            for value in extractor.values(decode(hit.content), parameter.resource, parameter.code)
            if isinstance(value, ReferenceValue) and value.type == type and not value.url
            if value.id is not None
        }
