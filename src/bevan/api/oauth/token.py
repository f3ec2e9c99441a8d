"""The token endpoint (RFC 6749 3.2; SMART App Launch 2.2)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from bevan.api.oauth.authority import SIGNED_WITH, TOKEN, Authority, Json
from bevan.api.oauth.message import Told
from bevan.identity.clients import RegisteredClient
from bevan.identity.errors import ClientRefused, ProtocolRefused
from bevan.identity.smart.tokens import Issued
from bevan.record.scope import Actor

_ID_TOKEN = timedelta(minutes=60)
_TYPES = {"practitioner": "Practitioner", "patient": "Patient"}


async def token(authority: Authority, form: dict[str, str]) -> Told:
    """POST /oauth/token. Raises ProtocolRefused."""
    kind = form.get("grant_type")
    if kind not in ("authorization_code", "refresh_token", "client_credentials"):
        raise ProtocolRefused("unsupported_grant_type", "This grant_type isn't known here.")
    if kind == "refresh_token" and not {"client_id", "client_assertion"} & form.keys():
        # RFC 6749 6 asks no name of a public client here, and some send none.
        form = {**form, "client_id": await authority.tokens.owner(form.get("refresh_token", ""))}
    client = await authority.client(form, TOKEN)
    if kind == "authorization_code":
        issued = await _by_code(authority, client, form)
    elif kind == "refresh_token":
        issued = await authority.tokens.refresh(
            client, _needed(form, "refresh_token"), form.get("scope")
        )
    else:
        issued = await _by_itself(authority, client, form)
    return Told(await _answer(authority, client, issued, first=kind == "authorization_code"))


async def _by_code(authority: Authority, client: RegisteredClient, form: dict[str, str]) -> Issued:
    return await authority.tokens.exchange(
        client,
        _needed(form, "code"),
        form.get("redirect_uri", ""),
        _needed(form, "code_verifier"),
    )


async def _by_itself(
    authority: Authority, client: RegisteredClient, form: dict[str, str]
) -> Issued:
    """A backend service; only one that signs can be."""
    if client.authentication != "private_key_jwt":
        raise ClientRefused("Only a client that signs may ask for itself.", "unauthorized_client")
    wording = authority.tokens.wording(_needed(form, "scope"), client.scopes)
    if wording.context != "system":
        raise ProtocolRefused("invalid_scope", "None of the system/ scopes asked for is allowed.")
    return await authority.tokens.serve(client, wording)


async def _answer(
    authority: Authority, client: RegisteredClient, issued: Issued, *, first: bool
) -> Json:
    now = authority.now()
    told: Json = {
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": int((issued.expires - now).total_seconds()),
        "scope": str(issued.wording),
    }
    if issued.refresh:
        told["refresh_token"] = issued.refresh
    if issued.grant.patient is not None:
        told |= {"patient": authority.person(issued.grant), "need_patient_banner": True}
    if issued.grant.encounter is not None:
        told["encounter"] = issued.grant.encounter
    if first and "openid" in issued.wording.others:
        claims = _who(authority, client, issued)
        told["id_token"] = await authority.keys.sign(claims, algorithm=SIGNED_WITH)
    return told


def _who(authority: Authority, client: RegisteredClient, issued: Issued) -> Json:
    """The claims of an ID token (OpenID Connect Core 2; SMART's `fhirUser`)."""
    now, actor = authority.now(), issued.grant.actor
    claims: Json = {
        "iss": authority.issuer,
        "sub": subject(actor),
        "aud": client.id,
        "iat": int(now.timestamp()),
        "exp": int((now + _ID_TOKEN).timestamp()),
    }
    if issued.nonce:
        claims["nonce"] = issued.nonce
    if {"fhirUser", "profile"} & set(issued.wording.others):
        claims["fhirUser"] = fhir_user(authority.fhir, authority.who(issued.grant))
    return claims


def subject(actor: Actor) -> str:
    """A name for a person that tells nothing and stays the same."""
    return hashlib.sha256(f"{actor.kind}/{actor.id}".encode()).hexdigest()[:32]


def fhir_user(fhir: str, actor: Actor) -> str:
    """The address of the person's own resource."""
    return f"{fhir}/{_TYPES[actor.kind]}/{actor.id}"


def _needed(form: dict[str, str], name: str) -> str:
    if name not in form:
        raise ProtocolRefused("invalid_request", f"The parameter {name} is missing.")
    return form[name]
