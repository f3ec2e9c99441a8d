"""Opening a chart for a page: signed in, allowed, and the same words for all that isn't."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.pages import spreadsheet
from bevan.apps.care_record.presenters.person import banner, replaced_by
from bevan.apps.care_record.presenters.sections import sections
from bevan.apps.care_record.rules.entries import restricted
from bevan.apps.care_record.service.chart import Chart, open_chart, open_person
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import Page, session_of, signed_in_only

ChartPage: TypeAlias = Callable[[Request, Chart], Awaitable[Response]]
SAVED = {
    "added": "Added to the record.",
    "saved": "Saved. The record keeps every earlier version.",
    "told": "Saved. The organisation that holds this entry has been told.",
    "mistake": "Marked as recorded by mistake. It is out of every list and stays in the history.",
    "settled": "Settled. Both versions stay in the history.",
    "filed": "Filed. The patient sees these results from now on.",
    "kept": "Nothing was changed: the saved version stays.",
}


def with_chart(*wanted: str) -> Callable[[ChartPage], Page]:
    """A page about one person, who is named in its address; ``wanted`` names the lists it shows.

    Somebody who may not be seen and somebody who doesn't exist get one and the same answer.
    """

    def outer(page: ChartPage) -> Page:
        @wraps(page)
        async def opened(request: Request) -> Response:
            session = session_of(request)
            assert session is not None  # signed_in_only lets nobody else in
            id = request.path_params["patient"]
            chart = await open_chart(services(request), session, id, *wanted)
            if chart is None:
                return await _elsewhere(request, session, id)
            answer = await page(request, chart)
            if answer.media_type == "text/csv":
                await spreadsheet.noted(request, id)
            return answer

        return signed_in_only(opened)

    return outer


async def _elsewhere(request: Request, session: Session, id: str) -> Response:
    """This page of the record that stands for a merged one, or the page for what isn't there.

    What was posted isn't taken along: it was written beside another banner.
    """
    survivor = services(request).survivors.of(id) if request.method == "GET" else None
    if survivor is None or not await open_person(services(request), session, survivor):
        return not_found(request)
    path = request.url.path.replace(f"/{id}", f"/{survivor}", 1)
    return go(f"{path}?{request.url.query}" if request.url.query else path)


def draw(
    request: Request,
    chart: Chart,
    template: str,
    section: str,
    *,
    status: int = 200,
    **context: Any,
) -> Response:
    """A page of the record with its banner and section list."""
    return render(
        request,
        f"care_record/{template}",
        status=status,
        patient=banner(chart),
        restricted=restricted(chart.patient),
        sections=sections(chart, section),
        replaced_by=replaced_by(chart.patient),
        saved=SAVED.get(request.query_params.get("done", ""), ""),
        **context,
    )
