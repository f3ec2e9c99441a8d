"""What was chosen on a comparison: two people's edits, or an edit and its holder's message."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.forms.field import Form
from bevan.apps.care_record.pages.comparing import compared
from bevan.apps.care_record.pages.editing import actor_of, again, form_of, section_of
from bevan.apps.care_record.pages.opened import draw, with_chart
from bevan.apps.care_record.pages.posted import Posted, posted
from bevan.apps.care_record.presenters.editing import settled_parts, settlement
from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.merge import Merge
from bevan.apps.care_record.service import writing
from bevan.apps.care_record.service.chart import Chart
from bevan.apps.care_record.service.differences import Difference
from bevan.apps.care_record.service.writing import Entry, Overtaken
from bevan.web.errors import not_found
from bevan.web.pages import go
from bevan.web.services import services


def choices(fields: FormData, prefix: str) -> dict[str, str]:
    """The fields whose name begins with a prefix, without it."""
    return {
        name.removeprefix(prefix): str(value).replace("\r\n", "\n")
        for name, value in fields.multi_items()
        if name.startswith(prefix)
    }


@with_chart()
async def compare_page(request: Request, chart: Chart) -> Response:
    """Saves the merged version, or shows the comparison again while a choice is open."""
    form, id = form_of(request), request.path_params["entry"]
    sent = await posted(request, chart)
    if isinstance(sent, Response):
        return sent
    entry = await writing.load(chart, form, id, sent.version) if form else None
    if form is None or entry is None:
        return not_found(request)
    if sent.fields.get("drop"):
        return section_of(chart, form, "kept")
    return await _merged(request, chart, form, entry, sent)


async def _merged(
    request: Request, chart: Chart, form: Form, entry: Entry, sent: Posted
) -> Response:
    mine = choices(sent.fields, "mine.")
    chosen, other = choices(sent.fields, "choice."), choices(sent.fields, "text.")
    merge = writing.merged(form, entry, mine)
    stale = sent.fields.get("theirs") != str(entries.version(entry.current))
    words = settled_parts(merge.clashes, merge.theirs, merge.mine, chosen, other)
    if stale or words is None:
        return compared(request, chart, form, entry, mine, None if stale else chosen, other)
    why = str(sent.fields.get("why", "")).strip()[:500]
    return await _written(request, chart, form, entry, merge, words, why)


async def _written(
    request: Request,
    chart: Chart,
    form: Form,
    entry: Entry,
    merge: Merge,
    words: dict[str, str],
    why: str,
) -> Response:
    resource = form.applied(entry.current, merge.settled(words))
    record = services(request).record
    try:
        title = form.title(resource)
        await writing.save(
            record, chart, actor_of(request), entry, resource, title, why=why, merges=True
        )
    except Overtaken:
        return await again(request, chart, form, entry, dict(merge.mine))
    return section_of(chart, form, "saved")  # fmt: skip


@with_chart("about")
async def settle_page(request: Request, chart: Chart) -> Response:
    """Brings an edit and its holder's newest version together."""
    form, id = form_of(request), request.path_params["entry"]
    found = chart.differing.get(f"{form.type}/{id}") if form else None
    entry = await writing.load(chart, form, id) if form and found else None
    if form is None or found is None or entry is None:
        return not_found(request)
    if request.method == "GET":
        return _settling(request, chart, form, found, {}, {}, False)
    sent = await posted(request, chart)
    return sent if isinstance(sent, Response) else (
        await _settled(request, chart, form, entry, found, sent))  # fmt: skip


async def _settled(
    request: Request, chart: Chart, form: Form, entry: Entry, found: Difference, sent: Posted
) -> Response:
    chosen, other = choices(sent.fields, "choice."), choices(sent.fields, "text.")
    names = found.merge.named("mine", "theirs", "clash")
    words = settled_parts(names, found.merge.theirs, found.merge.mine, chosen, other)
    if words is None or sent.version != entries.version(entry.current):
        return _settling(request, chart, form, found, chosen, other, True)
    resource = form.applied(entry.current, {**found.merge.theirs, **words})
    why = str(sent.fields.get("why", "")).strip()[:500]
    try:
        await writing.save(
            services(request).record, chart, actor_of(request), entry, resource,
            form.title(resource), settles=found.notice, why=why,
        )  # fmt: skip
    except Overtaken:
        return go(f"/record/{chart.id}/settle/{form.name}/{entry.current['id']}")
    return section_of(chart, form, "settled")


def _settling(
    request: Request,
    chart: Chart,
    form: Form,
    found: Difference,
    chosen: dict[str, str],
    other: dict[str, str],
    asked: bool,
) -> Response:
    page = settlement(chart, form, found, chosen, other, asked)
    status = 422 if page.errors else 200
    return draw(request, chart, "conflict.jinja", form.section, status=status, page=page)
