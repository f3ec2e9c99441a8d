"""The folder into which PostgreSQL copies finished pieces of its log, once a backup wants them.

Without the folder nothing is kept. The folder belongs to one backup at a time (its *chain*): a
backup into another place starts anew with a base.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

_CHUNK = 1024 * 1024
# Segments, the history of timelines, and the labels of base backups.
_WANTED = re.compile(r"^[0-9A-F]{24}(\.[0-9A-F]{8}\.backup)?$|^[0-9A-F]{8}\.history$")
_CHAIN = "chain"


def folder(cluster: Path) -> Path:
    """Where the archive of the cluster at `cluster` lies, beside it."""
    return cluster.with_name("archive")


def command(cluster: Path) -> str:
    """The `archive_command`: a whole copy or none, and the same piece twice is no error."""
    place = str(folder(cluster))
    quoted, target, fresh = (
        shlex.quote(text.replace("%", "%%")) for text in (place, f"{place}/", f"{place}/.new-")
    )
    return (
        f"test ! -d {quoted} || cmp -s %p {target}%f || "
        f"{{ cp %p {fresh}%f && sync {fresh}%f && mv {fresh}%f {target}%f; }}"
    )


def chain(cluster: Path) -> str | None:
    """The chain that the archive belongs to; None where nothing is archived."""
    try:
        return (folder(cluster) / _CHAIN).read_text("ascii")
    except FileNotFoundError:
        return None


def begin(cluster: Path, name: str) -> Path:
    """Start archiving for the chain `name`, forgetting what was kept for another."""
    place = folder(cluster)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    (place / _CHAIN).write_text(name, "ascii")
    return place


def collect(cluster: Path, target: Path) -> Iterator[tuple[str, str]]:
    """Move what is archived to `target`; yields (name, SHA-256) of each piece once it is safe."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder(cluster)
    for piece in sorted(place.iterdir()):
        if _WANTED.match(piece.name):
            yield piece.name, copy(piece, target / piece.name)
            piece.unlink()


def copy(source: Path, target: Path) -> str:
    """Copy one file whole, durably, readable by us alone; returns its SHA-256 in hex."""
    digest = hashlib.sha256()
    fresh = target.with_name(f".new-{target.name}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as reading, os.fdopen(file, "wb") as writing:
        while chunk := reading.read(_CHUNK):
            digest.update(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    fresh.replace(target)
    return digest.hexdigest()


def sha256(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()
