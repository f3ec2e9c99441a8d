"""What somebody allowed an app: for whom it acts, as how much, about whom, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Record as Row

from bevan.identity.clients import RegisteredClient
from bevan.identity.errors import TokenRefused
from bevan.identity.secret import digest, fresh
from bevan.identity.smart.wording import Wording
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.record.scope import Actor

CODE = timedelta(minutes=1)
LAUNCH = timedelta(minutes=5)
ONLINE = timedelta(hours=12)
OFFLINE = timedelta(days=90)
_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AppGrant:
    """One permission. `patient` is the person it is about, where it is about one only; `encounter`
    the visit during which it was opened; `session` the session with which it ends, if it does."""

    id: UUID
    client: str
    client_name: str
    actor: Actor
    purpose: str
    scopes: str
    patient: str | None
    session: UUID | None
    granted: datetime
    until: datetime
    encounter: str | None = None


@dataclass(frozen=True, slots=True)
class Launched:
    """What an app was opened from: a person's record, and the visit that goes on, if one does."""

    patient: str
    encounter: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided on the consent page, with what the app's request said (RFC 7636)."""

    client: RegisteredClient
    actor: Actor
    purpose: str
    wording: Wording
    patient: str | None
    session: UUID
    redirect: str
    challenge: str
    nonce: str
    launch: str = ""
    encounter: str | None = None


class AppGrants:
    """The permissions in the database. `demo`: whether demo accounts count."""

    def __init__(self, database: Database, clock: Clock, *, demo: bool) -> None:
        self._database = database
        self._clock = clock
        self._demo = demo
        self._sql = statements("bevan.identity.smart", "apps.sql")

    async def launch(
        self,
        client: RegisteredClient,
        actor: Actor,
        patient: str,
        encounter: str | None = None,
    ) -> str:
        """An opaque value with which an app is opened about a person, perhaps during a visit."""
        secret = fresh()
        await self._database.execute(
            self._sql["launch"],
            *(digest(secret), client.id, actor.kind, actor.id, patient, encounter),
            self._clock.now() + LAUNCH,
        )
        return secret

    async def launched(self, launch: str, client: str, actor: Actor) -> Launched:
        """What a launch is about. Raises TokenRefused when it isn't this app's and person's."""
        row = await self._database.fetchrow(
            self._sql["peek_launch"],
            *(digest(launch), client, actor.kind, actor.id, self._clock.now()),
        )
        if row is None:
            raise TokenRefused("This launch is unknown, used or run out.", "invalid_request")
        return Launched(row["patient"], row["encounter"])

    async def allow(self, decision: Decision) -> str:
        """Keep a decision; returns the code for the app. A launch is used up by it.

        Raises TokenRefused when the launch isn't good any more.
        """
        now, code = self._clock.now(), fresh()
        offline = "offline_access" in decision.wording.others
        grant = AppGrant(
            UUID(uuid7()),
            decision.client.id,
            decision.client.name,
            decision.actor,
            decision.purpose,
            str(decision.wording),
            decision.patient,
            None if offline else decision.session,
            now,
            now + (OFFLINE if offline else ONLINE),
            decision.encounter,
        )
        async with self._database.transaction() as connection:
            if decision.launch:
                await self._take(connection, decision, now)
            await self.keep(connection, grant)
            await connection.execute(
                self._sql["add_code"],
                *(digest(code), grant.id, decision.redirect, decision.challenge),
                *(decision.nonce, now + CODE),
            )
        return code

    async def keep(self, connection: Connection, grant: AppGrant) -> None:
        """Keep a grant, in the caller's transaction."""
        actor = grant.actor
        await connection.execute(
            self._sql["allow"],
            *(grant.id, grant.client, actor.kind, actor.id, actor.name, actor.role),
            *(actor.organisation, actor.organisation_name, grant.purpose, grant.scopes),
            *(grant.patient, grant.encounter, grant.session, grant.granted, grant.until),
        )

    async def live(self, connection: Connection, id: UUID) -> AppGrant | None:
        """A grant that holds now: approved app, same person in the same role, session lasting."""
        row = await connection.fetchrow(self._sql["live"], id, self._clock.now(), self._demo)
        return None if row is None else grant_of(row)

    async def given(self, actor: Actor) -> list[AppGrant]:
        """What a person allowed and could take back, the newest first."""
        rows = await self._database.fetch(
            self._sql["list_own"], actor.kind, actor.id, self._clock.now()
        )
        return [grant_of(row) for row in rows]

    async def take_back(self, actor: Actor, id: UUID) -> bool:
        """A person takes back what they allowed; False when there is no such thing of theirs."""
        done = await self._database.fetchval(
            self._sql["revoke_own"], id, actor.kind, actor.id, self._clock.now()
        )
        return done is not None

    async def sweep(self) -> None:
        """Forget what ended long ago; a periodic job calls this."""
        now = self._clock.now()
        await self._database.execute(self._sql["sweep"], now - _KEPT)
        await self._database.execute(self._sql["sweep_launches"], now)

    async def _take(self, connection: Connection, decision: Decision, now: datetime) -> None:
        taken = await connection.fetchrow(
            self._sql["take_launch"],
            *(digest(decision.launch), decision.client.id, decision.actor.kind),
            *(decision.actor.id, now),
        )
        if taken is None or tuple(taken) != (decision.patient, decision.encounter):
            raise TokenRefused("This launch is unknown, used or run out.", "invalid_request")


def grant_of(row: Row) -> AppGrant:
    """A row of app_grant with its client's name."""
    actor = Actor(
        kind=row["kind"],
        id=row["actor"],
        name=row["name"],
        role=row["role"],
        organisation=row["organisation"],
        organisation_name=row["organisation_name"],
    )
    return AppGrant(
        row["id"],
        row["client"],
        row["client_name"],
        actor,
        row["purpose"],
        row["scopes"],
        row["patient"],
        row["session"],
        row["granted"],
        row["until"],
        row["encounter"],
    )
