"""Measures the running server: `python bench/run.py [NAME] [--people N] [--out FILE]`.

NAME is one operation (create, read, patient-code, patient-sorted, chained, transaction) or
`updates`, `import` or `rulebook` (which writes its section of the page); without it everything
else is measured and `docs/reference/performance.md` is written.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import (
    cpu,
    data,
    floor,
    importing,
    operations,
    report,
    rulebook,
    server,
    sizes,
    updates,
    wrk,
)
from bench.sections import kept, replaced

_PAGE = Path(__file__).parents[1] / "docs" / "reference" / "performance.md"
_CONNECTIONS = (8, 32)
_IDLE = 0.05


def main() -> int:
    """Load, drive, write the page; 1 when a target at 8 connections is missed."""
    given = _arguments()
    if given.name == "import":
        return _import()
    if given.name == "rulebook":
        return rulebook.measure(given.out, given.people, min(given.seconds, 2.0), given.keep)
    with tempfile.TemporaryDirectory(prefix="bevan-bench-") as made:
        folder = Path(given.keep or made)
        folder.mkdir(parents=True, exist_ok=True)
        store = folder / "data"
        if not (folder / "loaded").exists():
            print(f"Loading {given.people} people …", flush=True)
            data.load(store, given.people, given.seed, folder / "region")
            (folder / "loaded").touch()
        found = _measure(given, store, folder)
        if given.name is None and importing.BUNDLES.is_dir():
            found.imported = asyncio.run(importing.load(folder))
    if given.name is None:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        before = given.out.read_text("utf-8") if given.out.is_file() else ""
        text = found.text()
        if own := kept(before, rulebook.TITLE):
            text = replaced(text, rulebook.TITLE, own)
        given.out.write_text(text, "utf-8")
        print(f"Wrote {given.out}.")
    return 1 if any(_missed(each) for each in found.measured) else 0


def _measure(given: argparse.Namespace, store: Path, folder: Path) -> report.Report:
    found = report.Report(settings=report.machine(given.people, given.seconds))
    with server.serving(store, folder / "server.log") as running:
        token = running.token()
        asyncio.run(sizes.tidy(running))
        _settle(running)
        drawn = data.sample(running, token)
        found.sizes = asyncio.run(sizes.sizes(running))
        for operation in operations.ALL:
            if given.name in (None, operation.name):
                _operation(found, running, operation, drawn, token, folder, given.seconds)
        if given.name in (None, "floor"):
            _floor(found, running, folder, given.seconds)
        if given.name in (None, "updates"):
            found.changed = asyncio.run(
                updates.change(
                    running, drawn, token, folder, items=given.items, rounds=given.rounds
                )
            )
            run = found.changed.run
            print(f"updates: {run.rate:,.0f}/s, p50 {run.p50:.1f}, p99 {run.p99:.1f} ms, "
                  f"bloat {found.changed.bloat:.2f}", flush=True)  # fmt: skip
        if found.sizes is not None:
            after = asyncio.run(sizes.sizes(running))
            found.sizes = sizes.Sizes(
                found.sizes.resources,
                found.sizes.per_resource,
                after.audit_rows,
                after.per_audit_row,
            )
        found.memory = cpu.memory(running.processes())
    return found


def _import() -> int:
    with tempfile.TemporaryDirectory(prefix="bevan-bench-") as made:
        found = asyncio.run(importing.load(Path(made)))
    print(
        f"{found.resources:,} resources, {found.rejected} rejected, {found.rate:,.0f}/s, "
        f"{found.python_ms:.3f} CPU-ms of ours each; {found.stored:.2f} bytes stored per byte "
        f"of JSON, {found.per_resource:,.0f} per resource; again: {found.again} changed"
    )
    return 0


def _settle(running: server.Server) -> None:
    """Wait until the server has nothing left to do of its own (at most two minutes)."""
    for _ in range(120):
        before = cpu.used(running.processes())
        time.sleep(1)
        if (cpu.used(running.processes()) - before).total < _IDLE:
            return


def _operation(
    found: report.Report,
    running: server.Server,
    operation: operations.Operation,
    drawn: data.Sample,
    token: str,
    folder: Path,
    seconds: float,
) -> None:
    requests = operations.write(operation, drawn, folder)
    wrk.drive(running.url, requests, connections=8, seconds=2, token=token)
    for connections in _CONNECTIONS:
        _settle(running)
        before = cpu.used(running.processes())
        run = wrk.drive(
            running.url, requests, connections=connections, seconds=seconds, token=token
        )
        spent = cpu.used(running.processes()) - before
        done = run.requests * operation.per
        each = report.Measured(
            operation, connections, run, spent.python * 1000 / done, spent.postgres * 1000 / done
        )
        found.measured.append(each)
        print(
            f"{operation.name:15} {connections:3} connections {run.rate * operation.per:8,.0f}/s "
            f"p50 {run.p50:6.1f} p95 {run.p95:6.1f} ms  "
            f"CPU {each.python_ms:.3f} + {each.postgres_ms:.3f} = {each.cpu_ms:.3f} ms"
            f"{'  MISSED' if _missed(each) else ''}",
            flush=True,
        )


def _floor(found: report.Report, running: server.Server, folder: Path, seconds: float) -> None:
    requests = folder / "static.requests"
    requests.write_text("GET /healthz\n", "utf-8")
    for connections in _CONNECTIONS:
        _settle(running)
        before = cpu.used(running.processes())
        run = wrk.drive(running.url, requests, connections=connections, seconds=seconds)
        spent = cpu.used(running.processes()) - before
        found.static.append((connections, run, spent.total * 1000 / run.requests))
    found.statements = asyncio.run(floor.statements(running, seconds))
    found.fsync = floor.fsync(folder)


def _missed(each: report.Measured) -> bool:
    target = each.operation.target
    return each.connections == 8 and target is not None and each.cpu_ms > target


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", help="one operation, floor or updates")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--items", type=int, default=10_000, help="resources of the update run")
    parser.add_argument("--rounds", type=int, default=100, help="changes of each of them")
    parser.add_argument("--keep", help="folder to keep the loaded data in, for another run")
    parser.add_argument("--out", type=Path, default=_PAGE)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
