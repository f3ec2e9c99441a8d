"""`bevan import` takes files in, once, and tells what it refused."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

from bevan.kernel.database import connect
from tests.cli.conftest import Bevan

GOOD = {"resourceType": "Patient", "id": "9d1c7b3a-1111-4111-8111-000000000001"}
BAD = {**GOOD, "id": "9d1c7b3a-1111-4111-8111-000000000002", "gender": "unclear"}


def write(path: Path, *resources: object) -> Path:
    path.write_text("\n".join(json.dumps(resource) for resource in resources) + "\n")
    return path


def test_takes_in_counts_and_does_nothing_twice(bevan: Bevan, tmp_path: Path) -> None:
    file = write(tmp_path / "people.ndjson", GOOD)
    said = bevan("import", file, "--jobs", "1", "--json")
    first = json.loads(said.out)
    assert said.code == 0
    assert (first["resources"], first["rejected"]) == ({"Patient": 1}, 0)
    again = json.loads(bevan("import", file, "--jobs", "1", "--json").out)
    assert again["unchanged"] == 1


def test_what_is_refused_is_told_with_its_reason(bevan: Bevan, tmp_path: Path) -> None:
    file = write(tmp_path / "people.ndjson", GOOD, BAD)
    rejects = tmp_path / "rejects.ndjson"
    said = bevan("import", file, "--jobs", "1", "--rejects", rejects)
    assert said.code == 1
    assert "1 were refused" in said.out
    assert str(rejects) in said.err
    (line,) = rejects.read_text().splitlines()
    assert json.loads(line)["issues"][0]["path"] == "Patient.gender"


async def test_the_audit_names_the_operating_systems_user(
    bevan: Bevan, tmp_path: Path, database: str
) -> None:
    import asyncio

    file = write(tmp_path / "people.ndjson", GOOD)
    said = await asyncio.to_thread(bevan, "import", file, "--jobs", "1")
    assert said.code == 0
    connection = await connect(database)
    names = await connection.fetch(
        "SELECT name FROM agent JOIN audit ON audit.agent = agent.n WHERE audit.patient IS NOT NULL"
    )
    await connection.close()
    assert any(getpass.getuser() in row["name"] for row in names)


def test_a_file_without_data_is_skipped(bevan: Bevan, tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("About these files.")
    write(tmp_path / "people.ndjson", GOOD)
    said = bevan("import", tmp_path, "--jobs", "1", "--json")
    assert said.code == 0
    assert json.loads(said.out)["skipped"] == 1
