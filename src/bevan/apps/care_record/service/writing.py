"""Saving what was written: one master, every version kept, the holder told, nobody overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from bevan.apps.care_record.forms.field import Form, Parts
from bevan.apps.care_record.rules import attribution, entries
from bevan.apps.care_record.rules.attribution import Notice, Writer, notice_task, word_task
from bevan.apps.care_record.rules.merge import Merge, merge
from bevan.apps.care_record.rules.senders import local_source
from bevan.apps.care_record.service.chart import Chart
from bevan.record.errors import Conflict, PreconditionFailed
from bevan.record.scope import Actor, Scope, system
from bevan.record.version import Version, Written, same

TELLING = "tell the holder of an entry that it was changed"


class Writable(Protocol):
    """What saving needs of the record."""

    async def create(self, scope: Scope, resource: dict[str, Any]) -> Written: ...

    async def bundle(self, scope: Scope, bundle: dict[str, Any]) -> bytes: ...

    async def introduce(self, scope: Scope, uri: str, organisation: str, name: str) -> None: ...


@dataclass(frozen=True)
class Entry:
    """An entry as its form sees it: the version that the writer started from, and what stands."""

    base: dict[str, Any]
    current: dict[str, Any]
    author: Version

    @property
    def moved(self) -> bool:
        """Whether somebody saved a newer version since."""
        return entries.version(self.base) != entries.version(self.current)


class Overtaken(Exception):
    """Somebody else saved while this was being saved; nothing was written."""


def person_of(resource: dict[str, Any]) -> str:
    """The logical id of the person whom an entry is about."""
    return entries.target(resource.get("patient") or resource.get("subject") or resource.get("for"))


async def load(chart: Chart, form: Form, id: str, version: int | None = None) -> Entry | None:
    """An entry of this very person, with the version that the form was opened on.

    None when there is no such entry, it is somebody else's, or it was recorded by mistake: the
    page then says the same as for what isn't there.
    """
    author = await chart.reader.author(form.type, id)
    current = await chart.reader.one(form.type, id)
    if author is None or current is None or person_of(current) != chart.id:
        return None
    if entries.in_error(current):
        return None
    started = version if version is not None else entries.version(current)
    base = current
    if started != entries.version(current):
        old = await chart.reader.old(form.type, id, started)
        if old is None:
            return None
        base = old
    return Entry(base, current, author)


def merged(form: Form, entry: Entry, mine: Parts) -> Merge:
    """The three versions of the parts: as opened, as it stands, as written now."""
    return merge(form.parts(entry.base), form.parts(entry.current), mine)


async def add(record: Writable, chart: Chart, actor: Actor, form: Form, parts: Parts) -> str:
    """Writes a new entry of the writer's own organisation; returns its id."""
    resource = form.applied(form.blank(chart.id), parts)
    source = local_source(actor.organisation)
    stamped = signed({**resource, "meta": {"source": source}}, actor, chart)
    await record.introduce(chart.reader.scope, source, actor.organisation, actor.organisation_name)
    written = await record.create(chart.reader.scope, stamped)
    return written.version.id


def signed(resource: dict[str, Any], actor: Actor, chart: Chart) -> dict[str, Any]:
    """With who recorded it and when, by the elements that each type has for that."""
    who = {"reference": f"Practitioner/{actor.id}", "display": actor.name}
    day = chart.now.isoformat(timespec="seconds")
    by_type: dict[str, dict[str, Any]] = {
        "AllergyIntolerance": {"recordedDate": day, "recorder": who},
        "Condition": {"recordedDate": day, "recorder": who},
        "CarePlan": {"created": day, "author": who},
        "Composition": {"date": day},
    }
    return {**resource, **by_type.get(resource["resourceType"], {})}


async def save(
    record: Writable,
    chart: Chart,
    actor: Actor,
    entry: Entry,
    resource: dict[str, Any],
    title: str,
    settles: Notice | None = None,
    why: str = "",
    merges: bool = False,
) -> None:
    """Writes the next version and, in the same transaction, what goes with it.

    When another organisation holds the entry, it gets a Task that names the very version. The
    Task of an edit that this one settles is completed. Where two people's versions were merged,
    the other one is told, with ``why``. Raises `Overtaken` if the entry is no
    longer the version that was compared.
    """
    at = entries.version(entry.current)
    changed = not same(resource, entry.current)
    changes = [_put(_dated(resource, chart) if changed else resource, at)]
    holder = await holder_of(chart, actor, entry)
    if settles is not None:
        done = attribution.closed(settles.task, why or "Settled")
        changes.append(_put(done, entries.version(settles.task)))
    # Without a change there is no next version, so there is nothing to tell anybody of.
    if changed and holder and holder != actor.organisation:
        changes.append(_post(_notice(chart, actor, resource, at + 1, holder, title)))
        changes += [] if settles else [_superseded(n) for n in _earlier(chart, resource)]
    other = entry.author.agent
    if changed and merges and other.kind == "practitioner" and other.id != actor.id:
        changes.append(_post(_word(chart, actor, resource, at + 1, other, why)))
    await _commit(record, chart.reader.scope, changes)


async def holder_of(chart: Chart, actor: Actor, entry: Entry) -> str:
    """The id of the organisation whose entry this is; empty when nobody says.

    What a restricted person's entry came from is kept from the writer; the system looks it up, so
    that its holder hears of the change all the same. No page may show it.
    """
    source = entries.source(entry.current)
    if not source and entries.redacted(entry.current):
        asked = chart.reader.scope.ticket
        whole = system(TELLING, actor, request=asked.request, at=asked.at)
        type, id = entry.current["resourceType"], str(entry.current["id"])
        version = await chart.reader.record.read(whole, type, id)
        source = (version.source if version else None) or ""
    return chart.senders.custodian({"meta": {"source": source}})


def _dated(resource: dict[str, Any], chart: Chart) -> dict[str, Any]:
    """A Composition's date is the time of its last edit (R4 Composition.date)."""
    if resource["resourceType"] != "Composition":
        return resource
    return {**resource, "date": chart.now.isoformat(timespec="seconds")}


def _writer(chart: Chart, actor: Actor) -> Writer:
    """Who writes; of a restricted person not where, which tells where they are treated."""
    secret = entries.restricted(chart.patient)
    place = "" if secret else actor.organisation_name
    return Writer(actor.id, actor.name, "" if secret else actor.organisation, place)


def _word(
    chart: Chart, actor: Actor, resource: dict[str, Any], version: int, other: Actor, why: str
) -> dict[str, Any]:
    now = chart.now.isoformat(timespec="seconds")
    address, reader = attribution.address(resource), (other.id, other.name)
    return word_task(address, version, chart.id, reader, _writer(chart, actor), why, now)


def _notice(
    chart: Chart, actor: Actor, resource: dict[str, Any], version: int, holder: str, title: str
) -> dict[str, Any]:
    custodian = (holder, chart.senders.organisation_name(holder))
    now = chart.now.isoformat(timespec="seconds")
    address = attribution.address(resource)
    return notice_task(address, version, chart.id, custodian, _writer(chart, actor), title, now)


def _earlier(chart: Chart, resource: dict[str, Any]) -> list[Notice]:
    notice = chart.notices.get(attribution.address(resource))
    return [notice] if notice else []


def _superseded(notice: Notice) -> dict[str, Any]:
    done = attribution.closed(notice.task, "A later change replaced this one")
    return _put(done, entries.version(notice.task))


def _put(resource: dict[str, Any], version: int) -> dict[str, Any]:
    address = attribution.address(resource)
    request = {"method": "PUT", "url": address, "ifMatch": f'W/"{version}"'}
    return {"resource": resource, "request": request}


def _post(resource: dict[str, Any]) -> dict[str, Any]:
    return {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}


async def _commit(record: Writable, scope: Scope, changes: list[dict[str, Any]]) -> None:
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": changes}
    try:
        await record.bundle(scope, bundle)
    except (Conflict, PreconditionFailed) as fault:
        raise Overtaken from fault
