"""A client's signed proof of who it is: `private_key_jwt` (RFC 7523 2.2, OpenID Connect Core 9)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bevan.identity.clients import Clients, RegisteredClient, Use
from bevan.identity.errors import ClientRefused
from bevan.identity.once import Once
from bevan.identity.registration import keys_of
from bevan.kernel.brief import Brief
from bevan.kernel.clock import Clock
from bevan.kernel.errors import BevanError
from bevan.kernel.outgoing import Outgoing

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = timedelta(minutes=5)
LEEWAY = timedelta(seconds=30)
_OK = 200
_LARGEST = 16_000
_JTI = 200
_KEPT = 300.0

Fetch = Callable[[str], Awaitable[bytes]]


def fetching(outgoing: Outgoing) -> Fetch:
    """Gets key sets through the one door for calls to other systems."""

    async def fetch(address: str) -> bytes:
        answer = await outgoing.send("GET", address, headers={"Accept": "application/json"})
        if answer.status != _OK:
            raise ClientRefused("The client's keys can't be fetched.")
        return answer.body

    return fetch


@dataclass(frozen=True, slots=True)
class _Unproven:
    """What an assertion says of itself before its signature is checked."""

    header: dict[str, Any]
    claims: dict[str, Any]


def claimed(sent: Mapping[str, str]) -> str:
    """The client that a form says it comes from, blank for none; nothing of it is proven."""
    if "client_id" in sent:
        return sent["client_id"]
    try:
        return str(_unproven(sent["client_assertion"]).claims.get("iss", ""))
    except (KeyError, ClientRefused):
        return ""


class Assertions:
    """Checks assertions. `fetch` gets a client's JWK Set from its address; without it such
    clients are refused."""

    def __init__(
        self, clients: Clients, once: Once, clock: Clock, fetch: Fetch | None = None
    ) -> None:
        self._clients = clients
        self._once = once
        self._clock = clock
        self._fetch = fetch
        self._fetched: Brief[str, KeySet] = Brief(self._load, seconds=_KEPT, limit=1_000)

    async def client(
        self,
        assertion: str,
        *,
        use: Use,
        audience: Collection[str],
        algorithms: Collection[str],
    ) -> RegisteredClient:
        """The approved client that signed the assertion, which is used up by this.

        Checks the algorithm against the list (so neither `none` nor a shared secret), the
        signature by the client's registered key, that issuer and subject are the client, that it
        was meant for one of `audience`, ends within five minutes, and wasn't used before.
        Raises ClientRefused.
        """
        said = _unproven(assertion)
        issuer = said.claims.get("iss")
        if not isinstance(issuer, str) or issuer != said.claims.get("sub"):
            raise ClientRefused("The assertion's issuer and subject must both be the client's id.")
        client = await self._clients.approved(issuer, use)
        if client.authentication != "private_key_jwt":
            raise ClientRefused("This client doesn't authenticate by assertion.")
        if said.header.get("alg") not in algorithms:
            raise ClientRefused("The assertion's algorithm isn't accepted.")
        claims = await self._proven(client, assertion, said, algorithms)
        until = self._timely(claims)
        if not _meant_for(claims.get("aud"), audience):
            raise ClientRefused("The assertion was made for somebody else.")
        await self._spend(client, claims.get("jti"), until)
        return client

    async def _proven(
        self,
        client: RegisteredClient,
        assertion: str,
        said: _Unproven,
        algorithms: Collection[str],
    ) -> dict[str, Any]:
        kid = said.header.get("kid")
        keys = await self._keys(client, kid if isinstance(kid, str) else None)
        try:
            return dict(jwt.decode(assertion, keys, list(algorithms)).claims)
        except (JoseError, ValueError):
            raise ClientRefused("The assertion's signature can't be checked.") from None

    async def _keys(self, client: RegisteredClient, kid: str | None) -> KeySet:
        """The client's keys; fetched anew, once, where the key that is named isn't among them."""
        if client.jwks is not None:
            return keys_of(client.jwks)
        address = client.jwks_uri or ""
        known = self._fetched.peek(address)
        if known is not None and all(key.kid != kid for key in known):
            self._fetched.forget(address)
        return await self._fetched.get(address)

    async def _load(self, address: str) -> KeySet:
        if self._fetch is None:
            raise ClientRefused("Keys can't be fetched from an address here.")
        try:
            return keys_of(json.loads(await self._fetch(address)))
        except (BevanError, ValueError):
            raise ClientRefused("The client's keys can't be fetched.") from None

    def _timely(self, claims: dict[str, Any]) -> datetime:
        now = self._clock.now()
        ends, starts = _moment(claims.get("exp")), _moment(claims.get("nbf"))
        issued = _moment(claims.get("iat"))
        if ends is None or ends <= now:
            raise ClientRefused("The assertion has no end, or has ended.")
        if ends > now + LONGEST + LEEWAY:
            raise ClientRefused("The assertion must end within five minutes.")
        if any(at is not None and at > now + LEEWAY for at in (starts, issued)):
            raise ClientRefused("The assertion is from the future.")
        return ends

    async def _spend(self, client: RegisteredClient, jti: object, until: datetime) -> None:
        if not isinstance(jti, str) or not 0 < len(jti) <= _JTI:
            raise ClientRefused("The assertion needs a jti of at most 200 characters.")
        if not await self._once.use("assertion", f"{client.id}\n{jti}", until):
            raise ClientRefused("The assertion was used before.", replay=True)


def _unproven(assertion: str) -> _Unproven:
    if len(assertion) > _LARGEST:
        raise ClientRefused("The assertion is too long.")
    try:
        read = jws.extract_compact(assertion.encode())
        claims = json.loads(read.payload)
    except (JoseError, ValueError, TypeError):
        raise ClientRefused("The assertion isn't a JWT.") from None
    if not isinstance(claims, dict):
        raise ClientRefused("The assertion isn't a JWT.")
    return _Unproven(dict(read.headers()), claims)


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _meant_for(aud: object, audience: Collection[str]) -> bool:
    named = aud if isinstance(aud, list) else [aud]
    return any(isinstance(each, str) and each in audience for each in named)
