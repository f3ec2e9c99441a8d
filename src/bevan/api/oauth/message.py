"""Requests and answers of OAuth: a form or JSON in, JSON out, never kept by a cache."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from bevan.api.reply import Send
from bevan.identity.errors import ProtocolRefused

LIMIT = 64 * 1024
_MOST = 50
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Told:
    """One answer; no body where `json` is None."""

    json: Any = None
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = field(default=())


def form(body: bytes, content_type: str) -> dict[str, str]:
    """The parameters of a form, none of them twice (RFC 6749 3.1), empty ones left out.

    Raises ProtocolRefused `invalid_request`.
    """
    if content_type.split(";")[0].strip().lower() != _FORM:
        raise ProtocolRefused("invalid_request", f"The body must be {_FORM}.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), strict_parsing=bool(body), errors="strict", max_num_fields=_MOST
        )
    except (ValueError, UnicodeDecodeError):
        raise ProtocolRefused("invalid_request", "The body isn't a form.") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ProtocolRefused("invalid_request", "A parameter was sent twice.")
    return {name: value for name, value in found.items() if value}


def document(body: bytes) -> dict[str, Any]:
    """A JSON object. Raises ProtocolRefused `invalid_client_metadata` (RFC 7591 3.2.2)."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProtocolRefused("invalid_client_metadata", "The body must be a JSON object.")
    return found


def refusal(fault: ProtocolRefused) -> Told:
    """An error as RFC 6749 5.2 writes it."""
    status = 401 if fault.error in ("invalid_client", "invalid_token") else 400
    said = {"error": fault.error, "error_description": fault.sentence.replace('"', "'")}
    return Told(said, status)


async def tell(told: Told, send: Send, *, head: bool = False) -> None:
    """Send an answer."""
    body = b"" if told.json is None else json.dumps(told.json, ensure_ascii=False).encode()
    headers = [
        (b"cache-control", b"no-store"),
        (b"pragma", b"no-cache"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", b"%d" % len(body)),
        *told.headers,
    ]
    if body:
        headers.append((b"content-type", b"application/json; charset=utf-8"))
    await send({"type": "http.response.start", "status": told.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})
