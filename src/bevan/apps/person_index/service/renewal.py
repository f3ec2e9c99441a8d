"""The details of a new identity as a clerk types them: what is missing, and what they make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from bevan.people.new_identity import Why
from bevan.people.nhs_number import SYSTEM, InvalidNhsNumber, parse

WHY: Mapping[str, str] = {
    "adoption": "An adoption",
    "gender": "A gender reassignment",
    "protection": "Protection of the person",
    "other": "Another reason",
}
GENDERS = ("female", "male", "other", "unknown")
FIELDS = (
    "why", "family", "given", "new_born", "gender", "new_number", "line", "postcode", "practice",
)  # fmt: skip
_LONGEST = 100


def faults(given: Mapping[str, str], today: date) -> dict[str, str]:
    """What is missing or can't be, by field."""
    errors: dict[str, str] = {}
    if given.get("why") not in WHY:
        errors["why"] = "Say why there is a new identity."
    for field, words in (("family", "family name"), ("given", "first name")):
        if not 1 <= len(given.get(field, "")) <= _LONGEST:
            errors[field] = f"Give the {words}, of at most {_LONGEST} characters."
    if not _past(given.get("new_born", ""), today):
        errors["new_born"] = "Give the day of birth, which isn't in the future."
    if given.get("gender") not in GENDERS:
        errors["gender"] = "Say which gender the record has."
    try:
        if given.get("new_number"):
            parse(given["new_number"])
    except InvalidNhsNumber as fault:
        errors["new_number"] = str(fault)
    if given.get("practice") not in ("same", "none"):
        errors["practice"] = "Say whether the practice is the same."
    return errors


def fresh(given: Mapping[str, str]) -> dict[str, Any]:
    """The new Patient (FHIR R4 Patient)."""
    number = given.get("new_number", "")
    names = {"use": "usual", "family": given["family"], "given": given["given"].split()}
    address = {
        **({"line": [given["line"]]} if given.get("line") else {}),
        **({"postalCode": given["postcode"].upper()} if given.get("postcode") else {}),
    }
    return {
        "resourceType": "Patient",
        **({"identifier": [{"system": SYSTEM, "value": parse(number).digits}]} if number else {}),
        "name": [names],
        "gender": given["gender"],
        "birthDate": given["new_born"],
        **({"address": [{"use": "home", **address}]} if address else {}),
    }


def why(given: Mapping[str, str]) -> Why:
    """Why, once `faults` found nothing."""
    return cast(Why, given["why"])


def _past(text: str, today: date) -> bool:
    try:
        return date.fromisoformat(text) <= today
    except ValueError:
        return False
