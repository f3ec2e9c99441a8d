"""Who calls: a bearer token of a system or an app, or for reading only the cookie of a session.

A cookie travels with requests that a person didn't mean to make, so it opens GET and HEAD only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bevan.access import Access
from bevan.api.errors import unauthenticated
from bevan.identity import Identity
from bevan.identity.cookies import cookie, sent
from bevan.identity.grants import Grant, Grants, combine
from bevan.identity.identity import led
from bevan.identity.smart.tokens import AppTokens, Held
from bevan.people.survivors import Survivors
from bevan.record.scope import Scope

# A person signed in on a page looks after others, or at their own record: nothing else.
SESSION_PURPOSES = {"practitioner": "direct-care", "patient": "own-record"}
_READING = combine([Grant("*", frozenset("rs"))])


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller: the Scope of this request, and the letters it may use."""

    scope: Scope
    grants: Grants


class Callers:
    """Turns credentials into callers."""

    def __init__(
        self,
        identity: Identity,
        access: Access,
        apps: AppTokens | None = None,
        survivors: Survivors | None = None,
    ) -> None:
        self._survivors = survivors
        self._identity = identity
        self._access = access
        self._apps = apps

    async def find(
        self,
        headers: dict[bytes, bytes],
        method: str,
        request_id: str,
        at: datetime,
        *,
        secure: bool = False,
    ) -> Caller:
        """The caller behind the request's headers; `secure` when it came over TLS.

        Raises Refused 401.
        """
        authorization = headers.get(b"authorization")
        if authorization is not None:
            return await self._by_token(authorization, request_id, at)
        cookies = headers.get(b"cookie")
        if cookies is not None and method in ("GET", "HEAD"):
            found = await self._by_cookie(_session_cookie(cookies, secure), request_id, at)
            if found is not None:
                return found
        raise unauthenticated("A bearer token is needed here.")

    async def _by_token(self, authorization: bytes, request_id: str, at: datetime) -> Caller:
        kind, _, secret = authorization.partition(b" ")
        if kind.lower() != b"bearer" or not secret:
            raise unauthenticated("The Authorization header must hold a bearer token.")
        bearer = secret.strip().decode("latin-1")
        client = await self._identity.token(bearer)
        if client is None:
            held = await self._apps.find(bearer) if self._apps is not None else None
            if held is not None:
                return Caller(self._app_scope(held, request_id, at), held.grants)
            raise unauthenticated("This token is unknown, has expired or was revoked.")
        scope = self._access.client_scope(
            client.actor,
            purpose=client.purpose,
            reads=client.reads,
            writes=client.writes,
            request=request_id,
            at=at,
        )
        return Caller(scope, client.grants)

    def _app_scope(self, held: Held, request_id: str, at: datetime) -> Scope:
        """What an app sees: no more than its person, and no more than they allowed it."""
        actor, purpose = held.grant.actor, held.grant.purpose
        if actor.kind == "system":
            return self._access.client_scope(
                actor,
                purpose=purpose,
                reads=held.reads,
                writes=held.writes,
                filters=held.filters,
                request=request_id,
                at=at,
            )
        patient = held.patient
        if self._survivors is not None and purpose == SESSION_PURPOSES["patient"]:
            # A citizen's app goes where its person goes: see `Identity.signed_in`.
            actor = led(self._survivors, actor)
            patient = None if patient is None else self._survivors.of_account(patient)
        return self._access.scope(
            replace(actor, app=held.grant.client_name),
            purpose=purpose,
            patient=patient,
            reads=held.reads,
            writes=held.writes,
            filters=held.filters,
            request=request_id,
            at=at,
        )

    async def _by_cookie(self, secret: str | None, request_id: str, at: datetime) -> Caller | None:
        session = await self._identity.signed_in(secret)
        if session is None:
            return None
        purpose = SESSION_PURPOSES.get(session.actor.kind, "")
        scope = self._access.scope(
            session.actor, purpose=purpose, writes=frozenset(), request=request_id, at=at
        )
        return Caller(scope, _READING)


def _session_cookie(header: bytes, secure: bool) -> str | None:
    """The session's own cookie; over TLS only the one that no other host can plant."""
    jar = sent(header)
    names = (cookie(secure=True),) if secure else (cookie(secure=True), cookie(secure=False))
    return next((jar[name] for name in names if name in jar), None)
