"""Conditional references of an import: what each selects in the record, compared with content."""

from __future__ import annotations

from collections.abc import Iterable

from bevan.feeds.bulk.addressing import Condition
from bevan.record.record import Record
from bevan.record.scope import Scope

_ROOM = 100_000


class Resolver:
    """Resolves conditions, and remembers for the run what selected exactly one resource.

    Master data (practitioners, organisations) is named by thousands of Bundles; looking it up once
    a run is what makes that bearable. What selects nothing yet is always looked up again.
    """

    def __init__(self, record: Record, scope: Scope) -> None:
        self._record = record
        self._scope = scope
        self._known: dict[Condition, str] = {}

    async def resolve(self, conditions: Iterable[Condition]) -> tuple[dict[str, str], set[str]]:
        """(condition → `Type/id`, conditions that don't select exactly one), both as they are
        written in a reference. Raises `Invalid` for one that isn't understood.
        """
        wanted = set(conditions)
        missing = wanted - self._known.keys()
        if missing:
            selected = await self._record.select(self._scope, missing)
            if len(self._known) + len(selected) > _ROOM:
                self._known.clear()
            for (type, query), ids in selected.items():
                if len(ids) == 1:
                    self._known[type, query] = f"{type}/{ids[0]}"
        found = {_text(one): row for one in wanted if (row := self._known.get(one)) is not None}
        return found, {text for one in wanted if (text := _text(one)) not in found}


def _text(condition: Condition) -> str:
    return f"{condition[0]}?{condition[1]}"
