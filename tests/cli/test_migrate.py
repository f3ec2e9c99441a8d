"""`bevan migrate` applies what waits, and lists it without applying."""

from __future__ import annotations

import json

import pytest

from bevan.kernel.migrations import collect
from bevan.site.schema import PACKAGES
from tests.cli.conftest import Bevan


def test_nothing_waits(bevan: Bevan) -> None:
    said = bevan("migrate")
    assert (said.code, said.out) == (0, "The schema is up to date.\n")


def test_lists_then_applies(
    bevan_alone: Bevan, monkeypatch: pytest.MonkeyPatch, empty_database: str
) -> None:
    monkeypatch.setenv("BEVAN_DATABASE_URL", empty_database)
    everything = [migration.label for migration in collect(PACKAGES)]
    assert json.loads(bevan_alone("migrate", "--pending", "--json").out) == {"pending": everything}
    assert json.loads(bevan_alone("migrate", "--json").out) == {"applied": everything}
    assert json.loads(bevan_alone("migrate", "--json").out) == {"applied": []}


def test_a_phase_alone(
    bevan_alone: Bevan, monkeypatch: pytest.MonkeyPatch, empty_database: str
) -> None:
    monkeypatch.setenv("BEVAN_DATABASE_URL", empty_database)
    after = [one.label for one in collect(PACKAGES) if one.phase == "post"]
    assert json.loads(bevan_alone("migrate", "--phase", "pre", "--json").out)["applied"]
    said = bevan_alone("migrate", "--pending", "--json")
    assert json.loads(said.out) == {"pending": after}
