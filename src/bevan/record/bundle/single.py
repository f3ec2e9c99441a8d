"""One entry of a batch (or a read in a transaction), done by the record's own functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bevan.fhir.outcome import Issue
from bevan.record.bundle.entries import Entry
from bevan.record.bundle.responses import Response, of_read, of_write
from bevan.record.errors import Gone, Invalid, NotFound
from bevan.record.scope import Scope
from bevan.record.version import Written

if TYPE_CHECKING:
    from bevan.record.record import Record


async def run(record: Record, scope: Scope, entry: Entry) -> Response:
    """Do what the entry asks. Raises what the record raises."""
    if not entry.writes:
        return await look(record, scope, entry)
    try:
        return of_write(await _write(record, scope, entry))
    except (NotFound, Gone):
        if entry.method == "DELETE":
            return Response(204)  # deleting what isn't there succeeds, and tells nothing
        raise


async def look(record: Record, scope: Scope, entry: Entry) -> Response:
    """A read, vread or search."""
    if entry.id and entry.query is None:
        if entry.version is not None:
            found = await record.vread(scope, entry.type, entry.id, entry.version)
        else:
            found = await record.read(scope, entry.type, entry.id)
        return of_read(found, entry.type, entry.id)
    if entry.id or "/" in entry.url.partition("?")[0] or entry.type.startswith(("_", "$")):
        text = "In a Bundle, this server answers reads, vreads and searches."
        raise Invalid([Issue("error", "not-supported", "request.url", text)], 400)
    page = await record.search(scope, entry.type or None, entry.query or "", base=record.base)
    return Response(200, content=page.bundle)


async def _write(record: Record, scope: Scope, entry: Entry) -> Written:
    query = entry.query
    match entry.method:
        case "POST":
            assert entry.resource is not None
            return await record.create(scope, entry.resource, if_none_exist=entry.if_none_exist)
        case "PUT":
            assert entry.resource is not None
            if query is not None:
                return await record.update_where(
                    scope, entry.type, query, entry.resource, if_match=entry.if_match
                )
            return await record.update(
                scope,
                entry.resource,
                if_match=entry.if_match,
                if_none_match=entry.if_none_match,
            )
        case "PATCH":
            operations = list(entry.operations)
            if query is not None:
                return await record.patch_where(
                    scope, entry.type, query, operations, if_match=entry.if_match
                )
            return await record.patch(
                scope, entry.type, entry.id, operations, if_match=entry.if_match
            )
        case _:
            if query is not None:
                return await record.delete_where(scope, entry.type, query, if_match=entry.if_match)
            return await record.delete(scope, entry.type, entry.id, if_match=entry.if_match)
