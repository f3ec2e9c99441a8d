"""The sections that are lists of entries."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.care_record.pages import spreadsheet
from bevan.apps.care_record.pages.opened import draw, with_chart
from bevan.apps.care_record.pages.paging import paged
from bevan.apps.care_record.presenters import lists
from bevan.apps.care_record.presenters.absence import states
from bevan.apps.care_record.presenters.allergies import allergy_states
from bevan.apps.care_record.service.chart import Chart
from bevan.web.app import Link
from bevan.web.components import Entry, State
from bevan.web.words import counted


@with_chart()
async def problems_page(request: Request, chart: Chart) -> Response:
    """Active problems, then those that are over."""
    active, past = lists.problems(chart), lists.problems(chart, past=True)
    told = states(chart, ("problems",), len(active) + len(past))
    parts = [("Active", active, told, ""), ("Past", past, (), "past")]
    return _sections(request, chart, "problems", "Problems", parts, "problem")


@with_chart()
async def allergies_page(request: Request, chart: Chart) -> Response:
    """One row a substance; what ended or was ruled out stands apart."""
    now, past = lists.allergy_groups(chart), lists.allergy_groups(chart, past=True)
    parts = [("In force", now, allergy_states(chart), ""), ("Ended or ruled out", past, (), "past")]
    return _sections(request, chart, "allergies", "Allergies", parts, "allergy")


@with_chart()
async def medicines_page(request: Request, chart: Chart) -> Response:
    """What is taken now, and what was stopped."""
    told = lists.medicine_list(chart)
    current = lists.medicine_entries(chart, told.current)
    stopped = lists.medicine_entries(chart, told.past)
    said = states(chart, ("medicines",), len(current) + len(stopped))
    parts = [("Current", current, said, ""), ("Stopped or finished", stopped, (), "stopped")]
    return _sections(request, chart, "medicines", "Medicines", parts)


@with_chart("vaccinations")
async def vaccinations_page(request: Request, chart: Chart) -> Response:
    """Given and not given."""
    listed = lists.vaccinations(chart)
    said = states(chart, ("vaccinations",), len(listed))
    return _one(request, chart, "vaccinations", "Vaccinations", listed, said)


@with_chart("procedures")
async def procedures_page(request: Request, chart: Chart) -> Response:
    """Operations and other procedures."""
    listed = lists.procedures(chart)
    said = states(chart, ("procedures",), len(listed))
    return _one(request, chart, "procedures", "Procedures", listed, said)


@with_chart("documents")
async def documents_page(request: Request, chart: Chart) -> Response:
    """Letters and documents."""
    listed = lists.documents(chart)
    said = states(chart, ("documents",), len(listed))
    return _one(request, chart, "documents", "Letters and documents", listed, said)


@with_chart("appointments")
async def appointments_page(request: Request, chart: Chart) -> Response:
    """To come, and those that were."""
    coming, past = lists.appointments(chart, True), lists.appointments(chart, False)
    said = states(chart, ("appointments",), len(coming) + len(past))
    parts = [("To come", coming, said, ""), ("Past", past, (), "past")]
    return _sections(request, chart, "appointments", "Appointments", parts)


CSV_HEADS = ("List", "What", "Detail", "More", "Source", "Date")
FHIR_TYPES = {
    "problems": "Condition", "allergies": "AllergyIntolerance", "medicines": "MedicationRequest",
    "vaccinations": "Immunization", "procedures": "Procedure", "documents": "DocumentReference",
    "appointments": "Appointment",
}  # fmt: skip
Parts = list[tuple[str, tuple[Entry, ...], tuple[State, ...], str]]


def _one(
    request: Request,
    chart: Chart,
    section: str,
    title: str,
    listed: tuple[Entry, ...],
    said: tuple[State, ...],
) -> Response:
    return _sections(request, chart, section, title, [("", listed, said, "")])  # fmt: skip


def _sections(
    request: Request, chart: Chart, section: str, title: str, parts: Parts, form: str = ""
) -> Response:
    wanted = request.query_params.get("find", "").strip().lower()
    shown = [
        (name or title, [e for e in listed if wanted in _searchable(e)], said, id)
        for name, listed, said, id in parts
        if name in ("", parts[0][0]) or listed
    ]
    if spreadsheet.wanted(request):
        return _csv(section, shown)
    total = sum(len(listed) for _, listed, _, _ in shown)
    turned = [
        (name, *paged(request, listed, f"page-{id}" if id else "page"), said, id)
        for name, listed, said, id in shown
    ]
    add = Link(f"Add {_article(form)} {form}", f"/record/{chart.id}/add/{form}") if form else None
    return draw(
        request, chart, "list.jinja", section, title=title, parts=turned, add=add,
        wanted=request.query_params.get("find", ""), count=counted(total, "entry", "entries"),
        action=f"/record/{chart.id}/{section}",
        fhir=f"/fhir/{FHIR_TYPES[section]}?patient={chart.id}",
    )  # fmt: skip


def _csv(
    section: str, shown: Iterable[tuple[str, list[Entry], tuple[State, ...], str]]
) -> Response:
    parts = list(shown)
    rows = [
        (part, one.name, one.after, "; ".join((*one.lines, one.small)), one.source, one.date)
        for part, listed, _, _ in parts
        for entry in listed
        for one in (entry, *entry.others)
    ]
    said = [state for _, _, states, _ in parts for state in states]
    return spreadsheet.spreadsheet(section, CSV_HEADS, rows, said)


def _article(noun: str) -> str:
    return "an" if noun[:1] in "aeiou" else "a"


def _searchable(entry: Entry) -> str:
    words = (entry.name, entry.after, entry.small, entry.source, *entry.lines)
    return " ".join(words).lower()
