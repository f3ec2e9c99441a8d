"""Whether a person's section has entries that this Scope keeps back.

The answer depends on the person and the type only, never on the search's other conditions: else
somebody could find out by asking for one code after the other.
"""

from __future__ import annotations

from bevan.record.scope import SEALED_AND_LOCKED, Scope
from bevan.record.search.arguments import Arguments
from bevan.record.search.plan import Plan
from bevan.record.search.source import Source
from bevan.record.visibility import allowed

# What is sealed and locked looks exactly as if it weren't there.
UNTOLD = SEALED_AND_LOCKED


async def withheld(source: Source, scope: Scope, plan: Plan) -> bool:
    """Whether rows of the plan's type about its one person, who may be seen, are kept back."""
    bits = scope.hidden & ~UNTOLD
    if not bits or plan.person is None or plan.type is None:
        return False
    arguments = Arguments()
    person = arguments.bind(plan.person, "uuid")
    seen = allowed(scope, person, arguments.bind) or "true"
    told = arguments.bind(bits, "int")
    sql = (
        f"select {seen} and exists (select from resource r where r.patient = {person}"
        f" and r.type = '{plan.type}' and r.labels <> 0 and r.labels & {told} <> 0"
        f" and r.labels & {UNTOLD} = 0 and not r.deleted)"
    )
    rows = await source.fetch(sql, arguments.values, bound=True)
    return bool(rows[0][0])
