"""A running `bevan up` for a proof: started, asked, killed in parts, and stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Thread

_ADDRESS = re.compile(r"ready at https?://localhost:(\d+)")


class Serving:
    """One `bevan up`; `lines` is what it has said so far."""

    def __init__(self, bevan: Path, data: Path, arguments: Sequence[str], log: Path) -> None:
        """Start it; see `ready`."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("BEVAN_")}
        environment |= {"BEVAN_RATE_CALLER": "0", "BEVAN_RATE_ADDRESS": "0"}
        self.data = data
        self.lines: list[str] = []
        self._news = Condition()
        self._ended = False
        self._log = log.open("ab")
        self.process = subprocess.Popen(
            [str(bevan), "up", "--data", str(data), *arguments],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=data.parent,
            env=environment,
        )
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip())
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def ready(self, patience: float = 120.0) -> int:
        """Wait until it says that it is ready; its port."""
        with self._news:
            in_time = self._news.wait_for(lambda: self._ended or self._all_said(), patience)
            found = _ADDRESS.search("\n".join(self.lines))
        if not in_time:
            raise RuntimeError(f"bevan up wasn't ready in time: {self.lines}")
        if found is None or not self._all_said():
            raise RuntimeError(f"bevan up ended with {self.process.wait(30)}: {self.lines}")
        return int(found[1])

    def _all_said(self) -> bool:
        # The last line: by then everything before it has been said.
        return any(line.startswith("Ctrl-C") for line in self.lines)

    def children(self, name: str) -> list[int]:
        """The numbers of its child processes of one kind (`web`, `worker`, `demo`)."""
        module = f"bevan.site.processes.{name}".encode()
        return [pid for pid in _children_of(self.process.pid) if module in _command(pid)]

    def stop(self, patience: float = 60.0) -> int:
        """Ask it to stop, as an operator would; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(patience)
        self.close()
        return code

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(30)
        self.close()

    def close(self) -> None:
        """Let go of what it wrote to."""
        self._listener.join(10)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._log.close()


@contextmanager
def serving(bevan: Path, data: Path, *arguments: str, log: Path) -> Iterator[Serving]:
    """A running server for the length of the block."""
    server = Serving(bevan, data, arguments, log)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def get(url: str, patience: float = 10.0) -> tuple[int, bytes]:
    """Status and body of a GET."""
    with urllib.request.urlopen(url, timeout=patience) as answer:
        return answer.status, answer.read()


def postmaster(data: Path) -> int | None:
    """The number of the embedded PostgreSQL's first process."""
    for mark in data.glob("pg/*/cluster/postmaster.pid"):
        return int(mark.read_text("utf-8", "replace").split("\n")[0])
    return None


def _children_of(pid: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
