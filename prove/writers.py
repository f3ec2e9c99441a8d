"""Clients that write without pause and keep a log of what was acknowledged to them."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

ENTRIES = 10


@dataclass
class Told:
    """What one client was told: versions acknowledged, and transactions whatever their end.

    `acknowledged` maps (id, version) to the value written; `groups` are the ids of each
    transaction that was ever sent.
    """

    acknowledged: dict[tuple[str, int], int] = field(default_factory=dict)
    groups: list[list[str]] = field(default_factory=list)
    unknown: int = 0
    refused: list[str] = field(default_factory=list)


class Writer(threading.Thread):
    """Creates, updates and sends transactions until `stop` is set.

    Each acknowledgement is a line of `log`, written before the next request: the log is outside
    whatever is killed.
    """

    def __init__(
        self, number: int, port: int, token: str, subject: str, stop: threading.Event, log: Path
    ) -> None:
        super().__init__(daemon=True)
        self.told = Told()
        self._draws = random.Random(number)
        self._headers = {
            "authorization": f"Bearer {token}",
            "content-type": "application/fhir+json",
        }
        self._port = port
        self._subject = subject
        self._halt = stop
        self._log = log
        self._mine: list[tuple[str, int]] = []
        self._line: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """Write, and go on after every failure."""
        with self._log.open("a", encoding="utf-8", buffering=1) as log:
            while not self._halt.is_set():
                work = self._draws.choices((self._create, self._change, self._many), (5, 2, 1))[0]
                try:
                    work(log.write)
                except (OSError, http.client.HTTPException):
                    self.told.unknown += 1
                    self._hang_up()
                    time.sleep(0.02)
        self._hang_up()

    def _create(self, note: Callable[[str], object]) -> None:
        id, value = str(uuid4()), self._draws.randrange(1 << 30)
        status, body = self._send("PUT", f"/fhir/Observation/{id}", self._observation(id, value))
        if self._took(status, body):
            self._acknowledged(note, id, 1, value)
            self._mine.append((id, 1))

    def _change(self, note: Callable[[str], object]) -> None:
        if not self._mine:
            return
        # Taken out first: after an answer that never came its version is unknown.
        id, version = self._mine.pop(self._draws.randrange(len(self._mine)))
        value = self._draws.randrange(1 << 30)
        condition = {"if-match": f'W/"{version}"'}
        status, body = self._send(
            "PUT", f"/fhir/Observation/{id}", self._observation(id, value), condition
        )
        if self._took(status, body):
            self._acknowledged(note, id, version + 1, value)
            self._mine.append((id, version + 1))

    def _many(self, note: Callable[[str], object]) -> None:
        ids, value = [str(uuid4()) for _ in range(ENTRIES)], self._draws.randrange(1 << 30)
        self.told.groups.append(ids)
        entries = [
            {
                "resource": self._observation(id, value),
                "request": {"method": "PUT", "url": f"Observation/{id}"},
            }
            for id in ids
        ]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        status, body = self._send("POST", "/fhir", bundle)
        if self._took(status, body):
            for id in ids:
                self._acknowledged(note, id, 1, value)

    def _acknowledged(
        self, note: Callable[[str], object], id: str, version: int, value: int
    ) -> None:
        self.told.acknowledged[id, version] = value
        note(f"{id} {version} {value}\n")

    def _took(self, status: int, body: bytes) -> bool:
        """Whether it was done; a refusal that isn't for now is kept for the report."""
        if status in (200, 201):
            return True
        self.told.unknown += 1
        if status < 500:
            self.told.refused.append(f"{status}: {body[:300].decode('utf-8', 'replace')}")
        return False

    def _send(
        self, method: str, path: str, resource: object, more: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        self._line.request(method, path, json.dumps(resource), {**self._headers, **(more or {})})
        answer = self._line.getresponse()
        body = answer.read()
        if answer.will_close:
            self._hang_up()
        return answer.status, body

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _observation(self, id: str, value: int) -> dict[str, object]:
        return {
            "resourceType": "Observation",
            "id": id,
            "status": "final",
            "code": {"text": "a number that the proof drew"},
            "subject": {"reference": self._subject},
            "valueInteger": value,
        }
