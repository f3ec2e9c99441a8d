"""What a walk has found, each finding once."""

from __future__ import annotations

from bevan.fhir.outcome import Issue


class Report:
    """Issues in the order in which they were found; the same one isn't told twice."""

    def __init__(self) -> None:
        self._found: dict[Issue, None] = {}

    @property
    def issues(self) -> list[Issue]:
        """All findings."""
        return list(self._found)

    @property
    def failed(self) -> bool:
        """True when there is an error among them."""
        return any(issue.severity in ("fatal", "error") for issue in self._found)

    def add(self, issue: Issue) -> None:
        """Note a finding."""
        self._found.setdefault(issue)

    def error(self, code: str, text: str, path: str, rule: str = "") -> None:
        """Note what makes the resource wrong."""
        self.add(Issue("error", code, path, text, rule))

    def warning(self, code: str, text: str, path: str, rule: str = "") -> None:
        """Note what should be looked at."""
        self.add(Issue("warning", code, path, text, rule))

    def note(self, code: str, text: str, path: str, rule: str = "") -> None:
        """Note what is good to know, above all what wasn't checked."""
        self.add(Issue("information", code, path, text, rule))

    def take(self, other: Report) -> None:
        """Note all that another walk has found."""
        for issue in other._found:
            self.add(issue)
