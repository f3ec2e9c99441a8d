"""The update-heavy run: open Tasks and Encounters, each changed again and again.

What a ward does all day. Measured: how much the tables of current versions grow, and whether the
slowest changes stay near the usual ones. Old versions go to the history and are meant to stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from bench import wrk
from bench.data import Sample
from bench.server import Server

_CODE = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}
_SIZE = """
SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c
WHERE c.relname IN ('resource_task', 'resource_encounter', 'idx_num', 'idx_str', 'idx_code')
"""


@dataclass(frozen=True)
class Changed:
    """The run, with the size of the tables before and after it (bytes)."""

    run: wrk.Run
    items: int
    rounds: int
    before: int
    after: int

    @property
    def bloat(self) -> float:
        """How many times larger the tables of current versions are afterwards."""
        return self.after / self.before


async def change(
    server: Server, sample: Sample, token: str, folder: Path, *, items: int, rounds: int
) -> Changed:
    """Create `items` Tasks and Encounters, then change each of them `rounds` times."""
    path = folder / "updates.requests"
    path.write_text("".join(f"{line}\n" for line in _lines(sample, items)), "utf-8")
    made = _until(server, path, token, sent=0, total=items, seconds=2)
    before = await _size(server, vacuum=True)
    total = made.requests + items * rounds
    run = _until(server, path, token, sent=made.requests, total=total, seconds=10)
    return Changed(run, items, rounds, before, await _size(server))


def _until(
    server: Server, path: Path, token: str, *, sent: int, total: int, seconds: float
) -> wrk.Run:
    """Drive on, run after run, until `total` requests were sent."""
    runs: list[wrk.Run] = []
    while sent < total:
        run = wrk.drive(server.url, path, connections=8, seconds=seconds, token=token, sent=sent)
        runs.append(run)
        sent += run.requests
    return wrk.together(runs)


async def _size(server: Server, *, vacuum: bool = False) -> int:
    connection = await asyncpg.connect(server.database())
    try:
        if vacuum:
            for table in ("resource_task", "resource_encounter", "idx_num", "idx_str", "idx_code"):
                await connection.execute(f"VACUUM ANALYZE {table}")
        return int(await connection.fetchval(_SIZE))
    finally:
        await connection.close()


def _lines(sample: Sample, items: int) -> Iterator[str]:
    for number in range(items):
        person = sample.people[number % len(sample.people)][0]
        make = _task if number % 2 else _encounter
        resource = make(number, person)
        yield (
            f"PUT /fhir/{resource['resourceType']}/{resource['id']}\t"
            f"{json.dumps(resource, separators=(',', ':'))}"
        )


def _task(number: int, person: str) -> dict[str, Any]:
    return {
        "resourceType": "Task",
        "id": f"bench-task-{number}",
        "status": "in-progress",
        "intent": "order",
        "description": "Check the readings, change @ROUND@",
        "for": {"reference": f"Patient/{person}"},
        "authoredOn": "2026-11-24T09:00:00Z",
    }


def _encounter(number: int, person: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": f"bench-encounter-{number}",
        "status": "in-progress",
        "class": _CODE,
        "subject": {"reference": f"Patient/{person}"},
        "period": {"start": "2026-11-24T09:00:00Z"},
        "type": [{"text": "Change @ROUND@"}],
    }
