"""Results that wait to be filed before their person sees them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.pages.opened import draw, with_chart
from bevan.apps.care_record.pages.posted import posted
from bevan.apps.care_record.presenters import releasing
from bevan.apps.care_record.service.chart import Chart
from bevan.apps.care_record.service.releasing import file, held_results, key
from bevan.apps.care_record.service.writing import Overtaken
from bevan.web.errors import not_found
from bevan.web.pages import go
from bevan.web.services import services

UNCHOSEN = "Choose the results that you have looked at. Nothing has been filed."
OVERTAKEN = "One of these results has changed since you opened this page. Nothing has been filed."


@with_chart()
async def held_page(request: Request, chart: Chart) -> Response:
    """What is held, from whom and since when; filing shows it to the person."""
    if request.method == "GET":
        return await _shown(request, chart)
    sent = await posted(request, chart)
    if isinstance(sent, Response):
        return sent
    found = await held_results(chart)
    if not found.may:
        return not_found(request)
    named = {str(one) for one in sent.fields.getlist("result")}
    chosen = [one for one in found.waiting if key(one) in named]
    if not named:
        return await _shown(request, chart, UNCHOSEN, 422)
    if len(chosen) != len(named):
        return await _shown(request, chart, OVERTAKEN, 409)
    try:
        await file(services(request).record, chart, chosen)
    except Overtaken:
        return await _shown(request, chart, OVERTAKEN, 409)
    return go(f"/record/{chart.id}/held?done=filed")


async def _shown(request: Request, chart: Chart, fault: str = "", status: int = 200) -> Response:
    found = await held_results(chart)
    return draw(
        request, chart, "held.jinja", "results", status=status, fault=fault, may=found.may,
        waiting=releasing.rows(chart, found.waiting),
        unfinished=releasing.rows(chart, found.unfinished),
        states=releasing.states_of(chart, found),
    )  # fmt: skip
