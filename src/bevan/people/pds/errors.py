"""What PDS answers when it can't answer: a code of Spine in an OperationOutcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SPINE = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode"


@dataclass(eq=False)
class Fault(Exception):
    """An error of PDS: HTTP status, issue type (R4), Spine's code and its words."""

    status: int
    type: str
    code: str
    display: str
    diagnostics: str = ""
    severity: str = "error"

    def outcome(self) -> dict[str, Any]:
        """The OperationOutcome that a caller gets."""
        coding = {"system": SPINE, "version": "1", "code": self.code, "display": self.display}
        issue: dict[str, Any] = {
            "severity": self.severity,
            "code": self.type,
            "details": {"coding": [coding]},
        }
        if self.diagnostics:
            issue["diagnostics"] = self.diagnostics
        return {"resourceType": "OperationOutcome", "issue": [issue]}


def invalid_id() -> Fault:
    """The address isn't an NHS number: ten digits with their check digit."""
    return Fault(400, "value", "INVALID_RESOURCE_ID", "Resource Id is invalid")


def not_found() -> Fault:
    """Nobody has this number, or nobody may be told of them."""
    return Fault(
        404, "not-found", "RESOURCE_NOT_FOUND", "Resource not found", severity="information"
    )


def invalidated() -> Fault:
    """The back office has withdrawn this number."""
    return Fault(404, "not-found", "INVALIDATED_RESOURCE", "Resource is marked as invalid")


def invalid_value(value: str, where: str) -> Fault:
    """A parameter or header holds what it can't."""
    text = f"Invalid value - '{value}' in {where}"
    return Fault(400, "value", "INVALID_VALUE", "Provided value is invalid", text)


def missing_value(text: str) -> Fault:
    """Something needed isn't there."""
    return Fault(400, "required", "MISSING_VALUE", "Required value is missing", text)


def unknown_parameter(name: str) -> Fault:
    """A parameter that PDS doesn't have."""
    return Fault(
        400,
        "invariant",
        "ADDITIONAL_PROPERTIES",
        "Additional properties should not be included",
        f"Invalid request with error - Additional properties are not allowed ('{name}')",
    )


def too_many() -> Fault:
    """More people fit than may be told: never the first of them. PDS says so with status 200."""
    return Fault(
        200, "multiple-matches", "TOO_MANY_MATCHES", "Too Many Matches", severity="information"
    )


def no_method() -> Fault:
    """An interaction that isn't offered here."""
    return Fault(405, "not-supported", "INVALID_METHOD", "Cannot use this method")
