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
    if not _NAME.match(name):
        raise ConfigurationError(f"{name!r} can't be the name of a key.")
    folder = data / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        _make(path, size)
    return _read(path, size)


def _make(path: Path, size: int) -> None:
    """Write a new secret beside the path, then link it there unless somebody was faster."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, secrets.token_bytes(size).hex().encode())
        os.fsync(file)
    finally:
        os.close(file)
    with suppress(FileExistsError):
        path.hardlink_to(fresh)
    fresh.unlink()


def _read(path: Path, size: int) -> bytes:
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"The key {path} can be read by others: run `chmod 600` on it.")
    try:
        value = bytes.fromhex(path.read_text("ascii").strip())
    except (UnicodeDecodeError, ValueError):
        value = b""
    if len(value) != size:
        raise ConfigurationError(f"The key {path} is damaged: restore it from a backup.")
    return value
