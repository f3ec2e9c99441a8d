"""The living gallery at ``/-/ui``: what designers look at, and what tests photograph."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bevan.web.examples import examples
from bevan.web.pages import render


def routes() -> list[BaseRoute]:
    """The gallery's address."""
    return [Route("/-/ui", gallery, name="gallery")]


async def gallery(request: Request) -> Response:
    """Every component in all its states."""
    return render(request, "gallery/index.jinja", **examples())
