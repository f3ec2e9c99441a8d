"""No answer without its entry: whatever is killed, everybody who was disclosed stands in the audit.

Clients read without pause and log whom each answer told them about. Meanwhile `kill -9` falls on a
web worker or PostgreSQL. At the end the chain is verified, harmed, and verified again.
"""

from __future__ import annotations

import asyncio
import json
import subprocess

import asyncpg

from bevan.record.scope import compartment
from prove.readers import PEOPLE, Reader
from prove.report import Report
from prove.trial import BEVAN, CLIENTS, ROUNDS, Trial, bevan, tried

VICTIMS = ("web worker", "PostgreSQL")


def prove(rounds: int = ROUNDS, seed: int = 1, victims: tuple[str, ...] = VICTIMS) -> Report:
    """Kill, then look for each answer in the audit."""
    report = Report(
        "No answer without its entry in the audit",
        f"{CLIENTS} clients read, search and page through histories without pause, each keeping "
        "its own log of whom every answer was about. Every round one process, drawn at random, "
        "gets `kill -9`.",
        ("Round", "Killed", "People disclosed until then", "Seconds until reads went on"),
    )
    return tried(Reading, report, rounds, seed, victims)


class Reading(Trial[Reader]):
    """Clients read; at the end the chain is verified and harmed."""

    purpose = "prove that nothing is shown without an entry"

    def prepare(self) -> None:
        """Make people and readings."""
        for n, person in enumerate(PEOPLE):
            self.ask("PUT", f"/fhir/Patient/{person}", {"resourceType": "Patient", "id": person})
            for m in range(3):
                id = f"c0ffee01-0000-4000-8000-{n:06d}{m:06d}"
                self.ask("PUT", f"/fhir/Observation/{id}", _reading(id, person))

    def client(self, number: int) -> Reader:
        """A reader."""
        return Reader(number, self.port, self.token, self.stop, self.log(number))

    def check(self) -> None:
        """Each (request, person) that a client logged has its entry; then the chain."""
        logged = {
            tuple(line.split())
            for n in range(CLIENTS)
            for line in self.log(n).read_text().splitlines()
        }
        entries = asyncio.run(_entries(self.cluster.dsn))
        keys = {person: str(compartment(person)) for person in PEOPLE}
        missing = [one for one in logged if (one[0], keys[one[1]]) not in entries]
        requests = len({request for request, _ in logged})
        self.report.require(bool(logged), "no client was told anything")
        self.report.require(not missing, f"{len(missing)} disclosures have no entry: {missing[:3]}")
        self.report.note(
            f"{requests:,} answers told the clients of {len(logged):,} people (one counted once an "
            f"answer); {len(missing):,} of these have no entry."
        )
        refused = self.refused()
        self.report.require(not refused, f"clients were refused: {refused[:3]}")
        self.check_chain()

    def check_chain(self) -> None:
        """Everything is sealed and handed over; one changed byte is found where it is."""
        bevan(self.data, "audit", "hand-over")
        whole = self.verified()
        self.report.require(whole["unbroken"], f"the chain is broken: {whole['findings'][:2]}")
        changed = asyncio.run(_harm(self.cluster.dsn))
        found = self.verified()["findings"]
        named = [one["at"] for one in found if one["kind"] == "changed entry"]
        self.report.require(
            len(found) == 1 and named == [changed],
            f"one changed entry of {changed} was told as {found[:2]}",
        )
        self.report.note(
            f"After the last kill {whole['links']:,} links over {whole['entries']:,} entries "
            "verify; one entry changed afterwards is found, alone and by its time."
        )

    def verified(self) -> dict[str, object]:
        """What `bevan audit verify` says."""
        asked = [str(BEVAN), "audit", "verify", "--data", str(self.data), "--json"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        said: dict[str, object] = json.loads(done.stdout)
        return said


def _reading(id: str, person: str) -> dict[str, object]:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"text": "Heart rate"},
        "subject": {"reference": f"Patient/{person}"},
        "valueQuantity": {"value": 72, "unit": "/min"},
    }


async def _entries(dsn: str) -> set[tuple[str, str]]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "SELECT request, patient::text FROM audit WHERE outcome = '+' AND patient IS NOT NULL"
        )
    finally:
        await connection.close()
    return {(row[0], row[1]) for row in rows}


async def _harm(dsn: str) -> str:
    """Change the outcome of one entry; when that was."""
    connection = await asyncpg.connect(dsn)
    try:
        at = await connection.fetchval(
            "UPDATE audit SET outcome = '-' WHERE (at, request) = (SELECT at, request FROM audit "
            "WHERE action = 'v' ORDER BY at LIMIT 1) RETURNING at"
        )
    finally:
        await connection.close()
    return str(at.isoformat())
