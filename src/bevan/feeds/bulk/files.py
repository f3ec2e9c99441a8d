"""The files of an import: which hold data, how they are opened, how large ones are cut."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from bevan.kernel.errors import BevanError

PACKED = frozenset({".gz", ".bz2", ".zst"})
LINES = frozenset({".ndjson", ".jsonl"})
KINDS = frozenset({".json", *LINES})
SEGMENT = 4 << 20
"""Bytes of one task of an NDJSON file that isn't packed."""

BROKEN = (OSError, EOFError, zlib.error, zstandard.ZstdError)
"""What opening and reading a damaged file raises."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file, or a stretch of one: bytes from `start` up to `stop` (None: all of it).

    A stretch holds the lines that begin in it. `digest` is the file's SHA-256 where it is known.
    """

    path: Path
    size: int
    start: int = 0
    stop: int | None = None
    digest: bytes | None = None

    @property
    def lines(self) -> bool:
        """Whether each line is a resource, by the file's name."""
        return kind(self.path) in LINES


def kind(path: Path) -> str:
    """The suffix that says what is inside, without that of the packing."""
    inner = path.with_suffix("") if path.suffix.lower() in PACKED else path
    return inner.suffix.lower()


def tasks(paths: Iterable[Path]) -> tuple[list[Task], int]:
    """The tasks of all files with data, folders searched, and how many files were passed over.

    A file that is named itself is taken whatever its suffix. Raises BevanError for a path that
    isn't there.
    """
    found: dict[Path, None] = {}
    skipped = 0
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p, path))
            data = [p for p in inside if kind(p) in KINDS]
            skipped += len(inside) - len(data)
            found.update(dict.fromkeys(data))
        elif path.is_file():
            found[path] = None
        else:
            raise BevanError(f"There is no file or folder {path}.")
    return [task for path in found for task in _cut(path)], skipped


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _cut(path: Path) -> Iterator[Task]:
    size = path.stat().st_size
    if path.suffix.lower() in PACKED or kind(path) not in LINES or size <= SEGMENT:
        yield Task(path, size)
        return
    digest = digest_of(path)
    for start in range(0, size, SEGMENT):
        stop = min(start + SEGMENT, size)
        yield Task(path, stop - start, start, stop, digest)


def digest_of(path: Path) -> bytes:
    """SHA-256 of a file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def opened(path: Path) -> BinaryIO:
    """The file's content, unpacked while it is read."""
    suffix = path.suffix.lower()
    if suffix == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    if suffix == ".bz2":
        return cast(BinaryIO, bz2.open(path, "rb"))
    if suffix == ".zst":
        return _zstd(path)
    return path.open("rb")


def _zstd(path: Path) -> BinaryIO:
    reader = zstandard.ZstdDecompressor().stream_reader(
        path.open("rb"), read_across_frames=True, closefd=True
    )
    return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, reader), 1 << 20))


def lines(task: Task) -> Iterator[tuple[int, bytes]]:
    """(offset, line) of the task's lines that aren't blank."""
    with opened(task.path) as file:
        offset = task.start
        if offset:
            # The line that began before belongs to the stretch before.
            file.seek(offset - 1)
            offset += len(file.readline()) - 1
        for line in file:
            if task.stop is not None and offset >= task.stop:
                return
            if line.strip():
                yield offset, line
            offset += len(line)
