"""Delete by id or by condition (FHIR R4 3.1.0.7, 3.1.0.7.1); history keeps what was."""

from __future__ import annotations

from bevan.api.conditions import if_match
from bevan.api.errors import bad_request
from bevan.api.interaction import Interaction
from bevan.api.reply import Reply, etag
from bevan.api.request import Request
from bevan.record.errors import Gone, NotFound
from bevan.record.version import Written


async def delete(request: Request) -> Reply:
    """DELETE [base]/[type]/[id] or [base]/[type]?condition: 204, also when nothing was there."""
    try:
        written = await _delete(request, if_match(request.header(b"if-match")))
    except (NotFound, Gone):
        # R4: deleting what isn't there succeeds, and so tells nothing about what is hidden.
        return Reply(204)
    return Reply(204, b"", [(b"etag", etag(written.version.version))])


async def _delete(request: Request, expected: int | None) -> Written:
    assert request.type is not None
    if request.id is not None:
        if request.query:
            raise bad_request("A delete by id has no parameters.")
        return await request.record.delete(
            request.scope, request.type, request.id, if_match=expected
        )
    if not request.query:
        raise bad_request("A delete needs an id in its address, or a condition in its query.")
    request.may_select()
    return await request.record.delete_where(
        request.scope, request.type, request.query, if_match=expected
    )


INTERACTION = Interaction("delete", ("delete",), "type", "d", delete)
