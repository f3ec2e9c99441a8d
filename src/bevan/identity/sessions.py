"""Sessions of people at a browser: an opaque cookie here, everything else on the server.

A session lasts an hour from its last use and twelve hours at most. Signing in always makes a
new secret and ends the one the browser brought (no fixation); signing out deletes the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Record as Row

from bevan.identity.errors import SignInRefused
from bevan.identity.secret import digest, fresh
from bevan.kernel.brief import Brief
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.record.scope import Actor

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
_EXTEND_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person acting in one role. `id` may be shown and logged; it opens nothing."""

    id: str
    actor: Actor
    title: str
    started: datetime
    expires: datetime
    demo: bool


class Sessions:
    """The session table behind a cache of two seconds."""

    def __init__(self, database: Database, clock: Clock, *, remember: float = 2.0) -> None:
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.identity", "sessions.sql")
        self._brief: Brief[bytes, Session | None] = Brief(self._load, seconds=remember)

    async def start(
        self, account: str, *, role: int = 0, previous: str | None = None
    ) -> tuple[str, Session]:
        """Sign in to a demo account in its role number `role`.

        Returns the cookie's value and the session; ends `previous`, the cookie the browser came
        with. Raises SignInRefused when there is no such open account or role.
        """
        secret, now = fresh(), self._clock.now()
        key = digest(secret)
        async with self._database.transaction() as connection:
            await connection.execute(self._sql["end"], digest(previous or ""))
            started = await connection.fetchval(
                self._sql["start"],
                account,
                key,
                UUID(uuid7()),
                role,
                now,
                now + IDLE,
                now + LONGEST,
            )
        self._brief.forget(digest(previous or ""))
        session = await self._brief.get(key) if started is not None else None
        if session is None:
            raise SignInRefused("This account can't be signed in to.")
        return secret, session

    async def find(self, secret: str) -> Session | None:
        """The session of a cookie; None when there is none, it ended, or its account closed."""
        session = await self._brief.get(digest(secret))
        if session is None or session.expires <= self._clock.now():
            return None
        return session

    async def end(self, secret: str) -> None:
        """Sign out: this cookie opens nothing any more."""
        async with self._database.connection() as connection:
            await connection.execute(self._sql["end"], digest(secret))
        self._brief.forget(digest(secret))

    async def end_all(self, account: str) -> None:
        """Sign a person out everywhere."""
        async with self._database.connection() as connection:
            await connection.execute(self._sql["end_all"], account)
        self._brief.forget()

    async def sweep(self) -> None:
        """Remove sessions that have run out."""
        async with self._database.connection() as connection:
            await connection.execute(self._sql["sweep"], self._clock.now())

    async def _load(self, key: bytes) -> Session | None:
        now = self._clock.now()
        async with self._database.connection() as connection:
            row = await connection.fetchrow(self._sql["find"], key, now)
            if row is None:
                return None
            expires = min(now + IDLE, row["limits"])
            if expires - row["expires"] > _EXTEND_AFTER:
                await connection.execute(self._sql["extend"], key, expires, now)
            else:
                expires = row["expires"]
        return _session(row, expires)


def _session(row: Row, expires: datetime) -> Session:
    actor = Actor(
        kind=row["kind"],
        id=row["actor"],
        name=row["name"],
        role=row["role"],
        organisation=row["organisation"],
        organisation_name=row["organisation_name"],
    )
    return Session(str(row["id"]), actor, row["title"], row["started"], expires, row["demo"])
