"""Asking for everything at once: each way is asked once for a Scope, and judged for everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from bevan.fhir import json
from bevan.record.record import Record
from bevan.record.scope import Scope
from prove.oracle import LABELS
from prove.people import EVERYBODY
from prove.questions import Seen

_PAGE = 500
_OWNERS = {person.entry(label): (person.id, label) for person in EVERYBODY for label in LABELS}
Everything = Callable[[Record, Scope], AsyncIterator[tuple[str, dict[str, Any]]]]


async def gathered(ask: Everything, record: Record, scope: Scope) -> Mapping[str, Seen]:
    """What one way shows of each person, by their id."""
    found: dict[str, set[str]] = defaultdict(set)
    masked: dict[str, set[str]] = defaultdict(set)
    async for id, resource in ask(record, scope):
        owner, label = _OWNERS[id]
        found[owner].add(label)
        if "performer" not in resource:
            masked[owner].add(label)
    return {
        person.id: Seen(frozenset(found[person.id]), masked=frozenset(masked[person.id]))
        for person in EVERYBODY
    }


def _searched(type: str | None, query: str) -> Everything:
    async def ask(record: Record, scope: Scope) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        cursor = ""
        while True:
            page = await record.search(scope, type, f"{query}&_count={_PAGE}{cursor}")
            for entry in json.decode(page.bundle).get("entry", ()):
                if entry["resource"]["resourceType"] == "Observation":
                    yield entry["resource"]["id"], entry["resource"]
            if not page.next:
                return
            cursor = f"&_page={page.next}"

    return ask


def _history(type: str | None) -> Everything:
    async def ask(record: Record, scope: Scope) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        cursor: str | None = None
        while True:
            page = await record.history(scope, type, count=_PAGE, cursor=cursor)
            for version in page.versions:
                if version.type == "Observation":
                    yield version.id, json.decode(version.content)
            if page.next is None:
                return
            cursor = page.next

    return ask


async def _feed(record: Record, scope: Scope) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    cursor, full = None, True
    while full:
        page = await record.feed(scope, cursor, _PAGE, types=("Observation",))
        for entry in page.entries:
            yield entry.id, json.decode(entry.content)
        cursor, full = page.cursor, page.full


ALL: dict[str, Everything] = {
    "search of everybody": _searched("Observation", "status=final,preliminary"),
    "search of all types": _searched(None, "_type=Observation"),
    "history of the type": _history("Observation"),
    "history of everything": _history(None),
    "change feed": _feed,
}
