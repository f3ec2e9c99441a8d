"""A server under load, killed at random: what the proofs about crashes and the audit share.

Clients work without pause and log what they were told. Every round one process gets `kill -9`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from bevan.kernel.postgres import Cluster
from bevan.kernel.settings import Settings
from prove.report import Report
from prove.serving import Serving, postmaster
from prove.writers import Told

ROUNDS = int(os.environ.get("ROUNDS", "20"))
CLIENTS = 6
BEVAN = Path(sys.executable).with_name("bevan")


class Client(Protocol):
    """Somebody who works without pause until told to stop."""

    told: Told

    def start(self) -> None: ...

    def join(self, timeout: float | None = None) -> None: ...


Kind = TypeVar("Kind", bound=Client)


class Trial(ABC, Generic[Kind]):
    """One run of a proof over a data folder of its own.

    ``purpose`` is what the clients' token is for; ``clients`` start last, once `prepare` is done.
    """

    purpose: str

    def __init__(
        self, home: Path, report: Report, draws: random.Random, victims: tuple[str, ...]
    ) -> None:
        self.home = home
        self.data = home / "data"
        self.report = report
        self.draws = draws
        self.kinds = victims
        self.port = free_port()
        self.settings = Settings(data=self.data)
        self.cluster = Cluster(self.data)
        self.stop = threading.Event()
        self.clients: Sequence[Kind] = ()

    @abstractmethod
    def prepare(self) -> None:
        """Write what the clients need."""

    @abstractmethod
    def client(self, number: int) -> Kind:
        """One client, not started yet."""

    @abstractmethod
    def check(self) -> None:
        """Compare what the clients know with what is there."""

    def start(self) -> None:
        """Serve, prepare, let the clients begin."""
        self.server = self.serve()
        self.token = bevan(
            self.data, "token", "--client", "proof", "--scope", "system/*.cruds",
            "--purpose", self.purpose, "--hours", "12",
        ).split()[-1]  # fmt: skip
        self.prepare()
        self.clients = [self.client(number) for number in range(CLIENTS)]
        for client in self.clients:
            client.start()

    def log(self, number: int) -> Path:
        """Where a client writes what it was told."""
        return self.home / f"client-{number}.log"

    def serve(self) -> Serving:
        """A server that is ready, on the same data and port."""
        server = Serving(BEVAN, self.data, ["--port", str(self.port)], self.home / "log")
        server.ready()
        return server

    def round(self, number: int) -> None:
        """Let them write for a while, kill somebody, wait until writes go on."""
        before = self.acknowledged()
        self.wait_for(before + self.draws.randrange(20, 400))
        # The first rounds take each in turn, so that none is missed by chance.
        kinds = self.kinds
        victim = kinds[number - 1] if number <= len(kinds) else self.draws.choice(kinds)
        self.kill(victim)
        killed, count = time.monotonic(), self.acknowledged()
        if victim == "supervisor":
            self.server = self.serve()
        # A few answers may have been on their way; these are of the revived server.
        self.wait_for(count + CLIENTS + 20)
        self.report.row(number, victim, count, f"{time.monotonic() - killed:.1f}")
        print(f"round {number}: {victim}, {count} acknowledged", flush=True)

    def kill(self, victim: str) -> None:
        """`kill -9` one of the processes."""
        if victim == "supervisor":
            self.server.kill()
            return
        for pid in self.victims(victim)[:1]:
            os.kill(pid, signal.SIGKILL)

    def victims(self, name: str, patience: float = 60.0) -> list[int]:
        """The processes of that name, waiting until there is one."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            found = self.found(name)
            if found:
                return found
            time.sleep(0.02)
        raise RuntimeError(f"there is no {name} to kill")

    def found(self, name: str) -> list[int]:
        if name in ("web worker", "worker"):
            return self.server.children("web" if name == "web worker" else "worker")
        first = postmaster(self.data)
        if first is None or not Path(f"/proc/{first}/cwd").exists():
            return []
        if name == "PostgreSQL":
            return [first]
        parent = int(Path(f"/proc/{first}/stat").read_text().rsplit(")", 1)[1].split()[1])
        return [parent] if parent > 1 else []

    def acknowledged(self) -> int:
        return sum(len(client.told.acknowledged) for client in self.clients)

    def wait_for(self, count: int, patience: float = 180.0) -> None:
        until = time.monotonic() + patience
        while self.acknowledged() < count:
            if time.monotonic() > until:
                refused = [text for w in self.clients for text in w.told.refused][:3]
                raise RuntimeError(f"writes don't go on: {self.server.lines} {refused}")
            time.sleep(0.01)

    def settle(self) -> None:
        """Let the clients finish."""
        self.stop.set()
        for client in self.clients:
            client.join(60)

    def refused(self) -> list[str]:
        """What the clients were refused."""
        return [text for one in self.clients for text in one.told.refused]

    def ask(self, method: str, path: str, body: object = None) -> dict[str, object] | None:
        """The answer to one request; None for one that finds nothing."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "authorization": f"Bearer {self.token}",
                "content-type": "application/fhir+json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                found: dict[str, object] = json.loads(answer.read())
                return found
        except urllib.error.HTTPError as fault:
            fault.close()
            return None

    def end(self) -> None:
        """Leave nothing running."""
        self.stop.set()
        if self.server.process.poll() is None:
            self.server.stop()


def tried(
    trial: type[Trial[Kind]],
    report: Report,
    rounds: int,
    seed: int,
    victims: tuple[str, ...],
) -> Report:
    """The report of a whole run: start, kill so many times, settle, check."""
    with tempfile.TemporaryDirectory(prefix="bevan-proof-") as folder:
        run = trial(Path(folder), report, random.Random(seed), victims)
        run.start()
        try:
            for number in range(1, rounds + 1):
                run.round(number)
            run.settle()
            run.check()
        finally:
            run.end()
    return report


def bevan(data: Path, command: str, *arguments: str) -> str:
    """What a `bevan` command printed."""
    done = subprocess.run(
        [str(BEVAN), command, *arguments, "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"bevan {command} failed: {done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
