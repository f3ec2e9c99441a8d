"""Registered clients: the programs that may ask an authorisation server of ours for tokens.

A public client runs where it can keep no secret and proves itself by PKCE alone; any other signs
with a private key (`private_key_jwt`). There are no shared secrets. A client that registered
itself does nothing until somebody approves it, and a revoked one never comes back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from asyncpg import Record as Row

from bevan.identity.errors import ClientRefused
from bevan.identity.registration import check
from bevan.kernel.brief import Brief
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.sql import statements

Authentication = Literal["none", "private_key_jwt"]
Status = Literal["pending", "approved", "revoked"]
Use = Literal["smart", "citizen-login", "staff-login"]

_ANY = "*"


@dataclass(frozen=True, slots=True)
class RegisteredClient:
    """One program.

    * `use`: the authorisation server it may speak to;
    * `redirects`: where codes may be sent, compared character by character;
    * `scopes`: the most it may ever be granted;
    * `origins`: from where its pages may call us (CORS);
    * `jwks` or `jwks_uri`: its public keys (RFC 7517);
    * `launch`: where it is opened from a record (SMART App Launch 2, EHR launch);
    * `extra`: what one authorisation server alone needs to know.
    """

    id: str
    name: str
    use: Use
    authentication: Authentication
    status: Status
    redirects: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None
    launch: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    registered: datetime | None = None

    def redirect(self, uri: str | None) -> str:
        """The registered address that `uri` is, to the character (RFC 9700 2.1).

        Raises ClientRefused; then nothing may be sent to `uri`, not even the error.
        """
        if uri is None or uri not in self.redirects:
            raise ClientRefused("The redirect_uri isn't one registered for this app.")
        return uri


class Clients:
    """The table of registered clients behind a cache of two seconds."""

    def __init__(self, database: Database, clock: Clock, *, remember: float = 2.0) -> None:
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.identity", "clients.sql")
        self._brief: Brief[str, RegisteredClient | None] = Brief(self._load, seconds=remember)
        self._origins: Brief[str, frozenset[str]] = Brief(self._load_origins, seconds=remember)

    async def register(self, client: RegisteredClient, *, by: str) -> None:
        """Keep a new client. Raises ClientRefused for a taken id or what can't be registered."""
        check(client)
        kept = await self._database.fetchval(
            self._sql["register"],
            *(client.id, client.name, client.use, client.authentication, client.status),
            *(list(client.redirects), list(client.scopes), list(client.origins)),
            None if client.jwks is None else json.dumps(client.jwks),
            *(client.jwks_uri, client.launch, json.dumps(dict(client.extra))),
            *(client.registered or self._clock.now(), by),
        )
        if kept is None:
            raise ClientRefused("A client of this id is registered already.")
        self._forget(client.id)

    async def find(self, id: str) -> RegisteredClient | None:
        """A client, whatever its status."""
        return await self._brief.get(id)

    async def approved(self, id: str, use: Use) -> RegisteredClient:
        """A client that may speak to the server of that use now. Raises ClientRefused."""
        client = await self.find(id)
        if client is None or client.status != "approved" or client.use != use:
            raise ClientRefused("This app isn't registered here, or wasn't approved.")
        return client

    async def every(self) -> list[RegisteredClient]:
        """Every client, those that wait for a decision first."""
        return [_client(row) for row in await self._database.fetch(self._sql["list"])]

    async def origins(self) -> frozenset[str]:
        """The origins from which approved clients may call (CORS)."""
        return await self._origins.get(_ANY)

    async def approve(self, id: str, *, by: str) -> bool:
        """Approve a client that waits; False when there is none."""
        return await self._decide(id, "approved", by, ["pending"])

    async def revoke(self, id: str, *, by: str) -> bool:
        """Revoke a client for good; False when there is none to revoke."""
        return await self._decide(id, "revoked", by, ["pending", "approved"])

    async def _decide(self, id: str, status: Status, by: str, standing: list[Status]) -> bool:
        done = await self._database.fetchval(
            self._sql["decide"], id, status, self._clock.now(), by, standing
        )
        self._forget(id)
        return done is not None

    def _forget(self, id: str) -> None:
        self._brief.forget(id)
        self._origins.forget()

    async def _load(self, id: str) -> RegisteredClient | None:
        row = await self._database.fetchrow(self._sql["find"], id.replace("\0", ""))
        return None if row is None else _client(row)

    async def _load_origins(self, _: str) -> frozenset[str]:
        rows = await self._database.fetch(self._sql["origins"])
        return frozenset(row["origin"] for row in rows)


def _client(row: Row) -> RegisteredClient:
    return RegisteredClient(
        id=row["id"],
        name=row["name"],
        use=row["use"],
        authentication=row["authentication"],
        status=row["status"],
        redirects=tuple(row["redirects"]),
        scopes=tuple(row["scopes"]),
        origins=tuple(row["origins"]),
        jwks=None if row["jwks"] is None else json.loads(row["jwks"]),
        jwks_uri=row["jwks_uri"],
        launch=row["launch"],
        extra=json.loads(row["extra"]),
        registered=row["registered"],
    )
