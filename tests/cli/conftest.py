"""Fixtures for the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bevan.cli.main import run
from bevan.site.main import ports


@dataclass(frozen=True)
class Said:
    """What a command left: its exit code and what it said where."""

    code: int
    out: str
    err: str


Bevan = Callable[..., Said]


@pytest.fixture
def bevan(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, database: str
) -> Bevan:
    """Runs a command line on the test's database, as the `bevan` command would."""
    monkeypatch.setenv("BEVAN_DATABASE_URL", database)
    return _runner(capsys)


@pytest.fixture
def bevan_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bevan]:
    """Runs a command line without a database of the environment's."""
    monkeypatch.delenv("BEVAN_DATABASE_URL", raising=False)
    monkeypatch.setenv("BEVAN_FSYNC", "false")
    yield _runner(capsys)


def _runner(capsys: pytest.CaptureFixture[str]) -> Bevan:
    def said(*arguments: str | Path) -> Said:
        capsys.readouterr()
        code = run(ports(), [str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return said
