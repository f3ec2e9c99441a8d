"""A search's plan in words, with what PostgreSQL expects it to cost. Nothing of it is run.

Only for whoever may read everything: how many rows there are is told in passing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bevan.fhir.outcome import Issue
from bevan.fhir.search.query import Chain, Either, Has, Query
from bevan.record.search.limits import Limits
from bevan.record.search.plan import Plan
from bevan.record.search.resolved import Identified, Linked, Resolved, Within
from bevan.record.search.terms import Trust

TRUST = {
    Trust.EXACT: "The row itself decides; no content is read to find matches.",
    Trust.HASHED: "Hashes propose rows; the content of each row that is shown is compared.",
    Trust.OPEN: "The index only narrows; the content of each proposed row is compared.",
}


def words(
    query: Query,
    plan: Plan,
    resolved: Sequence[Resolved],
    sql_order: bool,
    costs: dict[str, Any],
    limits: Limits,
) -> tuple[Issue, ...]:
    """The plan as informational issues, one sentence or two each.

    `resolved` is what the conditions became; `sql_order` whether SQL sorts; `costs` is
    PostgreSQL's plan of the statement of the page.
    """
    said = (
        _where(query, plan),
        *_followed(query, resolved),
        _chosen(plan),
        TRUST[plan.trust],
        *_order(query, sql_order),
        _cost(plan, costs, limits),
    )
    return tuple(Issue("information", "informational", "", text) for text in said)


def _where(query: Query, plan: Plan) -> str:
    named = plan.type or ", ".join(query.types) or "every type that may be read"
    if query.within is not None:
        return f"Searches {named} in the compartment of one {query.within[0]}."
    return f"Searches {named}."


def _followed(query: Query, resolved: Sequence[Resolved]) -> Iterator[str]:
    chains = sum(isinstance(each, Chain | Has) for each in query.conditions)
    if chains:
        yield f"Chains and reverse chains are followed first: {chains} of them."
    for each in resolved:
        if isinstance(each, Linked):
            yield f"{each.parameter.code} leads to {len(each.references)} resources."
        elif isinstance(each, Identified):
            yield f"{len(each.ids)} resources are referred to by what was found."
        elif isinstance(each, Within):
            yield f"Too many {each.type} match to list, so they are joined by person."
        elif isinstance(each, Either):
            yield f"There are {len(each.options)} ways into the compartment."


def _chosen(plan: Plan) -> str:
    if plan.person is not None and plan.code is not None:
        return "Rows are found by the indexes of one person's codes."
    if plan.person is not None:
        return "Rows are found by the index of one person's rows."
    if plan.bound:
        return "Few rows: they are found by ids, identifiers or links."
    if plan.code is not None:
        return "Rows of everybody are found by the indexes of codes."
    if plan.hashes:
        return f"Rows of everybody are found by {len(plan.hashes)} tokens that each must hold."
    return "Rows of everybody: no condition names a person, an identifier or a code."


def _order(query: Query, sql_order: bool) -> Iterator[str]:
    if query.sort:
        codes = ", ".join(sort.parameter.code for sort in query.sort)
        where = "by the database" if sql_order else "here, once all matches are read"
        yield f"Sorted by {codes}, {where}."
    else:
        yield "In the order of when they were last written."
    if query.includes:
        yield f"For each page, {len(query.includes)} includes are followed."


def _cost(plan: Plan, costs: dict[str, Any], limits: Limits) -> str:
    steps = ", ".join(dict.fromkeys(_steps(costs)))
    text = (
        f"PostgreSQL expects a cost of {costs['Total Cost']:.1f} and {costs['Plan Rows']} rows "
        f"for the page, by {steps}."
    )
    if plan.bound:
        return f"{text} The limit of cost doesn't apply: few rows are bound."
    verdict = "refused" if costs["Total Cost"] > limits.cost else "allowed"
    return f"{text} The limit is {limits.cost:.0f}: it is {verdict}."


def _steps(node: dict[str, Any]) -> Iterator[str]:
    """What reads tables, in words: `Index Scan using idx on table`."""
    if "Relation Name" in node or "Index Name" in node:
        index = f" using {node['Index Name']}" if "Index Name" in node else ""
        table = f" on {node['Relation Name']}" if "Relation Name" in node else ""
        yield f"{node['Node Type']}{index}{table}"
    for inner in node.get("Plans", ()):
        yield from _steps(inner)
