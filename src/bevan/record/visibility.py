"""A Scope as a condition of SQL, for statements that are composed (search, history, feed).

The rule, in one place (the fused read in ``reader.sql`` says the same over many scopes at once):

* a row about one person is visible if that person is among the scope's ``patients`` (where it
  names some) and one of its ``holders`` (where it names some) has a relationship with them that is
  in force at the ticket's time;
* a row about several people is visible if each of them passes; ``patients = '{}'`` (about nobody,
  open to everybody) passes as no person fails;
* a row with neither is visible to the system only;
* label bits in ``hidden`` hide a row from everybody, the system included where it asks so, save
  that a seal is open to the team that set it and in an emergency (``unsealed`` in the migrations);
* people who refused one of the scope's uses are not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from bevan.record.scope import SEALED_AND_LOCKED, SEALS, Scope

Bind = Callable[[object, str], str]


def visible(scope: Scope, row: str, bind: Bind) -> str:
    """The condition under which ``row`` (an alias of resource or resource_history) is visible.

    ``bind(value, type)`` keeps an argument and returns its placeholder, cast to ``type``.
    Conditions that don't apply are left out, so a planner sees only what matters.
    """
    parts = [unlabelled(scope, row, bind)] if scope.hidden else []
    person = allowed(scope, f"{row}.patient", bind)
    several = allowed(scope, "person", bind)
    if person is not None:
        each = (
            f"{row}.patient is null and {row}.patients is not null and not exists ("
            f"select from unnest({row}.patients) person where not ({several}))"
        )
        nobody = f" or {row}.patient is null and {row}.patients is null" if scope.system else ""
        parts.append(f"({row}.patient is not null and {person} or {each}{nobody})")
    elif not scope.system:
        parts.append(f"({row}.patient is not null or {row}.patients is not null)")
    return " and ".join(parts) or "true"


def visible_about(scope: Scope, row: str, patient: str, bind: Bind) -> str:
    """The condition where ``row.patient = patient`` is already demanded by the statement.

    The relationship is asked once for the whole statement, not per row: a sub-select that names
    no column of ``row`` is run once.
    """
    parts = [unlabelled(scope, row, bind)] if scope.hidden else []
    person = allowed(scope, patient, bind)
    if person is not None:
        parts.append(f"(select {person})")
    return " and ".join(parts) or "true"


def unlabelled(scope: Scope, row: str, bind: Bind) -> str:
    """The condition under which no label keeps a row back, or its seal is open to the scope.

    Nearly all rows pass, and written so the planner expects it: for an equation it expects one
    row in two hundred, and then sorts all of a person's rows for a page of them.
    """
    hidden = bind(scope.hidden, "int")
    plain = f"nullif({row}.labels & {hidden} = 0, false) is not null"
    if scope.holders is None or not scope.hidden & SEALS:
        return plain
    return f"({plain} or {opened(scope, row, bind)})"


def opened(scope: Scope, row: str, bind: Bind) -> str:
    """The condition under which a row that is kept back is open to the scope after all."""
    if scope.holders is None:
        return "false"
    hidden, holders = bind(scope.hidden, "int"), _keys(scope.holders, bind)
    at = bind(scope.ticket.at, "timestamptz")
    return (
        f"({row}.labels & {hidden} & ~{SEALS}) = 0 and"
        f" unsealed({row}.labels, {hidden}, {row}.sealer, {row}.patient, {holders}, {at})"
    )


def kept_back(scope: Scope, person: str, types: Callable[[], str], bind: Bind) -> str:
    """Whether rows about ``person`` (an expression) are kept back for a label, yet not in secret.

    ``types`` makes a condition on the type of the rows, alias ``w``. Nothing else narrows them, or
    somebody could find out what is kept back by asking for one thing after the other.
    """
    told = scope.hidden & ~SEALED_AND_LOCKED
    if not told:
        return "false"
    return (
        f"exists (select from resource w where w.patient = {person} and {types()}"
        f" and w.labels <> 0 and w.labels & {bind(told, 'int')} <> 0"
        f" and w.labels & {SEALED_AND_LOCKED} = 0 and not w.deleted"
        f" and not ({opened(scope, 'w', bind)}))"
    )


def allowed(scope: Scope, person: str, bind: Bind) -> str | None:
    """The condition under which a person (an expression of type uuid) may be seen.

    ``None`` if the scope doesn't limit people at all.
    """
    parts = []
    if scope.patients is not None:
        parts.append(f"{person} = any({_keys(sorted(scope.patients), bind)})")
    if scope.refusals:
        uses = bind("{" + ",".join(sorted(scope.refusals)) + "}", "text") + "::text[]"
        parts.append(
            f"not exists (select from refusal no where no.patient = {person}"
            f" and no.kind = any({uses}))"
        )
    if scope.holders is not None:
        at = bind(scope.ticket.at, "timestamptz")
        parts.append(
            # Correlated, so that one person is one probe of (patient, holder), and the planner may
            # still hash the whole list where a statement looks at many people.
            f"exists (select from relationship held where held.patient = {person}"
            f" and held.holder = any({_keys(scope.holders, bind)})"
            f" and held.since <= {at} and (held.until is null or held.until > {at}))"
        )
    return f"({' and '.join(parts)})" if parts else None


def _keys(keys: Iterable[UUID], bind: Bind) -> str:
    """A set of keys as one scalar argument, so that searches under many scopes share a statement
    (there are no arrays of arrays of unequal length)."""
    return f"{bind(literal(keys), 'text')}::uuid[]"


def reach(scope: Scope) -> tuple[str | None, str | None, int, bool, datetime, str | None]:
    """(holders, people, hidden, system, at, refusals): what a statement over many scopes needs.

    The sets travel as array literals, since PostgreSQL has no arrays of arrays of unequal length.
    """
    ticket = scope.ticket
    return (
        literal(scope.holders),
        literal(scope.patients),
        scope.hidden,
        scope.system,
        ticket.at,
        "{" + ",".join(sorted(scope.refusals)) + "}" if scope.refusals else None,
    )


def literal(keys: Iterable[UUID] | None) -> str | None:
    """An array literal of type uuid[]."""
    if isinstance(keys, tuple):
        return _literal(keys)
    return None if keys is None else "{" + ",".join(map(str, keys)) + "}"


@lru_cache(maxsize=4_096)
def _literal(keys: tuple[UUID, ...]) -> str:
    """A literal kept for the holders of a Scope, who ask again and again."""
    return "{" + ",".join(map(str, keys)) + "}"
