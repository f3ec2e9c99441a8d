"""Drawing a page: the one place where a template meets its request."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from bevan.web.services import services
from bevan.web.session import session_of
from bevan.web.words import LONDON


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """The page as an HTML answer.

    Every template may use ``session`` (or None), ``nonce``, ``demo``, ``now`` (London time),
    ``path`` and ``apps``; everything else it uses must be passed, or drawing fails.
    """
    given = services(request)
    drawn = request.app.state.environment.get_template(template)
    now = given.clock.now().astimezone(LONDON)
    text = drawn.render(
        request=request,
        path=request.url.path,
        nonce=getattr(request.state, "nonce", ""),
        session=session_of(request),
        demo=given.settings.demo,
        apps=request.app.state.apps,
        now=now,
        today=now.date(),
        **context,
    )
    return HTMLResponse(text, status_code=status)


def go(address: str) -> RedirectResponse:
    """After a post that changed something: 303, so that a reload doesn't send it again."""
    return RedirectResponse(address, status_code=303)


def inside(address: str | None, fallback: str = "/") -> str:
    """An address on this site only: what a caller passed as "go there next" is not trusted."""
    text = address or ""
    # Browsers drop tabs and line ends and read a backslash as a slash: none belongs in a path.
    odd = any(ord(char) < 32 or ord(char) == 127 or char == "\\" for char in text)
    safe = text.startswith("/") and not text.startswith("//") and not odd
    return text if safe else fallback
