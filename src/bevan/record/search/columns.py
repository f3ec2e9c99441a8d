"""Conditions on what the row holds as columns: its id, its time of change, its clinical date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bevan.fhir.search.comparisons import approximate
from bevan.fhir.search.dates import EPOCH
from bevan.fhir.search.query import Match
from bevan.fhir.search.values import Moment, Token
from bevan.record.visibility import Bind

FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def at(micros: int) -> datetime:
    """The time that the row holds for these microseconds; the ends of time are days it can hold."""
    try:
        return min(EPOCH + timedelta(microseconds=micros), LAST)
    except OverflowError:
        return LAST if micros > 0 else FIRST


def id_is(match: Match, bind: Bind) -> str:
    """The id is (or with `:not` isn't) one of those named; no other modifier has a meaning."""
    ids = [v.code for v in match.values if isinstance(v, Token) and v.code and not v.system]
    if match.modifier == "not":
        return f"r.id <> all({bind(ids, 'text[]')})"
    if match.modifier or not ids:
        return "false"
    if len(ids) == 1:
        return f"r.id = {bind(ids[0], 'text')}"
    return f"r.id = any({bind(ids, 'text[]')})"


def updated(match: Match, bind: Bind, now: int) -> str:
    """The time of the last change, which the row holds to the millisecond."""
    found = [_point(v, bind, now) for v in match.values if isinstance(v, Moment)]
    return f"({' or '.join(found)})"


class _Ends:
    """The ends of a stretch as placeholders: only those that are read become arguments."""

    def __init__(self, ends: tuple[int, int], bind: Bind) -> None:
        self._ends = ends
        self._bind = bind

    @property
    def low(self) -> str:
        return self._bind(at(self._ends[0]), "timestamptz")

    @property
    def high(self) -> str:
        return self._bind(at(self._ends[1]), "timestamptz")


def _point(wanted: Moment, bind: Bind, now: int) -> str:
    ends = _Ends((wanted.low, wanted.high), bind)
    match wanted.prefix:
        case "eq":
            return f"(r.last_updated >= {ends.low} and r.last_updated < {ends.high})"
        case "ne":
            return f"(r.last_updated < {ends.low} or r.last_updated >= {ends.high})"
        case "gt" | "sa":
            return f"r.last_updated >= {ends.high}"
        case "lt" | "eb":
            return f"r.last_updated < {ends.low}"
        case "ge":
            return f"r.last_updated >= {ends.low}"
        case "le":
            return f"r.last_updated < {ends.high}"
        case "ap":
            wide = _Ends(approximate(wanted, now), bind)
            return f"(r.last_updated >= {wide.low} and r.last_updated < {wide.high})"


def clinical(match: Match, bind: Bind, now: int, *, single: bool) -> str:
    """The clinical date. `single`: the row's stretch is the one value, not one around several."""
    found = [_stretch(v, bind, now, single) for v in match.values if isinstance(v, Moment)]
    return f"({' or '.join(found)})"


def _stretch(wanted: Moment, bind: Bind, now: int, single: bool) -> str:
    ends = _Ends((wanted.low, wanted.high), bind)
    match wanted.prefix:
        case "eq":
            return _within(ends, single)
        case "ne":
            return f"(r.low < {ends.low} or r.high > {ends.high})"
        case "gt":
            return f"r.high > {ends.high}"
        case "lt":
            return f"r.low < {ends.low}"
        case "ge":
            return f"(r.high > {ends.high} or {_within(ends, single)})"
        case "le":
            return f"(r.low < {ends.low} or {_within(ends, single)})"
        case "sa":
            return f"r.low >= {ends.high}" if single else f"r.high > {ends.high}"
        case "eb":
            return f"r.high <= {ends.low}" if single else f"r.low < {ends.low}"
        case "ap":
            wide = _Ends(approximate(wanted, now), bind)
            return f"(r.low < {wide.high} and r.high > {wide.low})"


def _within(ends: _Ends, single: bool) -> str:
    if single:
        return f"(r.low >= {ends.low} and r.low < {ends.high} and r.high <= {ends.high})"
    return f"(r.low < {ends.high} and r.high > {ends.low})"
