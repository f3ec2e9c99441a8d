"""The statements of a plan: a page of rows in order, all rows, how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bevan.record.search.arguments import Arguments
from bevan.record.search.cursor import Place
from bevan.record.search.order import SortKey, after, ordering
from bevan.record.search.plan import Plan

COLUMNS = "r.rkey, r.type, r.id, r.enc, r.content, r.patient, r.patients"


def rows(
    plan: Plan, keys: Sequence[SortKey], place: Place | None, limit: int, extra: str = ""
) -> tuple[str, Arguments]:
    """At most `limit` rows after `place`, each with its sort keys behind the columns."""
    arguments = plan.arguments.fork()
    if plan.code is not None and plan.person is not None:
        return _own_by_code(plan, keys, place, limit, extra, arguments), arguments
    if plan.code is not None and not plan.bound and _by_date(keys):
        return _by_code(plan, keys, place, limit, extra, arguments), arguments
    body = _body(plan, keys, place, extra, arguments, filtered=plan.person is not None)
    if plan.gathered and not keys:
        gathered = f"with r as materialized (select {COLUMNS} from resource r{body})"
        return f"{gathered} select * from r order by r.rkey limit {limit}", arguments
    listed = _listed(keys)
    if plan.told:
        listed += f", (select {plan.kept_back(arguments)}) as kept_back"
    order = ordering(keys, few=plan.bound)
    sql = f"select {listed} from resource r{body} order by {order} limit {limit}"
    return sql, arguments


def count(plan: Plan, most: int | None = None) -> tuple[str, Arguments]:
    """How many rows the SQL of the plan lets through, counting no further than `most`."""
    arguments = plan.arguments.fork()
    condition = plan.condition(arguments, filtered=plan.person is not None)
    if most is None:
        return f"select count(*) from resource r where {condition}", arguments
    inner = f"select from resource r where {condition} limit {most}"
    return f"select count(*) from ({inner}) as few", arguments


def estimate(plan: Plan) -> tuple[str, Arguments]:
    """The planner's idea of how many rows there are."""
    arguments = plan.arguments.fork()
    condition = plan.condition(arguments, filtered=False)
    return (
        f"explain (format json) select from resource r where {condition}",
        arguments,
    )


def _body(
    plan: Plan,
    keys: Sequence[SortKey],
    place: Place | None,
    extra: str,
    arguments: Arguments,
    *,
    filtered: bool,
) -> str:
    parts = [plan.condition(arguments, filtered=filtered)]
    if extra:
        parts.append(extra)
    if place is not None:
        parts.append(after(keys, place, arguments.bind))
    joins = "".join(key.join for key in keys)
    return f"{joins} where {' and '.join(parts)}"


def _listed(keys: Sequence[SortKey]) -> str:
    return ", ".join((COLUMNS, *(f"{key.expression} as k{n}" for n, key in enumerate(keys))))


def _by_date(keys: Sequence[SortKey]) -> bool:
    return len(keys) == 1 and keys[0].expression == "r.low"


def _by_code(
    plan: Plan,
    keys: Sequence[SortKey],
    place: Place | None,
    limit: int,
    extra: str,
    arguments: Arguments,
) -> str:
    """Everybody's rows with one code by date: both arms walk an index and stop at the limit.

    The first arm finds the rows whose first coding it is, the second those that hold it further
    on. The tokens only filter here: choosing by them would fetch every row before sorting.
    """
    code = arguments.bind(plan.code, "bigint")
    first = _body(plan, keys, place, extra, arguments, filtered=True)
    further_keys = [replace(keys[0], expression="x.date")]
    further = _body(
        plan, further_keys, place, extra.replace("r.low", "x.date"), arguments, filtered=True
    )
    return (
        f"select * from ((select {_listed(keys)} from resource r{first} and r.code = {code}"
        f" order by {ordering(keys)} limit {limit}) union all"
        f" (select {_listed(further_keys)} from idx_code x join resource r on r.rkey = x.rkey"
        f"{further} and x.code = {code} and r.code is distinct from {code}"
        f" order by {ordering(further_keys)} limit {limit})) r"
        f" order by {ordering([replace(keys[0], expression='r.k0')])} limit {limit}"
    )


def _own_by_code(
    plan: Plan,
    keys: Sequence[SortKey],
    place: Place | None,
    limit: int,
    extra: str,
    arguments: Arguments,
) -> str:
    """One person's rows with one code, few as they are: those whose first coding it is, and those
    that hold it further on, each by an index that knows the person and the code.
    """
    code = arguments.bind(plan.code, "bigint")
    body = _body(plan, keys, place, extra, arguments, filtered=True)
    person = arguments.bind(plan.person, "uuid")
    listed = _listed(keys)
    told = f", (select {plan.kept_back(arguments)}) as kept_back" if plan.told else ""
    outer = [replace(key, expression=f"r.k{n}", join="") for n, key in enumerate(keys)]
    return (
        f"select r.*{told} from ((select {listed} from resource r{body} and r.code = {code})"
        f" union all (select {listed} from idx_code x join resource r on r.rkey = x.rkey{body}"
        f" and x.patient = {person} and x.code = {code} and r.code is distinct from {code})) r"
        f" order by {ordering(outer)} limit {limit}"
    )
