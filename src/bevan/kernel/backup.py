"""Backups of an installation with an embedded PostgreSQL: a base, archived log, and a manifest.

    DIR/manifest.json   what it is, the SHA-256 of every file, and the counts to find again
    DIR/base-…/         the files of PostgreSQL, as pg_basebackup wrote them
    DIR/wal/            the log since then
    DIR/files/          keys, objects and marks of the data folder

A second backup into the same folder adds only the log since the last one. Nothing stops for it:
writers wait for milliseconds while the point that it can be restored to is marked.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bevan.kernel import archive, binaries, demotion
from bevan.kernel.database import Connection, connect
from bevan.kernel.errors import BevanError
from bevan.kernel.initialisation import NAME
from bevan.kernel.postgres import Cluster
from bevan.kernel.sql import statements

FORMAT = 1
MANIFEST = "manifest.json"
KEPT = ("keys", "objects", "audit", "demo.json")

# Counts what a restore must find again, on a connection whose snapshot is the restore point.
Count = Callable[[Connection], Awaitable[dict[str, int]]]


class BackupFailed(BevanError):
    """A backup that can't be made, or one that isn't whole."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `counts` are exact, `least` only grow between count and point."""

    format: int
    made: str
    postgres: str
    major: int
    chain: str
    base: str
    base_manifest: str
    point: str
    counts: dict[str, int] = field(default_factory=dict)
    least: dict[str, int] = field(default_factory=dict)
    wal: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def read(folder: Path) -> Manifest | None:
    """The manifest of the backup in `folder`; None where there is none.

    Raises `BackupFailed` for one that this version can't read.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        raise BackupFailed(f"{folder / MANIFEST} is damaged.") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BackupFailed(f"{folder} holds a backup of a format this version doesn't know.")
    return Manifest(**found)


async def take(
    cluster: Cluster, target: Path, *, lock: str, exact: Count, least: Count
) -> Manifest:
    """Back the running `cluster` up into `target`, a new folder or one with an earlier backup.

    `lock` names the table that every writer of what `exact` counts must write to; `least` counts
    what is only ever added to. Raises `BackupFailed`.
    """
    before = read(target)
    if before is None and target.exists() and any(target.iterdir()):
        raise BackupFailed(f"{target} holds something that isn't a backup: choose another folder.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    if before is None or before.chain != archive.chain(cluster.folder):
        begun = _take_base(cluster, target)
    else:
        begun = before
    marked, last = await _mark(cluster, begun, lock, exact, least)
    await _await_archived(cluster, last)
    whole = replace(
        marked,
        wal={**begun.wal, **dict(archive.collect(cluster.folder, target / "wal"))},
        files=_keep_files(cluster.data, target / "files"),
    )
    _write(target, whole)
    _tidy(target, whole)
    return whole


def _take_base(cluster: Cluster, target: Path) -> Manifest:
    """Start a new chain with a copy of PostgreSQL's files."""
    name = secrets.token_hex(16)
    demotion.owner_of(cluster.folder).give(archive.begin(cluster.folder, name))
    base = target / f"base-{name[:8]}"
    arguments = ["--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256"]
    where = ["-h", str(cluster.socket), "-U", NAME, "-D", str(base)]
    _run(cluster.programs, "pg_basebackup", *where, *arguments)
    return Manifest(
        format=FORMAT,
        made="",
        postgres=binaries.version(cluster.programs),
        major=cluster.programs.major,
        chain=name,
        base=base.name,
        base_manifest=archive.sha256(base / "backup_manifest"),
        point="",
    )


async def _mark(
    cluster: Cluster, begun: Manifest, lock: str, exact: Count, least: Count
) -> tuple[Manifest, str]:
    """Mark a point in the log and count what is there at it; the last piece of log it needs.

    One connection keeps writers out while it marks; the other counts at leisure what the first
    one saw.
    """
    sql = statements("bevan.kernel", "backup.sql")
    made = datetime.now(UTC)
    point = f"bevan {made:%Y-%m-%dT%H:%M:%S.%fZ}"
    marking, counting = await connect(cluster.dsn), await connect(cluster.dsn)
    try:
        at_least = await least(counting)
        async with counting.transaction(isolation="repeatable_read", readonly=True):
            async with marking.transaction(isolation="repeatable_read"):
                await marking.execute(sql["lock"].format(table=lock))
                snapshot = await marking.fetchval(sql["export"])
                await counting.execute(sql["import"].format(snapshot=snapshot))
                last = await marking.fetchval(sql["mark"], point)
            counts = await exact(counting)
        await marking.fetchval(sql["switch"])
    finally:
        await marking.close()
        await counting.close()
    told = replace(begun, made=made.isoformat(), point=point, counts=counts, least=at_least)
    return told, str(last)


async def _await_archived(cluster: Cluster, piece: str, patience: float = 120.0) -> None:
    place = archive.folder(cluster.folder) / piece
    until = asyncio.get_running_loop().time() + patience
    while not place.exists():
        if asyncio.get_running_loop().time() > until:
            raise BackupFailed("PostgreSQL didn't archive its log in time: is the disk full?")
        await asyncio.sleep(0.05)


def _keep_files(data: Path, target: Path) -> dict[str, str]:
    """Copy keys, objects and marks; objects already there are the same by their name."""
    kept: dict[str, str] = {}
    for name in KEPT:
        start = data / name
        found = sorted(start.rglob("*")) if start.is_dir() else [start] if start.exists() else []
        for source in found:
            if source.is_file() and not source.name.startswith("."):
                path = str(source.relative_to(data))
                (target / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                kept[path] = archive.copy(source, target / path)
    return kept


def _write(target: Path, manifest: Manifest) -> None:
    fresh = target / f".{MANIFEST}"
    fresh.write_text(json.dumps(asdict(manifest), indent=1), "utf-8")
    fresh.chmod(0o600)
    fresh.replace(target / MANIFEST)


def _tidy(target: Path, manifest: Manifest) -> None:
    """Remove the bases and pieces of log that the manifest no longer names."""
    for base in target.glob("base-*"):
        if base.name != manifest.base:
            shutil.rmtree(base)
    for piece in (target / "wal").iterdir():
        if piece.name not in manifest.wal:
            piece.unlink()


def verify(folder: Path, programs: binaries.Programs) -> Manifest:
    """Check every file of a backup against its digest; returns its manifest.

    Raises `BackupFailed` naming the first file that is missing or changed.
    """
    manifest = read(folder)
    if manifest is None:
        raise BackupFailed(f"There is no backup in {folder}.")
    base = folder / manifest.base
    _require(base / "backup_manifest", manifest.base_manifest)
    for part, digests in (("wal", manifest.wal), ("files", manifest.files)):
        for name, digest in digests.items():
            _require(folder / part / name, digest)
    try:
        _run(programs, "pg_verifybackup", "--exit-on-error", str(base))
    except BackupFailed as fault:
        raise BackupFailed(f"The backup's base is damaged: {fault.sentence}") from None
    return manifest


def _require(path: Path, digest: str) -> None:
    if not path.is_file():
        raise BackupFailed(f"The backup isn't whole: {path} is missing.")
    if archive.sha256(path) != digest:
        raise BackupFailed(f"The backup is damaged: {path} was changed.")


def differences(
    expected: Mapping[str, int], found: Mapping[str, int], *, grown: bool = False
) -> list[str]:
    """Sentences on each count that isn't as expected; with `grown`, more is as good."""
    return [
        f"{name}: {wanted:,} expected, {found.get(name, 0):,} found"
        for name, wanted in sorted(expected.items())
        if (found.get(name, 0) < wanted if grown else found.get(name, 0) != wanted)
    ] + [f"{name}: none expected" for name in sorted(set(found) - set(expected)) if not grown]


def _run(programs: binaries.Programs, name: str, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 (PostgreSQL's own programs)
        [programs.program(name), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BackupFailed(f"{name} failed: {reason}")
