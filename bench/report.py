"""Writes what was measured as a page of the reference, with the settings beside the figures."""

from __future__ import annotations

import platform
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.floor import Statement
from bench.importing import Imported
from bench.operations import Operation
from bench.sizes import Sizes
from bench.updates import Changed
from bench.wrk import Run


@dataclass(frozen=True)
class Measured:
    """One operation at a number of connections: the run and CPU-milliseconds per operation."""

    operation: Operation
    connections: int
    run: Run
    python_ms: float
    postgres_ms: float

    @property
    def cpu_ms(self) -> float:
        """Both together."""
        return self.python_ms + self.postgres_ms


@dataclass
class Report:
    """Everything that the page shows."""

    measured: list[Measured] = field(default_factory=list)
    static: list[tuple[int, Run, float]] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    fsync: str = ""
    sizes: Sizes | None = None
    changed: Changed | None = None
    imported: Imported | None = None
    settings: dict[str, str] = field(default_factory=dict)
    memory: float = 0.0

    def text(self) -> str:
        """The page, in Markdown."""
        parts = [_HEAD, _about(self.settings), "## Operations\n", self._operations()]
        parts += ["## Limits in the same run\n", self._limits()]
        if self.sizes is not None:
            parts += ["## Stored\n", self._stored(self.sizes)]
        if self.changed is not None:
            parts += ["## Changed again and again\n", _changed(self.changed)]
        if self.imported is not None:
            parts += ["## Import of the Synthea bundles\n", _imported(self.imported)]
        return "\n".join(parts)

    def _operations(self) -> str:
        rows = [
            (
                each.operation.words,
                str(each.connections),
                f"{each.run.rate * each.operation.per:,.0f}",
                f"{each.run.p50:.1f} / {each.run.p95:.1f}",
                f"{each.python_ms:.3f} + {each.postgres_ms:.3f}",
                f"**{each.cpu_ms:.2f}**",
                _target(each),
            )
            for each in self.measured
        ]
        heads = ("operation", "connections", "per second", "p50 / p95 ms",
                 "CPU-ms: Python + PostgreSQL", "CPU-ms", "target at 8")  # fmt: skip
        return _table(heads, rows)

    def _limits(self) -> str:
        rows = [
            (f"static answer, {connections} connections", f"{run.rate:,.0f}", f"{cpu:.3f}")
            for connections, run, cpu in self.static
        ]
        rows += [
            (f"bare SQL, 8 connections: {each.words}", f"{each.rate:,.0f}", f"{each.cpu_ms:.3f}")
            for each in self.statements
        ]
        table = _table(("limit", "per second", "CPU-ms of the server"), rows)
        return f"{table}\nOne fdatasync on this disk: {self.fsync}.\n"

    def _stored(self, sizes: Sizes) -> str:
        return (
            _table(
                ("what", "how many", "bytes each, indexes included"),
                [
                    ("resources", f"{sizes.resources:,}", f"{sizes.per_resource:,.0f}"),
                    ("audit rows", f"{sizes.audit_rows:,}", f"{sizes.per_audit_row:,.0f}"),
                ],
            )
            + f"\nOur own processes: {self.memory:,.0f} MB of memory (PSS).\n"
        )


_HEAD = """# Performance

<!-- Written by `make bench`; don't edit by hand. -->

What the running server costs on one machine: all processes of the server, PostgreSQL's included,
the client (wrk) left out. Everything that a real deployment has on is on: validation of every
write, every search parameter, the token check, the rulebook, the audit row in the same commit,
durable commits. CPU-milliseconds carry over to other machines better than requests per second.
"""


def _about(settings: dict[str, str]) -> str:
    return _table(("setting", "value"), list(settings.items()))


def _target(each: Measured) -> str:
    target = each.operation.target
    if each.connections != 8 or target is None:
        return ""
    return f"{target:.2f} {'met' if each.cpu_ms <= target else '**missed**'}"


def _changed(changed: Changed) -> str:
    run = changed.run
    return _table(
        ("what", "value", "target"),
        [
            ("changes", f"{run.requests:,} of {changed.items:,} resources, {run.rate:,.0f}/s", ""),
            ("p50, p99", f"{run.p50:.1f}, {run.p99:.1f} ms: {run.p99 / run.p50:.1f} times", "5"),
            ("tables of current versions", f"{changed.bloat:.2f} times as large as before", "2"),
        ],
    )


def _imported(found: Imported) -> str:
    return _table(
        ("what", "value", "target"),
        [
            ("resources, rejected", f"{found.resources:,}, {found.rejected}", "92,114, 0"),
            ("per second, durable, fully validated", f"{found.rate:,.0f}", "8,000"),
            ("CPU-ms of ours per resource", f"{found.python_ms:.3f}", ""),
            ("stored bytes per byte of minified JSON", f"{found.stored:.2f}", "1.1"),
            ("stored bytes per resource", f"{found.per_resource:,.0f}", ""),
            ("changed by the same import again", f"{found.again:,}", "0"),
        ],
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _additions() -> float:
    """Seconds of CPU for a fixed piece of work: busy neighbours slow every figure alike."""
    began, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - began


def machine(people: int, seconds: float) -> dict[str, str]:
    """Where and when this is measured, and with what."""
    root = Path(__file__).parents[1]
    commit = subprocess.run(
        ["git", "-C", str(root), "rev-parse", "--short=12", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return {
        "commit": commit or "unknown",
        "date": f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC",
        "machine": f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "speed just then": f"{_additions():.2f} s of CPU for ten million additions in Python",
        "load before the run": f"{psutil.getloadavg()[0]:.2f}",
        "data": f"synthetic region of {people:,} people, imported, then VACUUM ANALYZE",
        "server": "`bevan up`, 1 web worker, 1 job worker, embedded PostgreSQL as shipped "
        "(fsync and synchronous_commit on)",
        "client": f"wrk, 1 thread, keep-alive, {seconds:g} s a run after a warm-up",
    }
