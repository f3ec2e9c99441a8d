"""The FHIR interface as an ASGI application: route, authenticate, run, answer.

Plain ASGI, since these are the hot paths and a framework's routing costs a quarter of them. What
it reads of a request it reads once; the order of checks is address, credentials, scopes, content
negotiation, body, interaction.
"""

from __future__ import annotations

import re
from collections.abc import Collection, MutableMapping
from functools import lru_cache
from typing import Any

from bevan.access import Access
from bevan.access.audit_view.view import AuditView
from bevan.access.journal import NOBODY, Journal
from bevan.api import body as bodies
from bevan.api import negotiation, routes
from bevan.api.binary import as_itself, bare
from bevan.api.callers import Caller, Callers
from bevan.api.errors import insufficient
from bevan.api.faults import foreseen, reply_to
from bevan.api.interaction import Interaction
from bevan.api.operations import INTERACTION as OPERATION
from bevan.api.operations import Operation, Operations
from bevan.api.registry import BY_NAME, INTERACTIONS
from bevan.api.reply import Receive, Reply, Send, send_reply
from bevan.api.request import Backing, Request
from bevan.api.request_ids import RequestIds
from bevan.api.statement import statement
from bevan.fhir import json
from bevan.fhir.definitions import Definitions
from bevan.fhir.parameters import Registry
from bevan.identity import Identity
from bevan.identity.smart.tokens import AppTokens
from bevan.kernel.clock import Clock
from bevan.kernel.logs import logger
from bevan.people.survivors import Survivors
from bevan.record.policy import Advice
from bevan.record.record import Record

_READS = ("read", "vread")
_REFUSALS = {401: "caller-unknown", 403: "caller-not-allowed"}
# Where a request keeps what is known of it so far.
_WHAT, _WHO = "bevan.what", "bevan.who"
_NOWHERE = ("localhost", None)
BODY_LIMIT = 64 * 1024 * 1024
_HOST = re.compile(rb"[A-Za-z0-9.\-:\[\]]{1,255}")


class FhirApplication:
    """The FHIR interface of one process.

    `base` is its public address; without one it is made from each request's Host header. `mount`
    is the path under which it is served.
    """

    def __init__(
        self,
        *,
        record: Record,
        identity: Identity,
        access: Access,
        definitions: Definitions,
        registry: Registry,
        clock: Clock,
        operations: Operations | None = None,
        apps: AppTokens | None = None,
        survivors: Survivors | None = None,
        journal: Journal | None = None,
        audit: AuditView | None = None,
        advice: Advice | None = None,
        base: str | None = None,
        mount: str = "/fhir",
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._types: Collection[str] = frozenset(definitions.resource_types)
        self._callers = Callers(identity, access, apps, survivors)
        self._clock = clock
        self._operations = operations or Operations()
        self._journal = journal
        installed = tuple(self._operations)
        self._ids = RequestIds()
        self._base = base.rstrip("/") if base else None
        self._mount = mount
        self._below = len(mount)
        self._limit = body_limit
        started = clock.now()

        @lru_cache(maxsize=8)
        def made(base: str, generation: int) -> bytes:
            return json.encode(
                statement(INTERACTIONS, definitions, registry, installed, base=base, date=started)
            )

        def stated(base: str) -> bytes:
            return made(base, registry.generation)

        self._backing = Backing(record, definitions, stated, survivors, audit, advice)

    async def __call__(self, asgi: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one HTTP request below the mount."""
        headers: dict[bytes, bytes] = dict(asgi["headers"])
        request_id = self._ids.of(headers.get(b"x-request-id"))
        try:
            reply = await self._answer(asgi, headers, receive, request_id)
        except bodies.Gone:
            return
        except Exception as fault:
            reply = reply_to(fault, request_id)
            if reply.status in _REFUSALS and self._journal is not None:
                await self._refused(self._journal, asgi, reply.status, request_id)
            if not foreseen(fault):
                logger().error("request failed", request=request_id, exc_info=fault)
        await send_reply(reply, send, request_id=request_id, head=asgi["method"] == "HEAD")

    async def _answer(
        self,
        asgi: MutableMapping[str, Any],
        headers: dict[bytes, bytes],
        receive: Receive,
        request_id: str,
    ) -> Reply:
        method: str = asgi["method"]
        path: str = asgi["path"]
        interaction, route, operation = self._routed(method, path[self._below :])
        raw_query: bytes = asgi["query_string"]
        query, format, pretty = (
            negotiation.take_presentation(raw_query.decode("latin-1"))
            if raw_query
            else ("", None, False)
        )
        base = self._base or _own_base(
            headers.get(b"host", b""),
            asgi.get("scheme", "http"),
            tuple(asgi.get("server") or _NOWHERE),
            self._mount,
        )
        if interaction.open:
            negotiation.check_accept(headers.get(b"accept", b""), format)
            return Reply(200, self._backing.statement(base))
        asgi[_WHAT] = route.type, interaction.name
        secure = asgi.get("scheme") == "https"
        now = self._clock.now()
        caller = await self._callers.find(headers, method, request_id, now, secure=secure)
        asgi[_WHO] = caller.scope.ticket.actor
        _check_letter(interaction, route.type, caller, operation)
        accept = headers.get(b"accept", b"")
        itself = interaction.name in _READS and bare(route.type, accept, format)
        if not itself:
            negotiation.check_accept(accept, format)
        request = Request(
            self._backing,
            caller.scope,
            caller.grants,
            base,
            route.type,
            route.id,
            route.version,
            query,
            headers,
            operation=operation,
            within=route.within,
        )
        if method not in ("GET", "HEAD", "DELETE"):
            await self._take_body(request, interaction, receive)
        if b"prefer" in headers:
            request.prefer = negotiation.preference(headers[b"prefer"])
        reply = await interaction.run(request)
        if itself and reply.status == 200:
            return as_itself(reply.body, reply.headers)
        if pretty:
            reply.body = negotiation.prettify(reply.body)
        return reply

    async def _refused(
        self, journal: Journal, asgi: MutableMapping[str, Any], status: int, request: str
    ) -> None:
        """Keep who was refused what, before the answer says so."""
        type, interaction = asgi.get(_WHAT, (None, None))
        who = asgi.get(_WHO, NOBODY)
        await journal.refused(who, _REFUSALS[status], type=type, id=interaction, request=request)

    def _routed(self, method: str, path: str) -> tuple[Interaction, routes.Route, Operation | None]:
        if "/$" not in path:
            route = routes.find(method, path, self._types)
            return BY_NAME[route.interaction], route, None
        name, route = routes.operation(path, self._types)
        return OPERATION, route, self._operations.find(method, name, route.type, route.id)

    async def _take_body(
        self, request: Request, interaction: Interaction, receive: Receive
    ) -> None:
        request.posted = True
        content_type = request.headers.get(b"content-type", b"")
        empty = not content_type and request.headers.get(b"content-length", b"0") == b"0"
        if interaction.body == "json" or (interaction.body == "resource" and not empty):
            negotiation.check_json(content_type)
        elif interaction.body == "patch":
            negotiation.check_patch(content_type)
        elif not empty:
            negotiation.check_form(content_type)
        request.body = await bodies.read_body(
            receive,
            limit=self._limit,
            encoding=request.headers.get(b"content-encoding", b"").lower(),
        )


def _check_letter(
    interaction: Interaction, type: str | None, caller: Caller, operation: Operation | None
) -> None:
    name, letter = interaction.name, interaction.letter
    if operation is not None:
        name, letter = f"${operation.declared.name}", operation.declared.letter
    if letter and not caller.grants.allow(letter, type):
        raise insufficient(f"The token's scopes don't allow {name} of {type or 'all types'}.")


@lru_cache(maxsize=64)
def _own_base(host: bytes, scheme: str, server: tuple[str, int | None], mount: str) -> str:
    """The interface's address as the caller wrote it; a host that can't be one isn't believed."""
    if not _HOST.fullmatch(host):
        host = f"{server[0]}:{server[1]}".encode() if server[1] else server[0].encode()
    return f"{scheme}://{host.decode('ascii')}{mount}"
