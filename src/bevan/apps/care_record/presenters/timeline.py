"""Contacts across settings: lanes for twelve months, then days as headings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from markupsafe import Markup

from bevan.apps.care_record.rules.contacts import Contact, contacts
from bevan.apps.care_record.rules.senders import SETTINGS, SHAPES, Organisation
from bevan.apps.care_record.service.chart import Chart
from bevan.web import components
from bevan.web.charts.lanes import Lane, Stay, lane_chart
from bevan.web.components import Day
from bevan.web.words import counted, long_date, short_date

LANES = ("gp", "hospital", "community", "ambulance", "social", "mental")


def contacts_of(chart: Chart) -> list[Contact]:
    """Every contact, newest first."""
    return contacts(chart.resources("encounters"), chart.senders)


def lanes(chart: Chart, shown: Sequence[Contact]) -> Markup:
    """The picture of the last twelve months; a setting that sends nothing says so."""
    connected = {place.kind for place in _sending(chart)}
    made = [
        Lane(kind, SETTINGS[kind], [_stay(c) for c in shown if c.kind == kind], kind in connected)
        for kind in LANES
    ]
    if any(contact.kind not in LANES for contact in shown):
        others = [_stay(c) for c in shown if c.kind not in LANES]
        made.append(Lane("other", SETTINGS["other"], others))
    return lane_chart(made, chart.today)


def _sending(chart: Chart) -> list[Organisation]:
    owners = {system.organisation for system in chart.senders.systems.values()}
    return [place for id, place in chart.senders.organisations.items() if id in owners]


def _stay(contact: Contact) -> Stay:
    when = short_date(contact.start.isoformat())
    return Stay(contact.start, contact.end, f"{contact.what}, {when}", f"#{anchor(contact)}")


def anchor(contact: Contact) -> str:
    """The id of a contact's row on the page."""
    return f"contact-{contact.resource['id']}"


def days(shown: Sequence[Contact], today: date) -> tuple[Day, ...]:
    """Rows under their day for the last fortnight, under their month before that."""
    grouped = groupby(shown, key=lambda contact: _heading(contact.start, today))
    return tuple(_day(title, list(members), today) for title, members in grouped)


def _heading(day: date, today: date) -> str:
    if (today - day).days < 14:
        prefix = {0: "Today, ", 1: "Yesterday, "}.get((today - day).days, "")
        return f"{prefix}{day:%A} {long_date(day.isoformat())}"
    return long_date(day.isoformat()[:7])


def _day(title: str, members: list[Contact], today: date) -> Day:
    rows = tuple(_row(contact, (today - contact.start).days < 14) for contact in members)
    return Day(title, counted(len(rows), "contact"), rows)


def _row(contact: Contact, recent: bool) -> components.Contact:
    day = short_date(contact.start.isoformat()).rsplit(" ", 1)[0]
    stay = f"Until {short_date(contact.end.isoformat())}. " if contact.end else ""
    return components.Contact(
        anchor(contact), contact.start, contact.clock if recent and contact.clock else day,
        contact.kind, SHAPES[contact.kind], SETTINGS[contact.kind], contact.what,
        f"{stay}{contact.detail}", contact.who,
    )  # fmt: skip


def chosen(shown: Sequence[Contact], setting: str, since: date | None) -> list[Contact]:
    """The contacts that the filter asks for."""
    return [
        contact
        for contact in shown
        if (not setting or contact.kind == setting) and (since is None or contact.start >= since)
    ]
