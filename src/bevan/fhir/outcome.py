"""Issues found in a request, and the OperationOutcome that tells a person or a system of them.

FHIR R4 OperationOutcome. A text names places and rules, never the values found there: an outcome
travels to logs and to other systems, the patient's data must not travel with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["fatal", "error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding. ``code`` is from HL7's issue-type; ``expression`` is a FHIRPath such as
    ``Observation.component[2].valueQuantity.value``; ``rule`` names the invariant or the clause.
    """

    severity: Severity
    code: str
    expression: str
    text: str
    rule: str = ""

    def as_json(self) -> dict[str, Any]:
        """The issue as an element of ``OperationOutcome.issue``."""
        issue: dict[str, Any] = {"severity": self.severity, "code": self.code}
        text = f"{self.text} ({self.rule})" if self.rule else self.text
        if text:
            issue["diagnostics"] = text
        if self.expression:
            issue["expression"] = [self.expression]
        return issue


def error(code: str, text: str, expression: str = "", rule: str = "") -> Issue:
    """An issue of severity ``error``, the usual one."""
    return Issue("error", code, expression, text, rule)


def outcome(issues: Iterable[Issue]) -> dict[str, Any]:
    """An OperationOutcome; with no issues it says that all is well, as R4 asks for at least one."""
    found = [issue.as_json() for issue in issues]
    if not found:
        found = [Issue("information", "informational", "", "No issues found").as_json()]
    return {"resourceType": "OperationOutcome", "issue": found}
