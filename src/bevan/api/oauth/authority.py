"""What the endpoints of the authorisation server work with, and where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bevan.identity.assertions import TYPE, Assertions
from bevan.identity.clients import Clients, RegisteredClient
from bevan.identity.errors import ClientRefused
from bevan.identity.identity import led
from bevan.identity.keys import Algorithm, Keys
from bevan.identity.smart.granted import AppGrant
from bevan.identity.smart.tokens import AppTokens
from bevan.people.survivors import Survivors
from bevan.record.scope import Actor

ALGORITHMS = ("RS384", "ES384")
"""What clients may sign with (SMART App Launch 2.2, asymmetric authentication)."""
SIGNED_WITH: Algorithm = "RS256"
"""OpenID Connect Core 15.1: the one that every client can check."""

TOKEN = "/oauth/token"  # noqa: S105 (a path)
INTROSPECT = "/oauth/introspect"
REVOKE = "/oauth/revoke"
REGISTER = "/oauth/register"
JWKS = "/oauth/jwks"
USERINFO = "/oauth/userinfo"
AUTHORIZE = "/oauth/authorize"
MANAGE = "/apps"
SMART = "/fhir/.well-known/smart-configuration"
OPENID = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Authority:
    """The authorisation server: `issuer` is its address, `fhir` that of the interface it guards."""

    issuer: str
    fhir: str
    clients: Clients
    assertions: Assertions
    tokens: AppTokens
    keys: Keys
    now: Callable[[], datetime]
    survivors: Survivors | None = None

    def person(self, grant: AppGrant) -> str | None:
        """The Patient whom an app is told of: for a citizen the record that stands for theirs."""
        if self.survivors is None or grant.patient is None or grant.actor.kind != "patient":
            return grant.patient
        own = grant.patient == grant.actor.id
        return self.survivors.of_account(grant.patient) if own else grant.patient

    def who(self, grant: AppGrant) -> Actor:
        """The person behind an app, likewise."""
        return grant.actor if self.survivors is None else led(self.survivors, grant.actor)

    async def client(self, form: dict[str, str], path: str) -> RegisteredClient:
        """The client that sent a form: by its assertion, or a public one by its name.

        Raises ClientRefused. `path` is the endpoint, whose address an assertion may be made for.
        """
        assertion = form.get("client_assertion")
        if assertion is None:
            return await self._public(form.get("client_id"))
        if form.get("client_assertion_type") != TYPE:
            raise ClientRefused("The client_assertion_type isn't one that is known here.")
        client = await self.assertions.client(
            assertion,
            use="smart",
            audience={self.issuer + TOKEN, self.issuer + path, self.issuer},
            algorithms=ALGORITHMS,
        )
        if form.get("client_id", client.id) != client.id:
            raise ClientRefused("The client_id isn't the one that signed.")
        return client

    async def _public(self, id: str | None) -> RegisteredClient:
        client = await self.clients.approved(id or "", "smart")
        if client.authentication != "none":
            raise ClientRefused("This client must authenticate by a signed assertion.")
        return client


Json = dict[str, Any]
