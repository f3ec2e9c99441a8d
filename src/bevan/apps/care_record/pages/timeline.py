"""Contacts across all settings."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.pages.opened import draw, with_chart
from bevan.apps.care_record.pages.paging import paged
from bevan.apps.care_record.presenters import timeline
from bevan.apps.care_record.presenters.absence import HELD_IN_TIME, states
from bevan.apps.care_record.rules.senders import SETTINGS
from bevan.apps.care_record.service.chart import Chart
from bevan.web.components import Filter, FilterBar
from bevan.web.words import counted, day_of


@with_chart("encounters")
async def timeline_page(request: Request, chart: Chart) -> Response:
    """Lanes, then days."""
    every = timeline.contacts_of(chart)
    setting, since = (request.query_params.get(name, "") for name in ("setting", "from"))
    shown = timeline.chosen(every, setting, day_of(since))
    page, pages = paged(request, shown)
    kinds = {contact.kind for contact in every}
    first = min((contact.start.year for contact in every), default=chart.today.year)
    return draw(
        request, chart, "timeline.jinja", "timeline",
        lanes=timeline.lanes(chart, every), days=timeline.days(page, chart.today), pages=pages,
        scope=f"{counted(len(every), 'contact')} since {first}, "
              f"from {counted(len(kinds), 'setting')}",
        filters=_filters(chart, setting, since, len(shown)),
        states=states(chart, ("encounters",), len(every), held=HELD_IN_TIME),
    )  # fmt: skip


def _filters(chart: Chart, setting: str, since: str, shown: int) -> FilterBar:
    settings = (("", "All"), *((kind, name) for kind, name in SETTINGS.items() if kind != "other"))
    return FilterBar(
        f"/record/{chart.id}/timeline",
        (
            Filter("from", "From", since if day_of(since) else "", type="date"),
            Filter("setting", "Setting", setting if setting in SETTINGS else "", settings),
        ),
        f"{shown} shown",
    )
