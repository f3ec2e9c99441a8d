"""Moving an installation's data from one major version of PostgreSQL to the next.

`pg_upgrade` takes the files over, so that transaction ids go on where they were. The old version's
programs are still in `DIR/pg/<major>`, and so is its data until somebody removes it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from bevan.kernel import backup, binaries, demotion
from bevan.kernel.backup import Count
from bevan.kernel.binaries import Origin, Programs
from bevan.kernel.database import Connection, connect
from bevan.kernel.errors import BevanError, Unavailable
from bevan.kernel.initialisation import NAME, cluster_folder, initialise, majors, run
from bevan.kernel.postgres import Cluster

Finish = Callable[[Connection], Awaitable[None]]


class UpgradeFailed(BevanError):
    """The data couldn't be moved; the old data is as it was."""


def upgrade(
    data: Path, *, finish: Finish, count: Count, prefer: Origin = "wheel"
) -> tuple[int, int] | None:
    """Move the data in `data` to the current PostgreSQL; (from, to), or None if it is there.

    `count` must find the same before and after; `finish` runs last, in the moved database. Raises
    `UpgradeFailed` where the old programs are gone, the server runs, or something doesn't agree.
    """
    programs = binaries.find(data, prefer)
    present = majors(data)
    if not present or programs.major in present:
        return None
    old = binaries.kept(data, max(present))
    if old is None:
        raise UpgradeFailed(f"The programs of PostgreSQL {max(present)} are gone: install it.")
    before = _visit(data, old, count)
    _move(data, old, programs)
    try:
        _check(data, programs, before, count, finish)
    except BaseException:
        shutil.rmtree(cluster_folder(data, programs.major))
        raise
    return old.major, programs.major


def _visit(data: Path, programs: Programs, count: Count) -> dict[str, int]:
    """Start the old version once: a crash is recovered from, and the counts are taken."""
    cluster = Cluster(data, programs=programs)
    if cluster.running():
        raise UpgradeFailed("The server runs: stop it first.")

    async def ask() -> dict[str, int]:
        connection = await connect(cluster.dsn, patience=60.0)
        try:
            return await count(connection)
        finally:
            await connection.close()

    with cluster:
        return asyncio.run(ask())


def _move(data: Path, old: Programs, new: Programs) -> None:
    """Run `pg_upgrade` by copy into a folder that becomes the new cluster only at the end."""
    source, target = cluster_folder(data, old.major), cluster_folder(data, new.major)
    fresh = target.with_name("cluster.upgraded")
    work = data / "pg" / "upgrade"
    for folder in (fresh, work):
        shutil.rmtree(folder, ignore_errors=True)
    initialise(new, fresh, database=False)
    owner = demotion.owner_of(source)
    # pg_upgrade wants somebody with a name, as initdb does.
    maker = demotion.initialiser(owner)
    work.mkdir(mode=0o700)
    for folder in (source, fresh, work):
        maker.give(folder)
    try:
        run(maker, work, _command(old, new, source, fresh, work))
    except Unavailable as fault:
        raise UpgradeFailed(fault.sentence) from None
    finally:
        owner.give(source)
        shutil.rmtree(work, ignore_errors=True)
    owner.give(fresh)
    fresh.rename(target)


def _command(old: Programs, new: Programs, source: Path, fresh: Path, work: Path) -> list[str]:
    return [
        str(new.program("pg_upgrade")),
        "--copy",
        f"--old-bindir={old.bin}",
        f"--new-bindir={new.bin}",
        f"--old-datadir={source}",
        f"--new-datadir={fresh}",
        f"--username={NAME}",
        f"--socketdir={work}" if len(os.fsencode(work)) < 90 else "--socketdir=/tmp",
    ]


def _check(
    data: Path, programs: Programs, before: dict[str, int], count: Count, finish: Finish
) -> None:
    cluster = Cluster(data, programs=programs)

    async def ask() -> None:
        connection = await connect(cluster.dsn, patience=60.0)
        try:
            wrong = backup.differences(before, await count(connection))
            if wrong:
                raise UpgradeFailed(f"Something was lost: {'; '.join(wrong)}.")
            await connection.execute("ANALYZE")
            await finish(connection)
        finally:
            await connection.close()

    with cluster:
        asyncio.run(ask())
