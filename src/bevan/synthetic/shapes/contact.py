"""Encounter, EpisodeOfCare and Appointment."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import instant
from bevan.synthetic.draws import fixed_id
from bevan.synthetic.places import Place
from bevan.synthetic.shapes.chart import (
    PROFILE,
    Chart,
    at,
    coding,
    concept,
    optional,
    quote,
)
from bevan.synthetic.staff import Worker

_ADMISSION: Final = f"{PROFILE}Extension-UKCore-AdmissionMethod"
_DISCHARGE: Final = f"{PROFILE}Extension-UKCore-DischargeMethod"
_LEGAL: Final = f"{PROFILE}Extension-UKCore-LegalStatus"
_OUTCOME: Final = f"{PROFILE}Extension-UKCore-OutcomeOfAttendance"
_BOOKED_BY: Final = f"{PROFILE}Extension-UKCore-BookingOrganization"
_CHANNEL: Final = f"{PROFILE}Extension-UKCore-DeliveryChannel"
_SAID: Final = {
    "emergency-room-admission": "Emergency department",
    "emergency-hospital-admission": "Emergency stay in hospital",
    "hospital-admission": "Stay in hospital",
    "telephone-consultation": "Phone consultation",
    "telephone-encounter": "Phone call",
    "consultation-via-video-conference": "Video consultation",
    "follow-up-visit": "Follow-up",
    "telemedicine-consultation-with-patient": "Virtual ward",
    "seen-in-establishment": "Seen where they live",
    "home-visit": "Visit at home",
}
"""What settings call the types of contact."""


def site(slug: str, name: str) -> str:
    """A reference to a site or ward as JSON."""
    return f'{{"reference":"Location/{fixed_id("Location/" + slug)}","display":"{name}"}}'


def _extension(url: str, key: str) -> str:
    """An extension with a code of the table."""
    return f'{{"url":"{url}","valueCodeableConcept":{concept(key)}}}'


def _hospitalization(admitted: str, source: str, destination: str) -> str:
    """How somebody came in and where they went (an element of Encounter)."""
    if not admitted:
        return ""
    came = f'"admitSource":{concept(f"source-of-admission.{source}")}' if source else ""
    went = (
        f'"dischargeDisposition":{concept(f"discharge-destination.{destination}")}'
        if destination
        else ""
    )
    how = f'"extension":[{_extension(_ADMISSION, f"admission-method.{admitted}")}]'
    return f',"hospitalization":{{{",".join(part for part in (how, came, went) if part)}}}'


def encounter(
    chart: Chart,
    place: Place,
    kind: str,
    key: str,
    start: tuple[int, int],
    end: tuple[int, int] | None = None,
    *,
    by: Worker | None = None,
    reason: str = "",
    reason_text: str = "",
    where: str = "",
    admitted: str = "",
    source: str = "",
    discharged: str = "",
    destination: str = "",
    status: str = "finished",
    service: str = "",
    part_of: str = "",
    episode: str = "",
    legal: str = "",
    outcome: str = "",
    security: str = "",
    identifier: str = "",
    said: str = "",
) -> str:
    """A contact. `kind` is a class (`ambulatory`, `emergency`…), `key` an encounter type, times
    are (day, minute); codes for admission and discharge are those of the data dictionary;
    `said` is what the setting calls it."""
    more = []
    if discharged:
        more.append(_extension(_DISCHARGE, f"discharge-method.{discharged}"))
    if legal:
        more.append(_extension(_LEGAL, f"mental-health-act-legal-status.{legal}"))
    if outcome:
        more.append(_extension(_OUTCOME, f"outcome-of-attendance.{outcome}"))
    words = (
        concept(reason, reason_text)
        if reason
        else (f'{{"text":{quote(reason_text)}}}' if reason_text else "")
    )
    stop = f',"end":"{instant(*end)}"' if end else ""
    seen = f',"participant":[{{"individual":{by.ref}}}]' if by else ""
    extension = f'"extension":[{",".join(more)}],' if more else ""
    body = (
        f'{extension}"status":"{status}","class":{coding(f"encounter-class.{kind}")},'
        f'"type":[{concept(f"encounter-type.{key}", said or _SAID.get(key, ""))}]'
        f"{optional('serviceType', service and concept(service))},{chart.subject}"
        f"{optional('episodeOfCare', episode and f'[{at(episode)}]')}{seen},"
        f'"period":{{"start":"{instant(*start)}"{stop}}}'
        f"{optional('reasonCode', words and f'[{words}]')}"
        f"{_hospitalization(admitted, source, destination)}"
        f'{f",{_places(where)}" if where else ""},"serviceProvider":{place.ref}'
        f"{optional('partOf', part_of and at(part_of))}"
    )
    return chart.add("Encounter", identifier or chart.new(), place.source, body, security=security)


def _places(where: str) -> str:
    """The location of a contact."""
    return f'"location":[{{"location":{where}}}]'


def episode(
    chart: Chart,
    place: Place,
    text: str,
    start: int,
    end: int | None = None,
    *,
    by: Worker | None = None,
    key: str = "",
    status: str = "",
    identifier: str = "",
) -> str:
    """A time under a service: a caseload, a virtual ward, residence in a care home."""
    stop = f',"end":"{instant(end, 1020)}"' if end is not None else ""
    code = concept(key, text) if key else f'{{"text":{quote(text)}}}'
    body = (
        f'"status":"{status or ("active" if end is None else "finished")}","type":[{code}],'
        f'"patient":{{"reference":"{chart.patient}"}},"managingOrganization":{place.ref},'
        f'"period":{{"start":"{instant(start, 540)}"{stop}}}'
        f"{optional('careManager', by.ref if by else '')}"
    )
    return chart.add("EpisodeOfCare", identifier or chart.new(), place.source, body)


def appointment(
    chart: Chart,
    place: Place,
    description: str,
    on: int,
    start: int,
    minutes: int,
    *,
    status: str = "fulfilled",
    channel: str = "in-person",
    made: int | None = None,
    by: Worker | None = None,
    key: str = "",
    where: str = "",
) -> str:
    """A booked time with somebody; `channel` is in-person, telephone or video."""
    staff = f'{{"actor":{by.ref},"status":"accepted"}},' if by else ""
    if not where and place.kind == "gp":
        where = site(place.slug, place.name)
    room = f'{{"actor":{where},"status":"accepted"}},' if where else ""
    booking = f'{{"url":"{_BOOKED_BY}","valueReference":{place.ref}}}'
    booked = instant(on - 14 if made is None else made, 570)
    answer = "needs-action" if status == "proposed" else "accepted"
    body = (
        f'"extension":[{booking},{_extension(_CHANNEL, f"delivery-channel.{channel}")}],'
        f'"status":"{status}"{optional("specialty", key and f"[{concept(key)}]")},'
        f'"description":{quote(description)},"start":"{instant(on, start)}",'
        f'"end":"{instant(on, start + minutes)}","created":"{booked}",'
        f'"participant":[{staff}{room}{{"actor":{{"reference":"{chart.patient}"}},"status":"{answer}"}}]'
    )
    return chart.add("Appointment", chart.new(), place.source, body)
