"""What the rulebook costs: the same reads by a clinician and by a system, side by side.

A clinician sees people by relationship, labels, masks and choices; a system with a token for
everything sees all of it. Both are audited. Short runs of the two take turns, so that whatever
else the machine does falls on both alike.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from bench import cpu, data, operations, server, wrk
from bench.sections import replaced
from bevan.identity.accounts import Account, Accounts, Role
from bevan.identity.sessions import Proof, Sessions
from bevan.kernel.clock import SystemClock
from bevan.kernel.database import Database
from bevan.kernel.identifiers import uuid7

LIMIT = 1.3
ROUNDS = 9
CONNECTIONS = 8
READS = ("read", "patient-code", "patient-sorted", "chained")
TITLE = "What the rulebook costs"
_SAYS = f"""
Reads under the full rulebook (a general practitioner, signed in, who sees the people registered
at the practice) beside the same reads by a system that may see everything; each leaves its audit
entry. Runs of the two take turns, {CONNECTIONS} connections, all processes of the server counted,
PostgreSQL's included; the turn in the middle counts. `make bench NAME=rulebook`.
"""


@dataclass
class Spent:
    """CPU-milliseconds of one request, turn by turn, of one side."""

    turns: list[float] = field(default_factory=list)

    @property
    def each(self) -> float:
        """The turn in the middle.

        Every twenty seconds the worker seals and gathers the entries of both sides, in one go;
        whose turn that falls into is chance.
        """
        return median(self.turns)


def measure(page: Path, people: int, seconds: float, keep: str | None = None) -> int:
    """Load, drive, write the section of the page; 1 when a ratio is above the limit."""
    with tempfile.TemporaryDirectory(prefix="bevan-bench-") as made:
        folder = Path(keep or made)
        folder.mkdir(parents=True, exist_ok=True)
        store = folder / "data"
        if not (folder / "loaded").exists():
            data.load(store, people, 1, folder / "region")
            (folder / "loaded").touch()
        with server.serving(store, folder / "server.log") as running:
            rows = list(_driven(running, folder, seconds))
    lines = [
        "| operation | system, CPU-ms | full rulebook, CPU-ms | times | limit |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {words} | {system.each:.3f} | {clinician.each:.3f} |"
            f" **{clinician.each / system.each:.2f}** | {LIMIT}{_verdict(system, clinician)} |"
            for words, system, clinician in rows
        ),
    ]
    text = page.read_text("utf-8") if page.is_file() else "# Performance\n"
    page.write_text(replaced(text, TITLE, _SAYS + "\n" + "\n".join(lines) + "\n"), "utf-8")
    return 1 if any(_verdict(system, clinician) for _, system, clinician in rows) else 0


def _verdict(system: Spent, clinician: Spent) -> str:
    return "" if clinician.each <= LIMIT * system.each else " **missed**"


def _driven(
    running: server.Server, folder: Path, seconds: float
) -> Iterator[tuple[str, Spent, Spent]]:
    token = running.token()
    practice, mine = _registered(running, token)
    drawn = _only(data.sample(running, token), mine)
    cookie = asyncio.run(_session(running.database(), practice))
    for operation in operations.ALL:
        if operation.name not in READS:
            continue
        requests = operations.write(operation, drawn, folder)
        system, clinician = Spent(), Spent()
        sides = [(system, token), (clinician, cookie)]
        for _, key in sides:
            wrk.drive(running.url, requests, connections=CONNECTIONS, seconds=2, token=key)
        for turn in range(ROUNDS):
            # Who comes first takes turns too.
            for side, key in sides if turn % 2 else sides[::-1]:
                _run(running, requests, side, key, seconds)
        print(
            f"{operation.name:15} system {system.each:.3f}, rulebook {clinician.each:.3f} CPU-ms: "
            f"{clinician.each / system.each:.2f} times",
            flush=True,
        )
        yield operation.words, system, clinician


def _run(running: server.Server, requests: Path, side: Spent, key: str, seconds: float) -> None:
    before = cpu.used(running.processes())
    run = wrk.drive(running.url, requests, connections=CONNECTIONS, seconds=seconds, token=key)
    spent = (cpu.used(running.processes()) - before).total * 1000
    side.turns.append(spent / run.requests)


def _registered(running: server.Server, token: str) -> tuple[str, frozenset[str]]:
    """The practice with most people, and these people's ids."""
    path = "Patient?identifier:missing=false&_count=500&_elements=generalPractitioner"
    request = urllib.request.Request(
        f"{running.url}/fhir/{path}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        patients = [entry["resource"] for entry in json.load(answer)["entry"]]
    practices = {
        patient["id"]: str(at["reference"]).removeprefix("Organization/")
        for patient in patients
        for at in patient.get("generalPractitioner", ())
        if str(at.get("reference", "")).startswith("Organization/")
    }
    most = Counter(practices.values()).most_common(1)[0][0]
    return most, frozenset(id for id, practice in practices.items() if practice == most)


def _only(drawn: data.Sample, people: frozenset[str]) -> data.Sample:
    """What is asked for, of these people alone: the clinician must see what the system sees."""
    observations = [
        one
        for one in drawn.observations
        if str(one["subject"]["reference"]).removeprefix("Patient/") in people
        and not one.get("meta", {}).get("security")
    ]
    return replace(
        drawn,
        observations=observations,
        people=[pair for pair in drawn.people if pair[0] in people],
        pairs=[pair for pair in drawn.pairs if pair[0] in people],
    )


async def _session(dsn: str, practice: str) -> str:
    """A general practitioner's session at the practice, as a cookie."""
    database = await Database.open(dsn, size=1)
    clock, name = SystemClock(), uuid7()
    try:
        accounts = Accounts(database)
        await accounts.add(Account(name, "practitioner", name, "Dr Bench", ""), clock.now())
        role = Role("GP", practice, "The practice")
        position = await accounts.give_role(name, role, clock.now())
        proof = Proof("passkey", level="AAL2", at=clock.now())
        cookie, _ = await Sessions(database, clock).start(name, role=position, proof=proof)
        return f"bevan={cookie}"
    finally:
        await database.close()
