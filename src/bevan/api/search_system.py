"""Search in several types at once (FHIR R4 3.1.1), by GET or by POST `_search`."""

from __future__ import annotations

from bevan.api.interaction import Interaction
from bevan.api.reply import Reply
from bevan.api.request import Request
from bevan.api.searching import search


async def search_system(request: Request) -> Reply:
    """GET [base]?parameters or POST [base]/_search: a searchset Bundle over all types."""
    return await search(request)


INTERACTION = Interaction(
    "search-system", ("search-system",), "system", "s", search_system, body="form"
)
