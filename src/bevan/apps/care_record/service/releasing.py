"""Results that their person isn't shown yet: finding them, and filing them so that they are.

A result is held by a label that its sender set, which somebody who looked at it takes off; or
because its laboratory hasn't finished, which nobody here can end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.service.chart import Chart, about
from bevan.apps.care_record.service.writing import Overtaken, Writable
from bevan.record.errors import Conflict, PreconditionFailed
from bevan.record.scope import HANDLING, HELD

TYPES = (("DiagnosticReport", ""), ("Observation", "category=laboratory&"))
UNFINISHED = "registered,preliminary"


@dataclass(frozen=True, slots=True)
class HeldResults:
    """Results that wait for somebody, and those that wait for their laboratory; `may` file them."""

    waiting: tuple[dict[str, Any], ...]
    unfinished: tuple[dict[str, Any], ...]
    withheld: bool
    may: bool


async def held_results(chart: Chart) -> HeldResults:
    """What the person of a chart isn't shown, as far as the reader sees it."""
    waiting: dict[str, dict[str, Any]] = {}
    unfinished: dict[str, dict[str, Any]] = {}
    withheld = False
    for type, more in TYPES:
        for query, into in (
            (f"_security={quote(HANDLING, safe='')}|held", waiting),
            (f"status={UNFINISHED}", unfinished),
        ):
            found = await chart.reader.every(type, about(chart.id, f"{more}{query}"))
            withheld = withheld or found.withheld
            into.update((key(one), one) for one in entries.counted(found.resources))
    for name in unfinished:
        waiting.pop(name, None)
    may = bool(chart.reader.scope.marks & HELD) and chart.reader.scope.may_write("Observation")
    return HeldResults(
        tuple(entries.newest(waiting.values())),
        tuple(entries.newest(unfinished.values())),
        withheld,
        may,
    )


def key(resource: dict[str, Any]) -> str:
    """What a form sends back: the address and the version that was looked at."""
    return f"{resource['resourceType']}/{resource['id']}/{entries.version(resource)}"


async def file(record: Writable, chart: Chart, results: Sequence[dict[str, Any]]) -> None:
    """File results: from now on their person sees them. All of them or none.

    Raises `Overtaken` where one isn't as it was looked at any more.
    """
    changes = [
        {
            "resource": unheld(one),
            "request": {
                "method": "PUT",
                "url": f"{one['resourceType']}/{one['id']}",
                "ifMatch": f'W/"{entries.version(one)}"',
            },
        }
        for one in results
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": changes}
    try:
        await record.bundle(chart.reader.scope, bundle)
    except (Conflict, PreconditionFailed) as fault:
        raise Overtaken from fault


def unheld(resource: dict[str, Any]) -> dict[str, Any]:
    """The same result without the label that holds it; every other label stays."""
    meta = dict(resource.get("meta") or {})
    kept = [
        one
        for one in meta.pop("security", [])
        if (one.get("system"), one.get("code")) != (HANDLING, "held")
    ]
    return {**resource, "meta": {**meta, **({"security": kept} if kept else {})}}
