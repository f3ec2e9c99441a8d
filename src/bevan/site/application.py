"""The ASGI application of one web process: FHIR as plain ASGI, pages as Starlette, health beside.

`build` is what the supervisor hands to the HTTP server and what tests drive in-process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import AsyncExitStack
from time import monotonic, perf_counter
from typing import Any

from starlette.applications import Starlette

from bevan.access.explanation import Explanation
from bevan.api.application import FhirApplication
from bevan.api.cross_origin import CrossOrigin
from bevan.api.demographics import Demographics
from bevan.api.oauth.application import FOR_PROGRAMS, OAuthApplication
from bevan.api.openid.application import OpenIdApplication
from bevan.api.operations import Operations
from bevan.api.reply import Receive, Send
from bevan.kernel.clock import Clock
from bevan.kernel.logs import logger
from bevan.kernel.metrics import Metrics
from bevan.kernel.settings import Settings
from bevan.record.address import FHIR, fhir_base
from bevan.site import operations
from bevan.site.apps import discover
from bevan.site.authority import authority
from bevan.site.composition import Composition, compose
from bevan.site.demographics import MOUNT as PDS
from bevan.site.edge import Edge
from bevan.site.health import PATHS, Health
from bevan.site.limits import Limits, Refusing
from bevan.site.tally import Tally
from bevan.web import csp
from bevan.web.app import App
from bevan.web.assembly import assemble
from bevan.web.services import Services

_RENEW = 2.0
_STRICT = (csp.STRICT[0].lower().encode(), csp.STRICT[1].encode())

Message = MutableMapping[str, Any]
Served = Callable[[Any, Any, Any], Awaitable[None]]


class Site:
    """One web process's application. `composition` is there between start-up and shutdown."""

    def __init__(
        self, settings: Settings, dsn: str, apps: Sequence[App], clock: Clock | None = None
    ) -> None:
        self._settings = settings
        self._dsn = dsn
        self._clock = clock
        self._stack = AsyncExitStack()
        self._metrics = Metrics()
        self._tally = Tally(self._metrics)
        self._health = Health(self._metrics)
        self._edge = Edge(settings)
        self._limits = Limits(settings, self._metrics)
        self._pages: Starlette = assemble(apps)
        self._fhir: CrossOrigin | None = None
        self._oauth: CrossOrigin | None = None
        self._openid: OpenIdApplication | None = None
        self._pds: Demographics | None = None
        self.composition: Composition | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Send each request where it belongs."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            await self._pages(scope, receive, send)
            return
        path: str = scope.get("path", "")
        if path in PATHS:
            await self._health.answer(path, send)
            return
        self._edge.settle(scope)
        kind, app = self._where(path)
        wait = self._limits.wait(kind, scope, monotonic())
        if wait:
            refusing = Refusing(kind, wait)
            # A page of another origin may read that it asked too much, as any other answer.
            app = app.answering(refusing) if isinstance(app, CrossOrigin) else refusing
        await self._counted(kind, app, scope, receive, send)

    def _where(self, path: str) -> tuple[str, Served]:
        """The kind of a request, as the metrics name it, and what serves it."""
        assert self._fhir is not None and self._oauth is not None
        if path == FHIR or path.startswith("/fhir/"):
            return ("oauth", self._oauth) if path in FOR_PROGRAMS else ("fhir", self._fhir)
        if path in FOR_PROGRAMS:
            return "oauth", self._oauth
        if self._pds is not None and path.startswith(f"{PDS}/"):
            return "other", self._pds
        if self._openid is not None and self._openid.serves(path):
            return "openid", self._openid
        return "page", self._pages

    async def start(self) -> None:
        """Open everything; raises what keeps it from opening."""
        made = await self._stack.enter_async_context(
            compose(self._settings, self._dsn, clock=self._clock)
        )
        self.composition = made
        fhir = FhirApplication(
            record=made.record,
            identity=made.identity,
            access=made.access,
            definitions=made.definitions,
            registry=made.registry,
            clock=made.clock,
            operations=Operations(operations.installed(made)),
            apps=made.app_tokens,
            survivors=made.survivors,
            journal=made.journal,
            audit=made.audit_view,
            advice=made.advice,
            base=fhir_base(self._settings) or None,
            mount=FHIR,
        )
        self._fhir = CrossOrigin(fhir, made.clients)
        self._oauth = CrossOrigin(OAuthApplication(authority(made), made.journal), made.clients)
        self._openid = made.front.openid
        if self._settings.demo:
            self._pds = Demographics(made.own_pds.service, PDS, made.identity, made.app_tokens)
        self._pages.state.services = Services(
            record=made.record,
            access=made.access,
            rules=made.rules,
            claims=made.claims,
            consents=made.consents,
            explanation=Explanation(made.database),
            identity=made.identity,
            directory=made.directory,
            people=made.people,
            reviews=made.reviews,
            merging=made.merging,
            unmerging=made.unmerging,
            correction=made.correction,
            identities=made.identities,
            survivors=made.survivors,
            clients=made.clients,
            app_grants=made.app_grants,
            app_tokens=made.app_tokens,
            settings=made.settings,
            clock=made.clock,
            login=made.front.login,
            displays=made.front.displays,
            providers=made.front.providers,
            relying=made.front.relying,
            registers=made.registers,
            proofing=made.front.proofing,
            joiners=made.front.joiners,
            asks=made.front.asks,
            looks=made.looks,
            journal=made.journal,
            keeping=made.keeping,
            watch=made.watch,
        )
        await self._stack.enter_async_context(Renewing(made))
        self._health.ready(made.database)

    async def stop(self) -> None:
        """Finish what is queued and close everything."""
        self._health.ready(None)
        if self.composition is not None:
            await self.composition.journal.flush(all=True)
        await self._stack.aclose()
        self.composition = None

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            stage = message["type"].removeprefix("lifespan.")
            run = self.start if stage == "startup" else self.stop
            try:
                await run()
            except Exception as fault:
                logger().error(f"{stage} failed", exc_info=fault)
                await send({"type": f"lifespan.{stage}.failed", "message": type(fault).__name__})
                return
            await send({"type": f"lifespan.{stage}.complete"})
            if stage == "shutdown":
                return

    async def _counted(
        self,
        kind: str,
        app: Served,
        scope: Message,
        receive: Receive,
        send: Send,
    ) -> None:
        began = perf_counter()
        status = 0
        secure = kind != "page" and scope.get("scheme") == "https"

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if secure:  # pages say it themselves
                    message = {**message, "headers": [*message["headers"], _STRICT]}
            await send(message)

        try:
            await app(scope, receive, noting)
        finally:
            self._tally.add(kind, scope["method"], status, perf_counter() - began)


def build(
    settings: Settings,
    dsn: str,
    *,
    clock: Clock | None = None,
    apps: Sequence[App] | None = None,
) -> Site:
    """The application over a migrated database; nothing opens before its lifespan starts.

    `apps` are the apps to serve, all installed ones when not given.
    """
    return Site(settings, dsn, discover() if apps is None else apps, clock)


class Renewing:
    """Keeps the lists of restricted people and of merged records fresh, and writes what was refused
    in a minute that is over, while the block lasts."""

    def __init__(self, made: Composition) -> None:
        self._made = made
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._renew())

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW)
            try:
                await self._made.restricted.renew()
            except Exception as fault:
                # Until it succeeds, everybody counts as restricted.
                logger().warning("restricted people unknown", exc_info=fault)
            try:
                await self._made.survivors.renew()
            except Exception as fault:
                # Until it succeeds, records that were merged just now are found as they were.
                logger().warning("merged records unknown", exc_info=fault)
            try:
                await self._made.journal.flush()
            except Exception as fault:
                logger().error("refusals not counted in the audit", exc_info=fault)
