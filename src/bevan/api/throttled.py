"""Too many requests: the answer for FHIR callers, and for programs at token endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bevan.api.errors import Refused
from bevan.api.faults import reply_to
from bevan.api.oauth.message import Told, tell
from bevan.api.reply import Send, send_reply
from bevan.api.request_ids import RequestIds

Message = Mapping[str, Any]
_IDS = RequestIds()


async def outcome_refusal(scope: Message, send: Send, seconds: int) -> None:
    """429 with an OperationOutcome of code `throttled` (FHIR R4 issue-type)."""
    text = f"That is more than one caller may ask in so short a time. Try again in {seconds} s."
    retry = (b"retry-after", b"%d" % seconds)
    name = _IDS.of(dict(scope["headers"]).get(b"x-request-id"))
    reply = reply_to(Refused(429, "throttled", text, headers=(retry,)), name)
    await send_reply(reply, send, request_id=name, head=scope["method"] == "HEAD")


async def json_refusal(scope: Message, send: Send, seconds: int) -> None:
    """429 as OAuth writes refusals (RFC 6749 5.2, with a code of RFC 6749 4.1.2.1)."""
    said = {
        "error": "temporarily_unavailable",
        "error_description": f"Too many requests. Try again in {seconds} seconds.",
    }
    retry = (b"retry-after", b"%d" % seconds)
    await tell(Told(said, 429, (retry,)), send, head=scope["method"] == "HEAD")
