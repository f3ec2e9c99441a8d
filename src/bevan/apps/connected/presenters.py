"""Permissions in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from bevan.identity.clients import RegisteredClient
from bevan.identity.smart.granted import AppGrant
from bevan.identity.smart.wording import Word, Wording
from bevan.web.words import long_date, nhs_number

_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "*": "everything in the record",
        "Patient": "name, address, date of birth and contact details",
        "Observation": "test results, measurements and observations",
        "Condition": "problems and diagnoses",
        "AllergyIntolerance": "allergies",
        "MedicationRequest": "prescribed medicines",
        "MedicationStatement": "medicines taken",
        "MedicationDispense": "medicines handed out",
        "Immunization": "vaccinations",
        "Procedure": "operations and procedures",
        "DiagnosticReport": "reports of tests and scans",
        "DocumentReference": "letters and documents",
        "Encounter": "visits and stays",
        "Appointment": "appointments",
        "CarePlan": "care plans",
        "CareTeam": "who is in the care team",
        "Goal": "goals",
        "Coverage": "cover and entitlement",
        "Practitioner": "names of staff",
        "Organization": "names of organisations",
        "Location": "places of care",
        "QuestionnaireResponse": "answers to questionnaires",
        "ServiceRequest": "referrals and requests",
        "Task": "tasks",
    }
)
_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "openid": "know that it is you",
        "fhirUser": "know your name and where your own entry is",
        "online_access": "go on as long as you stay signed in",
        "offline_access": "go on for up to 90 days, also while you aren't signed in",
    }
)


_VERBS: Mapping[str, str] = MappingProxyType({"c": "add", "u": "change", "d": "delete"})


@dataclass(frozen=True)
class Person:
    """Somebody in the picker: id, name, and what tells them apart; `visit` is the id of the
    Encounter during which an app is opened."""

    id: str
    name: str
    born: str
    number: str
    visit: str | None = None


@dataclass(frozen=True)
class Allowed:
    """One permission in the list of those that somebody gave."""

    id: str
    app: str
    about: str
    lines: tuple[str, ...]
    since: str
    until: str


@dataclass(frozen=True)
class Pending:
    """An app that waits for approval, or was approved."""

    id: str
    name: str
    status: str
    kind: str
    redirects: tuple[str, ...]
    scopes: tuple[str, ...]


def lines(wording: Wording) -> tuple[str, ...]:
    """What an app could do, one sentence part each: "see allergies"."""
    told = [_line(word) for word in wording.words]
    told += [_OTHERS[each] for each in wording.others if each in _OTHERS]
    return tuple(dict.fromkeys(told))


def person(resource: Mapping[str, Any]) -> Person:
    """A Patient in a list."""
    names = resource.get("name") or [{}]
    chosen = next((each for each in names if each.get("use") == "official"), names[0])
    shown = " ".join([*chosen.get("given", ()), chosen.get("family", "")]).strip()
    number = next(
        (
            str(each.get("value", ""))
            for each in resource.get("identifier") or ()
            if each.get("system") == _NUMBER
        ),
        "",
    )
    born = str(resource.get("birthDate", ""))
    return Person(
        str(resource.get("id", "")),
        shown or "Name not recorded",
        long_date(born) if len(born) == len("2026-01-01") else born,
        nhs_number(number) if number else "",
    )


def allowed(grant: AppGrant, wording: Wording, about: str) -> Allowed:
    """A permission as its giver reads it."""
    return Allowed(
        str(grant.id),
        grant.client_name,
        about,
        lines(wording),
        long_date(grant.granted.date().isoformat()),
        long_date(grant.until.date().isoformat()),
    )


def pending(client: RegisteredClient) -> Pending:
    """An app as an administrator reads it."""
    kind = "runs where it can keep no secret" if client.authentication == "none" else "signs"
    return Pending(client.id, client.name, client.status, kind, client.redirects, client.scopes)


def _line(word: Word) -> str:
    given = set(word.letters)
    doing = ["see"] if given & set("rs") else []
    doing += [verb for letter, verb in _VERBS.items() if letter in given]
    *first, last = doing
    what = _WORDS.get(word.type) or _spaced(word.type)
    found = f"{', '.join(first)} and {last} {what}" if first else f"{last} {what}"
    return f"{found}, but only where {_search(word.search)}" if word.search else found


def _spaced(type: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", type).lower()


def _search(search: str) -> str:
    parts = [
        f"{name.replace('-', ' ')} is {value.rsplit('|', 1)[-1].replace('-', ' ')}"
        for name, value in parse_qsl(search)
    ]
    return " and ".join(parts)
