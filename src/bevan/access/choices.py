"""What people said about the use of their record: pure, one Consent in, one choice out.

Four choices that are four different things, and none stands for another: the national data
opt-out, the Type 1 opt-out at the practice, the preference for the national summary, and the
objection to the shared record. A Consent names its one in `category`, by Bevan's own code system;
`provision.type` deny is a refusal (FHIR R4, Consent). It stands while the Consent is active: one
that is over is made inactive by who keeps it, since a date alone must not open a record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from bevan.record.scope import compartment

CHOICE = "https://bevan.example/fhir/CodeSystem/choice"
SHARING = "sharing"


class Choice(NamedTuple):
    """Whether a person refused one kind of use; `consent` is the id of what says so."""

    patient: UUID
    kind: str
    refused: bool
    consent: str


def choice(consent: Mapping[str, Any], kinds: Collection[str]) -> Choice | None:
    """The choice that a Consent states; None where it states none of these kinds or is void."""
    if consent.get("resourceType") != "Consent" or consent.get("status") != "active":
        return None
    reference = (consent.get("patient") or {}).get("reference")
    type, _, id = reference.partition("/") if isinstance(reference, str) else ("", "", "")
    named = {
        coding.get("code")
        for concept in consent.get("category") or ()
        for coding in concept.get("coding") or ()
        if coding.get("system") == CHOICE
    } & set(kinds)
    if type != "Patient" or not id or "/" in id or len(named) != 1:
        return None
    refused = (consent.get("provision") or {}).get("type") == "deny"
    return Choice(compartment(id), named.pop(), refused, str(consent.get("id")))


def stated(
    person: str, kind: str, *, refused: bool, at: str, organisation: str = ""
) -> dict[str, Any]:
    """The Consent that keeps a choice of a person (a logical id); `at` is a FHIR dateTime."""
    keeper = {"organization": [{"reference": f"Organization/{organisation}"}]}
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": _SCOPES, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": CHOICE, "code": kind}]}],
        "patient": {"reference": f"Patient/{person}"},
        "dateTime": at,
        **(keeper if organisation else {}),
        "policyRule": {"coding": [{"system": CHOICE, "code": kind}]},
        "provision": {"type": "deny" if refused else "permit"},
    }


_SCOPES = "http://terminology.hl7.org/CodeSystem/consentscope"
