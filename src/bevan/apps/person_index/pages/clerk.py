"""Pages for clerks: whoever isn't one gets the page for what isn't there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, TypeAlias
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.person_index.service.cases import is_clerk
from bevan.apps.person_index.service.deeds import proved
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import render
from bevan.web.session import Page, session_of, signed_in_only

ClerkPage: TypeAlias = Callable[[Request, Session], Awaitable[Response]]


def clerks_only(page: ClerkPage) -> Page:
    """A page for somebody who is signed in as a data quality clerk."""

    @wraps(page)
    async def opened(request: Request) -> Response:
        session = session_of(request)
        assert session is not None  # signed_in_only lets nobody else in
        return await page(request, session) if is_clerk(session) else not_found(request)

    return signed_in_only(opened)


async def form_of(request: Request) -> dict[str, str]:
    """The posted fields, trimmed; of several with one name the last."""
    return {name: str(value).strip() for name, value in (await request.form()).items()}


def deed(
    request: Request,
    session: Session,
    template: str,
    given: Mapping[str, str],
    errors: Mapping[str, str],
    **context: Any,
) -> Response:
    """A page with the fields of a deed: the reason, and the confirmation."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return render(
        request,
        f"person_index/{template}",
        status=422 if errors else 200,
        given={"reason": "", "confirm": "", **given},
        errors=dict(errors),
        fresh=proved(session, {}),
        confirm="/confirm?" + urlencode({"next": here}),
        **context,
    )
