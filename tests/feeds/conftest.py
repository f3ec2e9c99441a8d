"""Files to import, and a way to look at what the record holds afterwards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bevan.feeds.bulk import importer
from bevan.feeds.bulk.outcome import Summary
from bevan.kernel.database import connect
from bevan.kernel.settings import Settings

Import = Callable[..., Summary]
Ask = Callable[..., list[tuple[Any, ...]]]
Rejected = Callable[[], list[dict[str, Any]]]

COUNTS = "select type, count(*)::int from resource where not deleted group by type order by type"
VERSIONS = "select type, id, version from resource order by type, id"


@pytest.fixture
def imports(dsn: str, tmp_path: Path) -> Import:
    """Imports paths with one job, in this process; rejects go to `rejects.ndjson`."""

    def run(*paths: Path, **given: Any) -> Summary:
        options: dict[str, Any] = {
            "settings": Settings(data=tmp_path),
            "dsn": dsn,
            "operator": "nye",
            "jobs": 1,
            "rejects": tmp_path / "rejects.ndjson",
        }
        return importer.run(paths, **(options | given))

    return run


@pytest.fixture
def rejected(tmp_path: Path) -> Rejected:
    """The lines of the rejects file."""

    def read() -> list[dict[str, Any]]:
        text = (tmp_path / "rejects.ndjson").read_text()
        return [json.loads(line) for line in text.splitlines()]

    return read


@pytest.fixture
def ask(dsn: str) -> Ask:
    """Asks the database itself."""

    async def fetch(sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        connection = await connect(dsn)
        try:
            return [tuple(row) for row in await connection.fetch(sql, *arguments)]
        finally:
            await connection.close()

    return lambda sql, *arguments: asyncio.run(fetch(sql, *arguments))


def patient(id: str | None = "p1", **given: Any) -> dict[str, Any]:
    """A small patient."""
    body = {"resourceType": "Patient", "name": [{"family": "Adeyemi"}], **given}
    return {**body, "id": id} if id else body


def observation(id: str | None = None, subject: str = "Patient/p1") -> dict[str, Any]:
    """A small observation."""
    body: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Weight"},
        "subject": {"reference": subject},
    }
    return {**body, "id": id} if id else body


def practitioner(number: str) -> dict[str, Any]:
    """A practitioner with an identifier."""
    return {
        "resourceType": "Practitioner",
        "identifier": [{"system": "urn:staff", "value": number}],
    }


def encounter(**given: Any) -> dict[str, Any]:
    """An encounter that names its practitioner by a condition."""
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "urn:uuid:0b6f5e5c-0000-4000-8000-000000000001"},
        "participant": [
            {"individual": {"reference": "Practitioner?identifier=urn:staff|77"}},
        ],
        **given,
    }


def bundle(kind: str, *entries: dict[str, Any]) -> dict[str, Any]:
    """A Bundle of entries."""
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def post(resource: dict[str, Any], full_url: str = "", **request: str) -> dict[str, Any]:
    """An entry that creates."""
    asked = {"method": "POST", "url": resource["resourceType"], **request}
    entry: dict[str, Any] = {"resource": resource, "request": asked}
    return {"fullUrl": full_url, **entry} if full_url else entry


def put(resource: dict[str, Any], url: str = "") -> dict[str, Any]:
    """An entry that updates."""
    target = url or f"{resource['resourceType']}/{resource['id']}"
    return {"resource": resource, "request": {"method": "PUT", "url": target}}


def write(path: Path, *resources: Any) -> Path:
    """A file of resources: NDJSON, or JSON for one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(resource) for resource in resources))
    return path
