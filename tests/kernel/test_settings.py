"""Settings come from arguments, the environment and files, and faults are told in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bevan.kernel.errors import ConfigurationError
from bevan.kernel.settings import Settings, environment, load


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No BEVAN_ variable of the machine reaches these tests."""
    import os

    for name in [name for name in os.environ if name.startswith("BEVAN_")]:
        monkeypatch.delenv(name)


def test_defaults() -> None:
    found = load()
    assert found.data == Path(".bevan")
    assert (found.host, found.port, found.workers, found.hash_bits) == ("127.0.0.1", 8000, 1, 64)
    assert found.public_url == "http://localhost:8000"


def test_arguments_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEVAN_PORT", "9000")
    assert load().port == 9000
    assert load({"port": 9001}).port == 9001
    assert load({"port": None}).port == 9000


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgresql://x/y\n")
    monkeypatch.setenv("BEVAN_DATABASE_URL_FILE", str(tmp_path / "url"))
    assert load().database_url == "postgresql://x/y"
    monkeypatch.setenv("BEVAN_DATABASE_URL", "postgresql://nearer/y")
    assert load().database_url == "postgresql://nearer/y"


def test_a_file_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEVAN_DATABASE_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="BEVAN_DATABASE_URL_FILE names a file"):
        load()


def test_every_fault_is_in_one_sentence_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEVAN_PORT", "123456")
    monkeypatch.setenv("BEVAN_WORKERS", "s3cret")
    with pytest.raises(ConfigurationError) as caught:
        load()
    assert "BEVAN_PORT" in caught.value.sentence
    assert "BEVAN_WORKERS" in caught.value.sentence
    assert "s3cret" not in caught.value.sentence
    assert caught.value.exit_code == 2


def test_immutable() -> None:
    with pytest.raises(ValidationError):
        load().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"host": "0.0.0.0", "port": 1}, "http://localhost:1"),
        ({"host": "::1", "port": 1}, "http://localhost:1"),
        ({"host": "fd00::1", "port": 1}, "http://[fd00::1]:1"),
        ({"base_url": "https://care.example/"}, "https://care.example"),
    ],
)
def test_the_address_that_is_shown(given: dict[str, object], shown: str) -> None:
    assert load(given).public_url == shown


def test_a_child_process_loads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = load({"port": 4000, "demo": True, "database_url": "postgresql://a", "data": "/x"})
    for name, value in environment(chosen).items():
        monkeypatch.setenv(name, value)
    assert load() == chosen


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())
