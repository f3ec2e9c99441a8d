"""Locks on files: the operating system lets go of them however a process ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bevan.kernel.errors import Unavailable

_PAUSE = 0.01


def opened(path: Path) -> int:
    """A file descriptor of the lock file, which is made if need be; not inherited by children."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


@contextmanager
def held(path: Path, patience: float, sentence: str) -> Iterator[None]:
    """Hold the file's exclusive lock for the block; see `wait`."""
    file = opened(path)
    try:
        wait(file, fcntl.LOCK_EX, patience, sentence)
        yield
    finally:
        os.close(file)


def wait(file: int, kind: int, patience: float, sentence: str) -> None:
    """Take a lock (`fcntl.LOCK_SH` or `LOCK_EX`), waiting up to `patience` seconds.

    Raises `Unavailable` with `sentence` after that.
    """
    until = time.monotonic() + patience
    while not attempt(file, kind):
        if time.monotonic() > until:
            raise Unavailable(sentence)
        time.sleep(_PAUSE)


def attempt(file: int, kind: int) -> bool:
    """Take a lock if it is free now; whether it was."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def taken(path: Path) -> bool:
    """Whether somebody holds the file's exclusive lock, or shares it."""
    file = opened(path)
    try:
        return not attempt(file, fcntl.LOCK_EX)
    finally:
        os.close(file)
