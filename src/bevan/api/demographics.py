"""Our own PDS over HTTP, for a demonstration: plain ASGI, as the FHIR interface is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from bevan.api.reply import Receive, Reply, Send, send_reply
from bevan.fhir import json
from bevan.people.pds.service import Service


class Demographics:
    """Serves PDS below a mount; `service` is made at the first request."""

    def __init__(self, service: Callable[[], Awaitable[Service]], mount: str) -> None:
        self._service = service
        self._mount = mount

    async def __call__(self, asgi: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        service = await self._service()
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in asgi["headers"]
        }
        method, path = asgi["method"], asgi["path"].removeprefix(self._mount)
        query = asgi["query_string"].decode("latin-1")
        answer = service.answer("GET" if method == "HEAD" else method, path, query, headers)
        told = [
            (name.encode(), value.encode("latin-1"))
            for name, value in answer.headers.items()
            if name != "x-request-id"
        ]
        reply = Reply(answer.status, json.encode(answer.resource), told)
        request_id = answer.headers.get("x-request-id", "")
        await send_reply(reply, send, request_id=request_id, head=method == "HEAD")
