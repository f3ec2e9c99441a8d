"""A folder as one encrypted file, and back: a tar stream in age encryption, nothing held in memory.

The file can be opened by Bevan and by the `age` program (age-encryption.org/v1, X25519). Reading
it checks every chunk, so that a cut or changed file is refused and leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pyrage

from bevan.kernel.backup import BackupFailed
from bevan.kernel.errors import ConfigurationError


def new_key(path: Path) -> str:
    """Make a key, keep its secret half in `path` (readable by us alone); its public half.

    Raises `ConfigurationError` where the file is there already.
    """
    made = pyrage.x25519.Identity.generate()
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError(f"{path} is there already: a key is never replaced.") from None
    with os.fdopen(file, "w", encoding="ascii") as writing:
        writing.write(f"# public key: {made.to_public()}\n{made}\n")
        writing.flush()
        os.fsync(writing.fileno())
    return str(made.to_public())


def valid(recipient: str) -> pyrage.x25519.Recipient:
    """A public key (age1…) as the library takes it. Raises `ConfigurationError`."""
    try:
        return pyrage.x25519.Recipient.from_str(recipient.strip())
    except pyrage.RecipientError:
        raise ConfigurationError("That isn't an age public key (age1…).") from None


def seal(folder: Path, target: Path, recipient: str) -> None:
    """Write everything in `folder` to the file `target`, for the holder of one key; whole or not.

    Raises `ConfigurationError` for something that isn't a public key, `BackupFailed` otherwise.
    """
    key = valid(recipient)
    fresh = target.with_name(f".{target.name}.new")
    try:
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "wb") as writing:
            _through(
                lambda pipe: _pack(folder, pipe),
                lambda pipe: pyrage.encrypt_io(pipe, writing, [key]),
            )
            writing.flush()
            os.fsync(writing.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def unseal(source: Path, folder: Path, key_file: Path) -> None:
    """Open an encrypted file into `folder`, which must not exist; all of it or nothing.

    Raises `BackupFailed` for another key, and for a file that was cut or changed.
    """
    key = _identity(key_file)
    folder.mkdir(mode=0o700, parents=True)
    try:
        with source.open("rb") as reading:
            _through(
                lambda pipe: pyrage.decrypt_io(reading, pipe, [key]),
                lambda pipe: _unpack(pipe, folder),
            )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _identity(path: Path) -> pyrage.x25519.Identity:
    try:
        lines = path.read_text("ascii").splitlines()
        secret = next(line.strip() for line in lines if line.strip() and line[0] != "#")
        return pyrage.x25519.Identity.from_str(secret)
    except (StopIteration, UnicodeDecodeError, pyrage.IdentityError):
        raise ConfigurationError(f"{path} holds no age key.") from None


def _through(give: Callable[[IO[bytes]], None], take: Callable[[IO[bytes]], None]) -> None:
    """Run both ends of a pipe, the giving one in a thread; the first fault of either is raised."""
    faults: list[BaseException] = []
    ends = os.pipe()
    reading, writing = os.fdopen(ends[0], "rb"), os.fdopen(ends[1], "wb")

    def giving() -> None:
        try:
            with writing:
                give(writing)
        except BrokenPipeError:
            pass  # the taking end failed and says why
        except BaseException as fault:
            faults.append(fault)

    thread = threading.Thread(target=giving)
    thread.start()
    taken: BaseException | None = None
    try:
        with reading:
            take(reading)
            reading.read()
    except BaseException as fault:
        taken = fault
    thread.join()
    # What was given wrongly is also taken wrongly: the cause goes first.
    cause = faults[0] if faults else taken
    if cause is not None:
        raise _told(cause) from None


def _told(fault: BaseException) -> BaseException:
    if isinstance(fault, pyrage.DecryptError | pyrage.EncryptError | tarfile.TarError | EOFError):
        return BackupFailed("It can't be opened: another key, or the file was cut or changed.")
    if isinstance(fault, OSError) and fault.errno is None:
        return BackupFailed("It can't be opened: another key, or the file was cut or changed.")
    return fault


def _pack(folder: Path, pipe: IO[bytes]) -> None:
    with tarfile.open(mode="w|", fileobj=pipe) as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name)


def _unpack(pipe: IO[bytes], folder: Path) -> None:
    with tarfile.open(mode="r|", fileobj=pipe) as tar:
        tar.extractall(folder, filter="data")
