"""A search, once its chains are followed, as one condition of SQL with the Scope inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from bevan.fhir.extraction import ReferenceValue
from bevan.fhir.parameters import Parameter
from bevan.fhir.search.matching import Predicate, predicate
from bevan.fhir.search.query import Either, Match
from bevan.fhir.search.shortcuts import shortcut
from bevan.fhir.search.values import Token
from bevan.record.filters import Group, groups
from bevan.record.scope import SEALED_AND_LOCKED, Scope
from bevan.record.search.arguments import Arguments
from bevan.record.search.resolved import Identified, Linked, Resolved, Within
from bevan.record.search.terms import FALSE, Term, Terms, Trust, about_covert, holds, is_about
from bevan.record.search.tokens import hashed
from bevan.record.visibility import kept_back, unlabelled, visible, visible_about

MOST_LINKED_TOKENS = 50
# Set on looked-at content whose row is about somebody to whom alone the mask applies.
COVERT = "covert row"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask and what to check.

    * `where`: the condition on `r`, without `hashes`: tokens that the row must all hold;
    * `checks`: what the content must pass, reading the elements `keys` (None in it: any);
    * `trust`: of the least certain term;
    * `bound`: few rows, known by person or id, so one plan serves all; `person` if there is one;
    * `code`: what the code column, or a row of `idx_code`, must hold;
    * `told`: label bits of rows about `person` that are kept back, yet not in secret, from `scope`;
    * `gathered`: find every row by the tokens before ordering any: right where few hold them.
    """

    type: str | None
    where: str
    arguments: Arguments
    hashes: tuple[int, ...] = ()
    checks: tuple[Predicate, ...] = ()
    keys: tuple[frozenset[str] | None, ...] = ()
    trust: Trust = Trust.EXACT
    bound: bool = False
    person: UUID | None = None
    code: int | None = None
    gathered: bool = False
    told: int = 0
    scope: Scope | None = None

    def kept_back(self, arguments: Arguments) -> str:
        """Whether any row of the type about the person is kept back for a label in `told`.

        It has nothing to do with the search's other conditions: else somebody could find out
        what is kept back by asking for one code after the other.
        """
        if self.scope is None:
            return "false"
        person = arguments.bind(self.person, "uuid")
        return kept_back(self.scope, person, lambda: f"w.type = '{self.type}'", arguments.bind)

    def condition(self, arguments: Arguments, *, filtered: bool) -> str:
        """The whole condition. `filtered`: tokens only filter, they don't choose the index."""
        if not self.hashes:
            return self.where
        if not filtered:
            held = ", ".join(arguments.bind(each, "bigint") for each in self.hashes)
            return f"{self.where} and r.tokens @> array[{held}]"
        # Written so, no index answers it, and a row that fails is put aside soonest.
        parts = [f"{arguments.bind(each, 'bigint')} = any(r.tokens)" for each in self.hashes]
        return " and ".join((self.where, *parts))


@dataclass(slots=True)
class _Draft:
    """A plan in the making."""

    parts: list[str] = field(default_factory=list)
    hashes: list[int] = field(default_factory=list)
    checks: list[Predicate] = field(default_factory=list)
    keys: list[frozenset[str] | None] = field(default_factory=list)
    trust: Trust = Trust.EXACT
    people: set[UUID] | None = None
    inherited: bool = False
    identity: bool = False
    identified: bool = False
    code: int | None = None

    def add(self, term: Term) -> None:
        if term.sql:
            self.parts.append(term.sql)
        if term.hash is not None:
            self.hashes.append(term.hash)
        self.identity |= term.identity
        if term.people:
            people = set(term.people)
            self.people = people if self.people is None else self.people & people
        self.code = term.code if self.code is None else self.code
        self.trust = max(self.trust, term.trust)


class Planner:
    """Makes plans. Stateless but for what `terms` remembers."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._types = frozenset(terms.shapes.definitions.resource_types)

    def plan(
        self,
        scope: Scope,
        type: str | None,
        conditions: Sequence[Resolved],
        now: int,
        *,
        types: Iterable[str] = (),
        arguments: Arguments | None = None,
    ) -> Plan:
        """The plan of a search in `type` (None: in `types`, or all that the scope may read).

        The caller has checked that the scope may read `type`. Raises ValueError for any other
        text: the type becomes part of the statement.
        """
        arguments = arguments or Arguments()
        draft = _Draft()
        draft.parts += [self._typed(scope, type, types, arguments), "not r.deleted"]
        for condition in conditions:
            self._add(draft, scope, condition, now, arguments)
        self._filter(draft, scope, type, now, arguments)
        draft.parts.append(self._seen(draft, scope, arguments))
        people = draft.people
        person = next(iter(people)) if people is not None and len(people) == 1 else None
        # What is sealed and locked looks exactly as if it weren't there.
        told = scope.hidden & ~SEALED_AND_LOCKED if person is not None and type else 0
        return Plan(
            type=type,
            where=" and ".join(draft.parts),
            arguments=arguments,
            hashes=tuple(draft.hashes),
            checks=tuple(draft.checks),
            keys=tuple(draft.keys),
            trust=draft.trust,
            bound=people is not None or draft.identified or draft.identity,
            gathered=draft.identity and people is None and not draft.identified,
            person=person,
            told=told,
            scope=scope if told else None,
            code=draft.code if self._terms.whole else None,
        )

    def about(self, plan: Plan, scope: Scope, person: UUID) -> Plan:
        """A plan that tells what is kept back about this person, for a search on one type."""
        told = scope.hidden & ~SEALED_AND_LOCKED if plan.type else 0
        return replace(plan, person=person, told=told, scope=scope if told else None)

    def _typed(
        self, scope: Scope, type: str | None, types: Iterable[str], arguments: Arguments
    ) -> str:
        if type is not None:
            if type not in self._types:
                raise ValueError("a search is on a resource type of FHIR R4")
            # A literal, so that the planner sees just one partition.
            return f"r.type = '{type}'"
        # A filter is compared where a search is on its type alone.
        open = [name for name in scope.reads or () if name not in scope.filters]
        named = [name for name in types if scope.may_read(name) and name not in scope.filters]
        if named or types:
            return f"r.type = any({arguments.bind(named, 'text[]')})"
        if scope.reads is None:
            filtered = sorted(scope.filters)
            return f"r.type <> all({arguments.bind(filtered, 'text[]')})" if filtered else "true"
        return f"r.type = any({arguments.bind(sorted(open), 'text[]')})"

    def _seen(self, draft: _Draft, scope: Scope, arguments: Arguments) -> str:
        bind = arguments.bind
        if draft.people is not None and draft.inherited:
            # Whoever was reached by a chain was seen there under this very scope.
            return unlabelled(scope, "r", bind) if scope.hidden else "true"
        if draft.people is not None and len(draft.people) == 1:
            person = bind(next(iter(draft.people)), "uuid")
            return visible_about(scope, "r", person, bind)
        return visible(scope, "r", bind)

    def _add(
        self, draft: _Draft, scope: Scope, condition: Resolved, now: int, arguments: Arguments
    ) -> None:
        match condition:
            case Match():
                self._match(draft, scope, condition, now, arguments)
            case Linked():
                self._linked(draft, scope, condition, arguments)
            case Identified(ids):
                draft.identified = True
                draft.add(Term(f"r.id = any({arguments.bind(list(ids), 'text[]')})", Trust.EXACT))
            case Either():
                self._either(draft, scope, condition, now, arguments)
            case Within():
                self._within(draft, scope, condition, now, arguments)

    def _filter(
        self, draft: _Draft, scope: Scope, type: str | None, now: int, arguments: Arguments
    ) -> None:
        """What the scope's filters of the type ask for, as if the search had asked for it."""
        found = groups(self._terms.extractor.registry, scope, type)
        if found is None:
            return
        if not found:
            draft.add(FALSE)
        elif len(found) == 1:
            for match in found[0]:
                self._match(draft, scope, match, now, arguments)
        else:
            self._any(draft, scope, found, now, arguments)

    def _any(
        self,
        draft: _Draft,
        scope: Scope,
        found: Sequence[Group],
        now: int,
        arguments: Arguments,
    ) -> None:
        # Only their tokens are of use, so what else they would bind is thrown away.
        unused = Arguments()
        terms = [self._terms.of(scope, group[0], unused.bind, now) for group in found]
        hashes = [term.hash for term in terms if term.hash is not None and not term.sql]
        narrow = "true"
        if len(hashes) == len(terms):
            narrow = f"r.tokens && {arguments.bind(hashes, 'bigint[]')}"
        draft.add(Term(narrow, Trust.OPEN))
        tests = [[self._plain(scope, match, now) for match in group] for group in found]
        draft.checks.append(
            lambda resource: any(all(test(resource) for test in group) for group in tests)
        )
        draft.keys.append(None)

    def _either(
        self, draft: _Draft, scope: Scope, either: Either, now: int, arguments: Arguments
    ) -> None:
        """Rows that hold a token of any way in, or are the resource itself; the content decides."""
        bind, extractor = arguments.bind, self._terms.extractor
        hashes: set[int] = set()
        sql: list[str] = []
        tests: dict[str, list[Predicate]] = {}
        for option in either.options:
            type = option.parameter.resource
            if option.parameter.code == "_id":
                ids = [value.code for value in option.values if isinstance(value, Token)]
                sql.append(f"(r.type = {bind(type, 'text')} and r.id = any({bind(ids, 'text[]')}))")
                tests.setdefault(type, []).append(_is_one_of(ids))
            else:
                hashes.update(hashed(extractor, option) or ())
                tests.setdefault(type, []).append(self._plain(scope, option, now))
        sql.append(f"r.tokens && {bind(sorted(hashes), 'bigint[]')}")
        draft.add(Term(f"({' or '.join(sql)})", Trust.HASHED))
        draft.identified = True
        draft.checks.append(
            lambda resource: any(test(resource) for test in tests[resource["resourceType"]])
        )
        draft.keys.append(None)

    def _plain(self, scope: Scope, match: Match, now: int) -> Predicate:
        """The check of a match by content alone; a value that is masked meets none."""
        test = predicate(self._terms.extractor, match, now)
        if not self._terms.hidden(scope, match.parameter):
            return test
        if scope.covert is None:
            return lambda resource: False
        return lambda resource: COVERT not in resource and test(resource)

    def _match(
        self, draft: _Draft, scope: Scope, match: Match, now: int, arguments: Arguments
    ) -> None:
        terms, parameter = self._terms, match.parameter
        term = terms.of(scope, match, arguments.bind, now)
        draft.add(term)
        draft.identified |= parameter.code == "_id" and match.modifier == ""
        if term.trust is not Trust.EXACT:
            draft.checks.append(self._check(scope, match, now))
            draft.keys.append(terms.shapes.of(parameter).keys)

    def _check(self, scope: Scope, match: Match, now: int) -> Predicate:
        """The content check of a match; what it may not see, it takes for absent."""
        quick = shortcut(match, self._terms.shapes.of(match.parameter).places)
        check = quick or predicate(self._terms.extractor, match, now)
        negative = match.modifier == "not" or match.missing
        if not (negative and self._terms.hidden(scope, match.parameter)):
            return check
        return lambda resource: COVERT in resource or check(resource)

    def _linked(self, draft: _Draft, scope: Scope, linked: Linked, arguments: Arguments) -> None:
        parameter, shape = linked.parameter, self._terms.shapes.of(linked.parameter)
        if not linked.references or self._unseen(draft, scope, parameter, arguments):
            draft.add(FALSE)
            return
        certain = self._link_term(linked, shape.compartment, shape.exact, arguments)
        draft.inherited |= bool(certain.people)
        draft.add(certain)
        if certain.trust is not Trust.EXACT:
            draft.checks.append(self._refers(linked))
            draft.keys.append(shape.keys)

    def _unseen(
        self, draft: _Draft, scope: Scope, parameter: Parameter, arguments: Arguments
    ) -> bool:
        """Whether nobody's value of the parameter may be used; the covert's are left out."""
        if not self._terms.hidden(scope, parameter):
            return False
        if scope.covert is not None:
            draft.parts.append(f"not {about_covert(scope, arguments.bind)}")
        return scope.covert is None

    def _link_term(
        self, linked: Linked, compartment: bool, exact: bool, arguments: Arguments
    ) -> Term:
        bind, references = arguments.bind, sorted(linked.references)
        hashes = [
            self._terms.extractor.token(name, reference)
            for name in linked.parameter.index
            for reference in references
        ]
        if not (compartment and linked.people):
            return Term(f"r.tokens && {bind(hashes, 'bigint[]')}", Trust.HASHED)
        bound = is_about(linked.people, bind)
        if exact:
            return Term(bound, Trust.EXACT, people=linked.people)
        if len(hashes) == 1:
            return Term(f"{bound} and {holds(hashes[0], bind)}", Trust.EXACT, people=linked.people)
        if len(hashes) <= MOST_LINKED_TOKENS:
            also = f"(r.tokens && {bind(hashes, 'bigint[]')}) is true"
            return Term(f"{bound} and {also}", Trust.EXACT, people=linked.people)
        return Term(bound, Trust.OPEN, people=linked.people)

    def _refers(self, linked: Linked) -> Predicate:
        extractor, references = self._terms.extractor, linked.references
        type, code = linked.parameter.resource, linked.parameter.code

        def refers(resource: Mapping[str, Any]) -> bool:
            return any(
                isinstance(value, ReferenceValue)
                and (value.url or f"{value.type}/{value.id}") in references
                for value in extractor.values(resource, type, code)
            )

        return refers

    def _within(
        self, draft: _Draft, scope: Scope, within: Within, now: int, arguments: Arguments
    ) -> None:
        if within.parameter is not None and self._unseen(draft, scope, within.parameter, arguments):
            draft.add(FALSE)
            return
        inner = self.plan(scope, within.type, within.conditions, now, arguments=arguments)
        condition = inner.condition(arguments, filtered=False)
        # The alias is the same on purpose: inside the brackets `r` is the inner row.
        sql = f"r.patient in (select r.patient from resource r where {condition})"
        draft.add(Term(sql, max(inner.trust, Trust.HASHED)))
        if within.parameter is not None:
            draft.checks.append(self._names_a_patient(within))
            draft.keys.append(self._terms.shapes.of(within.parameter).keys)

    def _names_a_patient(self, within: Within) -> Predicate:
        assert within.parameter is not None
        extractor, parameter = self._terms.extractor, within.parameter

        def names(resource: Mapping[str, Any]) -> bool:
            return any(
                isinstance(value, ReferenceValue) and value.type == "Patient" and not value.url
                for value in extractor.values(resource, parameter.resource, parameter.code)
            )

        return names


def _is_one_of(ids: Sequence[str | None]) -> Predicate:
    return lambda resource: resource["id"] in ids
