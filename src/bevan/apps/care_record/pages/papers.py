"""Plans, About Me, documents, details, and where the record comes from."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.pages.opened import draw, with_chart
from bevan.apps.care_record.presenters import person, plans, sources
from bevan.apps.care_record.presenters.absence import states
from bevan.apps.care_record.presenters.document import document
from bevan.apps.care_record.service.chart import Chart
from bevan.apps.care_record.service.files import opened_file
from bevan.apps.care_record.service.writing import person_of
from bevan.web.app import Link
from bevan.web.download import download
from bevan.web.errors import not_found


@with_chart("about")
async def about_me_page(request: Request, chart: Chart) -> Response:
    """About Me in full."""
    paper = plans.about(chart)
    add = None if paper else Link("Write About Me", f"/record/{chart.id}/add/about-me")
    said = states(chart, ("about",), 1 if paper else 0, "Ask, and write it down.")
    return draw(
        request, chart, "papers.jinja", "about-me", title="About Me", add=add,
        papers=[paper] if paper else [], past=[], states=said, voice=True,
    )  # fmt: skip


@with_chart()
async def care_plans_page(request: Request, chart: Chart) -> Response:
    """Care and contingency plans in full; ended ones after them."""
    papers, past = plans.plans(chart), plans.plans(chart, standing=False)
    said = states(chart, ("plans",), len(papers) + len(past))
    return draw(
        request, chart, "papers.jinja", "care-plans", title="Care plans",
        add=Link("Add a care plan", f"/record/{chart.id}/add/care-plan"),
        papers=papers, past=past, states=said, voice=False,
    )  # fmt: skip


@with_chart()
async def document_page(request: Request, chart: Chart) -> Response:
    """One letter with its text."""
    found = await chart.reader.one("DocumentReference", request.path_params["id"])
    if found is None or person_of(found) != chart.id:
        return not_found(request)
    return draw(request, chart, "document.jinja", "documents", document=document(chart, found))


@with_chart()
async def file_page(request: Request, chart: Chart) -> Response:
    """One attachment of a letter, to be kept as a file."""
    found = await chart.reader.one("DocumentReference", request.path_params["id"])
    if found is None or person_of(found) != chart.id:
        return not_found(request)
    file = await opened_file(chart, found, request.path_params["number"])
    return download(file.content, file.kind, file.name) if file else not_found(request)


@with_chart("people")
async def details_page(request: Request, chart: Chart) -> Response:
    """How to reach and help the person."""
    return draw(request, chart, "details.jinja", "details", facts=person.details(chart))


@with_chart("laboratory", "vitals", "vaccinations", "procedures", "encounters", "documents")
async def sources_page(request: Request, chart: Chart) -> Response:
    """Where it comes from."""
    return draw(request, chart, "sources.jinja", "sources", rows=sources.source_rows(chart))
