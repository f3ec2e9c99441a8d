"""`asserted_login_identity`: one client tells that it has signed somebody in just now, so that a
partner needn't ask them again (NHS login's single sign-on).

The JWT is signed by the first client: `code` is the jti of its own ID token, `iss` its id, `exp` at
most 60 seconds after `iat`, and its `jti` works once. Both clients must have been named partners.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc import jws, jwt
from joserfc.errors import JoseError

from bevan.identity.clients import Clients, RegisteredClient
from bevan.identity.errors import ClientRefused
from bevan.identity.once import Once
from bevan.identity.openid.realm import Realm
from bevan.identity.openid.store import Store, Vouched
from bevan.identity.registration import keys_of
from bevan.kernel.clock import Clock

LONGEST: Final = timedelta(seconds=60)
SESSION: Final = timedelta(minutes=60)
_LEEWAY: Final = timedelta(seconds=10)


class Vouching:
    """Checks one client's word about somebody for another."""

    def __init__(
        self, realm: Realm, clients: Clients, once: Once, store: Store, clock: Clock
    ) -> None:
        self._realm = realm
        self._clients = clients
        self._once = once
        self._store = store
        self._clock = clock

    async def check(self, assertion: str, asking: RegisteredClient) -> Vouched | None:
        """Whom the assertion vouches for towards the client that asks; None for anything amiss."""
        try:
            issuer = _issuer(assertion)
            partner = await self._clients.approved(issuer, self._realm.use)
            if asking.id not in partner.extra.get("partners", ()) or partner.jwks is None:
                return None
            keys = keys_of(dict(partner.jwks))
            claims = dict(jwt.decode(assertion, keys, list(self._realm.algorithms)).claims)
        except (ClientRefused, JoseError, ValueError, TypeError):
            return None
        if not await self._timely_once(partner.id, claims):
            return None
        return await self._signed_in(partner.id, claims.get("code"))

    async def _timely_once(self, issuer: str, claims: dict[str, Any]) -> bool:
        issued, ends = _moment(claims.get("iat")), _moment(claims.get("exp"))
        now = self._clock.now()
        if issued is None or ends is None or not isinstance(claims.get("jti"), str):
            return False
        if ends - issued > LONGEST or issued > now + _LEEWAY or ends <= now:
            return False
        return await self._once.use("vouching", f"{issuer}\n{claims['jti']}", ends)

    async def _signed_in(self, issuer: str, code: object) -> Vouched | None:
        granted = await self._store.granted_by_token(code) if isinstance(code, str) else None
        if granted is None or granted.client != issuer:
            return None
        if self._clock.now() - granted.authenticated > SESSION:
            return None
        return Vouched(granted.account, granted.methods, granted.authenticated)


def _issuer(assertion: str) -> str:
    claims = json.loads(jws.extract_compact(assertion.encode()).payload)
    return str(claims["iss"]) if isinstance(claims, dict) and "iss" in claims else ""


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None
