"""Bearer tokens of systems: random, shown once, with scopes, a purpose and an end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bevan.identity.errors import GrantRefused
from bevan.identity.grants import Grants, combine, parse
from bevan.identity.secret import digest, fresh
from bevan.kernel.brief import Brief
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.record.scope import Actor

LONGEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Client:
    """A system that showed a good token: what it is called, may do, and why it asks.

    `reads` and `writes` are the types it may read or change at all; None means every type.
    """

    id: str
    actor: Actor
    grants: Grants
    reads: frozenset[str] | None
    writes: frozenset[str] | None
    purpose: str
    expires: datetime


class Tokens:
    """The token table behind a cache of two seconds."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        types: Collection[str],
        *,
        remember: float = 2.0,
    ) -> None:
        self._database = database
        self._clock = clock
        self._types = types
        self._sql = statements("bevan.identity", "tokens.sql")
        self._brief: Brief[str, Client | None] = Brief(self._load, seconds=remember)

    async def issue(
        self, *, client: str, scope: str, purpose: str, lasts: timedelta, issued_by: str
    ) -> str:
        """A new token for a client; this is the only time it can be seen.

        Raises GrantRefused for a bad scope, no client name or purpose, or a life that isn't
        between nothing and 90 days.
        """
        grants = parse(scope, self._types)
        if not client.strip() or not purpose.strip():
            raise GrantRefused("A token needs the name of its client and a purpose.")
        if not timedelta(0) < lasts <= LONGEST:
            raise GrantRefused(f"A token lasts more than nothing and at most {LONGEST.days} days.")
        secret, now = fresh(), self._clock.now()
        async with self._database.connection() as connection:
            await connection.execute(
                self._sql["issue"],
                digest(secret),
                UUID(uuid7()),
                client.strip(),
                " ".join(map(str, grants)),
                purpose.strip(),
                issued_by,
                now,
                now + lasts,
            )
        return secret

    async def find(self, secret: str) -> Client | None:
        """The client behind a token; None when it is unknown, over or revoked."""
        client = self._brief.peek(secret) or await self._brief.get(secret)
        if client is None or client.expires <= self._clock.now():
            return None
        return client

    async def revoke(self, *, client: str) -> int:
        """Revoke every token of a client; how many there were."""
        async with self._database.connection() as connection:
            done = await connection.execute(self._sql["revoke_client"], client, self._clock.now())
        self._brief.forget()
        return int(done.rsplit(" ", 1)[-1])

    async def _load(self, secret: str) -> Client | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(self._sql["find"], digest(secret), self._clock.now())
        if row is None:
            return None
        actor = Actor(
            kind="system",
            id=row["client"],
            name=row["client"],
            role="",
            organisation="",
            organisation_name="",
        )
        grants = combine(parse(row["scopes"], self._types))
        return Client(
            id=str(row["id"]),
            actor=actor,
            grants=grants,
            reads=grants.types("rs"),
            writes=grants.types("cud"),
            purpose=row["purpose"],
            expires=row["expires"],
        )
