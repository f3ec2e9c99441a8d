"""The names of cookies, so that whoever sets one and whoever reads it agree."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import cookie_parser

from bevan.identity.sessions import APPS

BASE = "bevan"


def cookie(use: str = APPS, *, secure: bool) -> str:
    """The cookie of a session of some use: apps, or at a provider (citizen, staff).

    `__Host-` binds it to this host over TLS; plain http can't carry that prefix.
    """
    name = BASE if use == APPS else f"{BASE}-{use}"
    return f"__Host-{name}" if secure else name


def sent(header: bytes) -> Mapping[str, str]:
    """The cookies of a request's Cookie header, read as browsers write it (RFC 6265 5.4)."""
    return cookie_parser(header.decode("latin-1"))
