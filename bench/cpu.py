"""Processor time of a server: all its processes, PostgreSQL's included, the client's not.

Times come from /proc: user and system time of every live process, and what those that ended had
used, which the kernel adds to their parent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Used:
    """Seconds of processor time: `python` for our own processes, `postgres` for the database's."""

    python: float
    postgres: float

    def __sub__(self, earlier: Used) -> Used:
        return Used(self.python - earlier.python, self.postgres - earlier.postgres)

    @property
    def total(self) -> float:
        """Both together."""
        return self.python + self.postgres


def used(processes: Iterable[psutil.Process]) -> Used:
    """What the processes of the server have used since they started."""
    python = postgres = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
            database = process.name().startswith("postgres")
        except psutil.NoSuchProcess:
            continue
        # Time of children that ended counts for whoever waited for them.
        spent = times.user + times.system + times.children_user + times.children_system
        if database:
            postgres += spent
        else:
            python += spent
    return Used(python, postgres)


def memory(processes: Iterable[psutil.Process]) -> float:
    """Megabytes of proportional memory of our own processes, PostgreSQL's left out."""
    total = 0
    for process in processes:
        try:
            if not process.name().startswith("postgres"):
                total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / 1e6
