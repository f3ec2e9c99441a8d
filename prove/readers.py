"""Clients that read without pause and keep a log of whom they were told about."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from prove.writers import Told

PEOPLE = tuple(f"c0ffee00-0000-4000-8000-{n:012d}" for n in range(1, 9))


class Reader(threading.Thread):
    """Reads people, alone and many at a time, until `stop` is set.

    `told.acknowledged` maps (request, person) to 1 for each person in an answer that came whole;
    each is a line of `log`, written before the next request.
    """

    def __init__(
        self, number: int, port: int, token: str, stop: threading.Event, log: Path
    ) -> None:
        super().__init__(daemon=True)
        self.told = Told()
        self._draws = random.Random(number)
        self._headers = {"authorization": f"Bearer {token}", "accept": "application/fhir+json"}
        self._port = port
        self._halt = stop
        self._log = log
        self._line: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """Read, and go on after every failure."""
        with self._log.open("a", encoding="utf-8", buffering=1) as log:
            while not self._halt.is_set():
                request = uuid4().hex
                try:
                    people = self._ask(request, self._path())
                except (OSError, http.client.HTTPException):
                    self.told.unknown += 1
                    self._hang_up()
                    time.sleep(0.02)
                    continue
                for person in people:
                    self.told.acknowledged[request, hash(person)] = 1
                    log.write(f"{request} {person}\n")
        self._hang_up()

    def _path(self) -> str:
        who = self._draws.choice(PEOPLE)
        return self._draws.choice(
            (
                f"/fhir/Patient/{who}",
                f"/fhir/Patient/{who}/_history/1",
                f"/fhir/Patient/{who}/_history",
                f"/fhir/Observation?subject=Patient/{who}",
                f"/fhir/Patient?_count={self._draws.randrange(1, 8)}",
                "/fhir/Observation?_count=20&_include=Observation:subject",
                f"/fhir/Patient?_id={who}&_revinclude=Observation:subject",
            )
        )

    def _ask(self, request: str, path: str) -> set[str]:
        """Whom the answer names; nobody where there was none for now."""
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        self._line.request("GET", path, headers={**self._headers, "x-request-id": request})
        answer = self._line.getresponse()
        body = answer.read()
        if answer.status != 200:
            self.told.unknown += 1
            if answer.status < 500:
                self.told.refused.append(f"{answer.status}: {path}")
            return set()
        return set(people_in(json.loads(body)))

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def people_in(resource: dict[str, Any]) -> list[str]:
    """The ids of everybody whom a resource or a Bundle is about."""
    if resource["resourceType"] == "Bundle":
        return [p for e in resource.get("entry", ()) for p in people_in(e["resource"])]
    if resource["resourceType"] == "Patient":
        return [resource["id"]]
    reference = resource.get("subject", {}).get("reference", "")
    return [reference.removeprefix("Patient/")] if reference.startswith("Patient/") else []
