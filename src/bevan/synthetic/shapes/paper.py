"""DocumentReference, Composition (About Me), Communication and Consent."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape
from typing import Final

from bevan.synthetic.calendar import instant
from bevan.synthetic.places import Place
from bevan.synthetic.shapes.chart import Chart, at, concept, hl7, optional, quote
from bevan.synthetic.staff import Worker

ABOUT_ME: Final = "section.patient-narrative"
"""The record heading that an About Me is filed under; its title says About Me."""


def document(
    chart: Chart,
    place: Place,
    key: str,
    title: str,
    text: str,
    on: int,
    minute: int = 960,
    *,
    by: Worker | None = None,
    encounter: str = "",
    category: str = "category.clinical-note",
    security: str = "",
    status: str = "current",
    identifier: str = "",
) -> str:
    """A letter or form whose text is inside."""
    data = b64encode(text.encode()).decode()
    context = f',"context":{{"encounter":[{at(encounter)}]}}' if encounter else ""
    when = instant(on, minute)
    body = (
        f'"status":"{status}","type":{concept(key)},"category":[{concept(category)}],'
        f'{chart.subject},"date":"{when}","author":[{by.ref if by else place.ref}],'
        f'"custodian":{place.ref},"description":{quote(title)},'
        f'"content":[{{"attachment":{{"contentType":"text/plain; charset=utf-8",'
        f'"data":"{data}","title":{quote(title)},"creation":"{when}"}}}}]{context}'
    )
    return chart.add(
        "DocumentReference", identifier or chart.new(), place.source, body, security=security
    )


def _section(title: str, text: str) -> str:
    """A section in plain words."""
    shown = f"<div xmlns='http://www.w3.org/1999/xhtml'><p>{escape(text, quote=False)}</p></div>"
    return f'{{"title":{quote(title)},"text":{{"status":"additional","div":{quote(shown)}}}}}'


def about_me(
    chart: Chart,
    place: Place,
    sections: Iterable[tuple[str, str]],
    on: int,
    minute: int = 660,
    *,
    identifier: str = "",
) -> str:
    """What matters to the person, in their own words (Composition, author the patient)."""
    parts = ",".join(_section(title, text) for title, text in sections)
    body = (
        f'"status":"final","type":{concept(ABOUT_ME, "About Me")},'
        f'{chart.subject},"date":"{instant(on, minute)}","author":[{at(chart.patient)}],'
        f'"title":"About Me","custodian":{place.ref},"section":[{parts}]'
    )
    return chart.add("Composition", identifier or chart.new(), place.source, body)


def message(
    chart: Chart,
    place: Place,
    text: str,
    on: int,
    minute: int,
    *,
    by: Worker | None = None,
    to_patient: bool = True,
    topic: str = "",
) -> str:
    """A message between the person and those who care for them."""
    sender, receiver = (by.ref if by else place.ref), at(chart.patient)
    if not to_patient:
        sender, receiver = receiver, sender
    about = f',"topic":{{"text":{quote(topic)}}}' if topic else ""
    body = (
        f'"status":"completed",{chart.subject}{about},"sent":"{instant(on, minute)}",'
        f'"recipient":[{receiver}],"sender":{sender},'
        f'"payload":[{{"contentString":{quote(text)}}}]'
    )
    return chart.add("Communication", chart.new(), place.source, body)


def consent(
    chart: Chart,
    place: Place,
    text: str,
    on: int,
    *,
    permit: bool = True,
    status: str = "active",
    end: int | None = None,
) -> str:
    """A choice about sharing the record, in the words in which it was made."""
    scope = hl7("consentscope", "patient-privacy", "Privacy Consent")
    until = f',"end":"{instant(end, 0)}"' if end is not None else ""
    body = (
        f'"status":"{status}","scope":{scope},'
        f'"category":[{hl7("v3-ActCode", "INFA", "information access")}],'
        f'"patient":{at(chart.patient)},"dateTime":"{instant(on, 600)}",'
        f'"organization":[{place.ref}],"policyRule":{{"text":{quote(text)}}},'
        f'"provision":{{"type":"{"permit" if permit else "deny"}",'
        f'"period":{{"start":"{instant(on, 600)}"{until}}}}}'
    )
    return chart.add("Consent", chart.new(), place.source, body)


def task(
    chart: Chart,
    place: Place,
    text: str,
    on: int,
    minute: int,
    *,
    owner: str = "",
    focus: str = "",
    status: str = "requested",
    priority: str = "routine",
    identifier: str = "",
) -> str:
    """Something to be done for the person."""
    body = (
        f'"status":"{status}","intent":"order","priority":"{priority}","code":{{"text":'
        f'{quote(text)}}}{optional("focus", focus and at(focus))},"for":{at(chart.patient)},'
        f'"authoredOn":"{instant(on, minute)}","requester":{place.ref},'
        f'"owner":{owner or place.ref}'
    )
    return chart.add("Task", identifier or chart.new(), place.source, body)
