"""What becomes of a write that breaks a profile: a setting of the installation's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from bevan.fhir import json
from bevan.fhir.outcome import Issue
from bevan.fhir.profiles import Profiles
from bevan.record.rows import Validates

Policy = Literal["off", "warn", "refuse"]


class Policed:
    """The validator of writes where profiles count: R4's own faults first and always, then those
    of the profiles that the resource claims and of the extensions, codes and rules in it.
    """

    def __init__(self, structural: Validates, profiles: Profiles) -> None:
        self._structural = structural
        self._profiles = profiles

    def valid(self, resource: dict[str, Any]) -> bool:
        """Whether there is no error; what isn't checked, and warnings, don't stand in the way."""
        return self._structural.valid(resource) and not self._errors(resource)

    def issues(self, resource: dict[str, Any]) -> list[Issue]:
        """The errors."""
        return self._structural.issues(resource) or self._errors(resource)

    def _errors(self, resource: dict[str, Any]) -> list[Issue]:
        found = self._profiles.issues(resource)
        return [issue for issue in found if issue.severity in ("fatal", "error")]


class Advice:
    """What a client is told of a write that went well, if it prefers an OperationOutcome."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles

    def of(self, content: bytes) -> Sequence[Issue]:
        """The findings in a resource that was written; an error is a warning here, since the write
        stands.
        """
        return [
            Issue("warning", each.code, each.expression, each.text, each.rule)
            if each.severity in ("fatal", "error")
            else each
            for each in self._profiles.issues(json.decode(content))
        ]
