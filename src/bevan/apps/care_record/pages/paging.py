"""Pages of a list: fifty entries at most, and an address for each page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

from bevan.web.components import Pages

LONGEST = 50
T = TypeVar("T")


def paged(request: Request, listed: Sequence[T], name: str = "page") -> tuple[list[T], Pages]:
    """The entries of the page that ``name`` in the address asks for, and where it stands.

    A number beyond the end, or one that isn't a number, gives the nearest page that exists.
    """
    asked = request.query_params.get(name, "1")
    last = max((len(listed) - 1) // LONGEST + 1, 1)
    page = min(max(int(asked) if asked.isdecimal() and len(asked) < 7 else 1, 1), last)
    start = (page - 1) * LONGEST
    shown = list(listed[start : start + LONGEST])
    words = f"{start + 1} to {start + len(shown)} of {len(listed)}" if listed else ""
    before = _address(request, name, page - 1) if page > 1 else ""
    after = _address(request, name, page + 1) if page < last else ""
    return shown, Pages(words, before, after)


def _address(request: Request, name: str, page: int) -> str:
    kept = [(key, value) for key, value in request.query_params.multi_items()
            if key not in (name, "done")]  # fmt: skip
    return f"{request.url.path}?{urlencode([*kept, (name, str(page))])}"
