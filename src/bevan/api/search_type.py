"""Search in one type (FHIR R4 3.1.1), by GET or by POST `_search`."""

from __future__ import annotations

from bevan.api.interaction import Interaction
from bevan.api.reply import Reply
from bevan.api.request import Request
from bevan.api.searching import search


async def search_type(request: Request) -> Reply:
    """GET [base]/[type]?parameters or POST [base]/[type]/_search: a searchset Bundle."""
    return await search(request)


INTERACTION = Interaction("search-type", ("search-type",), "type", "s", search_type, body="form")
