"""What a token is worth (RFC 7662), and taking it back (RFC 7009)."""

from __future__ import annotations

from bevan.api.oauth.authority import INTROSPECT, REVOKE, Authority, Json
from bevan.api.oauth.message import Told
from bevan.api.oauth.token import fhir_user, subject
from bevan.identity.clients import RegisteredClient
from bevan.identity.errors import ClientRefused, ProtocolRefused
from bevan.identity.smart.tokens import Held

_INACTIVE: Json = {"active": False}


async def introspect(authority: Authority, form: dict[str, str]) -> Told:
    """POST /oauth/introspect: for clients that sign, of their own tokens.

    A client registered with `introspects` may ask of any: it is a server that takes our tokens.
    Anything else is "not active", whatever the reason.
    """
    client = await authority.client(form, INTROSPECT)
    if client.authentication != "private_key_jwt":
        raise ClientRefused("Only a client that signs may ask what a token is worth.")
    held = await authority.tokens.find(_token(form))
    if held is None or not _may_ask(client, held):
        return Told(_INACTIVE)
    return Told(_worth(authority, held))


async def revoke(authority: Authority, form: dict[str, str]) -> Told:
    """POST /oauth/revoke: 200, also for what is no token of this client (RFC 7009 2.2)."""
    client = await authority.client(form, REVOKE)
    await authority.tokens.revoke(client, _token(form))
    return Told()


def _may_ask(client: RegisteredClient, held: Held) -> bool:
    return held.grant.client == client.id or client.extra.get("introspects") is True


def _worth(authority: Authority, held: Held) -> Json:
    actor = held.grant.actor
    told: Json = {
        "active": True,
        "scope": str(held.wording),
        "client_id": held.grant.client,
        "token_type": "Bearer",
        "iat": int(held.issued.timestamp()),
        "exp": int(held.expires.timestamp()),
        "iss": authority.issuer,
        "aud": authority.fhir,
        "sub": held.grant.client if actor.kind == "system" else subject(actor),
    }
    if held.grant.patient is not None:
        told["patient"] = authority.person(held.grant)
    if held.grant.encounter is not None:
        told["encounter"] = held.grant.encounter
    if actor.kind != "system" and "fhirUser" in held.wording.others:
        told["fhirUser"] = fhir_user(authority.fhir, authority.who(held.grant))
    return told


def _token(form: dict[str, str]) -> str:
    token = form.get("token")
    if token is None:
        raise ProtocolRefused("invalid_request", "The parameter token is missing.")
    return token
