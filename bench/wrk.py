"""Drives the server with wrk, whose own cost is small, and reads what it prints."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LUA = Path(__file__).parent / "lua"


@dataclass(frozen=True)
class Run:
    """One run: answered requests, seconds, refused ones, and milliseconds at percentiles."""

    requests: int
    seconds: float
    errors: int
    p50: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def together(runs: Sequence[Run]) -> Run:
    """Several runs as one: usual times weighed by requests, the slowest run's 99th percentile."""
    requests = sum(run.requests for run in runs)
    return Run(
        requests=requests,
        seconds=sum(run.seconds for run in runs),
        errors=0,
        p50=sum(run.p50 * run.requests for run in runs) / requests,
        p95=sum(run.p95 * run.requests for run in runs) / requests,
        p99=max(run.p99 for run in runs),
    )


class Failed(Exception):
    """wrk couldn't run, or the server answered with errors."""


def drive(
    url: str, requests: Path, *, connections: int, seconds: float, token: str = "", sent: int = -1
) -> Run:
    """Send the requests of a file in turn, over keep-alive connections.

    A line of `requests` is `METHOD path` and, after a tab, a body. `sent` is how many were sent
    by earlier runs, which go on from there: @ROUND@ in a body is how often the file was gone
    through. Raises Failed when anything is answered with another status than 2xx.
    """
    command = [
        "wrk",
        "--threads=1",
        f"--connections={connections}",
        f"--duration={seconds:g}s",
        "--timeout=30s",
        f"--script={_LUA / 'requests.lua'}",
        url,
        "--",
        str(requests),
        token or "-",
        str(sent),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    result = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode or not result:
        raise Failed(f"wrk failed: {done.stdout}{done.stderr}")
    read = json.loads(result[0].removeprefix("RESULT "))
    run = Run(
        requests=read["requests"],
        seconds=read["us"] / 1e6,
        errors=read["errors"],
        p50=read["p50"] / 1e3,
        p95=read["p95"] / 1e3,
        p99=read["p99"] / 1e3,
    )
    if run.errors:
        raise Failed(f"{run.errors} of {run.requests} requests were refused ({requests.name}).")
    return run
