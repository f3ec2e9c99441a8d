"""The entries of a response Bundle, assembled as text: stored JSON is passed on unread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from bevan.fhir.json import encode
from bevan.fhir.outcome import error as fault
from bevan.fhir.outcome import outcome
from bevan.fhir.search.refusal import SearchRefused
from bevan.kernel.errors import BevanError, Unavailable
from bevan.record.errors import Invalid, NotFound, RecordError
from bevan.record.version import Version, Written, instant


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to one entry; ``content`` is JSON text for ``resource``, or empty."""

    status: int
    version: Version | None = None
    content: bytes = b""
    outcome: dict[str, Any] | None = None

    def encoded(self) -> bytes:
        """The entry as JSON text."""
        status = HTTPStatus(self.status)
        response: dict[str, Any] = {"status": f"{status.value} {status.phrase}"}
        version = self.version
        if version is not None:
            response["location"] = f"{version.type}/{version.id}/_history/{version.version}"
            response["etag"] = f'W/"{version.version}"'
            response["lastModified"] = instant(version.last_updated)
        if self.outcome is not None:
            response["outcome"] = self.outcome
        resource = b'"resource":' + self.content + b"," if self.content else b""
        return b"{" + resource + b'"response":' + encode(response) + b"}"


def of_write(written: Written, content: bytes = b"") -> Response:
    """What a write came to."""
    if written.version.deleted:
        return Response(204, written.version)
    return Response(201 if written.created else 200, written.version, content)


def of_read(version: Version | None, type: str, id: str) -> Response:
    """What a read found."""
    if version is None:
        return Response(404, outcome=_outcome("not-found", f"There is no {type}/{id}."))
    if version.deleted:
        return Response(410, version, outcome=_outcome("deleted", f"{type}/{id} was deleted."))
    return Response(200, version, version.content)


def of_error(error: Exception) -> Response:
    """An error as an answer; anything unforeseen says nothing of itself."""
    if isinstance(error, NotFound):
        # One text for all of them: a closer one could tell what is hidden from what isn't there.
        return Response(404, outcome=_outcome("not-found", "There is no such resource here."))
    if isinstance(error, RecordError):
        status = error.answer if isinstance(error, Invalid) else error.status
        return Response(status, outcome=outcome(error.issues_found()))
    if isinstance(error, SearchRefused):
        return Response(400, outcome=outcome(error.issues))
    if isinstance(error, Unavailable):
        return Response(503, outcome=_outcome("transient", "The database didn't answer."))
    text = str(error) if isinstance(error, BevanError) else "The server could not do this."
    return Response(500, outcome=_outcome("exception", text))


def bundle(type: str, entries: Iterable[Response]) -> bytes:
    """A whole Bundle of type batch-response or transaction-response."""
    inside = b",".join([entry.encoded() for entry in entries])
    head = b'{"resourceType":"Bundle","type":"' + type.encode() + b'"'
    return head + (b',"entry":[' + inside + b"]}" if inside else b"}")


def _outcome(code: str, text: str) -> dict[str, Any]:
    return outcome([fault(code, text)])
