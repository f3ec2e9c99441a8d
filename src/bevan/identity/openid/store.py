"""What is being asked of a provider and what it granted, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record as Row

from bevan.identity.errors import TokenRefused
from bevan.identity.openid.asking import Asking
from bevan.identity.secret import digest, fresh
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements

CODE: Final = timedelta(minutes=10)
REFRESH: Final = timedelta(days=30)
ASKING: Final = timedelta(minutes=30)
_WRONG = "This code or token doesn't work here."


@dataclass(frozen=True, slots=True)
class Vouched:
    """What another client's assertion says: which account, shown how and when."""

    account: str
    methods: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """A request whose person is signing in."""

    id: str
    client: str
    redirect: str
    state: str
    nonce: str
    scopes: tuple[str, ...]
    wanted: tuple[str, ...]
    prompt: str
    code_challenge: str
    may_register: bool
    vouched: Vouched | None
    position: int | None
    made: datetime


@dataclass(frozen=True, slots=True)
class Granted:
    """What a client was granted: about whom, reached how, and for which scopes."""

    id: str
    client: str
    account: str
    scopes: tuple[str, ...]
    vot: str
    methods: str
    position: int | None
    nonce: str
    authenticated: datetime


class Store:
    """One provider's rows."""

    def __init__(self, database: Database, clock: Clock, realm: str) -> None:
        self._database = database
        self._clock = clock
        self._realm = realm
        self._sql = statements("bevan.identity.openid", "openid.sql")

    async def ask(self, asking: Asking, vouched: Vouched | None) -> Pending:
        """Keep a request while its person signs in."""
        id, now = uuid7(), self._clock.now()
        await self._database.execute(
            self._sql["ask"], UUID(id), self._realm, asking.client, asking.redirect, asking.state,
            asking.nonce, list(asking.scopes), list(asking.wanted), asking.prompt,
            asking.code_challenge, asking.may_register, vouched.account if vouched else "",
            vouched.methods if vouched else "", vouched.at if vouched else None,
            now, now + ASKING,
        )  # fmt: skip
        found = await self.pending(id)
        assert found is not None
        return found

    async def pending(self, id: str) -> Pending | None:
        """A request by its id, while it lasts."""
        try:
            name = UUID(id)
        except ValueError:
            return None
        row = await self._database.fetchrow(
            self._sql["asked"], name, self._realm, self._clock.now()
        )
        return None if row is None else _pending(row)

    async def choose(self, id: str, position: int) -> None:
        """The role chosen for a request."""
        await self._database.execute(self._sql["choose"], UUID(id), position)

    async def drop(self, id: str) -> bool:
        """A request is answered; False when it was answered before."""
        return await self._database.fetchval(self._sql["done"], UUID(id)) is not None

    async def grant(
        self, pending: Pending, account: str, *, vot: str, methods: str, authenticated: datetime
    ) -> str | None:
        """Grant what was asked; the code for the client, or None where it was answered before."""
        code, now = fresh(), self._clock.now()
        async with self._database.transaction() as connection:
            if await connection.fetchval(self._sql["done"], UUID(pending.id)) is None:
                return None
            given = await connection.fetchval(
                self._sql["grant"], UUID(uuid7()), self._realm, pending.client, account,
                list(pending.scopes), vot, methods, pending.position, pending.nonce,
                authenticated, now, digest(code), pending.redirect, pending.code_challenge,
                now + CODE,
            )  # fmt: skip
        return None if given is None else code

    async def redeem(self, code: str, client: str, redirect: str) -> tuple[Granted, str]:
        """What a code grants, with the challenge it was asked with; it works once.

        Using a code again revokes what it granted (RFC 6749 4.1.2). Raises TokenRefused.
        """
        return await self._spent("code", code, client, redirect)

    async def rotate(self, token: str, client: str) -> Granted:
        """What the latest refresh token grants; using an older one revokes it all (RFC 9700 4.14).

        Raises TokenRefused.
        """
        return (await self._spent("refresh", token, client, None))[0]

    async def refresh_token(self, granted: str) -> str:
        """A new refresh token of a grant."""
        token = fresh()
        until = self._clock.now() + REFRESH
        await self._database.execute(self._sql["add_refresh"], digest(token), UUID(granted), until)
        return token

    async def granted(self, id: object) -> Granted | None:
        """A standing grant of an open account."""
        try:
            row = await self._database.fetchrow(self._sql["granted"], UUID(str(id)))
        except ValueError:
            return None
        return None if row is None else _granted(row)

    async def granted_by_token(self, jti: str) -> Granted | None:
        """The standing grant that an ID token was made from."""
        row = await self._database.fetchrow(self._sql["granted_by_token"], jti)
        return None if row is None else _granted(row)

    async def name_token(self, granted: str, jti: str) -> None:
        """Remember which ID token was made from a grant."""
        await self._database.execute(self._sql["name_token"], UUID(granted), jti)

    async def consented(self, account: str, client: str) -> frozenset[str]:
        """The scopes somebody agreed to share with a client."""
        return frozenset(await self._database.fetchval(self._sql["consent"], account, client) or ())

    async def consent(self, account: str, client: str, scopes: Sequence[str]) -> None:
        """Somebody agrees to share."""
        await self._database.execute(
            self._sql["agree"], account, client, list(scopes), self._clock.now()
        )

    async def sweep(self) -> None:
        """Remove what has run out; a periodic job calls this."""
        now = self._clock.now()
        await self._database.execute(self._sql["sweep_asked"], now)
        await self._database.execute(self._sql["sweep_granted"], now - timedelta(days=1))

    async def _spent(
        self, kind: str, secret: str, client: str, redirect: str | None
    ) -> tuple[Granted, str]:
        key, now = digest(secret), self._clock.now()
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(self._sql[kind], key)
            if row is None or row["client"] != client or row["realm"] != self._realm:
                raise TokenRefused(_WRONG)
            standing = await self._standing(connection, row, key, kind, now)
        # Only now, after the commit: what was used or revoked has to stay so.
        if standing is None:
            raise TokenRefused(_WRONG, replay=row["used"] is not None)
        if redirect is not None and row["redirect"] != redirect:
            raise TokenRefused("The redirect_uri isn't the one the code was asked with.")
        return _granted(standing), row["code_challenge"] if kind == "code" else ""

    async def _standing(
        self, connection: Connection, row: Row, key: bytes, kind: str, now: datetime
    ) -> Row | None:
        """The grant behind an unused, timely secret, which is used by this; else None."""
        if row["used"] is not None:
            await connection.execute(self._sql["revoke"], row["granted"], now)
            return None
        await connection.execute(self._sql[f"use_{kind}"], key, now)
        if row["until"] <= now:
            return None
        return await connection.fetchrow(self._sql["granted"], row["granted"])


def _pending(row: Row) -> Pending:
    vouched = (
        Vouched(row["asserted"], row["asserted_methods"], row["asserted_at"])
        if row["asserted"]
        else None
    )
    return Pending(
        id=str(row["id"]), client=row["client"], redirect=row["redirect"], state=row["state"],
        nonce=row["nonce"], scopes=tuple(row["scopes"]), wanted=tuple(row["wanted"]),
        prompt=row["prompt"], code_challenge=row["code_challenge"],
        may_register=row["may_register"], vouched=vouched, position=row["position"],
        made=row["made"],
    )  # fmt: skip


def _granted(row: Row) -> Granted:
    return Granted(
        id=str(row["id"]), client=row["client"], account=row["account"],
        scopes=tuple(row["scopes"]), vot=row["vot"], methods=row["methods"],
        position=row["position"], nonce=row["nonce"], authenticated=row["authenticated"],
    )  # fmt: skip
