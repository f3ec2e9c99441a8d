"""`bevan import` of the Synthea bundles of the shared data: rate, cost, and what is stored."""

from __future__ import annotations

import bz2
import json
import os
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.server import BEVAN, Server, run, serving
from bench.sizes import sizes, tidy

SHARED = Path(os.environ.get("BEVAN_SHARED", Path(__file__).parents[2] / "shared"))
BUNDLES = SHARED / "data" / "synthea-r4" / "bundles"


@dataclass(frozen=True)
class Imported:
    """An import: `rate` by the command's own clock, `python_ms` of CPU time per resource without
    PostgreSQL's; `stored` bytes of tables and indexes per byte of minified JSON; `again` is how
    many resources a second run of it changed.
    """

    resources: int
    rejected: int
    seconds: float
    python_ms: float
    stored: float
    per_resource: float
    again: int

    @property
    def rate(self) -> float:
        """Resources per second."""
        return self.resources / self.seconds


async def load(folder: Path) -> Imported:
    """Import them twice into an empty installation under `folder`."""
    store = folder / "imported"
    run(store, "migrate")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    first = _import(store)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    second = _import(store)
    made = sum(first["resources"].values())
    with serving(store, folder / "imported.log") as running:
        found = await _stored(running)
    return Imported(
        resources=made,
        rejected=first["rejected"],
        seconds=first["seconds"],
        python_ms=spent * 1000 / made,
        stored=found * made / minified(),
        per_resource=found,
        again=sum(second["resources"].values()) - second["unchanged"],
    )


def minified() -> int:
    """Bytes of all resources in the bundles, without white space."""
    total = 0
    for path in sorted(BUNDLES.glob("*.bz2")):
        bundle = json.loads(bz2.decompress(path.read_bytes()))
        for entry in bundle["entry"]:
            text = json.dumps(entry["resource"], separators=(",", ":"), ensure_ascii=False)
            total += len(text.encode())
    return total


async def _stored(running: Server) -> float:
    await tidy(running)
    return (await sizes(running)).per_resource


def _import(store: Path) -> dict[str, Any]:
    command = [str(BEVAN), "import", "--data", str(store), "--json", str(BUNDLES)]
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"The import failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    found.setdefault("seconds", time.monotonic() - began)
    return found
