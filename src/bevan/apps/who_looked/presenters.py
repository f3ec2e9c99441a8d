"""Looks in words: when, who, why and what, in a person's own language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bevan.access.claims import TRACE
from bevan.access.consents import CHOOSING, SHOWING, TAKING
from bevan.access.looks import Look, LooksPage
from bevan.apps.who_looked.rules import ADDRESS, PERIODS, Asked
from bevan.web.components import Filter, FilterBar, Tag
from bevan.web.words import LONDON, counted

_PARTS = {
    "Patient": "your name and address",
    "AllergyIntolerance": "allergies",
    "MedicationRequest": "medicines",
    "MedicationStatement": "medicines",
    "MedicationDispense": "medicines",
    "MedicationAdministration": "medicines",
    "Observation": "readings and results",
    "DiagnosticReport": "results",
    "ImagingStudy": "scans and X-rays",
    "Condition": "health problems",
    "Procedure": "operations and treatments",
    "Immunization": "vaccinations",
    "Encounter": "visits and stays",
    "Appointment": "appointments",
    "CarePlan": "care plan",
    "Goal": "care plan",
    "CareTeam": "who looks after you",
    "EpisodeOfCare": "who looks after you",
    "DocumentReference": "letters",
    "Composition": "letters",
    "Binary": "letters",
    "ServiceRequest": "referrals and tests asked for",
    "QuestionnaireResponse": "forms you filled in",
    "Communication": "messages",
    "Consent": "your choices",
    "Flag": "alerts about you",
    "Task": "work about your care",
    "Provenance": "where entries come from",
    "AuditEvent": "who looked at your record",
}
_OTHER = "other parts of your record"
_WHY = {
    "direct-care": "Looking after you",
    "acting-for": "Acting for you",
    "ward-display": "Showing staff who is in which bed",
    CHOOSING: "Keeping a choice of yours",
    SHOWING: "Looking at your choices",
    TAKING: "Taking down your choices",
    TRACE: "Finding you, to look after you",
}
_RELATIONS = {
    "parent": "your parent",
    "guardian": "your guardian",
    "carer": "your carer",
    "attorney": "your attorney",
}
_ANOTHER = "Another reason: ask the organisation"
_UNREVIEWED = "Emergency access. Being checked"
_REVIEWED = {
    "upheld": "Emergency access. Checked: it was right",
    "not-upheld": "Emergency access. Checked: it was wrong",
    "learning": "Emergency access. Checked: we learn from it",
}


@dataclass(frozen=True)
class Shown:
    """One look as the page shows it."""

    when: str
    who: str
    where: str
    through: str
    why: str
    saw: str
    changed: str
    tag: Tag | None


@dataclass(frozen=True)
class Page:
    """The page. ``lead`` is its first sentence with ``strong`` said louder in its middle."""

    lead: str
    strong: str
    rest: str
    looks: tuple[Shown, ...]
    empty: str
    form: FilterBar
    systems: bool
    others: str
    others_address: str
    more: str
    newest: str
    places: bool


def page(found: LooksPage, asked: Asked, now: datetime) -> Page:
    """The page of these looks."""
    return Page(
        lead=_period(asked),
        strong=_strong(found, asked),
        rest=_rest(asked),
        looks=tuple(_shown(look, now) for look in found.looks),
        empty=_empty(found, asked),
        form=_form(found, asked),
        systems=asked.systems,
        others=_others(found, asked),
        others_address=asked.address(systems=not asked.systems),
        more=asked.address(found.following) if found.following else "",
        newest=asked.address() if asked.after else "",
        places=found.places,
    )


def _period(asked: Asked) -> str:
    if asked.period == "all":
        return "Since your record began"
    return "In the " + PERIODS[asked.period].lower()


def _strong(found: LooksPage, asked: Asked) -> str:
    if asked.systems:
        return f"{counted(found.systems, 'computer')} read your record"
    people = counted(found.people, "person", "people")
    if not found.organisations:
        return people
    return f"{people} from {counted(found.organisations, 'organisation')}"


def _rest(asked: Asked) -> str:
    if asked.systems:
        return ". They bring your results, letters and alerts to where they belong."
    return " opened your record. Each one has to have a reason."


def _empty(found: LooksPage, asked: Asked) -> str:
    if found.looks:
        return ""
    if asked.after:
        return "There is nothing on this page."
    if asked.organisation:
        return "Nobody from there opened your record in this time."
    if asked.systems:
        return "No computer read your record in this time."
    return "Nobody opened your record in this time. Your own visits aren't listed."


def _form(found: LooksPage, asked: Asked) -> FilterBar:
    period = Filter("period", "When", asked.period, tuple(PERIODS.items()))
    filters = [period]
    if found.choices and not asked.systems:
        options = (("", "All organisations"), *found.choices)
        filters.append(Filter("organisation", "From", asked.organisation, options))
    kept = (("show", "systems"),) if asked.systems else ()
    return FilterBar(ADDRESS, tuple(filters), kept=kept)


def _others(found: LooksPage, asked: Asked) -> str:
    if asked.systems:
        return "Show the people instead"
    if not found.systems:
        return ""
    return f"Computers read your record too: {found.systems} of them."


def _shown(look: Look, now: datetime) -> Shown:
    return Shown(
        when=when(look.began, now),
        who=_who(look),
        where=_RELATIONS.get(look.relation, "") or look.organisation,
        through=look.app,
        why=_why(look),
        saw=parts(look.saw),
        changed=parts(look.changed),
        tag=_tag(look),
    )


def _tag(look: Look) -> Tag | None:
    if not look.emergency:
        return None
    return Tag("watch", _REVIEWED.get(look.reviewed or "", _UNREVIEWED), "warning")


def _who(look: Look) -> str:
    if look.kind == "system":
        return "A computer system"
    if look.own:
        return "You"
    if look.kind == "device":
        return "A screen on the ward"
    if look.kind == "patient":
        return look.proxy or "Somebody who acts for you"
    return look.role or "A member of staff"


def _why(look: Look) -> str:
    if look.kind == "system":
        return ""
    if look.own:
        return "You allowed this app"
    if look.emergency:
        return "Emergency: no usual link to you"
    return _WHY.get(look.why, _ANOTHER)


def parts(types: Iterable[str]) -> str:
    """What was seen or changed, in words, each once; empty for nothing."""
    words = list(dict.fromkeys(_PARTS.get(type, _OTHER) for type in types))
    if _OTHER in words:
        words.remove(_OTHER)
        words.append(_OTHER)
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def when(at: datetime, now: datetime) -> str:
    """Today, 10:15am; Friday 20 November, 2:02pm; with the year if it is another one."""
    there, here = at.astimezone(LONDON), now.astimezone(LONDON)
    clock = f"{there:%I:%M%p}".lstrip("0").lower()
    if there.date() == here.date():
        return f"Today, {clock}"
    if there.date() == here.date() - timedelta(days=1):
        return f"Yesterday, {clock}"
    day = f"{there:%A} {there.day} {there:%B}"
    return f"{day}, {clock}" if there.year == here.year else f"{day} {there.year}, {clock}"
