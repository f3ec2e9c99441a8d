"""Search in one type (FHIR R4 3.1.1), by GET or by POST `_search`."""

from __future__ import annotations

from bevan.access.audit_view.view import TYPE as AUDIT_EVENT
from bevan.api.interaction import Interaction
from bevan.api.reply import Reply
from bevan.api.request import Request
from bevan.api.searching import query_of, search


async def search_type(request: Request) -> Reply:
    """GET [base]/[type]?parameters or POST [base]/[type]/_search: a searchset Bundle."""
    audit = request.backing.audit
    if request.type == AUDIT_EVENT and audit is not None and audit.serves(request.scope):
        lenient = request.prefer.handling == "lenient"
        found = await audit.search(request.scope, query_of(request), request.base, lenient=lenient)
        return Reply(200, found)
    return await search(request)


INTERACTION = Interaction("search-type", ("search-type",), "type", "s", search_type, body="form")
