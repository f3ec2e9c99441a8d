"""The cards of the summary page."""

from __future__ import annotations

from dataclasses import dataclass

from bevan.apps.care_record.presenters import lists, plans, results, timeline, vitals
from bevan.apps.care_record.presenters.absence import states
from bevan.apps.care_record.presenters.allergies import allergy_states
from bevan.apps.care_record.presenters.plans import Paper
from bevan.apps.care_record.presenters.vitals import Vitals
from bevan.apps.care_record.rules import entries, medicines
from bevan.apps.care_record.service.chart import Chart
from bevan.web.app import Link
from bevan.web.components import Column, Entry, Row, State
from bevan.web.words import LONDON, counted, near_date

RESULTS, CONTACTS, APPOINTMENTS = 6, 4, 3


@dataclass(frozen=True)
class Part:
    """A card of the summary: entries, why they may not be all, and where the rest is."""

    title: str
    meta: str
    entries: tuple[Entry, ...]
    states: tuple[State, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Summary:
    """Everything on the summary page."""

    scope: str
    alert: tuple[str, str] | None
    problems: Part
    medicines: Part
    allergies: Part
    appointments: Part
    contacts: Part
    columns: tuple[Column, ...]
    results: tuple[Row, ...]
    result_states: tuple[State, ...]
    result_link: Link
    vitals: Vitals | None
    vital_states: tuple[State, ...]
    about: Paper | None
    about_states: tuple[State, ...]
    plan: Paper | None
    plan_states: tuple[State, ...]


def summary(chart: Chart) -> Summary:
    """The page in one value."""
    tests = results.latest_first(results.series_of(chart))[:RESULTS]
    signs, papers = vitals.vitals(chart), plans.plans(chart)
    about = plans.about(chart)
    where = f"/record/{chart.id}"
    return Summary(
        scope(chart),
        _alert(signs),
        _problems(chart),
        _medicines(chart),
        _allergies(chart),
        _appointments(chart),
        _contacts(chart),
        results.BRIEF,
        results.brief_rows(chart, tests),
        states(chart, ("laboratory",), len(tests)),
        results.all_results(chart),
        signs,
        states(chart, ("vitals",), 1 if signs else 0),
        about,
        states(chart, ("about",), 1 if about else 0, "Ask, and write it down.",
               Link("Write About Me", f"{where}/add/about-me")),
        papers[0] if papers else None,
        states(chart, ("plans",), len(papers), "", Link("Add a plan", f"{where}/add/care-plan")),
    )  # fmt: skip


def scope(chart: Chart) -> str:
    """How many organisations the page draws from, and when it was made."""
    sent = {chart.senders.custodian(one) for part in chart.found.values() for one in part.resources}
    local = chart.now.astimezone(LONDON)
    return f"From {counted(len(sent - {''}), 'organisation')} · checked {local:%H:%M} today"


def _alert(signs: Vitals | None) -> tuple[str, str] | None:
    score = signs.score if signs else None
    if score is None or signs is None or score.kind not in ("high", "medium"):
        return None
    rising = ", and rising" if signs.change.startswith("up") else ""
    words = ", ".join(f"{sign.label.lower()} {sign.figure}{sign.unit if sign.unit == '%' else ''}"
                      for sign in signs.signs[:1] if sign.figure != "Not recorded")  # fmt: skip
    lead = f"NEWS2 is {score.figure}, {score.word.lower()} risk{rising}."
    return lead, f"{words[:1].upper()}{words[1:]}, {signs.meta}." if words else signs.meta


def _problems(chart: Chart) -> Part:
    active, past = lists.problems(chart), lists.problems(chart, past=True)
    where = f"/record/{chart.id}/problems"
    meta = f"{len(active)} active" + (f" · {len(past)} past" if past else "")
    return Part("Problems", meta if active or past else "", _bare(active),
                states(chart, ("problems",), len(active) + len(past)),
                (Link("All problems", where),))  # fmt: skip


def _medicines(chart: Chart) -> Part:
    told = lists.medicine_list(chart)
    lately = sum(medicines.stopped_lately(one, chart.today) for one in told.past)
    where = f"/record/{chart.id}/medicines"
    links = [Link("All medicines", where)]
    if lately:
        links.append(Link(f"Stopped in the last 6 months ({lately})", f"{where}#stopped"))
    count = len(told.current) + len(told.past)
    return Part("Current medicines", f"{len(told.current)} current" if count else "",
                _bare(lists.medicine_entries(chart, told.current)),
                states(chart, ("medicines",), count), tuple(links))  # fmt: skip


def _allergies(chart: Chart) -> Part:
    every = Link("All allergies", f"/record/{chart.id}/allergies")
    listed = _bare(lists.allergy_groups(chart))
    return Part("Allergies and reactions", "", listed, allergy_states(chart), (every,))


def _appointments(chart: Chart) -> Part:
    coming = lists.appointments(chart, coming=True)
    none = states(chart, ("appointments",), len(chart.resources("appointments")))
    return Part("Next appointments", f"{len(coming)} to come" if coming else "None to come",
                coming[:APPOINTMENTS], none,
                (Link("All appointments", f"/record/{chart.id}/appointments"),))  # fmt: skip


def _contacts(chart: Chart) -> Part:
    told = timeline.contacts_of(chart)
    shown = tuple(
        Entry(one.what, one.who.split(" · ")[0],
              near_date(entries.when(one.resource), chart.today), small=one.detail)
        for one in told[:CONTACTS]
    )  # fmt: skip
    return Part("Last contacts", "", shown, states(chart, ("encounters",), len(told)),
                (Link("Timeline", f"/record/{chart.id}/timeline"),))  # fmt: skip


def _bare(listed: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Without links to change entries: those are on the section's own page."""
    return tuple(
        Entry(e.name, e.source, e.date, e.after, e.since, e.lines, e.small, e.tags, e.href,
              e.critical, (), tuple(_bare(e.others)))
        for e in listed
    )  # fmt: skip
