"""The one door for calls that leave this machine over HTTP.

    outgoing = Outgoing(Allowed.of(settings))
    answer = await outgoing.send("GET", "https://directory.example/ODS")

Only registered hosts may be called. A name is resolved here, every address that it has is checked,
and the connection goes to the checked address itself, so that a name which changes its mind between
check and call (DNS rebinding) changes nothing. Redirects pass the same door.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

import httpcore2

from bevan.kernel.destinations import Allowed, OutgoingRefused, Target
from bevan.kernel.errors import Unavailable
from bevan.kernel.logs import logger
from bevan.kernel.pinned import Pinned, Resolve, resolve

__all__ = ["Allowed", "Answer", "Outgoing", "OutgoingRefused"]

LIMIT: Final = 1024 * 1024
SECONDS: Final = 10.0
REDIRECTS: Final = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
# What proves who we are to one host is not for the next one.
_PERSONAL = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent, and how much we take back: `limit` bytes, `seconds` for each wait."""

    method: str
    headers: Mapping[str, str]
    body: bytes
    limit: int
    seconds: float

    def anonymous(self) -> Sent:
        """The same without what proves who we are."""
        kept = {name: text for name, text in self.headers.items() if name.lower() not in _PERSONAL}
        return replace(self, headers=kept)


class Outgoing:
    """Makes calls to registered hosts, each with a limit of size and time."""

    def __init__(
        self,
        allowed: Allowed,
        *,
        trust: ssl.SSLContext | None = None,
        resolver: Resolve = resolve,
    ) -> None:
        """`trust` decides which certificates are good; by default, those the system trusts."""
        self._allowed = allowed
        self._trust = trust or ssl.create_default_context()
        self._network = Pinned(allowed, resolver)

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        limit: int = LIMIT,
        seconds: float = SECONDS,
    ) -> Answer:
        """One call, to its end; at most `limit` bytes of answer and `seconds` in all.

        A redirect is followed for GET and HEAD only, up to three times; elsewhere it is the answer.
        Raises `OutgoingRefused` for what may not be called and `Unavailable` for what doesn't
        answer as it should.
        """
        try:
            async with asyncio.timeout(seconds):
                sent = Sent(method, dict(headers or {}), body, limit, seconds)
                return await self._follow(url, sent)
        except OutgoingRefused as refused:
            logger().warning("outgoing call refused", reason=refused.reason)
            raise
        except (TimeoutError, httpcore2.TimeoutException):
            raise Unavailable("The other system took too long to answer.") from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError):
            raise Unavailable("The other system doesn't answer.") from None

    async def _follow(self, url: str, sent: Sent) -> Answer:
        target = self._allowed.target(url)
        # A connection of its own for each call: none outlives the check of its address.
        async with httpcore2.AsyncConnectionPool(
            ssl_context=self._trust, network_backend=self._network, max_connections=REDIRECTS + 1
        ) as pool:
            for _ in range(REDIRECTS + 1):
                answer = await _once(pool, target, sent)
                moved = answer.headers.get("location") if answer.status in _MOVED else None
                if moved is None or sent.method not in ("GET", "HEAD"):
                    return answer
                onward = self._allowed.target(urljoin(target.url, moved))
                sent = sent if onward.origin == target.origin else sent.anonymous()
                target = onward
        raise OutgoingRefused("redirects", "The other system sends us on too many times.")


async def _once(pool: httpcore2.AsyncConnectionPool, target: Target, sent: Sent) -> Answer:
    given = {"Host": target.netloc, "Accept-Encoding": "identity", **sent.headers}
    lines = [(name.encode("ascii"), value.encode("latin-1")) for name, value in given.items()]
    # The library closes its socket when its own time is up, but not when it is cancelled.
    waits = dict.fromkeys(("connect", "read", "write", "pool"), sent.seconds * 0.9)
    async with pool.stream(
        sent.method, target.url, headers=lines, content=sent.body, extensions={"timeout": waits}
    ) as response:
        told = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        received = bytearray()
        async for chunk in response.aiter_stream():
            received += chunk
            if len(received) > sent.limit:
                raise Unavailable("The other system's answer is larger than we take.")
        return Answer(response.status, told, bytes(received))
