"""Adding and changing entries."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.forms.catalogue import FORMS
from bevan.apps.care_record.forms.field import Form, Parts
from bevan.apps.care_record.pages.comparing import compared
from bevan.apps.care_record.pages.opened import draw, with_chart
from bevan.apps.care_record.pages.posted import posted
from bevan.apps.care_record.presenters.editing import Sheet, sheet
from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.service import writing
from bevan.apps.care_record.service.chart import Chart
from bevan.apps.care_record.service.writing import Entry, Overtaken
from bevan.record.errors import Invalid
from bevan.record.scope import Actor
from bevan.web.errors import not_found
from bevan.web.pages import go
from bevan.web.services import services
from bevan.web.session import session_of


def form_of(request: Request) -> Form | None:
    """The form that the address names."""
    return FORMS.get(request.path_params["form"])


def actor_of(request: Request) -> Actor:
    """Who writes."""
    session = session_of(request)
    assert session is not None  # pages of a chart are for the signed in only
    return session.actor


def section_of(chart: Chart, form: Form, done: str) -> Response:
    """Back to the list, with a word on what happened."""
    return go(f"/record/{chart.id}/{form.section}?done={done}")


@with_chart()
async def add_page(request: Request, chart: Chart) -> Response:
    """A new entry: the empty form, or what was sent."""
    form = form_of(request)
    if form is None:
        return not_found(request)
    if request.method == "GET":
        return show(request, chart, form, sheet(chart, form, None, {}, 0))
    sent = await posted(request, chart)
    if isinstance(sent, Response):
        return sent
    parts = form.read(sent.fields, None)
    if faults := form.checked(parts, None):
        return show(request, chart, form, sheet(chart, form, None, parts, 0, faults))
    try:
        await writing.add(services(request).record, chart, actor_of(request), form, parts)
    except Invalid as fault:
        return show(request, chart, form, sheet(chart, form, None, parts, 0, _refused(fault)))
    return section_of(chart, form, "added")


@with_chart()
async def change_page(request: Request, chart: Chart) -> Response:
    """An entry's form, or what was sent: saved, or compared when somebody else saved first."""
    form, id = form_of(request), request.path_params["entry"]
    if form is None:
        return not_found(request)
    if request.method == "GET":
        entry = await writing.load(chart, form, id)
        return _opened(request, chart, form, entry) if entry else not_found(request)
    sent = await posted(request, chart)
    if isinstance(sent, Response):
        return sent
    entry = await writing.load(chart, form, id, sent.version)
    if entry is None:
        return not_found(request)
    parts = form.read(sent.fields, entry.base)
    if faults := form.checked(parts, entry.base):
        filled = sheet(chart, form, entry.current, parts, sent.version, faults)
        return show(request, chart, form, filled)
    return await saved(request, chart, form, entry, parts)


def _opened(request: Request, chart: Chart, form: Form, entry: Entry) -> Response:
    parts = form.parts(entry.current)
    version = entries.version(entry.current)
    return show(request, chart, form, sheet(chart, form, entry.current, parts, version))


async def saved(request: Request, chart: Chart, form: Form, entry: Entry, parts: Parts) -> Response:
    """Saves what was written on the current version; on an older one, asks first."""
    if entry.moved:
        return compared(request, chart, form, entry, parts)
    resource = form.applied(entry.current, parts)
    actor, record = actor_of(request), services(request).record
    try:
        await writing.save(record, chart, actor, entry, resource, form.title(resource))
    except Invalid as fault:
        filled = sheet(chart, form, entry.current, parts, entry.author.version, _refused(fault))
        return show(request, chart, form, filled)
    except Overtaken:
        return await again(request, chart, form, entry, parts)
    holder = chart.senders.custodian(entry.current)
    return section_of(chart, form, "told" if holder and holder != actor.organisation else "saved")


async def again(request: Request, chart: Chart, form: Form, entry: Entry, parts: Parts) -> Response:
    """Somebody saved in between: the comparison, against what stands now."""
    started = entries.version(entry.base)
    newer = await writing.load(chart, form, str(entry.current["id"]), started)
    return compared(request, chart, form, newer, parts) if newer else not_found(request)


def show(request: Request, chart: Chart, form: Form, filled: Sheet) -> Response:
    """The form; with faults it is a 422 whose title says so."""
    status = 422 if filled.errors else 200
    return draw(request, chart, "form.jinja", form.section, status=status, sheet=filled)


def _refused(fault: Invalid) -> dict[str, str]:
    return {"": "; ".join(issue.text for issue in fault.issues)}
