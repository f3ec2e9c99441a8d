"""What all entries share: when, whose, and whether they count at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bevan.apps.care_record.rules.concepts import Resource, has

WHEN = (
    "effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "occurrenceDateTime",
    "performedDateTime", "performedPeriod.start", "authoredOn", "recordedDate", "period.start",
    "start", "date", "dateAsserted", "created", "issued", "recorded", "onsetDateTime",
    "assertedDate", "meta.lastUpdated",
)  # fmt: skip
WRONG = "entered-in-error"


def counted(resources: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those marked as entered in error: they leave every list, chart and count."""
    return [resource for resource in resources if not in_error(resource)]


def in_error(resource: Resource) -> bool:
    """Whether the entry was recorded by mistake (status, or a condition's or allergy's own)."""
    return (
        resource.get("status") == WRONG
        or resource.get("docStatus") == WRONG
        or has(resource.get("verificationStatus"), WRONG)
    )


def when(resource: Resource) -> str:
    """The clinical date as sent, of whatever precision, or an empty text."""
    return next((text for path in WHEN if (text := at(resource, path))), "")


def at(resource: Resource, path: str) -> str:
    """The text at a dotted path of single elements, or an empty one."""
    here: Any = resource
    for name in path.split("."):
        here = here.get(name) if isinstance(here, dict) else None
    return here if isinstance(here, str) else ""


def newest(resources: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Newest first; equal days keep their order."""
    return sorted(resources, key=when, reverse=True)


def source(resource: Resource) -> str:
    """The address of the system that sent the entry (``meta.source``)."""
    return at(resource, "meta.source").split("#")[0]


def redacted(resource: Resource) -> bool:
    """Whether the record took something out of it for this reader."""
    labels = (resource.get("meta") or {}).get("security") or []
    return any(label.get("code") == "REDACTED" for label in labels)


def version(resource: Resource) -> int:
    """The version that was read."""
    return int(at(resource, "meta.versionId") or 0)


def target(reference: Resource | None) -> str:
    """The logical id of a reference, without type and version."""
    text = (reference or {}).get("reference", "")
    parts: list[str] = text.split("/_history/")[0].split("/")
    return parts[-1]


def restricted(person: Resource) -> bool:
    """Whether where they live must not be known (PDS: confidentiality R, or V)."""
    labels = (person.get("meta") or {}).get("security") or []
    return any(label.get("code") in ("R", "V") for label in labels)


def notes(resource: Resource) -> str:
    """All annotations as one text."""
    return "\n".join(note.get("text", "") for note in resource.get("note") or [])
