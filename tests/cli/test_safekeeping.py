"""`bevan backup`, `restore` and `upgrade` on an installation with its own PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bevan.kernel import binaries
from bevan.kernel.database import connect
from bevan.kernel.initialisation import majors
from bevan.kernel.postgres import Cluster
from tests.cli.conftest import Bevan, Said

ID = "9d1c7b3a-1111-4111-8111-000000000001"


@pytest.fixture
def data(bevan_alone: Bevan, tmp_path: Path) -> Path:
    """An installation with one person in it."""
    file = tmp_path / "person.json"
    file.write_text(json.dumps({"resourceType": "Patient", "id": ID}))
    said = bevan_alone("import", file, "--jobs", "1", "--data", tmp_path / "data")
    assert said.code == 0, said.err
    return tmp_path / "data"


def ask(data: Path, query: str) -> object:
    async def run(dsn: str) -> object:
        connection = await connect(dsn)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    with Cluster(data, fsync=False) as cluster:
        return asyncio.run(run(cluster.dsn))


def test_an_encrypted_backup(bevan_alone: Bevan, data: Path, tmp_path: Path) -> None:
    key, sealed = tmp_path / "key", tmp_path / "night.age"
    public = bevan_alone("backup-key", key).out.strip()
    said = bevan_alone("backup", sealed, "--encrypt-to", public, "--data", data)
    assert said.code == 0, said.err
    assert sealed.read_bytes().startswith(b"age-encryption.org/v1")
    assert not list(data.glob(".backup-*")), "nothing plain is left behind"
    said = bevan_alone("restore", sealed, "--data", tmp_path / "again")
    assert (said.code, "--key-file" in said.err) == (2, True)
    said = bevan_alone("restore", sealed, "--key-file", key, "--data", tmp_path / "again")
    assert said.code == 0, said.err
    assert ask(tmp_path / "again", f"SELECT count(*) FROM resource WHERE id = '{ID}'") == 1
    assert not list(tmp_path.glob(".again*"))
    said = bevan_alone("backup", sealed, "--encrypt-to", public, "--data", data)
    assert (said.code, "new file" in said.err) == (2, True)
    said = bevan_alone("backup", tmp_path / "x", "--encrypt-to", "age1x", "--data", data)
    assert (said.code, "public key" in said.err) == (2, True)


def test_the_keys_of_projects(bevan_alone: Bevan, tmp_path: Path) -> None:
    def said(*arguments: str) -> Said:
        return bevan_alone("project-key", *arguments, "--data", tmp_path)

    assert said("create", "frailty").code == 0
    assert (said("create", "frailty").code, said("destroy", "none", "--yes").code) == (2, 1)
    assert said("destroy", "frailty", "--yes").code == 0
    (told,) = json.loads(said("list", "--json").out)
    assert told["name"] == "frailty" and told["destroyed"]


def test_there_and_back(bevan_alone: Bevan, data: Path, tmp_path: Path) -> None:
    safe, again = tmp_path / "safe", tmp_path / "again"
    said = bevan_alone("backup", safe, "--data", data, "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["counts"]["current Patient"] == 1
    epoch = ask(data, "SELECT max(epoch) FROM feed_epoch")

    said = bevan_alone("restore", safe, "--data", again)
    assert said.code == 0, said.err
    assert "Every digest and count agrees" in said.out
    assert ask(again, f"SELECT count(*) FROM resource WHERE id = '{ID}'") == 1
    assert ask(again, "SELECT max(epoch) FROM feed_epoch") == int(str(epoch)) + 1

    said = bevan_alone("restore", safe, "--data", again)
    assert (said.code, "isn't empty" in said.err) == (1, True)
    damaged = next((safe / "wal").iterdir())
    damaged.write_bytes(b"x")
    said = bevan_alone("restore", safe, "--data", tmp_path / "third")
    assert (said.code, "damaged" in said.err) == (1, True)
    assert not (tmp_path / "third").exists()


def test_nothing_to_back_up(bevan_alone: Bevan, tmp_path: Path) -> None:
    said = bevan_alone("backup", tmp_path / "safe", "--data", tmp_path / "none")
    assert (said.code, "There is no installation" in said.err) == (2, True)


def test_a_database_of_others_is_left_to_them(bevan: Bevan, tmp_path: Path) -> None:
    for arguments in (("backup", tmp_path / "a"), ("restore", tmp_path), ("upgrade",)):
        said = bevan(*arguments)
        assert said.code == 2, arguments
        assert said.out == ""


def test_upgrades_from_the_systems_postgresql(
    bevan_alone: Bevan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, packaged = binaries.from_system(tmp_path), binaries.packaged()
    if system is None or packaged is None or system.major >= int(packaged.split(".")[0]):
        pytest.skip("needs an older PostgreSQL of the system's beside the packaged one")
    data = tmp_path / "data"
    monkeypatch.setenv("BEVAN_POSTGRES", "system")
    assert bevan_alone("migrate", "--data", data).code == 0
    monkeypatch.setenv("BEVAN_POSTGRES", "wheel")
    said = bevan_alone("doctor", "--data", data)
    assert (said.code, "run `bevan upgrade`" in said.err) == (2, True)
    said = bevan_alone("upgrade", "--data", data)
    assert said.code == 0, said.err
    assert f"from PostgreSQL {system.major} to" in said.out
    assert len(majors(data)) == 2
    assert ask(data, "SELECT max(epoch) FROM feed_epoch") == 2
    assert "already" in bevan_alone("upgrade", "--data", data).out
