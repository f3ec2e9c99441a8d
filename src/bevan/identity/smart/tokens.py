"""Codes and refresh tokens exchanged for access tokens, and what an access token opens.

Every token is random and looked up, so taking it back bites within seconds. A code or refresh
token that comes a second time was stolen by somebody: everything that hangs on it ends
(RFC 6749 4.1.2, RFC 9700 4.14.2).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from bevan.identity.clients import RegisteredClient
from bevan.identity.errors import ProtocolRefused, TokenRefused
from bevan.identity.grants import Grants
from bevan.identity.secret import digest, fresh
from bevan.identity.smart.granted import AppGrant, AppGrants
from bevan.identity.smart.wording import Comparable, Wording, narrow, read
from bevan.kernel.brief import Brief
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.record.scope import Actor

ACCESS = timedelta(minutes=30)
SERVICE = timedelta(minutes=5)
REFRESH = timedelta(days=30)
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_REFRESHED = frozenset({"online_access", "offline_access"})


@dataclass(frozen=True, slots=True)
class Issued:
    """What the token endpoint hands out; `refresh` is empty where the app gets none, `nonce` is
    that of the authorisation request."""

    grant: AppGrant
    access: str
    expires: datetime
    wording: Wording
    refresh: str = ""
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What an access token opens: letters by type, searches that narrow them, one person perhaps.

    `reads` and `writes` are the types it may read or change at all; None means every type.
    """

    id: UUID
    grant: AppGrant
    wording: Wording
    grants: Grants
    reads: frozenset[str] | None
    writes: frozenset[str] | None
    filters: Mapping[str, frozenset[str]]
    issued: datetime
    expires: datetime

    @property
    def patient(self) -> str | None:
        """The one person to whom `patient/` words are limited."""
        return self.grant.patient if self.wording.context == "patient" else None


class AppTokens:
    """Issues, finds and revokes. `comparable` tells which searches can narrow a scope."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        grants: AppGrants,
        types: Collection[str],
        comparable: Comparable,
        *,
        remember: float = 2.0,
        tick: Callable[[], float] = monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._grants = grants
        self._types = types
        self._comparable = comparable
        self._sql = statements("bevan.identity.smart", "apps.sql")
        self._brief: Brief[str, Held | None] = Brief(self._load, seconds=remember, tick=tick)

    def wording(self, text: str, allowed: Collection[str]) -> Wording:
        """As much of an asked scope as may be given. Raises ProtocolRefused `invalid_scope`."""
        limit = read(" ".join(allowed), self._types)
        return narrow(read(text, self._types), limit, self._comparable)

    async def exchange(
        self, client: RegisteredClient, code: str, redirect: str, verifier: str
    ) -> Issued:
        """Tokens for a code (RFC 6749 4.1.3, RFC 7636 4.6). Raises TokenRefused.

        The code is used up even where something else is wrong.
        """
        spent: UUID | None = None
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(self._sql["use_code"], digest(code), self._clock.now())
            grant = None if row is None else await self._grants.live(connection, row["app_grant"])
            if row is None:
                spent = await connection.fetchval(self._sql["spent_code"], digest(code))
                await self._end(connection, spent, "a code used twice")
            good = (
                row is not None
                and grant is not None
                and grant.client == client.id
                and row["redirect"] == redirect
                and _proves(verifier, row["challenge"])
            )
            issued = None
            if good and row is not None and grant is not None:
                issued = await self._issue(connection, grant, self.granted(grant), row["nonce"])
        self._brief.forget()
        if issued is None:
            raise TokenRefused(
                "The code is unknown, used, run out, or somebody else's.", replay=spent is not None
            )
        return issued

    async def refresh(self, client: RegisteredClient, token: str, scope: str | None) -> Issued:
        """New tokens for the latest refresh token (RFC 6749 6); `scope` may only narrow.

        Raises TokenRefused, and ProtocolRefused `invalid_scope` for more than was granted.
        """
        now = self._clock.now()
        issued, replay = None, False
        async with self._database.transaction() as connection:
            known = await connection.fetchrow(self._sql["find_refresh"], digest(token))
            grant = None
            if known is not None:
                grant = await self._grants.live(connection, known["app_grant"])
            if known is not None and grant is not None and grant.client == client.id:
                wording = self._narrowed(grant, scope)
                used = await connection.fetchval(self._sql["use_refresh"], digest(token), now)
                if used is not None:
                    issued = await self._issue(connection, grant, wording)
                elif known["used"] is not None:
                    replay = True
                    await self._end(connection, grant.id, "a refresh token used twice")
        self._brief.forget()
        if issued is None:
            raise TokenRefused(
                "The refresh token is unknown, used, run out or somebody else's.", replay=replay
            )
        return issued

    async def owner(self, token: str) -> str:
        """The id of the app that a refresh token was given to; blank for no such token."""
        async with self._database.connection() as connection:
            known = await connection.fetchrow(self._sql["find_refresh"], digest(token))
            grant = None
            if known is not None:
                grant = await self._grants.live(connection, known["app_grant"])
        return grant.client if grant is not None else ""

    async def serve(self, client: RegisteredClient, wording: Wording) -> Issued:
        """A token for a service by itself (SMART backend services): five minutes, no refresh."""
        now = self._clock.now()
        grant = AppGrant(
            UUID(uuid7()),
            client.id,
            client.name,
            Actor("system", client.id, client.name),
            str(client.extra.get("purpose") or f"Backend service: {client.name}"),
            str(wording),
            None,
            None,
            now,
            now + SERVICE,
        )
        async with self._database.transaction() as connection:
            await self._grants.keep(connection, grant)
            return await self._issue(connection, grant, wording)

    async def find(self, access: str) -> Held | None:
        """What a token opens now; None when it is unknown, over or revoked."""
        held = self._brief.peek(access) or await self._brief.get(access)
        return None if held is None or held.expires <= self._clock.now() else held

    async def revoke(self, client: RegisteredClient, token: str) -> None:
        """Revoke a client's own token of either kind (RFC 7009); any other is none of it."""
        for name in ("revoke_token", "revoke_by_refresh"):
            await self._database.execute(
                self._sql[name], digest(token), client.id, self._clock.now()
            )
        self._brief.forget()

    def forget(self) -> None:
        """Look everything up anew, after something was revoked elsewhere."""
        self._brief.forget()

    def granted(self, grant: AppGrant) -> Wording:
        """What a permission says."""
        return read(grant.scopes, self._types)

    def _narrowed(self, grant: AppGrant, scope: str | None) -> Wording:
        own = self.granted(grant)
        if not scope:
            return own
        asked = read(scope, self._types)
        given = narrow(asked, own, self._comparable)
        if set(given.words) != set(asked.words) or given.others != asked.others:
            raise ProtocolRefused("invalid_scope", "A refresh can't ask for more than was granted.")
        return given

    async def _issue(
        self, connection: Connection, grant: AppGrant, wording: Wording, nonce: str = ""
    ) -> Issued:
        now, access = self._clock.now(), fresh()
        expires = min(now + ACCESS, grant.until)
        await connection.execute(
            self._sql["add_token"],
            *(digest(access), UUID(uuid7()), grant.id, str(wording), now, expires),
        )
        refresh = ""
        if _REFRESHED & set(self.granted(grant).others):
            refresh = fresh()
            until = min(now + REFRESH, grant.until)
            await connection.execute(self._sql["add_refresh"], digest(refresh), grant.id, until)
        return Issued(grant, access, expires, wording, refresh, nonce)

    async def _end(self, connection: Connection, grant: UUID | None, why: str) -> None:
        if grant is not None:
            await connection.execute(self._sql["revoke"], grant, self._clock.now(), why)

    async def _load(self, access: str) -> Held | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(self._sql["token"], digest(access), self._clock.now())
            grant = None if row is None else await self._grants.live(connection, row["app_grant"])
        if row is None or grant is None:
            return None
        wording = read(row["scopes"], self._types)
        grants = wording.grants()
        return Held(
            row["id"],
            grant,
            wording,
            grants,
            grants.types("rs"),
            grants.types("cud"),
            wording.filters(),
            row["issued"],
            row["expires"],
        )


def _proves(verifier: str, challenge: str) -> bool:
    """Whether a verifier is the one behind a challenge (RFC 7636 4.6, S256)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    return hmac.compare_digest(hashed.rstrip(b"="), challenge.encode())
