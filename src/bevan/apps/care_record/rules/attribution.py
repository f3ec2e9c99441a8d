"""Editing what another organisation holds: the change stands, its holder is told, both are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import Resource

CHANGED = "Entry changed by another organisation"
JOINED = "Two people changed an entry at once"
OPEN = frozenset({"requested", "received", "accepted", "ready", "in-progress", "on-hold"})


@dataclass(frozen=True)
class Writer:
    """Who edits, as references: a practitioner and their organisation (ids and names)."""

    person: str
    name: str
    organisation: str
    organisation_name: str


@dataclass(frozen=True)
class Notice:
    """An open Task that tells a custodian about an edit of version ``version``."""

    task: dict[str, Any]
    focus: str
    version: int

    @property
    def by(self) -> str:
        """Who edited."""
        return str((self.task.get("requester") or {}).get("display", "somebody"))


def notice_task(
    focus: str,
    version: int,
    patient: str,
    custodian: tuple[str, str],
    writer: Writer,
    what: str,
    at: str,
) -> dict[str, Any]:
    """The Task for the custodian: look at this version, take it over or say why not.

    ``focus`` is Type/id, ``custodian`` an organisation's id and name, ``at`` an instant.
    """
    place = f" at {writer.organisation_name}" if writer.organisation_name else ""
    return {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": {"text": CHANGED},
        "description": f"{writer.name}{place} changed: {what}",
        "focus": {"reference": f"{focus}/_history/{version}"},
        "for": {"reference": f"Patient/{patient}"},
        "authoredOn": at,
        "requester": {"reference": f"Practitioner/{writer.person}", "display": writer.name},
        "owner": {"reference": f"Organization/{custodian[0]}", "display": custodian[1]},
    }


def word_task(
    focus: str,
    version: int,
    patient: str,
    reader: tuple[str, str],
    writer: Writer,
    why: str,
    at: str,
) -> dict[str, Any]:
    """The Task that tells somebody what became of their version; ``reader`` is id and name."""
    return {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": {"text": JOINED},
        "description": f"{writer.name} brought both versions together. {why}".strip(),
        "focus": {"reference": f"{focus}/_history/{version}"},
        "for": {"reference": f"Patient/{patient}"},
        "authoredOn": at,
        "requester": {"reference": f"Practitioner/{writer.person}", "display": writer.name},
        "owner": {"reference": f"Practitioner/{reader[0]}", "display": reader[1]},
    }


def notices(tasks: Iterable[dict[str, Any]]) -> Mapping[str, Notice]:
    """The newest open notice of each changed entry, by Type/id."""
    found: dict[str, Notice] = {}
    for task in tasks:
        made = _notice(task)
        if made and made.version > getattr(found.get(made.focus), "version", 0):
            found[made.focus] = made
    return found


def _notice(task: dict[str, Any]) -> Notice | None:
    reference, _, version = entries.at(task, "focus.reference").partition("/_history/")
    told = (task.get("code") or {}).get("text") == CHANGED and task.get("status") in OPEN
    return Notice(task, reference, int(version)) if told and version.isdigit() else None


def closed(task: dict[str, Any], words: str) -> dict[str, Any]:
    """The Task once somebody has settled the difference."""
    return {**task, "status": "completed", "businessStatus": {"text": words}}


def address(resource: Resource) -> str:
    """Type/id of a resource."""
    return f"{resource['resourceType']}/{resource['id']}"
