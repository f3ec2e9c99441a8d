"""Numbered changes to the schema, applied once each, in order, by one process at a time.

A package keeps them as `migrations/NNNN_pre_name.sql` and `migrations/NNNN_post_name.sql`. `pre`
ones run before new code starts and must suit the old code too; `post` ones run after the old code
has gone. What was applied is remembered with its SHA-256, and a file changed since is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import asyncpg

from bevan.kernel import roles
from bevan.kernel.database import Connection
from bevan.kernel.errors import BevanError
from bevan.kernel.sql import statements

Phase = Literal["pre", "post"]

_FILE = re.compile(r"^(\d{4})_(pre|post)_([a-z0-9_]+)\.sql$")
# Any fixed number would do, as long as nothing else in the database locks it.
LOCK = 0x62657661_6E6D6967


class BadMigration(BevanError):
    """A migration that is misnamed, was changed after it ran, or is unknown to this version."""


@dataclass(frozen=True)
class Migration:
    """One file: its package, number, phase, name and text."""

    package: str
    number: int
    phase: Phase
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """Hex digest of the text, to notice a file that was changed after it ran."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def label(self) -> str:
        """How messages name it: package, number and name."""
        return f"{self.package} {self.number:04d} {self.name}"


def collect(packages: Iterable[str]) -> list[Migration]:
    """The migrations of `packages`, in the order given, then by number.

    A package without a `migrations` folder has none. Raises `BadMigration` for a file that
    doesn't follow the naming rule or a number used twice.
    """
    return [migration for package in packages for migration in _of_package(package)]


def _of_package(package: str) -> list[Migration]:
    folder = _folder(package)
    if folder is None or not folder.is_dir():
        return []
    found = [
        _parse(package, entry.name, entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    ]
    found.sort(key=lambda migration: migration.number)
    numbers = [migration.number for migration in found]
    if len(set(numbers)) != len(numbers):
        raise BadMigration(f"{package} uses a migration number twice.")
    return found


def _folder(package: str) -> Path | None:
    """Where a package keeps its migrations, found without importing the package's code."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0], "migrations")


def _parse(package: str, file: str, text: str) -> Migration:
    match = _FILE.match(file)
    if match is None:
        raise BadMigration(f"{package} has a migration named {file}; want NNNN_pre_name.sql.")
    phase: Phase = "pre" if match[2] == "pre" else "post"
    return Migration(package, int(match[1]), phase, match[3], text)


async def migrate(
    connection: Connection,
    packages: Iterable[str],
    *,
    phase: Phase | None = None,
) -> list[Migration]:
    """Apply what hasn't been applied yet; returns what was.

    `phase` limits it to `pre` or `post`; both by default. Each migration is one transaction. An
    advisory lock keeps a second process waiting until the first has finished. Raises
    `BadMigration` for one that was changed since it ran.
    """
    known = collect(packages)
    sql = statements("bevan.kernel", "migrations.sql")
    await connection.execute(sql["lock"], LOCK)
    try:
        await connection.execute(sql["create"])
        pending = await _pending(connection, known)
        done = [
            await _apply(connection, migration)
            for migration in pending
            if phase is None or migration.phase == phase
        ]
        if done:
            await roles.renewed(connection)
        return done
    finally:
        await connection.execute(sql["unlock"], LOCK)


async def pending(connection: Connection, packages: Iterable[str]) -> list[Migration]:
    """What `migrate` would apply now; changes nothing."""
    known = collect(packages)
    if not await connection.fetchval(statements("bevan.kernel", "migrations.sql")["exists"]):
        return known
    return await _pending(connection, known)


async def _pending(connection: Connection, known: Sequence[Migration]) -> list[Migration]:
    rows = await connection.fetch(statements("bevan.kernel", "migrations.sql")["applied"])
    applied = {(row["package"], row["number"]): row["sha256"] for row in rows}
    waiting = []
    for migration in known:
        digest = applied.get((migration.package, migration.number))
        if digest is None:
            waiting.append(migration)
        elif digest != migration.sha256:
            raise BadMigration(f"Migration {migration.label} was changed after it was applied.")
    return waiting


async def _apply(connection: Connection, migration: Migration) -> Migration:
    record = statements("bevan.kernel", "migrations.sql")["record"]
    try:
        async with connection.transaction():
            await connection.execute(migration.text)
            await connection.execute(
                record, migration.package, migration.number, migration.name, migration.sha256
            )
    except asyncpg.PostgresError as fault:
        raise BadMigration(
            f"Migration {migration.label} failed: {fault.args[0]} ({fault.sqlstate})."
        ) from fault
    return migration
