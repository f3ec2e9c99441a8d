"""Patch with JSON Patch, by id or by condition (FHIR R4 3.1.0.6, RFC 6902)."""

from __future__ import annotations

from typing import Any

from bevan.api.conditions import if_match
from bevan.api.errors import bad_request
from bevan.api.interaction import Interaction
from bevan.api.negotiation import decoded
from bevan.api.reply import Reply
from bevan.api.request import Request
from bevan.api.written import answer


async def patch(request: Request) -> Reply:
    """PATCH [base]/[type]/[id] or PATCH [base]/[type]?condition: 200 with the new version."""
    assert request.type is not None
    expected = if_match(request.header(b"if-match"))
    operations = _operations(request.body)
    if request.id is not None:
        if request.query:
            raise bad_request("A patch by id has no parameters.")
        written = await request.record.patch(
            request.scope, request.type, request.id, operations, if_match=expected
        )
    elif request.query:
        request.may_select()
        written = await request.record.patch_where(
            request.scope, request.type, request.query, operations, if_match=expected
        )
    else:
        raise bad_request("A patch needs an id in its address, or a condition in its query.")
    return answer(request, written)


def _operations(body: bytes) -> list[Any]:
    found = decoded(body)
    if not isinstance(found, list):
        raise bad_request("A JSON Patch is an array of operations.", code="structure")
    return found


INTERACTION = Interaction("patch", ("patch",), "type", "u", patch, body="patch")
