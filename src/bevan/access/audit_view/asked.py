"""What a search of the audit asks for (FHIR R4 3.1.1): what can't be answered is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from bevan.access.audit_view.event import ACTIONS, OUTCOMES
from bevan.fhir.outcome import Issue
from bevan.fhir.search.refusal import SearchRefused, issue, refuse, too_costly
from bevan.fhir.search.values import moment, reference, token
from bevan.record.scope import compartment

PARAMETERS: Final = ("patient", "agent", "date", "action", "outcome", "type", "entity")
USUAL, MOST = 20, 100
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_EVER = datetime(2200, 1, 1, tzinfo=UTC)
_LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Asked:
    """The conditions. ``since`` and ``before`` bound the time; ``upto`` and ``skipped`` say where a
    page begins: at that moment, after so many of its entries; ``pairs`` is the query without it."""

    pairs: tuple[tuple[str, str], ...]
    patient: tuple[UUID, ...] | None = None
    agent: str | None = None
    since: datetime = _FIRST
    before: datetime = _EVER
    actions: tuple[str, ...] | None = None
    outcomes: tuple[str, ...] | None = None
    type: str | None = None
    id: str | None = None
    count: int = USUAL
    upto: datetime = _EVER
    skipped: int = 0


def asked(query: str, *, lenient: bool = False) -> Asked:
    """The query read. Raises SearchRefused with every fault."""
    pairs = parse_qsl(query, keep_blank_values=True)
    found = Asked(tuple(pair for pair in pairs if pair[0] != "_page"))
    faults: list[Issue] = []
    for name, value in pairs:
        try:
            found = _READ[name](found, value) if name in _READ else _unknown(found, name, lenient)
        except SearchRefused as fault:
            faults += fault.issues
        except (ValueError, OverflowError):
            faults.append(issue(name, f"The value of {name} can't be read."))
    if faults:
        raise SearchRefused(faults)
    return found


def bounded(found: Asked) -> None:
    """Refuse what would read the whole audit. Raises SearchTooCostly."""
    if found.patient or found.agent or found.before - found.since <= _LONGEST:
        return
    raise too_costly("Name a patient, an agent, or a time of at most 31 days.")


def _unknown(found: Asked, name: str, lenient: bool) -> Asked:
    if lenient:
        return replace(found, pairs=tuple(pair for pair in found.pairs if pair[0] != name))
    known = ", ".join(PARAMETERS)
    raise refuse(name, f"AuditEvent doesn't know {name}. It knows: {known}.", "not-supported")


def _patient(found: Asked, value: str) -> Asked:
    named = reference(value)
    if named.url or named.type not in ("", "Patient"):
        raise refuse("patient", "A patient is named by Patient/id.")
    keys = (compartment(named.id),)
    return replace(found, patient=keys if found.patient in (None, keys) else ())


def _agent(found: Asked, value: str) -> Asked:
    named = reference(value)
    return replace(found, agent=named.id or value)


def _date(found: Asked, value: str) -> Asked:
    given = moment(value)
    low, high = (_FIRST + timedelta(microseconds=one) for one in (given.low, given.high))
    match given.prefix:
        case "eq":
            return replace(found, since=max(found.since, low), before=min(found.before, high))
        case "ge":
            return replace(found, since=max(found.since, low))
        case "gt" | "sa":
            return replace(found, since=max(found.since, high))
        case "lt" | "eb":
            return replace(found, before=min(found.before, low))
        case "le":
            return replace(found, before=min(found.before, high))
        case _:
            raise refuse("date", "A date is compared by eq, ge, gt, le, lt, sa or eb.")


def _action(found: Asked, value: str) -> Asked:
    wanted = {token(one).code for one in value.split(",")}
    if not wanted <= set(ACTIONS.values()):
        raise refuse("action", "An action is C, R, U, D or E.")
    return replace(found, actions=tuple(one for one, code in ACTIONS.items() if code in wanted))


def _outcome(found: Asked, value: str) -> Asked:
    wanted = {token(one).code for one in value.split(",")}
    if not wanted <= {*OUTCOMES.values(), "12"}:
        raise refuse("outcome", "An outcome is 0, 4, 8 or 12.")
    return replace(found, outcomes=tuple(one for one, code in OUTCOMES.items() if code in wanted))


def _type(found: Asked, value: str) -> Asked:
    if token(value).code != "rest":
        raise refuse("type", "The type that can be asked for is rest.", "not-supported")
    kept = tuple(one for one in ACTIONS if one not in "nfi")
    both = kept if found.actions is None else tuple(one for one in kept if one in found.actions)
    return replace(found, actions=both)


def _entity(found: Asked, value: str) -> Asked:
    named = reference(value)
    if not named.type:
        raise refuse("entity", "An entity is named by Type/id.")
    return replace(found, type=named.type, id=named.id)


def _count(found: Asked, value: str) -> Asked:
    if not (value.isascii() and value.isdigit() and len(value) < 7):
        raise refuse("_count", "The value of _count is a whole number.")
    return replace(found, count=min(int(value), MOST))


def _sort(found: Asked, value: str) -> Asked:
    if value != "-date":
        raise refuse("_sort", "Entries come newest first (-date).", "not-supported")
    return found


def _page(found: Asked, value: str) -> Asked:
    micros, _, skipped = value.partition(".")
    if not (micros.isdigit() and skipped.isdigit() and len(micros) < 18 > len(skipped) + 9):
        raise refuse("_page", "This isn't a page of this search.")
    return replace(found, upto=_FIRST + timedelta(microseconds=int(micros)), skipped=int(skipped))


_READ: Final[Mapping[str, Callable[[Asked, str], Asked]]] = {
    "patient": _patient, "agent": _agent, "date": _date, "action": _action, "outcome": _outcome,
    "type": _type, "entity": _entity, "_count": _count, "_sort": _sort, "_page": _page,
}  # fmt: skip
