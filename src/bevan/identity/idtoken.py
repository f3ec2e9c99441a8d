"""Checks another provider's ID token: its signature by a published key, and every claim.

The key set is kept for an hour. A key that isn't in it makes us fetch it anew, once for that token,
and no oftener than every ten seconds, so that forged names of keys can't make us hammer anybody.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any, Final, Protocol

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bevan.identity.errors import SignInRefused
from bevan.kernel.clock import Clock
from bevan.kernel.outgoing import Answer

LEEWAY: Final = 60
ALGORITHMS: Final = ("RS512",)
_KEPT, _PAUSE = 3600.0, 10.0
REFUSED: Final = "The sign-in service's answer can't be trusted. Nobody was signed in. Try again."


class Calls(Protocol):
    """Makes a call over HTTP, such as `kernel.outgoing.Outgoing`."""

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer: ...


class Checker:
    """ID tokens of one issuer, meant for one client of theirs."""

    def __init__(self, issuer: str, client: str, calls: Calls, clock: Clock) -> None:
        self._issuer = issuer
        self._client = client
        self._calls = calls
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched = 0.0
        self._metadata: dict[str, Any] | None = None

    async def metadata(self) -> dict[str, Any]:
        """The provider's own description (OpenID Connect Discovery 4). Raises SignInRefused."""
        if self._metadata is None:
            told = await self._json(f"{self._issuer}/.well-known/openid-configuration")
            if told.get("issuer") != self._issuer:
                raise SignInRefused(REFUSED)
            self._metadata = told
        return self._metadata

    async def check(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of a token that holds in every way. Raises SignInRefused."""
        try:
            header = jws.extract_compact(token.encode()).headers()
            kid = header.get("kid")
            if header.get("alg") not in ALGORITHMS or not isinstance(kid, str):
                raise SignInRefused(REFUSED)
            keys = await self._keys_with(kid)
            claims: dict[str, Any] = dict(jwt.decode(token, keys, list(ALGORITHMS)).claims)
        except (JoseError, ValueError, TypeError):
            raise SignInRefused(REFUSED) from None
        if not self._holds(claims, nonce):
            raise SignInRefused(REFUSED)
        return claims

    def _holds(self, claims: Mapping[str, Any], nonce: str) -> bool:
        """OpenID Connect Core 3.1.3.7: issuer, audience, party, times and nonce."""
        now = self._clock.now().timestamp()
        audience = claims.get("aud")
        alone = audience in (self._client, [self._client])
        party = claims.get("azp", self._client) == self._client
        times = [claims.get(name) for name in ("exp", "iat")]
        if not all(isinstance(at, int | float) and not isinstance(at, bool) for at in times):
            return False
        ends, made = times
        assert ends is not None
        assert made is not None
        timely = now < ends + LEEWAY and made <= now + LEEWAY
        said = str(claims.get("nonce", ""))
        same = hmac.compare_digest(said.encode(), nonce.encode())
        sub = claims.get("sub")
        return (
            claims.get("iss") == self._issuer and alone and party and timely and same
            and isinstance(sub, str) and 0 < len(sub) <= 255
        )  # fmt: skip

    async def _keys_with(self, kid: str) -> KeySet:
        age = self._clock.now().timestamp() - self._fetched
        known = self._keys is not None and any(key.kid == kid for key in self._keys)
        if self._keys is None or age > _KEPT or (not known and age > _PAUSE):
            told = await self._json(str((await self.metadata()).get("jwks_uri", "")))
            self._keys = KeySet.import_key_set(told)  # type: ignore[arg-type]
            self._fetched = self._clock.now().timestamp()
        if not any(key.kid == kid for key in self._keys):
            raise SignInRefused(REFUSED)
        return self._keys

    async def _json(self, address: str) -> dict[str, Any]:
        answer = await self._calls.send("GET", address, headers={"accept": "application/json"})
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = None
        if answer.status != 200 or not isinstance(told, dict):
            raise SignInRefused("The sign-in service doesn't answer. Try again in a few minutes.")
        return told
