"""What an interaction answers: status, headers and bytes, ready to be sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bevan.record.version import Version

Header = tuple[bytes, bytes]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

FHIR_JSON = b"application/fhir+json; charset=utf-8"
CONTENT_TYPE: Header = (b"content-type", FHIR_JSON)
# Answers hold people's records: no proxy and no browser may keep them, nor guess another type, nor
# run what is inside, nor show it in another site's frame.
PRIVATE: tuple[Header, ...] = (
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox; frame-ancestors 'none'"),
)

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(slots=True)
class Reply:
    """One answer. `body` is what GET would send; HEAD sends its length only.

    `kind` is the media type of a body that isn't FHIR JSON.
    """

    status: int
    body: bytes = b""
    headers: list[Header] = field(default_factory=list)
    kind: bytes | None = None


def etag(version: int) -> bytes:
    """A version as a weak entity tag (FHIR R4 3.1.0.1.3)."""
    return b'W/"%d"' % version


def http_date(at: datetime) -> bytes:
    """A moment as HTTP writes it, to the second, whatever the process's locale."""
    utc = at.astimezone(UTC)
    return (
        f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTHS[utc.month - 1]} {utc.year:04} "
        f"{utc.hour:02}:{utc.minute:02}:{utc.second:02} GMT"
    ).encode()


def version_headers(version: Version) -> list[Header]:
    """ETag and Last-Modified of a version (FHIR R4 3.1.0.1.3)."""
    return [
        (b"etag", etag(version.version)),
        (b"last-modified", http_date(version.last_updated)),
    ]


async def send_reply(
    reply: Reply, send: Send, *, request_id: str, head: bool, extra: tuple[Header, ...] = ()
) -> None:
    """Send an answer in two ASGI messages; the body is left out for HEAD."""
    headers = [*reply.headers, *PRIVATE, *extra, (b"x-request-id", request_id.encode())]
    if reply.status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(reply.body)))
        if reply.body:
            headers.append((b"content-type", reply.kind) if reply.kind else CONTENT_TYPE)
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = b"" if head or reply.status in (204, 304) else reply.body
    await send({"type": "http.response.body", "body": body})
