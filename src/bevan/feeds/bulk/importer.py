"""`bevan import`: files into the record, in parallel, once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from bevan.feeds.bulk.crew import Alone, Crew, Workers
from bevan.feeds.bulk.files import Task, tasks
from bevan.feeds.bulk.outcome import Outcome, Reject, Summary
from bevan.feeds.bulk.worker import Order
from bevan.fhir.json import encode
from bevan.kernel.settings import Settings
from bevan.record.address import fhir_base

Progress = Callable[[int, int, int], None]
"""(bytes read, bytes in all, resources dealt with)."""


def run(
    paths: Iterable[Path],
    *,
    settings: Settings,
    dsn: str,
    operator: str,
    jobs: int | None = None,
    rejects: Path | None = None,
    split: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Import Bundles, NDJSON, single resources and folders of them into the record at `dsn`.

    Transactions are taken as a whole, or with `split` entry by entry; a part with a conditional
    reference that selects nothing yet is tried again after the others. What is refused is written
    to the file `rejects`, a line of JSON each; `operator` is whom the audit names. Raises
    BevanError for a path that isn't there and when a process of the import is lost.
    """
    started = time.monotonic()
    found, skipped = tasks(paths)
    number = max(1, min(jobs or os.cpu_count() or 1, len(found)))
    order = Order(dsn, operator, settings.hash_bits, split, fhir_base(settings))
    total = Outcome(skipped=skipped)
    with _file(rejects) as file, _workers(order, number) as workers:
        run = _Run(workers, total, file, progress, sum(task.size for task in found))
        run.all(found)
    return Summary(
        dict(total.taken),
        total.unchanged,
        run.rejected,
        total.skipped,
        time.monotonic() - started,
    )


def _workers(order: Order, number: int) -> Alone | Crew:
    return Alone(order) if number == 1 else Crew(order, number)


class _Run:
    def __init__(
        self,
        workers: Workers,
        total: Outcome,
        rejects: _Rejects,
        progress: Progress | None,
        size: int,
    ) -> None:
        self.workers = workers
        self.total = total
        self.rejects = rejects
        self.progress = progress
        self.size = size
        self.read = 0
        self.rejected = 0

    def all(self, found: Sequence[Task]) -> None:
        """Every task, and again those that wait, until none does or none gets any further."""
        waiting = self.round(found, final=False)
        before = -1
        while waiting:
            left = sum(waiting.values())
            stuck = left == before
            before = left
            waiting = self.round(list(waiting), final=stuck)
        self.workers.settle()

    def round(self, found: Sequence[Task], *, final: bool) -> dict[Task, int]:
        """Do the tasks; those that wait, with how many of their resources do."""
        waiting: dict[Task, int] = {}
        for task, outcome in self.workers.do(found, final=final):
            if outcome.waiting:
                # All of it is done again, so nothing of it counts yet.
                waiting[task] = outcome.waiting
                continue
            self.count(task, outcome)
        return waiting

    def count(self, task: Task, outcome: Outcome) -> None:
        for reject in outcome.rejects:
            self.rejects.write(reject)
        self.rejected += outcome.refused
        outcome.rejects.clear()
        self.total.add(outcome)
        self.read += task.size
        if self.progress is not None:
            dealt = self.total.taken.total() + self.rejected
            self.progress(self.read, self.size, dealt)


class _Rejects:
    """The rejects file; without one, nothing is kept."""

    def __init__(self, file: BinaryIO | None) -> None:
        self._file = file

    def __enter__(self) -> _Rejects:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, reject: Reject) -> None:
        """One line."""
        if self._file is not None:
            self._file.write(encode(reject.plain()) + b"\n")


def _file(path: Path | None) -> _Rejects:
    """The file, emptied. It holds people's data: only its owner may read it."""
    if path is None:
        return _Rejects(None)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return _Rejects(os.fdopen(handle, "wb"))
