"""Access to the real PDS: a token for a signed assertion (`private_key_jwt`, RFC 7523 2.2).

Application-restricted access: PDS trusts the application, whose public key it knows. Whoever uses
it here is in our own audit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.errors import Unavailable
from bevan.kernel.identifiers import uuid7
from bevan.kernel.outgoing import Answer
from bevan.people.pds.client import Calls

ASSERTION = timedelta(minutes=5)
_EARLY = timedelta(seconds=30)
_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_REFUSED = "PDS gave no access: check BEVAN_PDS_CLIENT, and that it knows our public key."

Sign = Callable[[Mapping[str, object]], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class _Token:
    secret: str
    until: datetime


class Authorised:
    """Makes calls with a bearer token, and gets a new one when it runs out or is refused."""

    def __init__(
        self, calls: Calls, clock: Clock, *, address: str, client: str, sign: Sign
    ) -> None:
        """`address` is the token endpoint, `sign` makes an RS512 assertion of claims."""
        self._calls = calls
        self._clock = clock
        self._address = address
        self._client = client
        self._sign = sign
        self._token: _Token | None = None

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """As `Outgoing.send`. Raises Unavailable where PDS gives no token."""
        answer = await self._once(method, url, headers or {}, body)
        if answer.status != 401:
            return answer
        self._token = None
        return await self._once(method, url, headers or {}, body)

    async def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if self._token is None or self._token.until <= self._clock.now():
            self._token = await self._fresh()
        told = {**headers, "Authorization": f"Bearer {self._token.secret}"}
        return await self._calls.send(method, url, headers=told, body=body)

    async def _fresh(self) -> _Token:
        now = self._clock.now()
        assertion = await self._sign(
            {
                "iss": self._client, "sub": self._client, "aud": self._address, "jti": uuid7(),
                "iat": int(now.timestamp()), "exp": int((now + ASSERTION).timestamp()),
            }
        )  # fmt: skip
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _TYPE,
            "client_assertion": assertion,
        }
        answer = await self._calls.send(
            "POST",
            self._address,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
        )
        return _read(answer, now)


def _read(answer: Answer, now: datetime) -> _Token:
    try:
        said = json.decode(answer.body) if answer.status == 200 else {}
        secret, lasts = str(said["access_token"]), int(str(said.get("expires_in", 60)))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unavailable(_REFUSED) from None
    return _Token(secret, now + timedelta(seconds=lasts) - _EARLY)
