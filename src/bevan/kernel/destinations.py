"""Which hosts this installation may call, and at which addresses; pure, so that tests can ask."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from bevan.kernel.errors import BevanError, ConfigurationError
from bevan.kernel.settings import Settings

_PORTS: Final = {"http": 80, "https": 443}
_ENTRY = re.compile(r"^(?P<host>[a-z0-9.\-]{1,253}|\[[0-9a-f:.]+\])(?::(?P<port>\d{1,5}))?$")
# Ways to write an IPv4 address inside an IPv6 one: what counts is the address inside.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class OutgoingRefused(BevanError):
    """A call that may not be made; `reason` is a word for the log that names nobody."""

    def __init__(self, reason: str, sentence: str) -> None:
        """Keep both; the sentence is for people."""
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """Where one call goes: a registered host, its port and the rest of the address."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        """Host and port as the Host header says them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if _PORTS[self.scheme] == self.port else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port (RFC 6454 4)."""
        return self.scheme, self.host, self.port

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.netloc}{self.path}"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The registered hosts, as (host, port); `private` are those that may be on our own network."""

    hosts: frozenset[tuple[str, int]] = frozenset()
    private: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> Allowed:
        """What the settings register. Raises `ConfigurationError` for what isn't a host."""
        private = _entries(settings.outgoing_private, "BEVAN_OUTGOING_PRIVATE")
        return cls(_entries(settings.outgoing_hosts, "BEVAN_OUTGOING_HOSTS") | private, private)

    def target(self, url: str) -> Target:
        """The address taken apart, if its host is registered. Raises `OutgoingRefused`.

        A public host is called over TLS only.
        """
        found = _taken_apart(url)
        where = (found.host, found.port)
        if where not in self.hosts:
            raise OutgoingRefused("host", "Bevan isn't set up to call that system.")
        if found.scheme == "http" and where not in self.private:
            raise OutgoingRefused("scheme", "Bevan calls that system over https only.")
        return found

    def may_reach(self, host: str, port: int, address: str) -> bool:
        """Whether a host may be at this numeric address: a public one, or configured otherwise."""
        return (host, port) in self.private or public(address)


def public(address: str) -> bool:
    """Whether an address belongs to the open internet: not private, loopback, link-local, …"""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inside = _inside(found)
        if inside is not None:
            return public(str(inside))
        if found.is_site_local:
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4, Teredo or NAT64."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _taken_apart(url: str) -> Target:
    bad = OutgoingRefused("address", "That isn't an address Bevan can call.")
    if any(ord(char) <= 32 or ord(char) == 127 or char == "\\" for char in url):
        raise bad
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
    except ValueError:
        raise bad from None
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        raise bad
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise bad
    return Target(parts.scheme, host, port or _PORTS[parts.scheme], path)


def _entries(text: str, setting: str) -> frozenset[tuple[str, int]]:
    return frozenset(_entry(part, setting) for part in text.replace(",", " ").split())


def _entry(text: str, setting: str) -> tuple[str, int]:
    match = _ENTRY.match(text.lower())
    port = int(match["port"] or 443) if match else 0
    if match is None or not 0 < port < 65536:
        raise ConfigurationError(f"{setting} must list hosts such as example.org or [::1]:8080.")
    return match["host"].strip("[]").rstrip("."), port
