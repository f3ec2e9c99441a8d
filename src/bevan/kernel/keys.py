"""Random secrets of an installation, each a file that only its owner can read."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from bevan.kernel.errors import ConfigurationError

_NAME = re.compile(r"^[a-z][a-z0-9-]*$")


def secret(data: Path, name: str, size: int = 32) -> bytes:
    """The secret called `name` in `data/keys`, made at its first use; `size` in bytes.

    Two processes that ask at once get the same one. Raises `ConfigurationError` where the file
    can be read by others or isn't a secret of that size.
    """
    path = _path(data, name)
    if not path.exists():
        _make(path, secrets.token_bytes(size))
    return _read(path, size)


def keep(data: Path, name: str, value: bytes) -> None:
    """Keep a secret that was made elsewhere, such as the private half of a key pair.

    Raises `ConfigurationError` where there is one of that name already.
    """
    path = _path(data, name)
    if path.exists():
        raise ConfigurationError(f"There is a key called {name!r} already.")
    _make(path, value)


def kept(data: Path, name: str) -> bytes | None:
    """What was kept under a name, None where nothing was.

    Raises `ConfigurationError` where the file can be read by others or is damaged.
    """
    path = _path(data, name)
    return _read(path) if path.exists() else None


def dispose(data: Path, name: str) -> None:
    """Forget what was kept under a name; nothing happens where nothing was."""
    _path(data, name).unlink(missing_ok=True)


def _path(data: Path, name: str) -> Path:
    if not _NAME.match(name):
        raise ConfigurationError(f"{name!r} can't be the name of a key.")
    folder = data / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / name


def _make(path: Path, value: bytes) -> None:
    """Write a new secret beside the path, then link it there unless somebody was faster."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, value.hex().encode())
        os.fsync(file)
    finally:
        os.close(file)
    with suppress(FileExistsError):
        path.hardlink_to(fresh)
    fresh.unlink()


def _read(path: Path, size: int | None = None) -> bytes:
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"The key {path} can be read by others: run `chmod 600` on it.")
    try:
        value = bytes.fromhex(path.read_text("ascii").strip())
    except (UnicodeDecodeError, ValueError):
        value = b""
    if len(value) != size if size is not None else not value:
        raise ConfigurationError(f"The key {path} is damaged: restore it from a backup.")
    return value
