"""What a proof saw, as a page of the reference."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path


@dataclass
class Report:
    """A proof's page: what it shows, the facts, and whether all of it held."""

    title: str
    shows: str
    head: tuple[str, ...]
    rows: list[tuple[object, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def row(self, *cells: object) -> None:
        """One line of the table."""
        self.rows.append(cells)

    def note(self, sentence: str) -> None:
        """A sentence below the table."""
        self.notes.append(sentence)

    def require(self, held: bool, sentence: str) -> None:
        """Note a failure unless `held`."""
        if not held:
            self.failures.append(sentence)

    @property
    def passed(self) -> bool:
        """Whether everything held."""
        return not self.failures

    def page(self, name: str) -> str:
        """The page in Markdown."""
        verdict = "Everything held." if self.passed else "**Something did not hold.**"
        lines = [
            f"# {self.title}",
            "",
            self.shows,
            "",
            f"Run with `make prove NAME={name}` on {datetime.now(UTC):%-d %B %Y}, "
            f"{cpu_count()} cores, Python {platform.python_version()}, commit {_commit()}. "
            f"{verdict}",
            "",
            *_table(self.head, self.rows),
            "",
            *(f"- {note}" for note in self.notes),
            *(f"- Did not hold: {failure}" for failure in self.failures),
        ]
        return "\n".join(lines).rstrip() + "\n"


def _commit() -> str:
    """The commit that was proved, where there is one."""
    asked = ["git", "describe", "--always", "--dirty"]
    here = Path(__file__).parent
    said = subprocess.run(asked, cwd=here, capture_output=True, text=True, check=False)
    return said.stdout.strip() or "unknown"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(_cell(cell) for cell in cells) + " |"

    return [line(head), "|" + "---|" * len(head), *map(line, rows)]


def _cell(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)
