"""Reading a request's body with a limit, also after decompression.

A few kilobytes of gzip can hold gigabytes: the limit counts what comes out, and inflating stops
there.
"""

from __future__ import annotations

import zlib

from bevan.api.errors import Refused, bad_request
from bevan.api.reply import Receive

_GZIP = 16 + zlib.MAX_WBITS


class Gone(Exception):
    """The caller hung up before the body was complete; there is nobody to answer."""


async def read_body(receive: Receive, *, limit: int, encoding: bytes = b"") -> bytes:
    """The whole body, unpacked if it came gzipped; at most `limit` bytes.

    Raises Refused 413 when it is larger, 415 for another encoding, 400 for broken gzip.
    """
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Gone
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        body = await _rest(body, receive, limit)
    if len(body) > limit:
        raise _too_large(limit)
    if encoding in (b"", b"identity"):
        return body
    if encoding not in (b"gzip", b"x-gzip"):
        raise Refused(415, "not-supported", "A body may be compressed with gzip only.")
    return inflate(body, limit=limit)


def inflate(body: bytes, *, limit: int) -> bytes:
    """Unpack gzip, also of several members, to at most `limit` bytes."""
    parts: list[bytes] = []
    left = limit
    while body:
        inflator = zlib.decompressobj(_GZIP)
        try:
            part = inflator.decompress(body, left + 1)
        except zlib.error:
            raise bad_request("The body isn't valid gzip.", code="structure") from None
        if len(part) > left:
            raise _too_large(limit)
        if not inflator.eof:
            raise bad_request("The gzipped body ends too early.", code="structure")
        parts.append(part)
        left -= len(part)
        body = inflator.unused_data
    return b"".join(parts)


async def _rest(first: bytes, receive: Receive, limit: int) -> bytes:
    parts, size = [first], len(first)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _too_large(limit: int) -> Refused:
    return Refused(413, "too-long", f"The body is larger than {limit} bytes.")
