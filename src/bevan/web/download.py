"""A file from the record handed to the browser: kept as a file, never opened in our own name."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.responses import Response

_TYPE = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+\-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+\-]{0,126}"
)
UNKNOWN = "application/octet-stream"
# A browser that opens it all the same gives it an origin of its own, and lets it run and load
# nothing.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


def media_type(stated: object) -> str:
    """The media type that a sender stated, or the one that says nothing where it isn't one."""
    text = str(stated or "").partition(";")[0].strip()
    return text if _TYPE.fullmatch(text) else UNKNOWN


def download(content: bytes, stated: object, name: str) -> Response:
    """The bytes as a file called ``name`` (RFC 6266), of the type that the sender stated."""
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "_", name)[:100].strip(" .") or "file"
    headers = {
        "Content-Disposition": (
            f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name[:100], safe='')}"
        ),
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(content, media_type=media_type(stated), headers=headers)
