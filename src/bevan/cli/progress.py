"""A progress bar on the standard error: bytes read, resources, rate and time left."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from bevan.cli.output import progress_console


class Bar:
    """Draws how far a long piece of work is; a context manager."""

    def __init__(self, title: str) -> None:
        """Nothing is drawn before the first update."""
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[resources]:,} resources"),
            TextColumn("{task.fields[rate]:,}/s"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=progress_console(),
            transient=False,
        )
        self._task = self._progress.add_task(title, total=None, resources=0, rate=0)

    def __enter__(self) -> Self:
        """Begin."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End, leaving the last state on the screen."""
        self._progress.stop()

    def update(self, done: int, total: int, resources: int) -> None:
        """`done` of `total` bytes are read, and so many resources dealt with."""
        elapsed = self._progress.tasks[0].elapsed or 0.0
        rate = int(resources / elapsed) if elapsed > 0 else 0
        self._progress.update(
            self._task, completed=done, total=total, resources=resources, rate=rate
        )
