"""The whole application in-process, spoken to over ASGI as a client would over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from bevan.kernel.clock import Clock
from bevan.kernel.settings import Settings
from bevan.site.application import Site, build
from bevan.site.composition import Composition
from bevan.web.app import App

BASE = "http://bevan.test"
FHIR = "application/fhir+json"


@dataclass
class Serving:
    """A started application, a client for it, and short ways to do what tests do most."""

    site: Site
    client: httpx2.AsyncClient

    @property
    def made(self) -> Composition:
        """What the application works with."""
        assert self.site.composition is not None
        return self.site.composition

    async def token(self, scope: str = "system/*.cruds", purpose: str = "test") -> str:
        """A new bearer token."""
        return await self.made.identity.issue(
            client="test",
            scope=scope,
            purpose=purpose,
            lasts=timedelta(hours=1),
            issued_by="tests",
        )

    async def authorise(self, scope: str = "system/*.cruds") -> None:
        """Send a new token with every further request."""
        self.client.headers["authorization"] = f"Bearer {await self.token(scope)}"

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One FHIR request; `body` is JSON text, or values to encode."""
        from bevan.fhir import json

        content = body if isinstance(body, bytes | None) else json.encode(body)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if content is not None:
            given.setdefault("content-type", FHIR)
        return await self.client.request(method, f"/fhir{path}", content=content, headers=given)


@asynccontextmanager
async def serving(
    dsn: str,
    *,
    clock: Clock | None = None,
    authorised: bool = True,
    apps: Sequence[App] | None = (),
    **settings: Any,
) -> AsyncIterator[Serving]:
    """The application over a migrated database, with a token for everything unless told not to.

    `apps` are the apps whose pages are served: none by default, every installed one for None.
    """
    # A test asks as fast as it can; limits are tested where they are set.
    unlimited = {"rate_caller": 0, "rate_address": 0, "rate_token": 0}
    start = {"data": Path(), "demo": True, "database_url": dsn, **unlimited}
    chosen = Settings(**(start | settings))
    site = build(chosen, dsn, clock=clock, apps=apps)
    await site.start()
    transport = httpx2.ASGITransport(app=site)
    try:
        async with httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
            served = Serving(site, client)
            if authorised:
                await served.authorise()
            yield served
    finally:
        await site.stop()
