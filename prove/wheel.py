"""The wheel holds everything: installed alone, it serves the demonstration."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from prove.report import Report
from prove.serving import Serving, get, serving

PROJECT = Path(__file__).resolve().parents[1]
PEOPLE = 12
T = TypeVar("T")


def prove() -> Report:
    """Build the wheel, install it into an empty environment, serve and look."""
    report = Report(
        "The wheel is enough",
        "A wheel is built, installed with pip into an empty environment in an empty folder, and "
        "serves the demonstration there: pages, assets and API, with nothing else beside it.",
        ("Step", "Seconds"),
    )
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        wheel = timed(report, "Build the wheel", lambda: build(home))
        bevan = timed(report, "Install it and what it needs", lambda: install(home, wheel))
        report.note(f"The wheel is {wheel.stat().st_size / 1024:,.0f} KiB.")
        arguments = ["--demo", "--people", str(PEOPLE), "--port", "0"]
        with serving(bevan, home / "data", *arguments, log=home / "log") as server:
            port = timed(report, "From `bevan up --demo` to ready", server.ready)
            look(report, port)
            timed(report, f"Until the other {PEOPLE} people are there", lambda: loaded(server))
            code = server.stop()
            report.require(code == 0, f"it ended with {code}")
    return report


def timed(report: Report, step: str, work: Callable[[], T]) -> T:
    """Do something and note how long it took."""
    started = time.monotonic()
    result = work()
    report.row(step, f"{time.monotonic() - started:.1f}")
    return result


def build(home: Path) -> Path:
    """The wheel, built from the project's folder."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(home)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = home.glob("*.whl")
    return wheel


def install(home: Path, wheel: Path) -> Path:
    """The `bevan` command of an environment that holds the wheel and its requirements."""
    venv.create(home / "venv", with_pip=True)
    pip = [str(home / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run([*pip, str(wheel)], check=True, cwd=home, env=environment)
    return home / "venv" / "bin" / "bevan"


def look(report: Report, port: int) -> None:
    """Ask for a page, what it loads, and the API."""
    base = f"http://127.0.0.1:{port}"
    status, page = get(f"{base}/")
    report.require(status == 200 and b"Demo data" in page, "the first page isn't marked as a demo")
    assets = {
        path.decode()
        for path in re.findall(rb'(?:href|src)="(/static/[^"]+)"', page)
        if b"." in path
    }
    report.require(any("vendor" in path for path in assets), "the page loads no vendored asset")
    for path in sorted(assets):
        report.require(get(f"{base}{path}")[0] == 200, f"{path} is missing")
    status, statement = get(f"{base}/fhir/metadata")
    report.require(b'"CapabilityStatement"' in statement, "the API makes no statement")
    report.note(f"{len(assets)} assets of the first page were fetched from the server itself.")


def loaded(server: Serving, patience: float = 300.0) -> None:
    """Wait until the demonstration says that everybody is there."""
    until = time.monotonic() + patience
    while f"People loaded: {PEOPLE} of {PEOPLE}" not in server.lines:
        if time.monotonic() > until:
            raise RuntimeError(f"the people weren't loaded in time: {server.lines}")
        time.sleep(0.05)
