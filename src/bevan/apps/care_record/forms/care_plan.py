"""A care or contingency plan: what to do, when, and who to call."""

from __future__ import annotations

from typing import Any

from bevan.apps.care_record.forms import partial_date
from bevan.apps.care_record.forms.field import Field, Form, Parts, Resource
from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import NO_WORDS, words
from bevan.web.words import long_date

TYPE = "CarePlan"
STATUSES = (
    ("draft", "Draft"), ("active", "In use"), ("on-hold", "On hold"),
    ("revoked", "Withdrawn"), ("completed", "Finished"),
)  # fmt: skip
SUGGESTED = ("If they get worse", "Rescue medicines", "Who to call first")


def fields(resource: Resource | None) -> tuple[Field, ...]:
    """Name, what it is for, one field for each step, review date, notes."""
    given = {name: label for name, (label, _) in _steps(resource or {}).items()}
    labelled = given if resource else {f"step.{n}": s for n, s in enumerate(SUGGESTED)}
    return (
        Field("title", "Name of the plan", required="Give the plan a name"),
        Field("status", "Status", "radios", required="Say whether it is in use", options=STATUSES),
        Field("aim", "What it is for", "textarea"),
        *(Field(name, label, "textarea") for name, label in labelled.items()),
        Field("review", "Review by", "text", "For example 1 December 2026"),
        Field("note", "Agreed with, and other notes", "textarea"),
    )


def _steps(resource: Resource) -> dict[str, tuple[str, str]]:
    made = {}
    for index, activity in enumerate(resource.get("activity") or []):
        detail = activity.get("detail") or {}
        label = words(detail.get("code"))
        said = label if label != NO_WORDS else f"Step {index + 1}"
        if detail:
            made[f"step.{index}"] = (said, str(detail.get("description", "")))
    return made


def parts(resource: Resource) -> Parts:
    """The plan's parts as text."""
    review = entries.at(resource, "period.end")
    return {
        "title": resource.get("title", ""),
        "status": resource.get("status", ""),
        "aim": resource.get("description", ""),
        **{name: text for name, (_, text) in _steps(resource).items()},
        "review": long_date(review[:10]) if review else "",
        "note": entries.notes(resource),
    }


def applied(resource: Resource, wanted: Parts) -> dict[str, Any]:
    """The plan with these parts; codes, goals and links to other resources stay."""
    old = parts(resource)
    differs = {name for name, text in wanted.items() if text != old.get(name, "")}
    made = dict(resource)
    for name, element in (("title", "title"), ("status", "status"), ("aim", "description")):
        if name in differs:
            made[element] = wanted[name]
    if any(name.startswith("step.") for name in differs):
        made["activity"] = _activities(resource, wanted)
    if "review" in differs:
        made["period"] = _period(resource, wanted["review"])
    if "note" in differs:
        made["note"] = [{"text": wanted["note"]}] if wanted["note"] else []
    return {name: value for name, value in made.items() if value not in ("", [], {})}


def _activities(resource: Resource, wanted: Parts) -> list[dict[str, Any]]:
    given = list(resource.get("activity") or [])
    made = [dict(activity) for activity in given]
    for name, text in wanted.items():
        if not name.startswith("step."):
            continue
        index = int(name.removeprefix("step."))
        if index < len(made):
            made[index] = {**made[index], "detail": _described(made[index]["detail"], text)}
        elif text:
            detail = {"code": {"text": SUGGESTED[index]}, "status": "scheduled"}
            made.append({"detail": {**detail, "description": text}})
    return made


def _described(detail: Resource, text: str) -> dict[str, Any]:
    rest = {name: value for name, value in detail.items() if name != "description"}
    return {**rest, "description": text} if text else rest


def _period(resource: Resource, review: str) -> dict[str, str]:
    start = entries.at(resource, "period.start")
    ends = {"end": partial_date.to_fhir(review)} if review else {}
    return {**({"start": start} if start else {}), **ends}


def blank(patient: str) -> dict[str, Any]:
    """A new plan."""
    return {
        "resourceType": TYPE,
        "intent": "plan",
        "subject": {"reference": f"Patient/{patient}"},
    }


def faults(wanted: Parts) -> dict[str, str]:
    """A review date that isn't one."""
    return {"review": text} if (text := partial_date.fault(wanted["review"])) else {}


CARE_PLAN = Form("care-plan", TYPE, "care plan", "care-plans", fields, parts, applied, blank,
                 lambda resource: str(resource.get("title") or words(next(
                     iter(resource.get("category") or []), None))), faults)  # fmt: skip
