"""What the record answers when it can't do what was asked.

There is no "forbidden": what a scope doesn't allow is answered exactly like what isn't there.
No error carries text of the database, since its details hold other people's values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from bevan.fhir.outcome import Issue
from bevan.kernel.errors import BevanError


class RecordError(BevanError):
    """Base of the record's answers; ``status`` is the HTTP status of FHIR R4 3.1.0."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "exception"

    def issues_found(self) -> Sequence[Issue]:
        """The faults as issues of an OperationOutcome."""
        return (Issue("error", self.code, "", str(self)),)


class NotFound(RecordError):
    """Not there, or not to be seen: the caller can't tell which."""

    status = 404
    code = "not-found"


class Gone(RecordError):
    """It was deleted, and the caller may know it (FHIR R4 3.1.0.2)."""

    status = 410
    code = "deleted"


class Conflict(RecordError):
    """Somebody else changed the same resource at the same moment; try again."""

    status = 409
    code = "conflict"


class PreconditionFailed(RecordError):
    """If-Match or If-None-Match names another version than the current one (3.1.0.5)."""

    status = 412
    code = "conflict"


class MultipleMatches(RecordError):
    """A condition that should select one resource selects several (3.1.0.4.3)."""

    status = 412
    code = "multiple-matches"


class TooCostly(RecordError):
    """More than one transaction may carry; split it."""

    status = 413
    code = "too-costly"


class Invalid(RecordError):
    """The resource or request breaks FHIR; ``issues`` holds every fault with its path."""

    status = 422
    code = "invalid"

    def __init__(self, issues: Sequence[Issue], status: int = 422) -> None:
        super().__init__("; ".join(issue.text for issue in issues) or "The resource is invalid.")
        self.issues = tuple(issues)
        self.answer = status

    def issues_found(self) -> Sequence[Issue]:
        """Every fault found."""
        return self.issues
