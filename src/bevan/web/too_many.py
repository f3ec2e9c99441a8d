"""The page for somebody who asks too much: plain, since drawing it must cost nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.types import Send

_PAGE = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Too many requests – Bevan</title>
<h1>Too many requests</h1>
<p>More pages were asked for from your browser or network than Bevan answers in so short a time.
Nothing was changed by this page.</p>
<p>Wait {seconds} seconds, then load it again. If it goes on, tell your service desk.</p>
</html>
"""


async def page_refusal(scope: Mapping[str, Any], send: Send, seconds: int) -> None:
    """429 with a page that says what to do."""
    body = _PAGE.format(seconds=seconds).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"%d" % seconds),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
