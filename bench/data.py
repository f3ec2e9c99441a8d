"""What is loaded before measuring, and what is asked for: ids drawn from the server itself."""

from __future__ import annotations

import json
import random
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.server import Server, run

NHS = "https://fhir.nhs.uk/Id/nhs-number"
_SAMPLE = 500


@dataclass(frozen=True)
class Sample:
    """What requests are made of: observations, people with NHS numbers, (person, code) pairs."""

    observations: list[dict[str, Any]]
    people: list[tuple[str, str]]
    pairs: list[tuple[str, str]]
    practitioner: str


def load(data: Path, people: int, seed: int, folder: Path) -> None:
    """Make a synthetic region and import it, the way a user would."""
    run(data, "migrate")
    if not folder.exists():
        run(None, "synth", "--people", str(people), "--seed", str(seed), "--out", str(folder))
    run(data, "import", str(folder))


def sample(server: Server, token: str) -> Sample:
    """Draw people and some of their observations."""
    draw = random.Random(7)
    patients = _all(server, token, f"Patient?identifier:missing=false&_count={_SAMPLE}")
    people = [
        (patient["id"], identifier["value"])
        for patient in patients
        for identifier in patient.get("identifier", ())
        if identifier.get("system") == NHS
    ]
    draw.shuffle(people)
    observations: list[dict[str, Any]] = []
    for person, _ in people[:60]:
        path = f"Observation?patient={person}&_sort=-date&_count=50"
        observations += _all(server, token, path)
    pairs = sorted({(_person(each), _code(each)) for each in observations})
    draw.shuffle(pairs)
    draw.shuffle(observations)
    practitioners = _all(server, token, "Practitioner?_count=1")
    return Sample(observations, people, pairs, practitioners[0]["id"])


def _all(server: Server, token: str, path: str) -> list[dict[str, Any]]:
    request = urllib.request.Request(
        f"{server.url}/fhir/{path}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return [entry["resource"] for entry in json.load(answer).get("entry", ())]


def _person(observation: dict[str, Any]) -> str:
    return str(observation["subject"]["reference"]).removeprefix("Patient/")


def _code(observation: dict[str, Any]) -> str:
    coding = observation["code"]["coding"][0]
    return f"{coding['system']}|{coding['code']}"
