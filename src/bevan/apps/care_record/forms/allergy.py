"""An allergy or intolerance: to what, what it does, how sure, since when."""

from __future__ import annotations

from typing import Any

from bevan.apps.care_record.forms import partial_date
from bevan.apps.care_record.forms.coded import chosen, suggestions
from bevan.apps.care_record.forms.field import Field, Form, Parts, Resource, status_concept
from bevan.apps.care_record.rules import allergies, entries
from bevan.apps.care_record.rules.concepts import words
from bevan.web.words import long_date

TYPE = "AllergyIntolerance"
SEVERITIES = (("mild", "Mild"), ("moderate", "Moderate"), ("severe", "Severe"))
CERTAINTIES = (
    ("confirmed", "Confirmed"),
    ("unconfirmed", "Reported, not confirmed"),
    ("refuted", "Ruled out"),
)
STATUSES = (("active", "Still has it"), ("inactive", "Not now"), ("resolved", "Grown out of it"))


def fields(resource: Resource | None) -> tuple[Field, ...]:
    """The parts, with the substances and reactions of the code table on offer."""
    return (
        Field("substance", "Allergic to", "suggest", required="Say what they are allergic to",
              options=suggestions("allergen")),
        Field("reaction", "What happens", "suggest", "For example a rash, or swelling of the face",
              options=suggestions("reaction")),
        Field("severity", "How bad it is", "radios", options=SEVERITIES),
        Field("certainty", "How sure we are", "radios", required="Say how sure we are",
              options=CERTAINTIES),
        Field("status", "Now", "radios", required="Say whether they still have it",
              options=STATUSES),
        Field("onset", "Since", "text", "For example 1987, June 2014 or 9 June 2014"),
        Field("note", "Notes", "textarea", "What happened, and who told you"),
    )  # fmt: skip


def parts(resource: Resource) -> Parts:
    """The entry's parts as text."""
    return {
        "substance": words(resource.get("code")),
        "reaction": allergies.reactions(resource),
        "severity": _severity(resource),
        "certainty": _status(resource, "verificationStatus"),
        "status": _status(resource, "clinicalStatus"),
        "onset": long_date(text) if (text := entries.at(resource, "onsetDateTime")) else "",
        "note": entries.notes(resource),
    }


def _severity(resource: Resource) -> str:
    found = [r.get("severity", "") for r in resource.get("reaction") or []]
    return max(found, key=lambda word: allergies.SEVERITY.get(word, 0), default="")


def _status(resource: Resource, name: str) -> str:
    codings = (resource.get(name) or {}).get("coding") or []
    return str(codings[0].get("code", "")) if codings else ""


def applied(resource: Resource, wanted: Parts) -> dict[str, Any]:
    """The entry with these parts."""
    old, made = parts(resource), dict(resource)
    differs = {name for name, text in wanted.items() if text != old.get(name, "")}
    if "substance" in differs or "code" not in made:
        made["code"] = chosen("allergen", wanted["substance"])
    if differs & {"reaction", "severity"}:
        made["reaction"] = _reactions(resource, wanted, "reaction" in differs)
    if "certainty" in differs:
        made["verificationStatus"] = status_concept(TYPE, "verification", wanted["certainty"])
    if "status" in differs:
        made["clinicalStatus"] = status_concept(TYPE, "clinical", wanted["status"])
    if "onset" in differs:
        made["onsetDateTime"] = partial_date.to_fhir(wanted["onset"]) if wanted["onset"] else ""
    if "note" in differs:
        made["note"] = [{"text": wanted["note"]}] if wanted["note"] else []
    return {name: value for name, value in made.items() if value not in ("", [])}


def _reactions(resource: Resource, wanted: Parts, reworded: bool) -> list[dict[str, Any]]:
    kept = [dict(one) for one in resource.get("reaction") or []]
    if reworded or not kept:
        said = [text.strip() for text in wanted["reaction"].split(",") if text.strip()]
        if not said and not wanted["severity"]:
            return []
        kept = [{"manifestation": [chosen("reaction", text) for text in said or ["Not known"]]}]
    worst = wanted["severity"]
    if worst != _severity(resource) or reworded:
        for one in kept:
            one.pop("severity", None)
        if worst:
            kept[0]["severity"] = worst
    return kept


def blank(patient: str) -> dict[str, Any]:
    """A new entry before anything is filled in."""
    return {"resourceType": TYPE, "patient": {"reference": f"Patient/{patient}"}}


def faults(wanted: Parts) -> dict[str, str]:
    """Faults that a single field can't see."""
    return {"onset": text} if (text := partial_date.fault(wanted["onset"])) else {}


ALLERGY = Form("allergy", TYPE, "allergy", "allergies", fields, parts, applied, blank,
               lambda resource: words(resource.get("code")), faults)  # fmt: skip
