"""Laboratory results and vital signs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.pages import spreadsheet
from bevan.apps.care_record.pages.opened import draw, with_chart
from bevan.apps.care_record.pages.paging import paged
from bevan.apps.care_record.presenters import results, vitals
from bevan.apps.care_record.presenters.absence import states
from bevan.apps.care_record.rules.results import Series, range_text, side_of
from bevan.apps.care_record.service.chart import Chart
from bevan.web.components import Filter, FilterBar
from bevan.web.errors import not_found
from bevan.web.words import counted, long_date

CHARTS = 4
CSV_HEADS = ("Test", "Value", "Unit", "Range", "Flag", "Source", "Taken")
SHOW = (("", "Outside range first"), ("name", "By name"), ("outside", "Outside range only"))


@with_chart("laboratory")
async def results_page(request: Request, chart: Chart) -> Response:
    """Charts of the chosen tests, then all tests in a table."""
    every = results.series_of(chart)
    shown = _wanted(request, every)
    if spreadsheet.wanted(request):
        return _csv(chart, shown, every)
    chosen = request.query_params.getlist("chart")[:CHARTS]
    picked = [one for one in every if one.key in chosen]
    if not picked:
        picked = [one for one in results.latest_first(shown) if len(one.readings) > 2][:2]
    keys = [one.key for one in picked]
    page, pages = paged(request, results.rows(chart, shown, keys))
    return draw(
        request, chart, "results.jinja", "results",
        fhir=f"/fhir/Observation?patient={chart.id}&category=laboratory",
        csv=request.url.include_query_params(format="csv").query,
        columns=results.COLUMNS, rows=page, pages=pages, scope=_scope(every),
        figures=[results.figure(chart, one) for one in picked],
        filters=_filters(request, chart, every, shown),
        states=states(chart, ("laboratory",), len(every)),
    )  # fmt: skip


def _csv(chart: Chart, shown: list[Series], every: list[Series]) -> Response:
    rows = [
        (results.title(one), r.text, results.unit_of(one), range_text(r.low, r.high), r.flag,
         chart.senders.name(r.resource), r.when)
        for one in shown
        for r in reversed(one.readings)
    ]  # fmt: skip
    said = states(chart, ("laboratory",), len(every))
    return spreadsheet.spreadsheet("results", CSV_HEADS, rows, said)


def _wanted(request: Request, every: list[Series]) -> list[Series]:
    show, word = (request.query_params.get(name, "") for name in ("show", "test"))
    shown = [one for one in every if word.lower() in results.title(one).lower()]
    source = request.query_params.get("source", "")
    shown = [one for one in shown if not source or source in _sources(one)]
    if show == "outside":
        shown = [one for one in shown if side_of(one.last)]
    return shown if show == "name" else results.latest_first(shown)


def _sources(one: Series) -> set[str]:
    return {reading.resource.get("meta", {}).get("source", "") for reading in one.readings}


def _filters(request: Request, chart: Chart, every: list[Series], shown: list[Series]) -> FilterBar:
    names = {
        uri: chart.senders.name({"meta": {"source": uri}}) for one in every for uri in _sources(one)
    }
    sources = (("", f"All {len(names)}"), *sorted(names.items(), key=lambda item: item[1]))
    values = sum(len(one.readings) for one in shown)
    given = request.query_params
    return FilterBar(
        f"/record/{chart.id}/results",
        (
            Filter("test", "Test", given.get("test", "")),
            Filter("source", "Source", given.get("source", ""), sources),
            Filter("show", "Show", given.get("show", ""), SHOW),
        ),
        f"{counted(len(shown), 'test')}, {counted(values, 'result')}",
    )


def _scope(every: list[Series]) -> str:
    values = sum(len(one.readings) for one in every)
    newest = max((one.last.when for one in every), default="")
    said = counted(values, "result")
    return f"{said} · newest {long_date(newest[:10])}" if newest else said


@with_chart("laboratory")
async def result_page(request: Request, chart: Chart) -> Response:
    """One test: its chart and every value."""
    key = request.path_params["test"]
    one = next((one for one in results.series_of(chart) if one.key == key), None)
    if one is None:
        return not_found(request)
    shown, pages = paged(request, results.values(chart, one))
    return draw(
        request, chart, "result.jinja", "results", title=results.title(one),
        figure=results.figure(chart, one), values=shown, pages=pages, name=one.name,
    )  # fmt: skip


@with_chart("vitals")
async def observations_page(request: Request, chart: Chart) -> Response:
    """Vital signs set by set, then everything else that was measured or scored."""
    sets, pages = paged(request, vitals.sets(chart))
    latest = vitals.vitals(chart)
    return draw(
        request, chart, "observations.jinja", "observations", vitals=latest,
        columns=vitals.COLUMNS, sets=sets, pages=pages, other_columns=vitals.OTHER_COLUMNS,
        others=vitals.others(chart), states=states(chart, ("vitals",), 1 if latest else 0),
    )  # fmt: skip
