"""Vread: one version of a resource (FHIR R4 3.1.0.2)."""

from __future__ import annotations

from bevan.api.conditions import unchanged
from bevan.api.errors import not_found
from bevan.api.interaction import Interaction
from bevan.api.presentation import shaped
from bevan.api.reply import Reply, version_headers
from bevan.api.request import Request
from bevan.record.errors import Gone

_LARGEST = 2**31 - 1


async def vread(request: Request) -> Reply:
    """GET [base]/[type]/[id]/_history/[version]: 200, 304, 404, or 410 for a deletion."""
    assert request.type is not None and request.id is not None
    number = _number(request.version or "")
    version = await request.record.vread(request.scope, request.type, request.id, number)
    if version is None:
        raise not_found()
    if version.deleted:
        raise Gone("This version is a deletion.")
    headers = version_headers(version)
    if unchanged(version, request.header(b"if-none-match"), request.header(b"if-modified-since")):
        return Reply(304, b"", headers)
    return Reply(200, shaped(version.content, request), headers)


def _number(text: str) -> int:
    # Versions are counted 1, 2, 3; anything else can't be one of ours, so it isn't there.
    if not (text.isascii() and text.isdigit() and text[0] != "0" and len(text) <= 10):
        raise not_found()
    number = int(text)
    if number > _LARGEST:
        raise not_found()
    return number


INTERACTION = Interaction("vread", ("vread",), "type", "r", vread)
