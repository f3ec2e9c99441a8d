"""Encrypted backups: one file, opened by its key alone, and never in part."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bevan.kernel.backup import BackupFailed
from bevan.kernel.errors import ConfigurationError
from bevan.kernel.sealed import new_key, seal, unseal

SECRET = b"Dot Pemberton is allergic to penicillin. "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a large file, an empty one, an empty folder and odd names."""
    made = tmp_path / "plain"
    (made / "wal" / "deep").mkdir(parents=True)
    (made / "empty").mkdir()
    (made / "wal" / "deep" / "large").write_bytes(SECRET * 20_000)
    (made / "wal" / "naïve name").write_bytes(b"")
    return made


def files(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def test_there_and_back(folder: Path, tmp_path: Path) -> None:
    public = new_key(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    seal(folder, tmp_path / "sealed", public)
    sealed = (tmp_path / "sealed").read_bytes()
    assert sealed.startswith(b"age-encryption.org/v1\n")
    assert SECRET[:20] not in sealed and b"large" not in sealed
    assert stat.S_IMODE((tmp_path / "sealed").stat().st_mode) == 0o600
    unseal(tmp_path / "sealed", tmp_path / "again", tmp_path / "key")
    assert files(tmp_path / "again") == files(folder)


def test_the_same_folder_never_looks_the_same(folder: Path, tmp_path: Path) -> None:
    public = new_key(tmp_path / "key")
    for name in ("one", "two"):
        seal(folder, tmp_path / name, public)
    assert (tmp_path / "one").read_bytes()[-100:] != (tmp_path / "two").read_bytes()[-100:]


@pytest.mark.parametrize(
    "harm", ["cut", "cut chunk", "flip head", "flip end", "swap", "empty", "noise"]
)
def test_a_harmed_file_is_refused_whole(folder: Path, tmp_path: Path, harm: str) -> None:
    seal(folder, tmp_path / "sealed", new_key(tmp_path / "key"))
    content = bytearray((tmp_path / "sealed").read_bytes())
    chunk = 64 * 1024
    if harm == "cut":
        del content[-1:]
    elif harm == "cut chunk":
        del content[-(len(content) % chunk) :]
    elif harm == "flip head":
        content[40] ^= 1
    elif harm == "flip end":
        content[-10] ^= 1
    elif harm == "swap":
        start = len(content) - 3 * chunk
        content[start : start + 2 * chunk] = (
            content[start + chunk : start + 2 * chunk] + content[start : start + chunk]
        )
    else:
        content[:] = b"" if harm == "empty" else os.urandom(1000)
    (tmp_path / "sealed").write_bytes(content)
    with pytest.raises(BackupFailed, match="can't be opened"):
        unseal(tmp_path / "sealed", tmp_path / "again", tmp_path / "key")
    assert not (tmp_path / "again").exists()


def test_another_key_opens_nothing(folder: Path, tmp_path: Path) -> None:
    seal(folder, tmp_path / "sealed", new_key(tmp_path / "key"))
    new_key(tmp_path / "other")
    with pytest.raises(BackupFailed):
        unseal(tmp_path / "sealed", tmp_path / "again", tmp_path / "other")


def test_keys_that_are_none(folder: Path, tmp_path: Path) -> None:
    new_key(tmp_path / "key")
    with pytest.raises(ConfigurationError, match="never replaced"):
        new_key(tmp_path / "key")
    with pytest.raises(ConfigurationError, match="public key"):
        seal(folder, tmp_path / "sealed", "age1nonsense")
    assert not (tmp_path / "sealed").exists()
    for text in ("", "# public key: age1\n", "nonsense\n", "é"):
        (tmp_path / "none").write_text(text)
        with pytest.raises(ConfigurationError, match="no age key"):
            unseal(tmp_path / "sealed", tmp_path / "again", tmp_path / "none")


def test_a_full_disk_leaves_no_half_of_a_file(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "sealed"
    target.mkdir()
    with pytest.raises(OSError):
        seal(folder, target, new_key(tmp_path / "key"))
    assert not list(tmp_path.glob(".*"))
