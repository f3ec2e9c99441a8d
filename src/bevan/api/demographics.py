"""Our own PDS over HTTP, for a demonstration: plain ASGI, as the FHIR interface is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from bevan.api import body as bodies
from bevan.api.errors import Refused
from bevan.api.reply import Receive, Reply, Send, send_reply
from bevan.fhir import json
from bevan.identity import Identity
from bevan.identity.smart.tokens import AppTokens
from bevan.people.pds.service import Access, Service

LIMIT = 1024 * 1024
_LETTERS = {"GET": "r", "PATCH": "u", "POST": "c"}


class Demographics:
    """Serves PDS below a mount; `service` is made at the first request."""

    def __init__(
        self,
        service: Callable[[], Awaitable[Service]],
        mount: str,
        identity: Identity,
        apps: AppTokens,
    ) -> None:
        self._service = service
        self._mount = mount
        self._identity = identity
        self._apps = apps

    async def __call__(self, asgi: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        service = await self._service()
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in asgi["headers"]
        }
        head = asgi["method"] == "HEAD"
        method, path = asgi["method"], asgi["path"].removeprefix(self._mount)
        query = asgi["query_string"].decode("latin-1")
        method = "GET" if head else method
        answer = service.answer(
            method,
            path,
            query,
            headers,
            body=await _body(method, receive),
            access=await self._access(headers.get("authorization", ""), _LETTERS.get(method, "u")),
        )
        told = [
            (name.encode(), value.encode("latin-1"))
            for name, value in answer.headers.items()
            if name != "x-request-id"
        ]
        reply = Reply(answer.status, json.encode(answer.resource), told)
        request_id = answer.headers.get("x-request-id", "")
        await send_reply(reply, send, request_id=request_id, head=head)

    async def _access(self, authorization: str, letter: str) -> Access | None:
        """How somebody comes: as a system, for a professional, or not at all.

        A token opens PDS as far as its scope opens Patients here.
        """
        kind, _, bearer = authorization.partition(" ")
        if kind.lower() != "bearer" or not bearer:
            return None
        client = await self._identity.token(bearer)
        if client is not None:
            return "application" if client.grants.allow(letter, "Patient") else None
        held = await self._apps.find(bearer)
        if held is None or held.patient or not held.grants.allow(letter, "Patient"):
            return None
        kinds: dict[str, Access] = {"system": "application", "practitioner": "user"}
        return kinds.get(held.grant.actor.kind)


async def _body(method: str, receive: Receive) -> bytes:
    """What was posted; nothing where it is too much, which is no JSON then."""
    if method not in ("PATCH", "POST"):
        return b""
    try:
        return await bodies.read_body(receive, limit=LIMIT)
    except Refused:
        return b""
