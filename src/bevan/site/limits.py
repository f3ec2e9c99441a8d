"""So many requests a second and no more, from each token, session and address (ASVS 5 2.4.1).

Each process counts by itself. A token or session that asks too much is told so before it counts
against its address, behind which a whole hospital may be. Tokens that nobody issued are new names
each time, so for them it is the address that counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_network
from typing import Any

from bevan.api.reply import Receive, Send
from bevan.api.throttled import json_refusal, outcome_refusal
from bevan.kernel.metrics import Metrics
from bevan.kernel.rate import Rate
from bevan.kernel.settings import Settings
from bevan.web.too_many import page_refusal

_AT_ONCE = 10
"""Seconds' worth of requests that may come without a pause."""
_SESSION = re.compile(rb"(?:^|; ?)(?:__Host-)?bevan=([^;]+)")
_TOKENS = frozenset({"oauth", "openid"})
_ANSWERS = {"fhir": outcome_refusal, "oauth": json_refusal, "openid": json_refusal}

Message = Mapping[str, Any]


class Limits:
    """Decides about each request in a few microseconds; keeps no secret and bounded memory."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._caller = _rate(settings.rate_caller)
        self._address = _rate(settings.rate_address)
        self._token = _rate(settings.rate_token)
        self._metrics = metrics

    def wait(self, kind: str, scope: Message, now: float) -> float:
        """Seconds until this caller may ask again, 0.0 when now; `kind` is where it is going."""
        caller = _credential(scope["headers"])
        client = scope.get("client")
        address = _neighbourhood(client[0]) if client else ""
        wait = self._caller.wait(caller, now) if caller else 0.0
        if not wait and kind in _TOKENS and scope["method"] == "POST":
            wait = self._token.wait(address, now)
        wait = wait or self._address.wait(address, now)
        if wait:
            self._metrics.count("bevan_throttled_total", kind=kind)
        return wait


class Refusing:
    """Answers one request with 429 in the words of where it was going (RFC 6585 4)."""

    def __init__(self, kind: str, wait: float) -> None:
        self._answer = _ANSWERS.get(kind, page_refusal)
        self._seconds = max(1, int(wait + 0.999))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Send the answer; the body of the request isn't read."""
        await self._answer(scope, send, self._seconds)


def _rate(a_second: int) -> Rate:
    return Rate(a_second, a_second * _AT_ONCE)


def _credential(headers: list[tuple[bytes, bytes]]) -> int:
    """A number for the token or session that a request carries, 0 for none; no secret is kept."""
    session = 0
    for name, value in headers:
        if name == b"authorization":
            return hash(value)
        if name == b"cookie" and b"bevan=" in value:
            found = _SESSION.search(value)
            session = hash(found[1]) if found else 0
    return session


@lru_cache(maxsize=10_000)
def _neighbourhood(address: str) -> str:
    """An address, or the network of one that has 2^64 of them for itself (RFC 4291 2.5.1)."""
    if ":" not in address:
        return address
    try:
        return str(ip_network(f"{address.split('%')[0]}/64", strict=False))
    except ValueError:
        return address
