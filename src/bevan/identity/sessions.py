"""Sessions of people at a browser: an opaque cookie here, everything else on the server.

A citizen's session lasts 30 minutes from its last use, a worker's an hour, and both twelve hours
at most. Signing in, changing role, stepping up and acting for somebody each make a new secret and
end the old one (no fixation); signing out deletes the row. Below the level P9 a citizen's session
names no record, so that none can be reached (NHS login: P5 is a claimed identity).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asyncpg import Record as Row

from bevan.identity.errors import SignInRefused
from bevan.identity.secret import digest, fresh
from bevan.kernel.brief import Brief
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.record.scope import Actor

IDLE = timedelta(hours=1)
CITIZEN_IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
APPS = "apps"
NO_ROLE = -1
_EXTEND_AFTER = timedelta(minutes=1)
_BROWSER = 200


@dataclass(frozen=True, slots=True)
class Proof:
    """How somebody showed who they are, for the session that rests on it.

    `method` is passkey, code, openid or demo; `vot` the vector reached (NHS login 2); `level` P0,
    P5 or P9 for citizens, AAL2 or AAL3 for staff.
    """

    method: str
    level: str = ""
    vot: str = ""
    at: datetime | None = None
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person acting in one role. `id` may be shown and logged; it opens nothing.

    `person` is the Patient or Practitioner of the account, `actor.id` the one whose sight the
    session has: blank for a citizen below P9. `acting` is the Patient a proxy acts for, or blank.
    """

    id: str
    actor: Actor
    title: str
    started: datetime
    expires: datetime
    demo: bool
    account: str = ""
    use: str = APPS
    method: str = "demo"
    vot: str = ""
    level: str = ""
    authenticated: datetime | None = None
    confirmed: datetime | None = None
    acting: str = ""
    acting_name: str = ""
    position: int = 0
    person: str = field(default="", repr=False)

    @property
    def signer(self) -> Actor:
        """Who gives an app a permission, by the id of the account's own record.

        `actor` may name the record that theirs was merged into. A permission outlives that merge,
        and must not open the other record once it is undone.
        """
        return replace(self.actor, id=self.person) if self.actor.id else self.actor


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as its owner sees it in a list."""

    id: str
    started: datetime
    expires: datetime
    use: str
    method: str
    level: str
    browser: str
    role: str
    organisation_name: str


class Sessions:
    """The session table behind a cache of two seconds."""

    def __init__(self, database: Database, clock: Clock, *, remember: float = 2.0) -> None:
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.identity", "sessions.sql")
        self._brief: Brief[bytes, Session | None] = Brief(self._load, seconds=remember)

    async def start(
        self,
        account: str,
        *,
        role: int = 0,
        previous: str | None = None,
        proof: Proof | None = None,
        use: str = APPS,
    ) -> tuple[str, Session]:
        """Sign in to an account in its role number `role` (NO_ROLE for staff who have none).

        Without a `proof` only demo accounts can be signed in to. Returns the cookie's value and
        the session; ends `previous`, the cookie the browser came with. Raises SignInRefused when
        there is no such open account or role.
        """
        given = proof or Proof("demo")
        now = self._clock.now()
        kept = {
            "account": account, "position": role, "limits": now + LONGEST, "use": use,
            "method": given.method, "vot": given.vot, "level": given.level,
            "authenticated": given.at or now, "confirmed": given.at, "acting": "",
            "acting_name": "", "browser": given.browser[:_BROWSER],
        }  # fmt: skip
        async with self._database.transaction() as connection:
            await connection.execute(self._sql["end"], digest(previous or ""))
            return await self._opened(connection, kept, previous)

    async def change(self, secret: str, **changed: Any) -> tuple[str, Session]:
        """A session goes on under a new secret with something changed: its role (`position`), its
        proof, or for whom it acts. The old secret opens nothing from now on.

        Raises SignInRefused when the session has ended or the role isn't theirs.
        """
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(self._sql["carry"], digest(secret), self._clock.now())
            if row is None:
                raise SignInRefused("Your session has ended. Sign in again.")
            return await self._opened(connection, {**dict(row), **changed}, secret)

    async def find(self, secret: str) -> Session | None:
        """The session of a cookie; None when there is none, it ended, or its account closed."""
        session = await self._brief.get(digest(secret))
        if session is None or session.expires <= self._clock.now():
            return None
        return session

    async def list(self, account: str) -> list[Listed]:
        """An account's open sessions, newest first."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(self._sql["list"], account, self._clock.now())
        return [Listed(str(row["id"]), *list(row)[1:]) for row in rows]

    async def end(self, secret: str) -> None:
        """Sign out: this cookie opens nothing any more."""
        async with self._database.connection() as connection:
            await connection.execute(self._sql["end"], digest(secret))
        self._brief.forget(digest(secret))

    async def end_one(self, account: str, id: str) -> bool:
        """End a session by its public id, if it is this account's; whether there was one."""
        return await self._ended("end_one", account, UUID(id)) != "DELETE 0"

    async def end_others(self, account: str, kept: str) -> None:
        """End every session of an account but the one with this public id."""
        await self._ended("end_others", account, UUID(kept))

    async def end_role(self, account: str, position: int) -> None:
        """End an account's sessions in one of its roles."""
        await self._ended("end_role", account, position)

    async def end_all(self, account: str) -> None:
        """Sign a person out everywhere."""
        await self._ended("end_all", account)

    async def sweep(self) -> None:
        """Remove sessions that have run out."""
        async with self._database.connection() as connection:
            await connection.execute(self._sql["sweep"], self._clock.now())

    def forget(self) -> None:
        """Drop what is remembered: something about accounts or roles has changed."""
        self._brief.forget()

    async def _ended(self, statement: str, *values: object) -> str:
        async with self._database.connection() as connection:
            status = await connection.execute(self._sql[statement], *values)
        self._brief.forget()
        return str(status)

    async def _opened(
        self, connection: Connection, kept: Mapping[str, Any], previous: str | None
    ) -> tuple[str, Session]:
        secret = fresh()
        key = digest(secret)
        started = await connection.fetchval(
            self._sql["start"], kept["account"], key, UUID(uuid7()), kept["position"],
            self._clock.now(), CITIZEN_IDLE, IDLE, kept["limits"], kept["use"], kept["method"],
            kept["vot"], kept["level"], kept["authenticated"], kept["confirmed"], kept["acting"],
            kept["acting_name"], kept["browser"],
        )  # fmt: skip
        if started is None:
            raise SignInRefused("This account can't be signed in to.")
        row = await connection.fetchrow(self._sql["find"], key, self._clock.now())
        assert row is not None  # it was made a moment ago, in this transaction
        self._brief.forget(digest(previous or ""))
        return secret, _session(row, row["expires"])

    async def _load(self, key: bytes) -> Session | None:
        now = self._clock.now()
        async with self._database.connection() as connection:
            row = await connection.fetchrow(self._sql["find"], key, now)
            if row is None:
                return None
            expires = min(now + idle(row["kind"]), row["limits"])
            if expires - row["expires"] > _EXTEND_AFTER:
                await connection.execute(self._sql["extend"], key, expires, now)
            else:
                expires = row["expires"]
        return _session(row, expires)


def idle(kind: str) -> timedelta:
    """How long an unused session lasts: citizens' 30 minutes are NHS login's rule."""
    return CITIZEN_IDLE if kind == "patient" else IDLE


def _sight(row: Row) -> str:
    """Whose sight the session has; nobody's for a citizen who isn't proven to P9."""
    proven = row["kind"] != "patient" or row["level"] == "P9" or row["method"] == "demo"
    return str(row["actor"]) if proven else ""


def _session(row: Row, expires: datetime) -> Session:
    actor = Actor(
        kind=row["kind"],
        id=_sight(row),
        name=row["name"],
        role=row["role"],
        organisation=row["organisation"],
        organisation_name=row["organisation_name"],
    )
    return Session(
        id=str(row["id"]), actor=actor, title=row["title"], started=row["started"],
        expires=expires, demo=row["demo"], account=row["account"], use=row["use"],
        method=row["method"], vot=row["vot"], level=row["level"],
        authenticated=row["authenticated"], confirmed=row["confirmed"], acting=row["acting"],
        acting_name=row["acting_name"], position=row["position"], person=row["actor"],
    )  # fmt: skip
