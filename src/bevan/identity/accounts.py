"""Accounts: the people who may sign in, and the roles they may act in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements

_SQL = "accounts.sql"


@dataclass(frozen=True, slots=True)
class Role:
    """What a person does, and for which organisation (`Organization` logical id and name)."""

    name: str
    organisation: str
    organisation_name: str


@dataclass(frozen=True, slots=True)
class Account:
    """One person who may sign in.

    `actor` is the id of their Practitioner or Patient resource; `title` is a line for the list
    of demo people; `roles` is empty for a citizen.
    """

    id: str
    kind: str
    actor: str
    name: str
    title: str
    roles: tuple[Role, ...] = ()
    demo: bool = False


class Accounts:
    """The accounts table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = statements("bevan.identity", _SQL)

    async def seed(self, accounts: Sequence[Account]) -> None:
        """Add these accounts or bring them up to date, all or none."""
        async with self._database.transaction() as connection:
            await self._save(connection, accounts)
            await self._save_roles(connection, accounts)

    async def demo(self) -> list[Account]:
        """The open demo accounts, in the order they were seeded."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(self._sql["list_demo"])
        return [
            Account(
                id=row["id"],
                kind=row["kind"],
                actor=row["actor"],
                name=row["name"],
                title=row["title"],
                demo=row["demo"],
                roles=tuple(map(Role, row["roles"], row["organisations"], row["names"])),
            )
            for row in rows
        ]

    async def close(self, account: str, at: datetime) -> None:
        """Close an account; whoever is signed in to it is out as soon as caches expire."""
        async with self._database.connection() as connection:
            await connection.execute(self._sql["close_account"], account, at)

    async def _save(self, connection: Connection, accounts: Sequence[Account]) -> None:
        await connection.execute(
            self._sql["seed_account"],
            [account.id for account in accounts],
            [account.kind for account in accounts],
            [account.actor for account in accounts],
            [account.name for account in accounts],
            [account.title for account in accounts],
            [account.demo for account in accounts],
            list(range(len(accounts))),
        )

    async def _save_roles(self, connection: Connection, accounts: Sequence[Account]) -> None:
        rows = [
            (account.id, position, role.name, role.organisation, role.organisation_name)
            for account in accounts
            for position, role in enumerate(account.roles)
        ]
        await connection.execute(self._sql["clear_roles"], [account.id for account in accounts])
        if rows:
            await connection.execute(self._sql["add_roles"], *map(list, zip(*rows, strict=True)))
