"""What these pages share: their layout, their way to sign-in, and where their forms may lead."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bevan.identity.registration import origin_of
from bevan.identity.sessions import Session
from bevan.web.csp import POLICY
from bevan.web.pages import render
from bevan.web.session import session_of


def drawn(
    request: Request, template: str, *, status: int = 200, leads_to: str = "", **context: Any
) -> Response:
    """A page in the layout of whoever looks at it.

    A browser holds the answer to a form to the page's policy as well, so the page whose form ends
    at an app names that app's origin (`leads_to`), and no other.
    """
    session = session_of(request)
    citizen = session is not None and session.actor.kind == "patient"
    layout = "layouts/citizen.jinja" if citizen else "layouts/staff.jinja"
    page = render(request, f"connected/{template}", status=status, layout=layout, **context)
    if leads_to:
        policy = POLICY.format(nonce=getattr(request.state, "nonce", ""))
        allowed = f"form-action 'self' {origin_of(leads_to)}"
        page.headers["Content-Security-Policy"] = policy.replace("form-action 'self'", allowed)
    return page


def told(request: Request, title: str, sentence: str, status: int = 400) -> Response:
    """A page that says why it goes no further."""
    return drawn(request, "told.jinja", status=status, title=title, sentence=sentence)


def to_sign_in(request: Request) -> Response:
    """To the front door, and afterwards back here with everything that was asked."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(asked, safe='')}", status_code=303)


def present(request: Request) -> Session:
    """The session of a page that only the signed-in reach."""
    session = session_of(request)
    assert session is not None
    return session
