"""The summary: what anyone who helps this person must see first."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.pages.opened import draw, with_chart
from bevan.apps.care_record.presenters.summary import summary
from bevan.apps.care_record.service.chart import Chart

LISTS = ("laboratory:400", "vitals:80", "encounters:12", "appointments:60", "about")


@with_chart(*LISTS)
async def summary_page(request: Request, chart: Chart) -> Response:
    """Two columns of cards."""
    return draw(request, chart, "summary.jinja", "", page=summary(chart))
