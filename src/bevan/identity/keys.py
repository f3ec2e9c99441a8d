"""Our signing keys: what ID tokens are signed with, and how others check them.

A key is published an hour before it signs and a day after it stopped, so that whoever keeps our
JWK Set for a while never meets a signature they can't check. The database holds public halves
only; the private half is a file of the installation's data folder.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from asyncpg import Record as Row
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeyParameters, KeySet, RSAKey, import_key

from bevan.identity.errors import TokenRefused
from bevan.identity.secret import fresh
from bevan.kernel import keys as files
from bevan.kernel.brief import Brief
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.errors import ConfigurationError
from bevan.kernel.sql import statements

Algorithm = Literal["RS256", "RS384", "RS512", "ES384"]
ALGORITHMS: tuple[Algorithm, ...] = ("RS256", "RS384", "RS512", "ES384")
LIFE = timedelta(days=90)
BEFORE = timedelta(hours=1)
AFTER = timedelta(days=1)
_BITS = 3_072
_ALL = "all"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key: published from `made`, signing from `signs`, gone at `ends` if that is known."""

    id: str
    algorithm: Algorithm
    public: Mapping[str, Any]
    made: datetime
    signs: datetime
    ends: datetime | None


class Keys:
    """The signing keys of one installation; `data` is its folder."""

    def __init__(
        self, database: Database, clock: Clock, data: Path, *, remember: float = 2.0
    ) -> None:
        self._database = database
        self._clock = clock
        self._data = data
        self._sql = statements("bevan.identity", "keys.sql")
        self._brief: Brief[str, list[SigningKey]] = Brief(self._load, seconds=remember)
        self._private: dict[str, RSAKey | ECKey] = {}

    async def sign(
        self,
        claims: Mapping[str, object],
        *,
        algorithm: Algorithm = "RS512",
        type: str | None = None,
    ) -> str:
        """A compact JWS over the claims, whose header names the key.

        Makes a key when there is none yet. Raises ConfigurationError when its file is missing.
        """
        key = await self._signer(algorithm)
        header = {"alg": algorithm, "kid": key.id, "typ": type or "JWT"}
        return jwt.encode(header, dict(claims), self._opened(key), [algorithm])

    async def claims(
        self, token: str, *, algorithms: Collection[Algorithm] = ALGORITHMS
    ) -> dict[str, Any]:
        """What a token of ours says, once its signature is checked; its times are the caller's.

        Raises TokenRefused, as well for another's token.
        """
        keys = KeySet([import_key(dict(key.public)) for key in await self._published()])
        try:
            return dict(jwt.decode(token, keys, list(algorithms)).claims)
        except (JoseError, ValueError):
            raise TokenRefused("This token isn't ours.") from None

    async def jwks(self) -> dict[str, object]:
        """The JWK Set to publish (RFC 7517 5)."""
        return {"keys": [dict(key.public) for key in await self._published()]}

    async def every(self) -> list[SigningKey]:
        """Every key that is published, the oldest first."""
        return await self._load(_ALL)

    async def rotate(self, algorithm: Algorithm, *, at_once: bool = False) -> SigningKey:
        """A new key for an algorithm.

        `at_once`, for a key that leaked: it signs from now on and the others are gone, so what
        they signed can't be checked any more.
        """
        async with self._database.transaction() as connection:
            await connection.execute(self._sql["lock"])
            now = self._clock.now()
            first = not any(key.algorithm == algorithm for key in await self._read(connection))
            signs = now if first or at_once else now + BEFORE
            key = await self._make(connection, algorithm, now, signs)
            ends = now if at_once else signs + AFTER
            await connection.fetch(self._sql["retire"], algorithm, key.id, ends)
        self._brief.forget()
        return key

    async def renew(self) -> None:
        """Replace keys that have grown old and dispose of ended ones; a periodic job calls this."""
        now = self._clock.now()
        newest: dict[Algorithm, datetime] = {}
        for key in await self.every():
            newest[key.algorithm] = max(key.made, newest.get(key.algorithm, key.made))
        for algorithm, made in newest.items():
            if now - made >= LIFE:
                await self.rotate(algorithm)
        for row in await self._database.fetch(self._sql["ended"], now):
            files.dispose(self._data, _file(row["id"]))

    async def _signer(self, algorithm: Algorithm) -> SigningKey:
        now = self._clock.now()
        ready = [
            key
            for key in await self._published()
            if key.algorithm == algorithm and key.signs <= now
        ]
        return ready[-1] if ready else await self._first(algorithm)

    async def _first(self, algorithm: Algorithm) -> SigningKey:
        async with self._database.transaction() as connection:
            await connection.execute(self._sql["lock"])
            now = self._clock.now()
            for key in reversed(await self._read(connection)):
                if key.algorithm == algorithm and key.signs <= now:
                    return key
            made = await self._make(connection, algorithm, now, now)
        self._brief.forget()
        return made

    async def _make(
        self, connection: Connection, algorithm: Algorithm, now: datetime, signs: datetime
    ) -> SigningKey:
        id = fresh()[:16]
        named: KeyParameters = {"kid": id, "alg": algorithm, "use": "sig"}
        key: RSAKey | ECKey
        if algorithm == "ES384":
            key = ECKey.generate_key("P-384", named)
        else:
            # Hundreds of milliseconds of arithmetic: not where others wait.
            key = await asyncio.to_thread(RSAKey.generate_key, _BITS, named)
        public = key.as_dict(private=False)
        files.keep(self._data, _file(id), json.dumps(key.as_dict(private=True)).encode())
        await connection.execute(self._sql["add"], id, algorithm, json.dumps(public), now, signs)
        return SigningKey(id, algorithm, public, now, signs, None)

    def _opened(self, key: SigningKey) -> RSAKey | ECKey:
        if key.id not in self._private:
            kept = files.kept(self._data, _file(key.id))
            if kept is None:
                raise ConfigurationError(
                    "A signing key's file is missing from the data folder: restore it from a "
                    "backup, or run `bevan keys rotate --at-once`."
                )
            opened = import_key(json.loads(kept))
            assert isinstance(opened, RSAKey | ECKey)
            self._private[key.id] = opened
        return self._private[key.id]

    async def _published(self) -> list[SigningKey]:
        return await self._brief.get(_ALL)

    async def _load(self, _: str) -> list[SigningKey]:
        async with self._database.connection() as connection:
            return await self._read(connection)

    async def _read(self, connection: Connection) -> list[SigningKey]:
        rows = await connection.fetch(self._sql["published"], self._clock.now())
        return [_key(row) for row in rows]


def _file(id: str) -> str:
    # Names of key files are lower-case; ids aren't.
    return f"signing-{id.encode().hex()}"


def _key(row: Row) -> SigningKey:
    return SigningKey(
        id=row["id"],
        algorithm=row["algorithm"],
        public=json.loads(row["public"]),
        made=row["made"],
        signs=row["signs"],
        ends=row["ends"],
    )
