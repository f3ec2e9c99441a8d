"""`bevan doctor` says what is well, what isn't, and what to do."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bevan.cli import checks
from bevan.kernel.database import connect
from bevan.kernel.settings import Settings
from tests.cli.conftest import Bevan


def run(dsn: str, statement: str) -> None:
    async def execute() -> None:
        connection = await connect(dsn)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(execute())


def found(said: Any) -> dict[str, Any]:
    return {check["name"]: check for check in json.loads(said.out)}


def test_a_healthy_installation(bevan: Bevan) -> None:
    said = bevan("doctor")
    assert said.code == 0, said.out
    assert "BAD" not in said.out
    assert "ok   schema: Up to date." in said.out


def test_every_check_ends_in_a_sentence(bevan: Bevan) -> None:
    for check in found(bevan("doctor", "--json")).values():
        assert check["sentence"].endswith("."), check


@pytest.mark.parametrize(
    ("harm", "name", "advice"),
    [
        ("DELETE FROM bevan_migration WHERE package = 'bevan.record'", "schema", "bevan migrate"),
        ("UPDATE bevan_migration SET sha256 = 'x'", "schema", "was changed"),
        (
            "INSERT INTO bevan_job (name, started, failed) VALUES ('sweep', now(), 'OSError')",
            "jobs",
            "sweep",
        ),
        (
            "INSERT INTO source (uri, failed) VALUES ('https://lab.example/x', 'no answer')",
            "sources",
            "reports a fault",
        ),
        (
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'bevan_job_pkey'::regclass",
            "indexes",
            "REINDEX",
        ),
    ],
)
def test_harm_is_found_with_advice(
    bevan: Bevan, database: str, harm: str, name: str, advice: str
) -> None:
    run(database, harm)
    said = bevan("doctor", "--json")
    assert said.code == 1
    assert not found(said)[name]["well"]
    assert advice in found(said)[name]["sentence"]


def test_a_database_that_does_not_answer(
    bevan_alone: Bevan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEVAN_DATABASE_URL", "postgresql://a@/b?host=/nowhere")
    monkeypatch.setattr("bevan.kernel.database._NOT_YET", (FileNotFoundError,))
    said = bevan_alone("doctor", "--json")
    assert said.code == 1
    assert "doesn't answer" in found(said)["database"]["sentence"]


def test_no_installation_is_no_fault(bevan_alone: Bevan, tmp_path: Path) -> None:
    said = bevan_alone("doctor", "--data", tmp_path / "none")
    assert said.code == 0
    assert "`bevan up` makes one" in said.out


def test_keys_open_to_others(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "audit").write_text("x")
    (tmp_path / "keys" / "audit").chmod(0o644)
    settings = Settings(data=tmp_path, database_url="postgresql://x")
    (keys,) = [check for check in checks.of_machine(settings) if check.name == "keys"]
    assert not keys.well
    assert "chmod 600" in keys.sentence


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_ROOM", 1 << 60)
    settings = Settings(data=tmp_path, database_url="postgresql://x")
    (disk,) = [check for check in checks.of_machine(settings) if check.name == "disk"]
    assert not disk.well
