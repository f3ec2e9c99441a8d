"""One condition on a parameter's own value as a condition of SQL.

What SQL says never leaves out a match. How far it can be trusted the other way is the term's
`trust`: EXACT (the row itself decides), HASHED (right but for a collision of hashes or the
rounding of a number) or OPEN (it only narrows). Whatever isn't EXACT is compared with the content.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from uuid import UUID

from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Parameter
from bevan.fhir.search.codes import asks_for_codes
from bevan.fhir.search.query import Match
from bevan.fhir.search.roots import masked
from bevan.fhir.search.values import Reference, Text, Token, Uri
from bevan.record.mask import EVERY, SOURCE
from bevan.record.scope import Scope, compartment
from bevan.record.search import columns, ranges, texts
from bevan.record.search.shapes import Shapes
from bevan.record.search.tokens import hashed, narrowing
from bevan.record.visibility import Bind


class Trust(IntEnum):
    """How far a term of SQL can be trusted not to let in what doesn't match."""

    EXACT = 0
    HASHED = 1
    OPEN = 2


@dataclass(frozen=True, slots=True)
class Term:
    """A condition of SQL.

    `hash`: a token that the row must hold; such terms of a statement become one `tokens @>`.
    `people`: the condition binds the row's `patient` to one of these.
    `identity`: the token is of an identifier, so that few rows hold it, if not just one.
    `code`: the row, or one of its further codings, must have this in the `code` column.
    """

    sql: str
    trust: Trust
    hash: int | None = None
    people: tuple[UUID, ...] = ()
    code: int | None = None
    identity: bool = False


NONE: frozenset[str] = frozenset()
TRUE = Term("true", Trust.EXACT)
FALSE = Term("false", Trust.EXACT)
NARROW = Term("true", Trust.OPEN)


def about_covert(scope: Scope, bind: Bind) -> str:
    """Whether the row is about any of the people to whom alone the scope's mask applies."""
    people = bind(sorted(scope.covert or ()), "uuid[]")
    return (
        f"(coalesce(r.patient = any({people}), false) or coalesce(r.patients && {people}, false))"
    )


def is_about(people: Sequence[UUID], bind: Bind) -> str:
    """Whether the row is about one of these people alone."""
    if len(people) == 1:
        return f"r.patient = {bind(people[0], 'uuid')}"
    return f"r.patient = any({bind(list(people), 'uuid[]')})"


def holds(hash: int, bind: Bind) -> str:
    """Whether a row of the person's holds the person's own token, as nearly all of them do.

    Written so, the planner expects it to hold, and reads no more rows than a page needs.
    """
    return f"array_position(r.tokens, {bind(hash, 'bigint')}) is not null"


class Terms:
    """Makes terms for the rows of `resource` under the alias `r`."""

    def __init__(self, extractor: Extractor, shapes: Shapes, bits: int) -> None:
        """With fewer than 64 `bits` nothing is left out because of a hash, and nothing trusted."""
        self.extractor = extractor
        self.shapes = shapes
        self.whole = bits == 64

    def of(self, scope: Scope, match: Match, bind: Bind, now: int) -> Term:
        """The term of a parameter's own value; where it is masked it counts as having none."""
        if not self.hidden(scope, match.parameter):
            return self._own(match, bind, now)
        negative = match.modifier == "not" or match.missing
        if scope.covert is None:
            return TRUE if negative else FALSE
        term, covert = self._own(match, bind, now), about_covert(scope, bind)
        if not negative:
            return replace(term, sql=f"{term.sql or 'true'} and not {covert}")
        assert term.hash is None
        return replace(term, sql=f"({term.sql} or {covert})")

    def _own(self, match: Match, bind: Bind, now: int) -> Term:
        parameter = match.parameter
        if match.modifier == "missing":
            return self._missing(match, bind)
        if parameter.code == "_id":
            return Term(columns.id_is(match, bind), Trust.EXACT)
        if parameter.code == "_lastUpdated":
            return Term(columns.updated(match, bind, now), Trust.EXACT)
        if asks_for_codes(match):
            raise ValueError("terminology must say first which codes are meant")
        match parameter.type:
            case "special":
                return NARROW
            case "date" if self.shapes.of(parameter).clinical:
                exact = self.shapes.of(parameter).single
                sql = columns.clinical(match, bind, now, single=exact)
                return Term(sql, Trust.EXACT if exact else Trust.OPEN)
            case "date" | "number" | "quantity":
                return self._ranged(match, bind, now)
            case "string":
                return self._string(match, bind)
            case "reference":
                return self._reference(match, bind)
        return self._tokens(match, bind)

    def hidden(self, scope: Scope, parameter: Parameter) -> bool:
        """Whether the scope's mask takes an element that the parameter reads (if `covert` names
        people: from the rows about them).
        """
        if not scope.masked:
            return False
        if parameter.code == "_source":
            return SOURCE in scope.masked.get(EVERY, ())
        keys = self.shapes.of(parameter).keys if parameter.resource else frozenset(("meta",))
        names = scope.masked.get(parameter.resource, frozenset()) | scope.masked.get(EVERY, NONE)
        if keys is None or (parameter.resource == "Bundle" and "entry" in keys):
            return True
        return any(masked(name, key) for name in names for key in keys)

    def _missing(self, match: Match, bind: Bind) -> Term:
        parameter = match.parameter
        if parameter.code in ("_id", "_lastUpdated"):
            return FALSE if match.missing else TRUE
        if parameter.number is None:
            return NARROW
        sign = "=" if match.missing else "<>"
        return Term(f"(r.present & {1 << parameter.number}) {sign} 0", Trust.EXACT)

    def _present(self, parameter: Parameter) -> Term:
        if parameter.number is None:
            return NARROW
        return Term(f"(r.present & {1 << parameter.number}) <> 0", Trust.OPEN)

    def _tokens(self, match: Match, bind: Bind) -> Term:
        if match.modifier == "text":
            return self._present(match.parameter)
        if match.modifier == "below" and isinstance(match.values[0], Uri):
            return self._below(match, bind)
        if not match.values:
            # A value set without any codes.
            return TRUE if match.modifier == "not" else FALSE
        hashes = hashed(self.extractor, match)
        if match.modifier == "not":
            if hashes is None or not self.whole:
                return NARROW
            return Term(f"(r.tokens && {bind(hashes, 'bigint[]')}) is not true", Trust.EXACT)
        if hashes is None:
            needed = narrowing(self.extractor, match)
            if needed:
                return Term(f"r.tokens @> {bind(needed, 'bigint[]')}", Trust.OPEN)
            return self._present(match.parameter)
        if len(hashes) == 1:
            named = match.parameter.code == "identifier"
            return Term("", Trust.HASHED, hash=hashes[0], code=self._code(match), identity=named)
        return Term(f"r.tokens && {bind(hashes, 'bigint[]')}", Trust.HASHED)

    def _code(self, match: Match) -> int | None:
        """The code column's hash, where the match is one coding of the type's main code."""
        wanted = match.values[0]
        if not isinstance(wanted, Token) or not wanted.system or wanted.code is None:
            return None
        if match.modifier or not self.shapes.of(match.parameter).main:
            return None
        return self.extractor.coded(wanted.system, wanted.code)

    def _reference(self, match: Match, bind: Bind) -> Term:
        shape = self.shapes.of(match.parameter)
        people = _people(match) if shape.compartment and not match.modifier else ()
        if not people:
            return self._tokens(match, bind)
        bound = is_about(people, bind)
        if shape.exact:
            return Term(bound, Trust.EXACT, people=people)
        hashes = hashed(self.extractor, match) or []
        if len(hashes) == 1:
            return Term(f"{bound} and {holds(hashes[0], bind)}", Trust.EXACT, people=people)
        also = f"(r.tokens && {bind(hashes, 'bigint[]')}) is true"
        return Term(f"{bound} and {also}", Trust.EXACT, people=people)

    def _ranged(self, match: Match, bind: Bind, now: int) -> Term:
        hashes = [self.extractor.hash(name) for name in match.parameter.index]
        stretches = [ranges.condition(value, bind, now) for value in match.values]
        sql = (
            "exists (select from idx_num n where n.rkey = r.rkey"
            f" and n.hash = any({bind(hashes, 'bigint[]')}) and ({' or '.join(stretches)}))"
        )
        # A number's precision and a quantity's unit aren't in the index: there the content decides.
        exact = match.parameter.type == "date"
        return Term(sql, Trust.HASHED if exact else Trust.OPEN)

    def _string(self, match: Match, bind: Bind) -> Term:
        conditions = [
            texts.condition(match.modifier, value.text, bind)
            for value in match.values
            if isinstance(value, Text)
        ]
        trust = Trust.OPEN if match.modifier == "exact" else Trust.HASHED
        return Term(self._among_strings(match.parameter, conditions, bind), trust)

    def _below(self, match: Match, bind: Bind) -> Term:
        if match.parameter.code in texts.NOT_STORED:
            return self._present(match.parameter)
        conditions = [
            texts.below(value.uri, bind) for value in match.values if isinstance(value, Uri)
        ]
        return Term(self._among_strings(match.parameter, conditions, bind), Trust.HASHED)

    def _among_strings(self, parameter: Parameter, conditions: list[str], bind: Bind) -> str:
        hashes = [self.extractor.hash(name) for name in parameter.index]
        return (
            "exists (select from idx_str s where s.rkey = r.rkey"
            f" and s.hash = any({bind(hashes, 'bigint[]')}) and ({' or '.join(conditions)}))"
        )


def _people(match: Match) -> tuple[UUID, ...]:
    """The compartments of the Patients referred to; none if any value isn't surely a Patient."""
    found: list[UUID] = []
    for value in match.values:
        if not isinstance(value, Reference) or value.type != "Patient":
            return ()
        found.append(compartment(value.id))
    return tuple(dict.fromkeys(found))
