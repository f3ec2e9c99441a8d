"""How many matches there are, under the same Scope and with the same checks as the pages."""

from __future__ import annotations

import json

from bevan.fhir.search.query import Query
from bevan.record.decision import unlimited
from bevan.record.scope import Scope
from bevan.record.search import select
from bevan.record.search.arguments import Arguments
from bevan.record.search.cursor import Place
from bevan.record.search.hits import Finder, Slice
from bevan.record.search.plan import Plan
from bevan.record.search.source import Source
from bevan.record.search.terms import Terms, Trust

# Up to this many candidates are compared with their content one by one.
MOST_CHECKED = 10_000
# Beyond this many, whole hashes are trusted: a false one is met once in 10^12 searches.
FEW = 1_000


class Totals:
    """Counts matches."""

    def __init__(self, finder: Finder, terms: Terms) -> None:
        self._finder = finder
        self._terms = terms

    async def total(
        self,
        source: Source,
        scope: Scope,
        query: Query,
        plan: Plan,
        place: Place | None,
        found: Slice,
    ) -> int | None:
        """The total that the query asks for.

        Without a wish it is given where it costs nothing: when one page holds all matches. Raises
        SearchTooCostly when an accurate one would take looking at too many resources.
        """
        counting = query.summary == "count" or query.count == 0
        if not counting and place is None and found.next is None:
            return len(found.hits)
        if query.total == "none" and not counting:
            return None
        if query.total == "accurate" or (counting and query.total != "estimate"):
            return await self._accurate(source, scope, plan)
        if query.total == "estimate":
            if not unlimited(scope):
                # The planner's idea counts rows that this scope doesn't show.
                return await self._accurate(source, scope, plan)
            least = len(found.hits) + (found.next is not None)
            return max(await self._estimate(source, plan), least)
        return None

    async def _accurate(self, source: Source, scope: Scope, plan: Plan) -> int:
        if plan.trust is Trust.EXACT:
            return await self._counted(source, plan)
        if plan.trust is Trust.HASHED and self._terms.whole:
            sql, arguments = select.count(plan, FEW + 1)
            if await self._number(source, plan, sql, arguments) > FEW:
                return await self._counted(source, plan)
        return len(await self._finder.everything(source, scope, plan, MOST_CHECKED))

    async def _counted(self, source: Source, plan: Plan) -> int:
        sql, arguments = select.count(plan)
        return await self._number(source, plan, sql, arguments)

    async def _estimate(self, source: Source, plan: Plan) -> int:
        sql, arguments = select.estimate(plan)
        rows = await source.fetch(sql, arguments, bound=False)
        return int(json.loads(rows[0][0])[0]["Plan"]["Plan Rows"])

    async def _number(self, source: Source, plan: Plan, sql: str, arguments: Arguments) -> int:
        rows = await source.fetch(sql, arguments, bound=plan.bound)
        return int(rows[0][0])
