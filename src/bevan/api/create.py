"""Create, plain or conditional (FHIR R4 3.1.0.8, 3.1.0.8.1)."""

from __future__ import annotations

from bevan.api.errors import bad_request
from bevan.api.interaction import Interaction
from bevan.api.reply import Reply
from bevan.api.request import Request
from bevan.api.written import answer


async def create(request: Request) -> Reply:
    """POST [base]/[type]: 201; with If-None-Exist 200 when one already matches, 412 for several."""
    if request.query:
        raise bad_request("A create has no parameters; a condition goes into If-None-Exist.")
    condition = request.header(b"if-none-exist").decode("utf-8", "replace").strip().lstrip("?")
    if condition:
        request.may_select()
    written = await request.record.create(
        request.scope, request.resource(), if_none_exist=condition or None
    )
    return answer(request, written)


INTERACTION = Interaction("create", ("create",), "type", "c", create, body="json")
