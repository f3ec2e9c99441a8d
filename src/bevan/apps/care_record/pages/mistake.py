"""Marking an entry as recorded by mistake, which takes the place of deleting it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.pages.editing import actor_of, form_of, section_of
from bevan.apps.care_record.pages.opened import draw, with_chart
from bevan.apps.care_record.pages.posted import posted
from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.service import writing
from bevan.apps.care_record.service.chart import Chart
from bevan.apps.care_record.service.writing import Overtaken
from bevan.web.errors import not_found
from bevan.web.services import services


@with_chart()
async def mistake_page(request: Request, chart: Chart) -> Response:
    """Asks once, in words; then the entry leaves every list and stays in the history."""
    form, id = form_of(request), request.path_params["entry"]
    entry = await writing.load(chart, form, id) if form else None
    if form is None or entry is None:
        return not_found(request)
    version, moved = entries.version(entry.current), False
    if request.method == "POST":
        sent = await posted(request, chart)
        if isinstance(sent, Response):
            return sent
        moved = sent.version != version
        if not moved:
            resource = form.with_error(entry.current)
            title = f"{form.title(resource)}: recorded by mistake"
            try:
                record, actor = services(request).record, actor_of(request)
                await writing.save(record, chart, actor, entry, resource, title)
                return section_of(chart, form, "mistake")
            except Overtaken:
                moved = True
    return draw(
        request, chart, "mistake.jinja", form.section, status=409 if moved else 200,
        title=form.title(entry.current), noun=form.noun, version=version, moved=moved,
        holder=chart.senders.name(entry.current), back=f"/record/{chart.id}/{form.section}",
        action=f"/record/{chart.id}/mistake/{form.name}/{id}",
    )  # fmt: skip
