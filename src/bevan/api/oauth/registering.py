"""Dynamic registration (RFC 7591): anybody may ask; nothing works before somebody approves."""

from __future__ import annotations

from typing import Any

from bevan.api.oauth.authority import Authority, Json
from bevan.api.oauth.message import Told
from bevan.identity.clients import RegisteredClient
from bevan.identity.errors import ProtocolRefused
from bevan.identity.registration import origin_of
from bevan.identity.secret import fresh

MOST_WAITING = 100
_METHODS = {"none": "none", "private_key_jwt": "private_key_jwt"}
_GRANTS = frozenset({"authorization_code", "refresh_token", "client_credentials"})


async def register(authority: Authority, asked: dict[str, Any]) -> Told:
    """POST /oauth/register: 201 with the client's id, which waits for approval.

    Raises ProtocolRefused for metadata that can't be registered, and while too many wait.
    """
    waiting = [each for each in await authority.clients.every() if each.status == "pending"]
    if len(waiting) >= MOST_WAITING:
        return Told(
            {
                "error": "temporarily_unavailable",
                "error_description": "Too many apps wait for approval. Try again another day.",
            },
            429,
            ((b"retry-after", b"86400"),),
        )
    client = _client(asked)
    await authority.clients.register(client, by="itself")
    return Told(_told(asked, client, int(authority.now().timestamp())), 201)


def _client(asked: dict[str, Any]) -> RegisteredClient:
    method = asked.get("token_endpoint_auth_method", "private_key_jwt")
    if method not in _METHODS:
        raise _bad("Clients authenticate by private_key_jwt, or are public: none.")
    redirects = _texts(asked, "redirect_uris")
    granted = _texts(asked, "grant_types") or ("authorization_code",)
    if not set(granted) <= _GRANTS or ("authorization_code" in granted and not redirects):
        raise _bad("grant_types or redirect_uris can't be used here.")
    jwks = asked.get("jwks")
    if jwks is not None and not isinstance(jwks, dict):
        raise _bad("jwks must be a JWK Set.")
    return RegisteredClient(
        id=fresh()[:22].lstrip("-_") or "app",
        name=_text(asked, "client_name") or "",
        use="smart",
        authentication="none" if method == "none" else "private_key_jwt",
        status="pending",
        redirects=redirects,
        scopes=tuple((_text(asked, "scope") or "").split()),
        origins=tuple(dict.fromkeys(map(origin_of, redirects))),
        jwks=jwks,
        jwks_uri=_text(asked, "jwks_uri"),
        launch=_text(asked, "initiate_login_uri"),
    )


def _told(asked: dict[str, Any], client: RegisteredClient, now: int) -> Json:
    told: Json = {
        "client_id": client.id,
        "client_id_issued_at": now,
        "client_name": client.name,
        "redirect_uris": list(client.redirects),
        "token_endpoint_auth_method": client.authentication,
        "grant_types": asked.get("grant_types", ["authorization_code"]),
        "response_types": ["code"],
        "scope": " ".join(client.scopes),
        "status": "pending",
    }
    return told | {name: asked[name] for name in ("jwks", "jwks_uri") if name in asked}


def _text(asked: dict[str, Any], name: str) -> str | None:
    value = asked.get(name)
    if value is not None and not isinstance(value, str):
        raise _bad(f"{name} must be text.")
    return value


def _texts(asked: dict[str, Any], name: str) -> tuple[str, ...]:
    value = asked.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _bad(f"{name} must be a list of texts.")
    return tuple(value)


def _bad(sentence: str) -> ProtocolRefused:
    return ProtocolRefused("invalid_client_metadata", sentence)
