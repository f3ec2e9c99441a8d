"""`bevan client` and `bevan keys`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Bevan
from tests.support.signing import Signer

BACKEND = ("client", "add", "--id", "backend", "--name", "Nightly export")


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(Signer("backend").jwks))
    return file


def test_a_client_is_added_listed_and_revoked(bevan: Bevan, jwks: Path) -> None:
    assert bevan(*BACKEND, "--scope", "system/Patient.rs", "--keys", jwks).code == 0
    (listed,) = json.loads(bevan("client", "list", "--json").out)
    assert listed == {
        "status": "approved",
        "id": "backend",
        "name": "Nightly export",
        "use": "smart",
        "scopes": "system/Patient.rs",
    }
    assert bevan("client", "revoke", "backend").code == 0
    assert "revoked" in bevan("client", "list").out
    again = bevan("client", "revoke", "backend")
    assert again.code == 1 and again.err.strip().endswith(".")
    assert bevan("client", "approve", "backend").code == 1


def test_a_client_that_cant_be_registered_is_refused(bevan: Bevan, tmp_path: Path) -> None:
    said = bevan(*BACKEND, "--public", "--redirect", "http://elsewhere.example")
    assert said.code == 1 and "https" in said.err
    (tmp_path / "bad.json").write_text("[]")
    assert "JWK Set" in bevan(*BACKEND, "--keys", tmp_path / "bad.json").err


def test_keys_are_rotated_and_listed(bevan: Bevan, tmp_path: Path) -> None:
    assert bevan("keys", "rotate", "ES384", "--data", tmp_path).code == 0
    assert bevan("keys", "rotate", "ES384", "--data", tmp_path).code == 0
    found = json.loads(bevan("keys", "list", "--json", "--data", tmp_path).out)
    assert [key["algorithm"] for key in found] == ["ES384", "ES384"]
    assert found[0]["ends"] and not found[1]["ends"]
    assert "ES384" in bevan("keys", "list", "--data", tmp_path).out
    assert bevan("keys", "rotate", "HS256").code == 2
