"""Drives the server with wrk, whose own cost is small, and reads what it prints."""

from __future__ import annotations

import json
import subprocess
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


class Failed(Exception):
    """wrk couldn't run, or the server answered with errors."""


def drive(
    url: str, requests: Path, *, connections: int, seconds: float, token: str = "", stop: int = 0
) -> Run:
    """Send the requests of a file in turn, over keep-alive connections.

    A line of `requests` is `METHOD path` and, after a tab, a body. `stop` ends the run after that
    many requests. Raises Failed when anything is answered with another status than 2xx.
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
        str(stop),
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
