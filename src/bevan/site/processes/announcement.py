"""What `bevan up` tells the person at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from bevan.kernel.settings import Settings
from bevan.site.processes.marker import Demo

_TENTHS = 10


class Announcer:
    """Prints addresses and progress on the standard output; `errors` is where logs go."""

    def __init__(self, errors: Path | None, *, quiet: bool = False) -> None:
        """`quiet` prints nothing but the addresses."""
        self.errors = errors
        self._quiet = quiet
        self._console = Console(highlight=False, soft_wrap=True)
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._stories = False
        self._serving: tuple[Settings, Demo | None] | None = None
        self._people: list[str] = []
        self._told = 0

    def say(self, words: str) -> None:
        """One line of what is happening."""
        if not self._quiet:
            self._console.print(f"{words}…", style="dim")

    def ready(self, settings: Settings, demo: Demo | None) -> None:
        """The server answers; a demonstration is announced once its stories are there too."""
        self._serving = (settings, demo)
        self._announce()

    def heard(self, line: str) -> None:
        """One line from the demo's loader: its progress as a JSON object."""
        try:
            said = json.loads(line)
        except ValueError:
            return
        if "sign_in" in said:
            self._stories = True
            self._people = [str(person) for person in said["sign_in"]]
            self._announce()
        if "people" in said:
            self._advance(int(said["people"]), int(said["of"]))

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._progress is not None:
            self._progress.stop()

    def _announce(self) -> None:
        if self._serving is None or (self._serving[1] is not None and not self._stories):
            return
        settings, demo = self._serving
        line = self._console.print
        line(f"\nBevan is ready at {settings.public_url}")
        line(f"FHIR API at {settings.public_url}/fhir")
        if demo is not None:
            line("Demo data: everybody in it is fictional. Sign in as one of")
            for person in self._people:
                line(f"  {person}")
        if self.errors is not None:
            line(f"Log: {self.errors}", style="dim")
        line("Ctrl-C stops it.", style="dim")

    def _advance(self, done: int, of: int) -> None:
        if self._console.is_terminal:
            self._draw(done, of)
        elif of and (done * _TENTHS // of > self._told or done == of):
            self._told = done * _TENTHS // of
            self._console.print(f"People loaded: {done} of {of}")

    def _draw(self, done: int, of: int) -> None:
        if self._progress is None:
            self._progress = Progress(
                TextColumn("Loading the other people"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=self._console,
            )
            self._progress.start()
            self._task = self._progress.add_task("people", total=of)
        if self._task is not None:
            self._progress.update(self._task, completed=done)
        if done == of:
            self._progress.stop()
