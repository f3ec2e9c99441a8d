"""What may be registered as a client: addresses that can't be abused, and keys that are public."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bevan.identity.errors import ClientRefused

if TYPE_CHECKING:
    from bevan.identity.clients import RegisteredClient

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST = 20
_LONGEST = 2_000
_STRONG = 2_048


def check(client: RegisteredClient) -> None:
    """Refuse what can't be registered: raises ClientRefused with the reason."""
    if _ID.fullmatch(client.id) is None:
        raise _bad("A client's id is up to 100 letters, digits and . _ ~ -")
    if not 0 < len(client.name.strip()) <= 100 or not client.name.isprintable():
        raise _bad("A client needs a name of at most 100 characters.")
    if max(len(client.redirects), len(client.origins)) > _MOST:
        raise _bad(f"A client has at most {_MOST} addresses of a kind.")
    for uri in client.redirects:
        address(uri)
    if client.launch is not None:
        address(client.launch)
    for origin in client.origins:
        if origin_of(origin) != origin:
            raise _bad(f"{origin[:100]} isn't an origin, such as https://app.example")
    _check_keys(client)


def address(uri: str, *, error: str = "invalid_redirect_uri") -> None:
    """Refuse an address to which a browser mustn't be sent.

    It is absolute, https (http for the machine itself only, RFC 8252 7.3), and has no fragment,
    user or wildcard. Raises ClientRefused.
    """
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ClientRefused("An address can't be read.", error) from None
    plain = uri.isascii() and uri.isprintable() and not set(uri) & set(" \\*#\"'<>;,")
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not (plain and safe and host and "@" not in parts.netloc and len(uri) <= _LONGEST):
        raise ClientRefused(
            f"{uri[:100]} can't be registered: addresses are https, without a fragment.", error
        )


def origin_of(uri: str) -> str:
    """Scheme, host and port of an address, as a browser's Origin header writes them."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}".lower()


def keys_of(jwks: object) -> KeySet:
    """Public keys from a JWK Set (RFC 7517 5).

    Raises ClientRefused for shared secrets, private keys, and RSA keys below 2,048 bits.
    """
    listed = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(listed, list) or len(listed) > _MOST:
        raise _bad("The keys aren't a JWK Set.")
    for key in listed:
        _check_key(key)
    try:
        return KeySet.import_key_set({"keys": listed})
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise _bad("The keys aren't a JWK Set.") from None


def _check_key(key: object) -> None:
    if not isinstance(key, dict) or key.get("kty") not in ("RSA", "EC") or "d" in key:
        raise _bad("Only the public halves of RSA and EC keys may be registered.")
    # Six bits a letter.
    if key["kty"] == "RSA" and len(str(key.get("n", ""))) * 6 < _STRONG:
        raise _bad("An RSA key needs at least 2,048 bits.")


def _check_keys(client: RegisteredClient) -> None:
    given = (client.jwks is not None) + (client.jwks_uri is not None)
    if client.authentication == "none":
        if given:
            raise _bad("A public client has no keys.")
        return
    if given != 1:
        raise _bad("A client that signs has either its keys or the address of its keys.")
    if client.jwks_uri is not None:
        address(client.jwks_uri, error="invalid_client_metadata")
    elif not keys_of(client.jwks).keys:
        raise _bad("The JWK Set holds no key.")


def _bad(sentence: str) -> ClientRefused:
    return ClientRefused(sentence, "invalid_client_metadata")
