"""Conditions of a transaction: what they select in the record, and in the Bundle itself.

R4 resolves conditional references after the writes (3.1.0.11.2), so they may select what the same
transaction creates or changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Registry
from bevan.fhir.search.codes import asks_for_codes
from bevan.fhir.search.grammar import parse
from bevan.fhir.search.matching import predicate
from bevan.fhir.search.query import Match
from bevan.kernel.database import Connection
from bevan.record.finding import Finder, lock, lock_keys, selected
from bevan.record.scope import Scope

Condition = tuple[str, str]
"""(type, query)."""


async def select(
    connection: Connection, finder: Finder, scope: Scope, conditions: Iterable[Condition]
) -> dict[Condition, list[str]]:
    """The ids in the record that each condition selects, at most two, under locks.

    Raises ``Invalid`` (400) for a condition that isn't understood.
    """
    wanted = sorted(set(conditions))
    await lock(connection, [key for type, query in wanted for key in lock_keys(type, query)])
    return {
        (type, query): await selected(finder, connection, scope, type, query)
        for type, query in wanted
    }


def inside(
    registry: Registry,
    extractor: Extractor,
    condition: Condition,
    resources: Sequence[Mapping[str, Any]],
    now: datetime,
) -> list[int]:
    """The places of those resources of the Bundle that a condition selects.

    Chains aren't followed here: a condition with one selects from the record alone. Raises
    ``SearchRefused``.
    """
    type, query = condition
    conditions = parse(registry, type, query).conditions
    # Nor does terminology say here which codes a value set holds.
    matches = [one for one in conditions if isinstance(one, Match) and not asks_for_codes(one)]
    if not matches or len(matches) != len(conditions):
        return []
    moment = int(now.timestamp() * 1_000_000)
    tests = [predicate(extractor, match, moment) for match in matches]
    return [
        place
        for place, resource in enumerate(resources)
        if resource.get("resourceType") == type and all(test(resource) for test in tests)
    ]
