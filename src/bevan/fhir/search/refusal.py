"""The answer to a search that can't be run as written."""

from __future__ import annotations

from collections.abc import Sequence

from bevan.fhir.outcome import Issue, Severity
from bevan.kernel.errors import BevanError


class SearchRefused(BevanError):
    """A search names something unknown, or a value that its parameter can't have.

    `issues` says which, one Issue each. A text names parameters and modifiers, never a value: a
    value may be a person's name or number, and issues travel to logs.
    """

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__("; ".join(issue.text for issue in issues))
        self.issues = tuple(issues)


class SearchTooCostly(SearchRefused):
    """A search is understood but would look at more of the record than one request may."""


def refuse(key: str, text: str, code: str = "invalid") -> SearchRefused:
    """A refusal with one Issue about the parameter `key`."""
    return SearchRefused([issue(key, text, code)])


def too_costly(text: str) -> SearchTooCostly:
    """A refusal because of the work it would take, with the code FHIR has for it."""
    return SearchTooCostly([Issue("error", "too-costly", "", text)])


def issue(key: str, text: str, code: str = "invalid", severity: Severity = "error") -> Issue:
    """One Issue about the parameter `key`, located as FHIR locates a parameter."""
    return Issue(severity, code, f"http.{key}", text)
