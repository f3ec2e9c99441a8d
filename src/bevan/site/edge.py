"""What a request is when it came through somebody's proxy: over TLS or not, and from where.

Headers that say so (`X-Forwarded-For`, `X-Forwarded-Proto`) can be written by anybody. They are
believed from the addresses that are set as proxies (`BEVAN_TRUSTED_PROXIES`), and from no other.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from bevan.kernel.errors import ConfigurationError
from bevan.kernel.settings import Settings

Network = IPv4Network | IPv6Network


class Edge:
    """Settles scheme and client of each request before anything looks at them.

    Where the installation's own address is https, every request counts as one: browsers come no
    other way, and their cookies must not travel in the open. Nothing makes https into http.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises ConfigurationError for a proxy that is no address and no network."""
        self._secure = settings.public_url.startswith("https://")
        trusted = networks(settings.trusted_proxies)
        self._trusting = bool(trusted)

        @lru_cache(maxsize=10_000)
        def ours(address: str) -> bool:
            try:
                found = ip_address(address)
            except ValueError:
                return False
            return any(found in network for network in trusted)

        self._ours = ours

    def settle(self, scope: MutableMapping[str, Any]) -> None:
        """Change `scheme` and `client` of an ASGI scope to what they are for the caller."""
        client = scope.get("client")
        if self._trusting and client and self._ours(client[0]):
            headers = scope["headers"]
            if _last(headers, b"x-forwarded-proto") == "https":
                scope["scheme"] = "https"
            scope["client"] = (self._caller(headers, client[0]), 0)
        if self._secure:
            scope["scheme"] = "https"

    def _caller(self, headers: list[tuple[bytes, bytes]], proxy: str) -> str:
        """The nearest address that isn't a proxy of ours; what stands before it, anybody wrote."""
        told = b",".join(value for name, value in headers if name == b"x-forwarded-for")
        caller = proxy
        for part in reversed(told.decode("latin-1").split(",")):
            address = part.strip()
            if not _is_address(address):
                break
            caller = address
            if not self._ours(address):
                break
        return caller


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, apart by spaces or commas. Raises ConfigurationError."""
    try:
        return tuple(ip_network(each) for each in text.replace(",", " ").split())
    except ValueError:
        raise ConfigurationError(
            "BEVAN_TRUSTED_PROXIES must hold addresses or networks, such as 10.0.0.0/8."
        ) from None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _last(headers: list[tuple[bytes, bytes]], wanted: bytes) -> str:
    told = b",".join(value for name, value in headers if name == wanted)
    return told.decode("latin-1").rsplit(",", 1)[-1].strip().lower()
