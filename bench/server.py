"""Starts the server as anybody would, with `bevan up`, and stops it again."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bevan.kernel.postgres import Cluster

BEVAN = Path(__file__).parents[1] / ".venv" / "bin" / "bevan"
_PATIENCE = 120


@dataclass(frozen=True)
class Server:
    """A running server: where it is, its supervisor, and its data directory."""

    url: str
    supervisor: psutil.Process
    data: Path

    def processes(self) -> list[psutil.Process]:
        """Every process of the server: the supervisor's, and PostgreSQL's, which outlives it."""
        roots = [self.supervisor]
        for file in self.data.glob("pg/*/cluster/postmaster.pid"):
            with contextlib.suppress(psutil.NoSuchProcess):
                roots.append(psutil.Process(int(file.read_text().split()[0])))
        return [each for root in roots for each in (root, *root.children(recursive=True))]

    def token(self) -> str:
        """A bearer token for everything."""
        return run(
            self.data, "token", "--client", "bench", "--scope", "system/*.cruds",
            "--purpose", "measuring", "--hours", "24",
        ).split()[-1]  # fmt: skip

    def database(self) -> str:
        """How to connect to its PostgreSQL as the owner of the tables."""
        return Cluster(self.data).dsn


def run(data: Path | None, *arguments: str) -> str:
    """Run a `bevan` command, on a data directory where it needs one; what it printed."""
    where = [] if data is None else ["--data", str(data)]
    command = [str(BEVAN), *arguments[:1], *where, *arguments[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"bevan {arguments[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def serving(data: Path, log: Path) -> Iterator[Server]:
    """`bevan up` on a free port until the block ends."""
    port = _free_port()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(BEVAN), "up", "--data", str(data), "--port", str(port)],
            stdout=output,
            stderr=output,
            # One caller asks for as much as there is: that is what is measured.
            env={
                **os.environ,
                "BEVAN_LOG_LEVEL": "warning",
                "BEVAN_RATE_CALLER": "0",
                "BEVAN_RATE_ADDRESS": "0",
            },
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, f"{url}/readyz", log)
        yield Server(url, psutil.Process(process.pid), data)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("The server didn't become ready.")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
