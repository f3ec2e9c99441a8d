"""Putting a backup into an empty data folder."""

from __future__ import annotations

import asyncio
import shlex
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from bevan.kernel import backup, binaries, demotion
from bevan.kernel.backup import BackupFailed, Count, Manifest
from bevan.kernel.binaries import Origin
from bevan.kernel.database import Connection, connect
from bevan.kernel.initialisation import cluster_folder
from bevan.kernel.postgres import Cluster

_LOG = "restored-log"


def restore(
    source: Path,
    data: Path,
    *,
    exact: Count,
    least: Count,
    finish: Callable[[Connection], Awaitable[None]],
    prefer: Origin = "wheel",
) -> Manifest:
    """Restore the backup in `source` into `data`, which must be missing or empty.

    Every file is checked first and every count afterwards; `finish` runs last, in the restored
    database. `data` appears only when all went well. Raises `BackupFailed`.
    """
    if data.exists() and any(data.iterdir()):
        raise BackupFailed(f"{data} isn't empty: restore into another folder.")
    staging = data.absolute().with_name(f".{data.name}.restoring")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o711, parents=True)
    try:
        manifest = _stage(source, staging, prefer)
        _recover(staging, manifest, prefer, exact, least, finish)
        if data.exists():
            data.rmdir()
        staging.rename(data.absolute())
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest


def _stage(source: Path, staging: Path, prefer: Origin) -> Manifest:
    """Verify the backup and copy it where PostgreSQL will start on it."""
    found = backup.read(source)
    if found is None:
        raise BackupFailed(f"There is no backup in {source}.")
    programs = binaries.find(staging, prefer)
    if found.major != programs.major:
        raise BackupFailed(
            f"The backup is of PostgreSQL {found.major} and this version of Bevan runs "
            f"{programs.major}: restore it with the version that made it, then upgrade."
        )
    manifest = backup.verify(source, programs)
    cluster = cluster_folder(staging, manifest.major)
    cluster.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    shutil.copytree(source / manifest.base, cluster)
    cluster.chmod(0o700)
    (cluster / "recovery.signal").touch(mode=0o600)
    log = cluster.with_name(_LOG)
    shutil.copytree(source / "wal", log)
    owner = demotion.owner_of(cluster)
    for folder in (cluster, log):
        owner.give(folder)
    if (source / "files").is_dir():
        shutil.copytree(source / "files", staging, dirs_exist_ok=True)
    return manifest


def _recover(
    staging: Path,
    manifest: Manifest,
    prefer: Origin,
    exact: Count,
    least: Count,
    finish: Callable[[Connection], Awaitable[None]],
) -> None:
    log = cluster_folder(staging, manifest.major).with_name(_LOG)
    place = shlex.quote(str(log).replace("%", "%%"))
    options = {
        "restore_command": f"cp {place}/%f %p",
        "recovery_target_name": manifest.point,
        "recovery_target_action": "promote",
        # Nobody gets in before the point is reached, so that "ready" means restored.
        "hot_standby": "off",
        "archive_mode": "off",
    }
    with Cluster(staging, prefer=prefer, options=options) as cluster:
        asyncio.run(_check(cluster.dsn, manifest, exact, least, finish))
    shutil.rmtree(log)


async def _check(
    dsn: str,
    manifest: Manifest,
    exact: Count,
    least: Count,
    finish: Callable[[Connection], Awaitable[None]],
) -> None:
    connection = await connect(dsn, patience=60.0)
    try:
        wrong = backup.differences(manifest.counts, await exact(connection))
        wrong += backup.differences(manifest.least, await least(connection), grown=True)
        if wrong:
            raise BackupFailed(f"What was restored isn't what was backed up: {'; '.join(wrong)}.")
        await finish(connection)
    finally:
        await connection.close()
