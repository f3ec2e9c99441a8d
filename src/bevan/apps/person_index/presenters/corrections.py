"""Entries and corrections in words: which kind, of which day and from whom; not their content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bevan.apps.person_index.presenters.merges import moment
from bevan.people.correction import Corrected
from bevan.web.components import Column, Fact, Row, Text
from bevan.web.words import LONDON, clock_time, long_date

Resource = Mapping[str, Any]
KINDS: Mapping[str, str] = {
    "Observation": "Result or observation",
    "Condition": "Problem",
    "AllergyIntolerance": "Allergy",
    "MedicationRequest": "Prescription",
    "MedicationStatement": "Medicine taken",
    "Encounter": "Visit or contact",
    "DocumentReference": "Document",
    "Immunization": "Vaccination",
    "Procedure": "Procedure",
    "DiagnosticReport": "Report",
    "CarePlan": "Care plan",
    "Appointment": "Appointment",
    "Communication": "Message",
    "Flag": "Alert",
}
COLUMNS = tuple(Column(name) for name in ("Entry", "What was done", "When", "State"))
_DAYS = (
    "effectiveDateTime", "authoredOn", "recordedDate", "occurrenceDateTime", "performedDateTime",
    "date", "start", "sent", "dateAsserted", "issued", "created",
)  # fmt: skip


@dataclass(frozen=True)
class Picked:
    """An entry as a clerk sees it."""

    row: str
    kind: str
    day: str
    written: str
    source: str


def picked(entry: Resource, senders: Mapping[str, str]) -> Picked:
    """An entry without its content; `senders` are the names of systems by their address."""
    meta = entry.get("meta") or {}
    type = str(entry["resourceType"])
    source = str(meta.get("source") or "")
    day = next((str(entry[name]) for name in _DAYS if entry.get(name)), "")
    day = day or str((entry.get("period") or {}).get("start") or "")
    return Picked(
        row=f"{type}/{entry['id']}",
        kind=KINDS.get(type, type),
        day=long_date(day[:10]) if day else "No day",
        written=_written(str(meta.get("lastUpdated", ""))),
        source=senders.get(source, source) or "a system that isn't named",
    )


def correction_row(done: Corrected, wrong: str, right: str) -> Row:
    """A correction as a row of the list; `wrong` and `right` are names."""
    what = "Set aside" if done.kind == "set-aside" else f"Moved to {right}"
    return Row(
        (
            Text(KINDS.get(done.type, done.type), f"was with {wrong}"),
            what,
            Text(moment(done.at), f"by {done.by}"),
            "Taken back" if done.undone else "Stands",
        ),
        href=f"/identity/corrections/{done.id}",
    )


def correction_facts(done: Corrected, wrong: str, right: str) -> tuple[Fact, ...]:
    """A correction as the facts of its page."""
    return (
        Fact("Entry", f"{KINDS.get(done.type, done.type)}, {done.type}/{done.row}"),
        Fact("Was with", wrong),
        Fact("Is now", "Set aside, with nobody" if done.kind == "set-aside" else f"With {right}"),
        Fact("Corrected", f"{moment(done.at)} by {done.by}"),
        Fact("Reason", done.reason, prose=True),
        Fact("Taken back", moment(done.undone) if done.undone else "No"),
    )


def _written(text: str) -> str:
    try:
        at = datetime.fromisoformat(text).astimezone(LONDON)
    except ValueError:
        return "Not known"
    return f"{long_date(at.date().isoformat())}, {clock_time(at.isoformat())}"
