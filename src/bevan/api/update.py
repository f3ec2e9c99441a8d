"""Update by id or by condition (FHIR R4 3.1.0.4, 3.1.0.4.3); creates what isn't there yet."""

from __future__ import annotations

from bevan.api.conditions import if_match, if_none_match_any
from bevan.api.errors import bad_request
from bevan.api.interaction import Interaction
from bevan.api.reply import Reply
from bevan.api.request import Request
from bevan.api.written import answer


async def update(request: Request) -> Reply:
    """PUT [base]/[type]/[id] or PUT [base]/[type]?condition: 200, or 201 when it was created."""
    assert request.type is not None
    expected = if_match(request.header(b"if-match"))
    if request.id is None:
        return await _by_condition(request, expected)
    if request.query:
        raise bad_request("An update by id has no parameters.")
    resource = request.resource()
    if resource.get("id") != request.id:
        raise bad_request("The body's id must be the one in the address.", expression="id")
    written = await request.record.update(
        request.scope,
        resource,
        if_match=expected,
        if_none_match=if_none_match_any(request.header(b"if-none-match")),
    )
    return answer(request, written)


async def _by_condition(request: Request, expected: int | None) -> Reply:
    assert request.type is not None
    if not request.query:
        raise bad_request("An update needs an id in its address, or a condition in its query.")
    request.may_select()
    written = await request.record.update_where(
        request.scope, request.type, request.query, request.resource(), if_match=expected
    )
    return answer(request, written)


INTERACTION = Interaction("update", ("update",), "type", "u", update, body="json")
