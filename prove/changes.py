"""Every way of changing somebody's entries, and which labels each one lets through.

Nothing that others look at is changed: a condition on a version that never was is refused where
the entry is there and may be written, and is "not there" elsewhere.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable
from typing import Any

from bevan.fhir import json
from bevan.record.errors import Invalid, NotFound, PreconditionFailed
from bevan.record.record import Record
from bevan.record.scope import Scope
from prove.contents import security
from prove.oracle import LABELS
from prove.people import Person
from prove.questions import Ask, Seen, each, there

_NEVER = 99
_TEST = [{"op": "test", "path": "/resourceType", "value": "Observation"}]
_NOBODY = {"reference": "Patient/nobody-at-all"}


def _observation(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Never written"},
        "subject": _NOBODY,
        **more,
    }


async def _stands(what: Awaitable[Any]) -> bool:
    """Whether an entry was found, told by the refusal of a version that never was."""
    try:
        await what
    except PreconditionFailed:
        return True
    except NotFound:
        return False
    raise AssertionError("it was written")


async def _update(record: Record, scope: Scope, person: Person) -> Seen:
    def one(label: str) -> Awaitable[bool]:
        resource = _observation(id=person.entry(label))
        return _stands(record.update(scope, resource, if_match=_NEVER))

    return await each(one)


async def _patch(record: Record, scope: Scope, person: Person) -> Seen:
    """A patch that changes nothing succeeds where the entry is there and may be written."""
    return await each(lambda a: there(record.patch(scope, "Observation", person.entry(a), _TEST)))


async def _delete(record: Record, scope: Scope, person: Person) -> Seen:
    return await each(
        lambda a: _stands(record.delete(scope, "Observation", person.entry(a), if_match=_NEVER))
    )


async def _update_where(record: Record, scope: Scope, person: Person) -> Seen:
    """Where nothing is selected, it would create: about nobody, which nobody may."""

    def one(label: str) -> Awaitable[bool]:
        query = f"_id={person.entry(label)}"
        return _stands(
            record.update_where(scope, "Observation", query, _observation(), if_match=_NEVER)
        )

    return await each(one)


async def _patch_where(record: Record, scope: Scope, person: Person) -> Seen:
    return await each(
        lambda a: there(record.patch_where(scope, "Observation", f"_id={person.entry(a)}", _TEST))
    )


async def _delete_where(record: Record, scope: Scope, person: Person) -> Seen:
    return await each(
        lambda a: _stands(
            record.delete_where(scope, "Observation", f"_id={person.entry(a)}", if_match=_NEVER)
        )
    )


async def _create_where(record: Record, scope: Scope, person: Person) -> Seen:
    """What the condition selects is the answer; else it would create, about nobody."""

    async def one(label: str) -> bool:
        query = f"_id={person.entry(label)}"
        try:
            written = await record.create(scope, _observation(), if_none_exist=query)
        except NotFound:
            return False
        if written.created:
            raise AssertionError("it was written")
        return written.version.id == person.entry(label)

    return await each(one)


async def _create(record: Record, scope: Scope, person: Person) -> Seen:
    """A new message with each label, which nothing else looks at."""

    async def one(label: str) -> bool:
        marked = {"meta": {"security": security(label)}} if security(label) else {}
        message = {
            "resourceType": "Communication",
            "status": "completed",
            "subject": {"reference": f"Patient/{person.id}"},
            **marked,
        }
        try:
            return (await record.create(scope, message)).created
        except (NotFound, Invalid):
            return False

    return await each(one)


def _entry(method: str, url: str, **more: Any) -> dict[str, Any]:
    return {"request": {"method": method, "url": url, **more}}


async def _batch(record: Record, scope: Scope, person: Person) -> Seen:
    """Reads of what may and may not be seen side by side: each has its own answer."""
    urls = [f"Observation/{person.entry(label)}" for label in LABELS]
    entries = [_entry(method, url) for url in urls for method in ("GET", "HEAD")]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    answer = json.decode(await record.bundle(scope, bundle))
    found = [entry["response"]["status"][:3] == "200" for entry in answer["entry"]]
    if found[::2] != found[1::2]:
        raise AssertionError("two reads of one entry differ")
    return Seen(frozenset(label for label, is_ in zip(LABELS, found[::2], strict=True) if is_))


def _unchanging(id: str) -> dict[str, Any]:
    """A patch that changes nothing, as an entry."""
    patch = {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": b64encode(json.encode(_TEST)).decode(),
    }
    return {"resource": patch, **_entry("PATCH", f"Observation/{id}")}


async def _batch_changes(record: Record, scope: Scope, person: Person) -> Seen:
    """Changes side by side: one that is refused keeps no other from being done."""
    entries = [_unchanging(person.entry(label)) for label in LABELS]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    answer = json.decode(await record.bundle(scope, bundle))
    found = [entry["response"]["status"][:3] == "200" for entry in answer["entry"]]
    return Seen(frozenset(label for label, is_ in zip(LABELS, found, strict=True) if is_))


async def _transaction(record: Record, scope: Scope, person: Person) -> Seen:
    """Two changes in one: of the plain entry, and of one that may not be there for us."""

    def one(label: str) -> Awaitable[bool]:
        id = person.entry(label)
        put = _entry("PUT", f"Observation/{id}", ifMatch=f'W/"{_NEVER}"')
        entries = [{"resource": _observation(id=id), **put}]
        if label != "none":
            entries.insert(0, _unchanging(person.entry("none")))
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        return _stands(record.bundle(scope, bundle))

    return await each(one)


WRITES: dict[str, Ask] = {
    "update": _update,
    "patch": _patch,
    "delete": _delete,
    "update by condition": _update_where,
    "patch by condition": _patch_where,
    "delete by condition": _delete_where,
    "changes in a batch": _batch_changes,
    "transaction": _transaction,
}
CREATES: dict[str, Ask] = {"create": _create}
# What the condition selects is shown, not written.
SELECTS: dict[str, Ask] = {"create by condition": _create_where, "batch": _batch}
