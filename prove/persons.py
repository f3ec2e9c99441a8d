"""Every way of asking for a person themselves, the operations among them.

A person carries no label: they are there as they are, masked, or not there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from bevan.fhir import json
from bevan.fhir.operation import Invocation
from bevan.kernel.errors import Unavailable
from bevan.people import operations
from bevan.people.match import Match
from bevan.people.model import Model, load
from bevan.people.nhs_number import SYSTEM
from bevan.people.trace import Trace
from bevan.record.errors import Invalid, NotFound, RecordError
from bevan.record.record import Record
from bevan.record.scope import Scope
from bevan.record.validate import Validate
from bevan.record.version import Version
from prove.people import Person
from prove.questions import Ask, Seen

_THERE, _GONE = frozenset({"none"}), frozenset[str]()


def _shown(person: Person, resource: dict[str, Any] | None) -> Seen:
    """Whether it is the person, and whether without what tells where they are."""
    if resource is None or resource.get("id") != person.id:
        return Seen(_GONE, masked=_GONE)
    return Seen(_THERE, masked=_GONE if "address" in resource else _THERE)


def _read(read: Callable[[Record, Scope, str], Awaitable[Version | None]]) -> Ask:
    async def ask(record: Record, scope: Scope, person: Person) -> Seen:
        try:
            version = await read(record, scope, person.id)
        except RecordError as fault:
            if fault.status != 404:
                raise
            version = None
        return _shown(person, None if version is None else json.decode(version.content))

    return ask


async def _newest(record: Record, scope: Scope, id: str) -> Version | None:
    page = await record.history(scope, "Patient", id)
    return page.versions[0] if page.versions else None


def _search(type: str, query: str) -> Ask:
    """In its text, ID stands for the person and NUMBER for their NHS number."""

    async def ask(record: Record, scope: Scope, person: Person) -> Seen:
        text = query.replace("ID", person.id).replace("NUMBER", person.number)
        bundle = json.decode((await record.search(scope, type, text)).bundle)
        return _shown(person, _only(bundle))

    return ask


def _only(bundle: dict[str, Any]) -> dict[str, Any] | None:
    found = [
        one["resource"]
        for one in bundle.get("entry", ())
        if one["resource"]["resourceType"] == "Patient"
    ]
    if len(found) > 1:
        raise AssertionError("several people")
    return found[0] if found else None


@cache
def _model() -> Model:
    return load()


async def _match(record: Record, scope: Scope, person: Person) -> Seen:
    known = {
        "resourceType": "Patient",
        "name": [{"family": person.id}],
        "identifier": [{"system": SYSTEM, "value": person.number}],
    }
    answer = await Match(record, _model()).run(scope, Invocation("", "Patient", body=known))
    assert not isinstance(answer.resource, bytes)
    return _shown(person, _only(dict(answer.resource)))


async def _trace(record: Record, scope: Scope, person: Person) -> Seen:
    """Without a PDS, whoever may trace is told that it can't be asked."""
    asked = Invocation("", "Patient", person.id)
    try:
        await Trace(record, None).run(scope, asked)
    except NotFound:
        return Seen(_GONE)
    except Unavailable:
        return Seen(_THERE)
    raise AssertionError("it was traced")


class _Unneeded:
    """In the place of a validator, for what never gets as far."""

    async def profiles(self) -> Any:
        raise AssertionError("it was validated")


async def _validate(record: Record, scope: Scope, person: Person) -> Seen:
    """Of a person it tells only that they are there; of their deletion nothing more."""
    asked = Invocation("", "Patient", person.id, query="mode=delete")
    try:
        await Validate(record, _Unneeded()).run(scope, asked)
    except NotFound:
        return Seen(_GONE)
    return Seen(_THERE)


def _changing(operation: Any) -> Ask:
    """An operation that changes who is who, called without saying what for."""

    async def ask(record: Record, scope: Scope, person: Person) -> Seen:
        try:
            await operation.run(scope, Invocation("", "Patient", person.id))
        except NotFound:
            return Seen(_GONE)
        except Invalid:
            return Seen(_THERE)
        raise AssertionError("it was done")

    return ask


SEEN: dict[str, Ask] = {
    "person by read": _read(lambda record, scope, id: record.read(scope, "Patient", id)),
    "person by vread": _read(lambda record, scope, id: record.vread(scope, "Patient", id, 1)),
    "person by history": _read(_newest),
    "person by search": _search("Patient", "_id=ID"),
    "person by name": _search("Patient", "family:exact=ID"),
    "person by number": _search("Patient", f"identifier={SYSTEM}|NUMBER"),
}
# These start from an entry, so they need the right to read one.
THROUGH_ENTRY: dict[str, Ask] = {
    "person by include": _search("Observation", "patient=ID&_count=1&_include=Observation:subject"),
}
# None of these gets as far as to what it works with.
CHANGING: dict[str, Ask] = {
    "$trace": _trace,
    "$merge": _changing(operations.Merge(None)),
    "$unmerge": _changing(operations.Unmerge(None, None)),
    "$move-entries": _changing(operations.MoveEntries(None)),
    "$new-identity": _changing(operations.GiveNewIdentity(None)),
}
OPERATIONS: dict[str, Ask] = {"$match": _match, "$validate": _validate, **CHANGING}
ALL: dict[str, Ask] = {**SEEN, **THROUGH_ENTRY, **OPERATIONS}
