"""Who allowed an app (OpenID Connect Core 5.3): a name that tells nothing, and their own entry."""

from __future__ import annotations

from bevan.api.oauth.authority import Authority, Json
from bevan.api.oauth.message import Told
from bevan.api.oauth.token import fhir_user, subject

_UNKNOWN = Told(
    {"error": "invalid_token", "error_description": "The token is unknown, over or revoked."},
    401,
    ((b"www-authenticate", b'Bearer error="invalid_token"'),),
)
_NARROW = Told(
    {"error": "insufficient_scope", "error_description": "The token wasn't given for openid."},
    403,
    ((b"www-authenticate", b'Bearer error="insufficient_scope", scope="openid"'),),
)


async def userinfo(authority: Authority, authorization: bytes) -> Told:
    """GET or POST /oauth/userinfo with a bearer token; `sub` is that of the ID token."""
    kind, _, secret = authorization.partition(b" ")
    bearer = secret.strip().decode("latin-1") if kind.lower() == b"bearer" else ""
    held = await authority.tokens.find(bearer) if bearer else None
    if held is None:
        return _UNKNOWN
    actor, others = held.grant.actor, held.wording.others
    if actor.kind == "system" or "openid" not in others:
        return _NARROW
    told: Json = {"sub": subject(actor)}
    if {"fhirUser", "profile"} & set(others):
        told["fhirUser"] = fhir_user(authority.fhir, authority.who(held.grant))
    return Told(told)
