"""Search in the compartment of one resource (FHIR R4 3.1.1.3), by GET or by POST `_search`."""

from __future__ import annotations

from bevan.api.interaction import Interaction
from bevan.api.reply import Reply
from bevan.api.request import Request
from bevan.api.searching import search


async def search_compartment(request: Request) -> Reply:
    """GET [base]/[compartment]/[id]/[type]?parameters (`*`: all types), or POST …/_search.

    For somebody who may not see the resource, it is as empty as that of one that isn't there.
    """
    return await search(request)


INTERACTION = Interaction("search-compartment", (), "type", "s", search_compartment, body="form")
