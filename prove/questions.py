"""Every way of asking the record about somebody's entries, and which labels each one lets through.

A question answers with the labels of the Observations it shows. Whatever the way, the same entries
must be there, and their number wherever a number is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from bevan.fhir import json
from bevan.fhir.definitions import Definitions, load
from bevan.fhir.operation import Invocation
from bevan.record.errors import NotFound, RecordError
from bevan.record.everything import Everything
from bevan.record.meta import Meta
from bevan.record.record import Record
from bevan.record.scope import Scope
from prove.contents import LABEL
from prove.oracle import LABELS
from prove.people import Person

Labels = frozenset[str]


@dataclass(frozen=True)
class Seen:
    """What one way of asking showed: labels, how many it said there are (None: it says nothing),
    whether it said that something is withheld, and the labels of entries that were masked."""

    labels: Labels
    total: int | None = None
    withheld: bool | None = None
    masked: Labels | None = None


STATUSES = "http://hl7.org/fhir/ValueSet/observation-status"
Ask = Callable[[Record, Scope, Person], Awaitable[Seen]]


def _label(person: Person, id: str) -> str:
    return next(label for label in LABELS if person.entry(label) == id)


def _observations(person: Person, bundle: dict[str, Any]) -> list[dict[str, Any]]:
    found = [entry.get("resource") or {} for entry in bundle.get("entry", ())]
    return [one for one in found if one.get("resourceType") == "Observation"]


def seen_in(person: Person, bundle: dict[str, Any], *, told: bool = False) -> Seen:
    """What a searchset shows of somebody; `told`: whether it says that more is withheld."""
    rows = _observations(person, bundle)
    marks = bundle.get("meta", {}).get("security", ())
    return Seen(
        frozenset(_label(person, one["id"]) for one in rows),
        bundle.get("total"),
        any(mark.get("code") == "REDACTED" for mark in marks) if told else None,
        frozenset(_label(person, one["id"]) for one in rows if "performer" not in one),
    )


async def _search(record: Record, scope: Scope, type: str, query: str) -> dict[str, Any]:
    bundle: dict[str, Any] = json.decode((await record.search(scope, type, query)).bundle)
    return bundle


def _one_search(type: str, query: str, *, told: bool = False) -> Ask:
    """A search; in its text, ID stands for the person and ALL for their Observations."""

    async def ask(record: Record, scope: Scope, person: Person) -> Seen:
        every = ",".join(person.entry(label) for label in LABELS)
        text = query.replace("ALL", every).replace("ID", person.id)
        seen = seen_in(person, await _search(record, scope, type, text), told=told)
        # The total of a search for something else counts that, not what comes with it.
        return seen if type == "Observation" else replace(seen, total=None)

    return ask


def _compartment(type: str | None, query: str, *, told: bool = False) -> Ask:
    """A search in somebody's compartment, of one type or of all."""

    async def ask(record: Record, scope: Scope, person: Person) -> Seen:
        page = await record.search(scope, type, query, within=("Patient", person.id))
        seen = seen_in(person, json.decode(page.bundle), told=told)
        return seen if type else replace(seen, total=None)

    return ask


async def _count(record: Record, scope: Scope, person: Person) -> Seen:
    """Only the number: which ones they are isn't said."""
    bundle = await _search(record, scope, "Observation", f"patient={person.id}&_summary=count")
    return Seen(frozenset(), bundle["total"])


async def _has(record: Record, scope: Scope, person: Person) -> Seen:
    async def one(label: str) -> bool:
        code = f"{LABEL}|{LABELS.index(label)}"
        query = f"_id={person.id}&_has:Observation:patient:code={code}"
        return bool(_entries(await _search(record, scope, "Patient", query)))

    return await each(one)


def _entries(bundle: dict[str, Any]) -> list[Any]:
    return [
        entry for entry in bundle.get("entry", ()) if entry.get("search", {}).get("mode") == "match"
    ]


async def each(one: Callable[[str], Awaitable[bool]]) -> Seen:
    """The labels for which it is so."""
    shown = await asyncio.gather(*(one(label) for label in LABELS))
    return Seen(frozenset(label for label, is_ in zip(LABELS, shown, strict=True) if is_))


async def there(what: Awaitable[Any]) -> bool:
    """Whether something was there; the record says 404 where it isn't."""
    try:
        return await what is not None
    except RecordError as fault:
        if fault.status != 404:
            raise
        return False


async def _read(record: Record, scope: Scope, person: Person) -> Seen:
    return await each(lambda a: there(record.read(scope, "Observation", person.entry(a))))


async def _vread(record: Record, scope: Scope, person: Person) -> Seen:
    return await each(lambda a: there(record.vread(scope, "Observation", person.entry(a), 1)))


async def _history(record: Record, scope: Scope, person: Person) -> Seen:
    async def one(label: str) -> bool:
        try:
            page = await record.history(scope, "Observation", person.entry(label))
        except RecordError as fault:
            if fault.status != 404:
                raise
            return False
        return bool(page.versions)

    return await each(one)


async def _pages(record: Record, scope: Scope, person: Person) -> Seen:
    """Page by page, five at a time: what is kept back must not shorten a page or end it early."""
    found: set[str] = set()
    masked: set[str] = set()
    query, cursor = f"patient={person.id}&_count=5", ""
    while True:
        page = await record.search(scope, "Observation", query + cursor)
        seen = seen_in(person, json.decode(page.bundle))
        if page.next and len(seen.labels) != 5:
            raise AssertionError("a page that isn't the last isn't full")
        found |= seen.labels
        masked |= seen.masked or set()
        if not page.next:
            return Seen(frozenset(found), masked=frozenset(masked))
        cursor = f"&_page={page.next}"


async def _provenance(record: Record, scope: Scope, person: Person) -> Seen:
    return await each(lambda a: _some(record.provenance(scope, "Observation", person.entry(a))))


async def _some(what: Awaitable[list[Any]]) -> bool:
    return bool(await what)


async def _behind(record: Record, scope: Scope, person: Person) -> Seen:
    """Reports by what their results are: a hidden result must not find its report."""

    async def one(label: str) -> bool:
        code = f"{LABEL}|{LABELS.index(label)}"
        query = f"patient={person.id}&result.code={code}"
        return bool(_entries(await _search(record, scope, "DiagnosticReport", query)))

    return await each(one)


async def _meta(record: Record, scope: Scope, person: Person) -> Seen:
    def asked(label: str) -> Invocation:
        return Invocation("", "Observation", person.entry(label))

    return await each(lambda a: there(Meta(record).run(scope, asked(a))))


READS: dict[str, Ask] = {
    "$meta": _meta,
    "read": _read,
    "vread": _vread,
    "history": _history,
    "provenance": _provenance,
    "search": _one_search("Observation", "patient=ID&_count=100&_total=accurate", told=True),
    "search by id": _one_search("Observation", "_id=ALL&_count=100&_total=accurate"),
    "search by not": _one_search(
        "Observation", f"patient=ID&code:not={LABEL}|99&_count=100&_total=estimate", told=True
    ),
    "elements": _one_search("Observation", "patient=ID&_elements=performer&_count=100"),
    "sort": _one_search("Observation", "patient=ID&_sort=-date&_count=100", told=True),
    "compartment": _compartment("Observation", "_count=100&_total=accurate", told=True),
    "compartment of all types": _compartment(None, "_count=1000"),
    "search by value set": _one_search(
        "Observation", f"patient=ID&status:in={STATUSES}&_count=100", told=True
    ),
    "pages": _pages,
    "total": _count,
}


@cache
def _definitions() -> Definitions:
    return load()


async def _everything(record: Record, scope: Scope, person: Person) -> Seen:
    """Page by page, seven at a time; nothing may come twice, and each page tells the same."""
    found: list[dict[str, Any]] = []
    told: set[bool | None] = set()
    operation, query = Everything(record.people, _definitions()), "_count=7"
    while query:
        try:
            answer = await operation.run(scope, Invocation("", "Patient", person.id, query))
        except NotFound:
            return Seen(frozenset(), withheld=False, masked=frozenset())
        assert isinstance(answer.resource, bytes)
        bundle = json.decode(answer.resource)
        found += _observations(person, bundle)
        told.add(seen_in(person, bundle, told=True).withheld)
        onward = [one["url"] for one in bundle["link"] if one["relation"] == "next"]
        query = onward[0].partition("?")[2] if onward else ""
    if len({one["id"] for one in found}) < len(found) or len(told) != 1:
        raise AssertionError("pages repeat themselves, or tell different things")
    seen = seen_in(person, {"entry": [{"resource": one} for one in found]})
    return replace(seen, withheld=told.pop())


# These look at the person too, so they need the right to read a Patient.
THROUGH_PATIENT: dict[str, Ask] = {
    "chain": _one_search("Observation", "subject:Patient.family:exact=ID&_count=100"),
    "_has": _has,
    "$everything": _everything,
    "revinclude": _one_search("Patient", "_id=ID&_revinclude=Observation:subject&_count=100"),
}
# These start from a report that names all of somebody's Observations.
THROUGH_REPORT: dict[str, Ask] = {
    "include": _one_search(
        "DiagnosticReport", "patient=ID&_include=DiagnosticReport:result&_count=100"
    ),
    "include everything": _one_search("DiagnosticReport", "patient=ID&_include=*&_count=100"),
    "chain behind a report": _behind,
}
THROUGH_BOTH: dict[str, Ask] = {
    "include of what was included": _one_search(
        "Patient",
        "_id=ID&_revinclude=DiagnosticReport:patient"
        "&_include:iterate=DiagnosticReport:result&_count=100",
    ),
}
# Who performed them is masked for protected people, and then it can't be asked for either.
BY_MASKED: dict[str, Ask] = {
    "search by what is masked": _one_search(
        "Observation", "patient=ID&performer=Practitioner/doctor&_count=100"
    ),
    "search by whether it is there": _one_search(
        "Observation", "patient=ID&performer:missing=false&_count=100"
    ),
}
