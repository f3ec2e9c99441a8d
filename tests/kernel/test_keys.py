"""Secrets are random, private, and the same for everybody who asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bevan.kernel.errors import ConfigurationError
from bevan.kernel.keys import secret


def test_made_once_and_kept(tmp_path: Path) -> None:
    first = secret(tmp_path, "audit")
    assert len(first) == 32
    assert secret(tmp_path, "audit") == first
    assert secret(tmp_path, "session") != first


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    secret(tmp_path, "audit")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / "audit").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["audit"]


def test_all_who_ask_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: secret(tmp_path, "audit"), range(40)))
    assert len(found) == 1


def test_a_key_open_to_others_is_refused(tmp_path: Path) -> None:
    secret(tmp_path, "audit")
    (tmp_path / "keys" / "audit").chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        secret(tmp_path, "audit")


@pytest.mark.parametrize("content", ["", "zz", "00ff", "é"])
def test_a_damaged_key_is_refused(tmp_path: Path, content: str) -> None:
    secret(tmp_path, "audit")
    (tmp_path / "keys" / "audit").write_text(content, "utf-8")
    with pytest.raises(ConfigurationError, match="damaged"):
        secret(tmp_path, "audit")


@pytest.mark.parametrize("name", ["", "../audit", "Audit", ".hidden"])
def test_a_name_is_a_plain_word(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="name of a key"):
        secret(tmp_path, name)
