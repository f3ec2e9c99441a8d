"""From an exception to an answer: every error is an OperationOutcome, none shows a stack.

Texts say what is wrong with the request. What the database or a library said stays in the log,
and there without its details, since those hold other people's values.
"""

from __future__ import annotations

from collections.abc import Sequence

from bevan.api.errors import Refused
from bevan.api.reply import Header, Reply
from bevan.fhir import json
from bevan.fhir.outcome import Issue, outcome
from bevan.fhir.patch import PatchFailed
from bevan.fhir.search.refusal import SearchRefused
from bevan.kernel.errors import Unavailable as KernelUnavailable
from bevan.record.errors import Invalid, NotFound, RecordError

_RETRY: tuple[Header, ...] = ((b"retry-after", b"1"),)


def reply_to(fault: Exception, request_id: str) -> Reply:
    """The answer to a fault; what isn't foreseen is a 500 that names the request and no more."""
    if isinstance(fault, Refused):
        return _answer(fault.status, [fault.issue], fault.headers)
    if isinstance(fault, NotFound):
        return NOT_FOUND
    if isinstance(fault, Invalid):
        return _answer(fault.answer, fault.issues_found())
    if isinstance(fault, RecordError):
        return _answer(fault.status, fault.issues_found(), _RETRY if fault.status == 503 else ())
    if isinstance(fault, SearchRefused):
        return _answer(400, fault.issues)
    if isinstance(fault, PatchFailed):
        return _answer(422, [Issue("error", "processing", fault.path, fault.text)])
    if isinstance(fault, KernelUnavailable):
        return _answer(503, [Issue("error", "transient", "", str(fault))], _RETRY)
    return _answer(500, [Issue("fatal", "exception", "", _unforeseen(request_id))])


def foreseen(fault: Exception) -> bool:
    """Whether the fault is the caller's or the weather's, not a defect of ours."""
    known = (Refused, RecordError, SearchRefused, PatchFailed, KernelUnavailable)
    return isinstance(fault, known)


def _unforeseen(request_id: str) -> str:
    return f"Something went wrong here. It is noted under request {request_id}."


def _answer(status: int, issues: Sequence[Issue], headers: Sequence[Header] = ()) -> Reply:
    return Reply(status, json.encode(outcome(issues)), list(headers))


# One value for every 404 about a resource, so that "not allowed" can't differ from "not there".
NOT_FOUND = _answer(404, [Issue("error", "not-found", "", "There is no such resource here.")])
