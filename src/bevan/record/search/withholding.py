"""Whether a person's section has entries that this Scope keeps back.

The answer depends on the person and the type only, never on the search's other conditions: else
somebody could find out by asking for one code after the other.
"""

from __future__ import annotations

from bevan.record.scope import Scope
from bevan.record.search.arguments import Arguments
from bevan.record.search.hits import Slice
from bevan.record.search.plan import Plan
from bevan.record.search.source import Source
from bevan.record.visibility import allowed


async def withheld(source: Source, scope: Scope, plan: Plan, found: Slice) -> bool:
    """Whether rows of the plan's type about its one person, who may be seen, are kept back.

    A page that has rows brought the answer along.
    """
    if not plan.told or found.kept_back is not None:
        return bool(found.kept_back)
    arguments = Arguments()
    seen = allowed(scope, arguments.bind(plan.person, "uuid"), arguments.bind) or "true"
    sql = f"select {seen} and {plan.kept_back(arguments)}"
    rows = await source.fetch(sql, arguments, bound=True)
    return bool(rows[0][0])
