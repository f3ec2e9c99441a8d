"""Encounters as people see them: a setting, a day, what happened and with whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import NO_WORDS, Resource, has, words
from bevan.apps.care_record.rules.senders import Senders
from bevan.fhir.codes import code
from bevan.web.words import day_of, moment

NEVER_HAPPENED = frozenset({"cancelled", "entered-in-error", "planned"})
VAGUE = ("encounter-type.patient-encounter-procedure", "encounter-type.encounter-for-check-up")
LONGEST_TITLE = 70
WAYS = {
    "VR": "by phone or video", "HH": "at home", "EMER": "emergency", "IMP": "stay in hospital",
    "AMB": "visit", "FLD": "at the scene", "ACUTE": "stay in hospital", "SS": "day case",
}  # fmt: skip


@dataclass(frozen=True)
class Contact:
    """One contact; ``end`` only for stays over more than one day."""

    resource: dict[str, Any]
    start: date
    clock: str
    end: date | None
    kind: str
    what: str
    detail: str
    who: str


def contacts(encounters: Iterable[dict[str, Any]], senders: Senders) -> list[Contact]:
    """Newest first; what was cancelled or recorded by mistake isn't a contact."""
    told = [one for one in encounters if one.get("status") not in NEVER_HAPPENED]
    dated = [one for one in told if day_of(entries.when(one))]
    return [contact(one, senders) for one in entries.newest(dated)]


def contact(encounter: dict[str, Any], senders: Senders) -> Contact:
    """One encounter in words."""
    provider = entries.target(encounter.get("serviceProvider")) or senders.custodian(encounter)
    start, end = entries.when(encounter), entries.at(encounter, "period.end")
    first, last = day_of(start), day_of(end)
    assert first is not None  # the caller leaves out what has no day
    began = moment(start)
    return Contact(
        encounter,
        first,
        f"{began:%H:%M}" if isinstance(began, datetime) else "",
        last if last and last > first else None,
        senders.kind(provider),
        title(encounter),
        detail(encounter),
        _who(encounter, senders, provider),
    )


def title(encounter: Resource) -> str:
    """Its type where that says something, else the first words of its reason, else its way."""
    return _told(encounter)[0]


def detail(encounter: Resource) -> str:
    """What the title leaves out of why it was, and how it took place."""
    return _told(encounter)[1]


def _told(encounter: Resource) -> tuple[str, str]:
    vague = {code(key).code for key in VAGUE}
    concepts = [*(encounter.get("type") or []), encounter.get("serviceType")]
    kinds = [c for c in concepts if c and words(c) != NO_WORDS and not has(c, *vague)]
    why = ", ".join(words(reason) for reason in encounter.get("reasonCode") or []).strip()
    way = WAYS.get(entries.at(encounter, "class.code"), "contact").capitalize()
    if kinds:
        return words(kinds[0]), _sentences(why, way)
    first, _, rest = why.partition(". ")
    if not why or len(first) > LONGEST_TITLE:
        return way, _sentences(why)
    return first.rstrip("."), _sentences(rest, way)


def _sentences(*texts: str) -> str:
    return " ".join(f"{text.rstrip('.')}." for text in texts if text)


def _who(encounter: Resource, senders: Senders, provider: str) -> str:
    given = (encounter.get("serviceProvider") or {}).get("display", "")
    place = given or (
        senders.organisations[provider].name
        if provider in senders.organisations
        else senders.name(encounter)
    )
    people = [
        (one.get("individual") or {}).get("display", "")
        for one in encounter.get("participant") or []
    ]
    return " · ".join(part for part in (place, next(filter(None, people), "")) if part)
