"""Whatever is killed, nothing that was acknowledged is lost, halved or skipped.

Clients write without pause and log what is acknowledged to them; a consumer follows the change
feed. Meanwhile `kill -9` falls on a web worker, the worker, the supervisor or PostgreSQL.
"""

from __future__ import annotations

import asyncio
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
from collections import Counter
from pathlib import Path

from bevan.kernel.postgres import Cluster
from bevan.kernel.settings import Settings
from prove.follower import Follower, Seen, goes_on, versions, whole_feed
from prove.report import Report
from prove.serving import Serving, postmaster
from prove.writers import Told, Writer

ROUNDS = int(os.environ.get("ROUNDS", "20"))
WRITERS = 6
VICTIMS = ("web worker", "worker", "supervisor", "PostgreSQL", "PostgreSQL's keeper")
BEVAN = Path(sys.executable).with_name("bevan")
PATIENT = "c0ffee00-0000-4000-8000-000000000001"


def prove(rounds: int = ROUNDS, seed: int = 1, victims: tuple[str, ...] = VICTIMS) -> Report:
    """Kill, count, back up, restore, count again."""
    report = Report(
        "Killed at random under write load",
        f"{WRITERS} clients create, change and send transactions of ten without pause, each "
        "keeping its own log of what was acknowledged. Every round one process, drawn at random, "
        "gets `kill -9`. A consumer follows the change feed all the while.",
        ("Round", "Killed", "Acknowledged until then", "Seconds until writes went on"),
    )
    with tempfile.TemporaryDirectory(prefix="bevan-crash-") as folder:
        trial = Trial(Path(folder), report, random.Random(seed), victims)
        trial.start()
        try:
            for number in range(1, rounds + 1):
                trial.round(number)
            trial.settle()
            trial.check()
            trial.restore()
        finally:
            trial.end()
    return report


class Trial:
    """One run of the proof over a data folder of its own."""

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
        self.writers: list[Writer] = []

    def start(self) -> None:
        """Serve, make a patient, let the clients and the consumer begin."""
        self.server = self.serve()
        self.token = bevan(
            self.data, "token", "--client", "proof", "--scope", "system/*.cruds",
            "--purpose", "prove that nothing is lost", "--hours", "12",
        ).split()[-1]  # fmt: skip
        self.ask("PUT", f"/fhir/Patient/{PATIENT}", {"resourceType": "Patient", "id": PATIENT})
        subject = f"Patient/{PATIENT}"
        self.writers = [
            Writer(n, self.port, self.token, subject, self.stop, self.home / f"client-{n}.log")
            for n in range(WRITERS)
        ]
        self.follower = Follower(self.cluster.dsn, self.settings)
        for thread in (*self.writers, self.follower):
            thread.start()

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
        self.wait_for(count + WRITERS + 20)
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
        return sum(len(writer.told.acknowledged) for writer in self.writers)

    def wait_for(self, count: int, patience: float = 180.0) -> None:
        until = time.monotonic() + patience
        while self.acknowledged() < count:
            if time.monotonic() > until:
                refused = [text for w in self.writers for text in w.told.refused][:3]
                raise RuntimeError(f"writes don't go on: {self.server.lines} {refused}")
            time.sleep(0.01)

    def settle(self) -> None:
        """Let the clients finish, and the consumer read to the end."""
        self.stop.set()
        for writer in self.writers:
            writer.join(60)
        self.follower.finish()

    def check(self) -> None:
        """Compare what the clients and the consumer know with what is there."""
        told = [writer.told for writer in self.writers]
        self.check_acknowledged(told)
        held = asyncio.run(versions(self.cluster.dsn))
        self.check_transactions(told, held)
        compare(self.report, "the consumer that ran all the while", self.follower.seen, held)
        self.report.note(
            f"The consumer was cut off {self.follower.troubles:,} times and saw each of the "
            f"{len(held):,} versions exactly once."
        )
        refused = [text for one in told for text in one.refused]
        self.report.require(not refused, f"clients were refused: {refused[:3]}")

    def check_acknowledged(self, told: list[Told]) -> None:
        """Each acknowledged version, read back through the API."""
        logged = sum(
            len((self.home / f"client-{n}.log").read_text().splitlines()) for n in range(WRITERS)
        )
        lost = 0
        for (id, version), value in ((k, v) for one in told for k, v in one.acknowledged.items()):
            found = self.ask("GET", f"/fhir/Observation/{id}/_history/{version}")
            lost += found is None or found.get("valueInteger") != value
        total = sum(len(one.acknowledged) for one in told)
        self.report.require(logged == total, "the clients' logs aren't what they remember")
        self.report.require(lost == 0, f"{lost} of {total} acknowledged writes are lost")
        self.report.note(
            f"{total:,} writes were acknowledged and logged by the clients; "
            f"{lost:,} of them can't be read back as they were written."
        )

    def check_transactions(self, told: list[Told], held: Seen) -> None:
        """Each transaction is there whole or not at all, whatever its client was told."""
        present = {id for _, id, _ in held}
        groups = [group for one in told for group in one.groups]
        halves = [group for group in groups if 0 < sum(id in present for id in group) < len(group)]
        self.report.require(not halves, f"{len(halves)} transactions are there in part")
        self.report.note(
            f"Of {len(groups):,} transactions sent, {len(halves):,} are there in part; "
            f"{sum(one.unknown for one in told):,} requests got no answer or a refusal for now."
        )

    def restore(self) -> None:
        """Back up, restore into an empty folder, and follow its feed."""
        before = asyncio.run(versions(self.cluster.dsn))
        bevan(self.data, "backup", str(self.home / "safe"))
        self.report.require(self.server.stop() == 0, "the server didn't stop in order")
        again = self.home / "again"
        bevan(again, "restore", str(self.home / "safe"))
        with Cluster(again) as cluster:
            settings = Settings(data=again)
            held = asyncio.run(versions(cluster.dsn))
            compare(self.report, "the restored tables", held, before)
            seen = asyncio.run(whole_feed(cluster.dsn, settings))
            compare(self.report, "a consumer of the restored feed", seen, before)
            assert self.follower.cursor is not None
            let_on = asyncio.run(goes_on(cluster.dsn, settings, self.follower.cursor))
            self.report.require(not let_on, "an old cursor is let on after a restore")
        self.report.note(
            f"After backup and restore into an empty folder, all {len(before):,} versions are in "
            "the feed exactly once, and a consumer with a cursor from before is told to rebuild."
        )

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


def compare(report: Report, who: str, seen: Seen, held: Seen) -> None:
    """Require that `seen` holds each version of `held` exactly once."""
    counted, wanted = Counter(seen), Counter(held)
    missed, doubled = wanted - counted, counted - wanted
    report.require(not missed, f"{who} misses {missed.total()} versions")
    report.require(not doubled, f"{who} has {doubled.total()} too many")


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
