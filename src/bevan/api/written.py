"""The answer to a write (FHIR R4 3.1.0.1.5, 3.1.0.8)."""

from __future__ import annotations

from bevan.api.reply import Reply, version_headers
from bevan.api.request import Request
from bevan.fhir import json
from bevan.fhir.outcome import Issue, outcome
from bevan.record.version import Written


def answer(request: Request, written: Written) -> Reply:
    """201 with a Location for what was created, else 200; the body is what `Prefer` asks for."""
    version = written.version
    headers = version_headers(version)
    location = f"{request.base}/{version.type}/{version.id}/_history/{version.version}"
    headers.append((b"location" if written.created else b"content-location", location.encode()))
    return Reply(201 if written.created else 200, _body(request, written), headers)


def _body(request: Request, written: Written) -> bytes:
    wanted = request.prefer.returned
    if wanted == "minimal" or not request.grants.allow("r", written.version.type):
        # Whoever may only write isn't shown what was there already.
        return b""
    if wanted == "OperationOutcome":
        told = Issue("information", "informational", "", _words(written))
        advice = request.backing.advice
        return json.encode(outcome([told, *(advice.of(written.version.content) if advice else ())]))
    return written.version.content


def _words(written: Written) -> str:
    version = written.version
    name = f"{version.type}/{version.id}"
    if written.created:
        return f"{name} was created."
    if written.changed:
        return f"{name} now has version {version.version}."
    return f"{name} already was like this; version {version.version} stands."
