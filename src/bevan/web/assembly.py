"""All apps' pages as one Starlette application, to be mounted by the site."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from bevan.web.app import App
from bevan.web.csp import ContentSecurity
from bevan.web.csrf import SameSitePosts
from bevan.web.environment import environment
from bevan.web.errors import HANDLERS
from bevan.web.gallery import routes as gallery
from bevan.web.session import SignedIn
from bevan.web.static_files import mounts

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def assemble(apps: Sequence[App], lifespan: Lifespan | None = None) -> Starlette:
    """Pages, static files, the component gallery and the middleware that guards them.

    Before the first request the caller sets ``.state.services`` (`bevan.web.services.Services`),
    by the lifespan or by hand.
    """
    routes = [*mounts(apps), *gallery(), *(route for app in apps for route in app.routes)]
    made = Starlette(
        routes=routes,
        middleware=[
            Middleware(ContentSecurity),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
            Middleware(SignedIn),
            Middleware(SameSitePosts),
        ],
        exception_handlers=dict(HANDLERS),
        lifespan=lifespan,
    )
    made.state.apps = tuple(apps)
    made.state.environment = environment(apps)
    return made
