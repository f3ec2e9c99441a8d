"""`bevan config show` shows what is in force, and no secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bevan.kernel.settings import Settings
from tests.cli.conftest import Bevan


def test_shows_every_setting(bevan_alone: Bevan, tmp_path: Path) -> None:
    said = bevan_alone("config", "show", "--json", "--data", tmp_path)
    found = json.loads(said.out)
    assert set(found) == set(Settings.model_fields)
    assert found["data"] == str(tmp_path)
    assert found["port"] == 8000


def test_a_secret_is_only_said_to_be_set(
    bevan_alone: Bevan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEVAN_DATABASE_URL", "postgresql://me:s3cret@host/x")
    for arguments in (("config", "show"), ("config", "show", "--json")):
        said = bevan_alone(*arguments)
        assert "s3cret" not in said.out
        assert "(set)" in said.out


def test_a_faulty_setting_is_told(bevan_alone: Bevan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEVAN_WORKERS", "none")
    said = bevan_alone("config", "show")
    assert said.code == 2
    assert "BEVAN_WORKERS" in said.err
