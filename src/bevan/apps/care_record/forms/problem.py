"""A problem or diagnosis."""

from __future__ import annotations

from typing import Any

from bevan.apps.care_record.forms import partial_date
from bevan.apps.care_record.forms.coded import chosen, suggestions
from bevan.apps.care_record.forms.field import Field, Form, Parts, Resource, status_concept
from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import words
from bevan.web.words import long_date

TYPE = "Condition"
STATUSES = (
    ("active", "Active"), ("recurrence", "Come back"), ("remission", "In remission"),
    ("inactive", "Not active"), ("resolved", "Over"),
)  # fmt: skip
CERTAINTIES = (
    ("confirmed", "Confirmed"), ("provisional", "Suspected"), ("differential", "One of several"),
    ("unconfirmed", "Not confirmed"), ("refuted", "Ruled out"),
)  # fmt: skip
DATES = (("onset", "onsetDateTime"), ("ended", "abatementDateTime"))


def fields(resource: Resource | None) -> tuple[Field, ...]:
    """The parts, with the problems of the code table on offer."""
    return (
        Field("problem", "Problem or diagnosis", "suggest", required="Say what the problem is",
              options=suggestions("problem")),
        Field("status", "Now", "radios", required="Say how it is now", options=STATUSES),
        Field("certainty", "How sure we are", "radios", required="Say how sure we are",
              options=CERTAINTIES),
        Field("onset", "Since", "text", "For example 2009, June 2014 or 9 June 2014"),
        Field("ended", "Until", "text", "Leave empty while it goes on"),
        Field("note", "Notes", "textarea"),
    )  # fmt: skip


def parts(resource: Resource) -> Parts:
    """The entry's parts as text."""
    dated = {
        name: long_date(text) if (text := entries.at(resource, element)) else ""
        for name, element in DATES
    }
    return {
        "problem": words(resource.get("code")),
        "status": _code(resource, "clinicalStatus"),
        "certainty": _code(resource, "verificationStatus"),
        **dated,
        "note": entries.notes(resource),
    }


def _code(resource: Resource, name: str) -> str:
    codings = (resource.get(name) or {}).get("coding") or []
    return str(codings[0].get("code", "")) if codings else ""


def applied(resource: Resource, wanted: Parts) -> dict[str, Any]:
    """The entry with these parts. R4 con-4: what has ended can't be active."""
    old, made = parts(resource), dict(resource)
    differs = {name for name, text in wanted.items() if text != old.get(name, "")}
    if "problem" in differs or "code" not in made:
        made["code"] = chosen("problem", wanted["problem"])
    if "status" in differs:
        made["clinicalStatus"] = status_concept(TYPE, "clinical", wanted["status"])
    if "certainty" in differs:
        made["verificationStatus"] = status_concept(TYPE, "ver-status", wanted["certainty"])
    for name, element in DATES:
        if name in differs:
            made[element] = partial_date.to_fhir(wanted[name]) if wanted[name] else ""
    if "note" in differs:
        made["note"] = [{"text": wanted["note"]}] if wanted["note"] else []
    return {name: value for name, value in made.items() if value not in ("", [])}


def blank(patient: str) -> dict[str, Any]:
    """A new entry of a problem list (UK Core: category problem-list-item)."""
    category = {
        "system": "http://terminology.hl7.org/CodeSystem/condition-category",
        "code": "problem-list-item",
        "display": "Problem List Item",
    }
    return {
        "resourceType": TYPE,
        "category": [{"coding": [category]}],
        "subject": {"reference": f"Patient/{patient}"},
    }


def faults(wanted: Parts) -> dict[str, str]:
    """Dates that aren't, and an end for something that goes on."""
    found = {name: text for name, _ in DATES if (text := partial_date.fault(wanted[name]))}
    if not found and wanted["ended"] and wanted["status"] in ("active", "recurrence"):
        found["ended"] = "It has an end, so say that it is over, or leave the end empty"
    return found


PROBLEM = Form("problem", TYPE, "problem", "problems", fields, parts, applied, blank,
               lambda resource: words(resource.get("code")), faults)  # fmt: skip
