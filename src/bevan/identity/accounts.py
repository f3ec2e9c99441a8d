"""Accounts: the people who may sign in, and the roles they may act in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from asyncpg import Record as Row

from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements

_SQL = "accounts.sql"


@dataclass(frozen=True, slots=True)
class Role:
    """What a person does, and for which organisation (`Organization` logical id and name).

    `code` is the role's code elsewhere (`S8000:G8000:R8000`), `position` its number within the
    account, which stays the same while the role lasts.
    """

    name: str
    organisation: str
    organisation_name: str
    code: str = field(default="", compare=False)
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Account:
    """One person who may sign in.

    `actor` is the id of their Practitioner or Patient resource, blank for a citizen nobody has
    matched yet; `title` is a line for the list of demo people; `roles` is empty for a citizen.
    `subject` is their name towards other systems; `level` how well their identity is proven.
    """

    id: str
    kind: str
    actor: str
    name: str
    title: str
    roles: tuple[Role, ...] = ()
    demo: bool = False
    subject: str = field(default="", compare=False)
    email: str = field(default="", compare=False)
    phone: str = field(default="", compare=False)
    level: str = field(default="", compare=False)
    closed: bool = field(default=False, compare=False)


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
        return [_account(row) for row in rows]

    async def find(self, account: str) -> Account | None:
        """An account by its id, closed ones too."""
        return await self._one("find", account)

    async def by_email(self, email: str) -> Account | None:
        """The open account with this email address (lower case)."""
        return await self._one("by_email", email)

    async def by_name(self, subject: str) -> Account | None:
        """The open account that other systems know by this subject."""
        try:
            return await self._one("by_name", UUID(subject))
        except ValueError:
            return None

    async def by_actor(self, kind: str, actor: str) -> Account | None:
        """The open account of this Patient or Practitioner."""
        return await self._one("by_actor", kind, actor)

    async def of_subject(self, issuer: str, subject: str) -> Account | None:
        """The open account of somebody whom another provider calls `subject`."""
        return await self._one("of_subject", issuer, subject)

    async def staff(self) -> list[Account]:
        """Every worker's account, by name, closed ones last."""
        return [_account(row) for row in await self._database.fetch(self._sql["staff"])]

    async def add(self, account: Account, at: datetime) -> None:
        """Add an account of a real person, without roles."""
        await self._database.execute(
            self._sql["add"], account.id, account.kind, account.actor, account.name, account.title,
            account.email or None, account.phone or None, account.level, at,
        )  # fmt: skip

    async def link(self, account: str, issuer: str, subject: str, at: datetime) -> None:
        """Another provider's name for somebody; one that is taken already stays as it is."""
        await self._database.execute(self._sql["link"], issuer, subject, account, at)

    async def prove(self, account: str, *, level: str, actor: str, name: str) -> None:
        """Set how well an identity is proven, and whose record is theirs."""
        await self._database.execute(self._sql["prove"], account, level, actor, name)

    async def give_role(self, account: str, role: Role, at: datetime) -> int:
        """Add a role; returns its position, never used before in this account."""
        given = await self._database.fetchval(
            self._sql["give_role"], account, role.name, role.organisation, role.organisation_name,
            role.code, at,
        )  # fmt: skip
        return int(given)

    async def take_role(self, account: str, position: int) -> bool:
        """Take a role away; whether it was there."""
        status = await self._database.execute(self._sql["take_role"], account, position)
        return status != "DELETE 0"

    async def _one(self, statement: str, *values: object) -> Account | None:
        row = await self._database.fetchrow(self._sql[statement], *values)
        return None if row is None else _account(row)

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


def _account(row: Row) -> Account:
    roles = map(
        Role, row["roles"], row["organisations"], row["names"], row["codes"], row["positions"]
    )
    return Account(
        id=row["id"], kind=row["kind"], actor=row["actor"], name=row["name"], title=row["title"],
        demo=row["demo"], roles=tuple(roles), subject=str(row["subject"]),
        email=row["email"] or "", phone=row["phone"] or "", level=row["level"],
        closed=row["closed"] is not None,
    )  # fmt: skip
