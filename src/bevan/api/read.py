"""Read: the current version of a resource (FHIR R4 3.1.0.1)."""

from __future__ import annotations

from bevan.access.audit_view.view import TYPE as AUDIT_EVENT
from bevan.api.conditions import unchanged
from bevan.api.errors import not_found
from bevan.api.interaction import Interaction
from bevan.api.presentation import shaped
from bevan.api.reply import Reply, version_headers
from bevan.api.request import Request
from bevan.fhir import json
from bevan.fhir.search.subset import SUBSETTED
from bevan.record.errors import Gone


async def read(request: Request) -> Reply:
    """GET [base]/[type]/[id]: 200, 304 when the caller holds this version, 404, or 410."""
    assert request.type is not None and request.id is not None
    version = await request.record.read(request.scope, request.type, request.id)
    if version is None and request.type == AUDIT_EVENT:
        return await _event(request, request.id)
    if version is None:
        return await _merged(request)
    if version.deleted:
        raise Gone("This resource was deleted.")
    headers = version_headers(version)
    asked = request.headers
    if (b"if-none-match" in asked or b"if-modified-since" in asked) and unchanged(
        version, request.header(b"if-none-match"), request.header(b"if-modified-since")
    ):
        return Reply(304, b"", headers)
    if not request.query:
        return Reply(200, version.content, headers)
    return Reply(200, shaped(version.content, request), headers)


async def _event(request: Request, id: str) -> Reply:
    """An entry of the audit as an AuditEvent. Raises Refused 404."""
    audit = request.backing.audit
    found = await audit.read(request.scope, id) if audit is not None else None
    if found is None:
        raise not_found()
    return Reply(200, shaped(found, request) if request.query else found)


async def _merged(request: Request) -> Reply:
    """A Patient that was merged, for whoever sees the survivor: that it was, and where to look.

    Its own practice may have no link with the survivor's, and the other way round; nothing of
    what it said is told. Raises Refused 404 for everything else.
    """
    survivors = request.backing.survivors
    id = survivors.of(request.id or "") if survivors and request.type == "Patient" else None
    if id is None:
        raise not_found()
    version = await request.record.read(request.scope, "Patient", id)
    if version is None or version.deleted:
        raise not_found()
    link = {"other": {"reference": f"Patient/{id}"}, "type": "replaced-by"}
    retired = {
        "resourceType": "Patient",
        "id": request.id,
        "meta": {"tag": [SUBSETTED]},
        "active": False,
        "link": [link],
    }
    content = json.encode(retired)
    return Reply(200, shaped(content, request) if request.query else content)


INTERACTION = Interaction("read", ("read",), "type", "r", read)
