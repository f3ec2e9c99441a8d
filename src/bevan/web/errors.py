"""Pages for what went wrong: what to do, what happened to the data, and a number to quote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bevan.kernel.logs import request_id
from bevan.web.pages import render


@dataclass(frozen=True)
class Trouble:
    """The words of an error page."""

    title: str
    text: str


NOT_FOUND = Trouble(
    "There is nothing here that you can open",
    "The address may be wrong, or there may be no such record, or it may be one that "
    "you can't open. Bevan gives the same answer to all three.",
)
BROKEN = Trouble(
    "Something went wrong on our side",
    "Nothing was changed by this page. Try again in a minute; if it goes on, tell your "
    "service desk the number below.",
)
KNOWN: Mapping[int, Trouble] = {
    403: Trouble("This can't be done from here", "Nothing was changed."),
    404: NOT_FOUND,
    405: Trouble("This page can't be used that way", "Nothing was changed. Go back and try again."),
    413: Trouble("That is too much to send at once", "Nothing was changed."),
    503: Trouble("Bevan isn't ready yet", "It is starting or stopping. Try again in a minute."),
}


async def refused(request: Request, error: Exception) -> Response:
    """The page for an `HTTPException`; its detail is shown when it says more than the status."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    trouble = KNOWN.get(status, BROKEN)
    detail = getattr(error, "detail", "")
    own = detail and status != 404 and detail != HTTPStatus(status).phrase
    shown = Trouble(trouble.title, detail) if own else trouble
    return _page(request, shown, status)


async def broken(request: Request, error: Exception) -> Response:
    """The page for what nobody foresaw: no text of the fault, which may hold people's values."""
    return _page(request, BROKEN, 500)


def not_found(request: Request) -> Response:
    """Not there and not allowed: the same page in the same words."""
    return _page(request, NOT_FOUND, 404)


def _page(request: Request, trouble: Trouble, status: int) -> Response:
    return render(
        request, "error.jinja", status=status, trouble=trouble, reference=request_id.get() or ""
    )


HANDLERS: Mapping[Any, Any] = {HTTPException: refused, 500: broken}
