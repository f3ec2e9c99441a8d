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


def access_denied(text: str) -> Fault:
    """Without a token that opens this."""
    return Fault(401, "forbidden", "ACCESS_DENIED", "Access Denied - Unauthorised", text)


def not_with_application(deed: str) -> Fault:
    """An application alone may not do what a user of it may."""
    return Fault(
        403,
        "forbidden",
        "INVALID_METHOD",
        f"Cannot {deed} resource with Application-Restricted access token",
        "Your app has insufficient permissions to use this method. Please contact support.",
    )


def no_version() -> Fault:
    """An update that doesn't say which version it changes."""
    text = "Invalid update with error - If-Match header must be supplied to update this resource"
    return _precondition(text)


def overtaken() -> Fault:
    """Somebody else was quicker."""
    return _precondition(
        "Invalid update with error - This resource has changed since you last read. Please re-read "
        "and try again with the new version number."
    )


def _precondition(text: str) -> Fault:
    display = "Required condition was not fulfilled"
    return Fault(412, "structure", "PRECONDITION_FAILED", display, text)


def invalid_update(text: str) -> Fault:
    """A patch that can't be applied."""
    said = f"Invalid update with error - {text}"
    return Fault(400, "structure", "INVALID_UPDATE", "Update is invalid", said)


def forbidden_update(text: str) -> Fault:
    """A patch of what callers may not change."""
    said = f"Forbidden update with error - {text}"
    display = "Update is forbidden"
    return Fault(403, "forbidden", "FORBIDDEN_UPDATE", display, said, "information")


def too_many_values(where: str, most: int) -> Fault:
    """A list with more than PDS holds."""
    text = f"Too many values - '{where}' holds at most {most}"
    return Fault(400, "value", "TOO_MANY_VALUES_SUBMITTED", "Too many values submitted", text)


def unsupported_service() -> Fault:
    """A body that isn't JSON."""
    return Fault(400, "processing", "UNSUPPORTED_SERVICE", "Unsupported Service")


def invalid_create(text: str) -> Fault:
    """A new record that can't be one."""
    said = f"Invalid create with error - {text}"
    return Fault(400, "value", "INVALID_CREATE", "Patient create data is invalid", said)


def death_inconsistent() -> Fault:
    """A day of death without its notification, or the other way round."""
    code = "INSERT_BIRTH_DEATH_STATUS_INCONSISTENT"
    text = "Insert Birth - Death Status Inconsistent"
    return Fault(400, "processing", code, code, text)


def single_match(number: str) -> Fault:
    """The person is there already. PDS says so with status 200."""
    text = f"Unable to create new patient. NHS number {number} found for supplied demographic data."
    return Fault(200, "value", "SINGLE_MATCH", "Single match found", text)


def several_matches() -> Fault:
    """Several people may be meant: nobody is created. PDS says so with status 200."""
    text = "Unable to create new patient. There are multiple matches for supplied demographic data."
    return Fault(200, "value", "MULTIPLE_MATCHES", "Multiple matches found", text)
