"""From exceptions to answers: a status, an OperationOutcome, and nothing of the inside."""

from __future__ import annotations

import json

import pytest

from bevan.api.errors import Refused, bad_request, insufficient, not_found, unauthenticated
from bevan.api.faults import NOT_FOUND, foreseen, reply_to
from bevan.fhir.outcome import Issue
from bevan.fhir.patch import PatchFailed
from bevan.fhir.search.refusal import SearchRefused
from bevan.kernel.errors import Unavailable
from bevan.record import errors

SECRET = "Key (family)=(Pemberton) already exists"


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (bad_request("Why."), 400, "invalid"),
        (unauthenticated("Why."), 401, "login"),
        (insufficient("Why."), 403, "forbidden"),
        (not_found(), 404, "not-found"),
        (Refused(413, "too-long", "Why."), 413, "too-long"),
        (errors.NotFound("There is no Patient/1."), 404, "not-found"),
        (errors.Gone("Why."), 410, "deleted"),
        (errors.Conflict("Why."), 409, "conflict"),
        (errors.PreconditionFailed("Why."), 412, "conflict"),
        (errors.MultipleMatches("Why."), 412, "multiple-matches"),
        (errors.Invalid([Issue("error", "value", "Patient.gender", "Why.")]), 422, "value"),
        (errors.Invalid([Issue("error", "value", "id", "Why.")], 400), 400, "value"),
        (SearchRefused([Issue("error", "invalid", "http.x", "Why.")]), 400, "invalid"),
        (PatchFailed("/a", "Why."), 422, "processing"),
        (Unavailable("Why."), 503, "transient"),
    ],
)
def test_each_fault_has_its_status_and_code(fault: Exception, status: int, code: str) -> None:
    reply = reply_to(fault, "r-1")
    assert reply.status == status and foreseen(fault)
    [issue] = json.loads(reply.body)["issue"]
    assert (issue["severity"], issue["code"]) == ("error", code)


def test_what_may_not_be_seen_is_answered_as_what_is_not_there() -> None:
    seen = errors.NotFound("There is no Patient/1.")
    other = errors.NotFound("You may not.")
    answers = [reply_to(fault, "r") for fault in (seen, other, not_found())]
    assert {answer.body for answer in answers} == {NOT_FOUND.body}
    assert all(answer.headers == [] for answer in answers)


@pytest.mark.parametrize("fault", [ValueError(SECRET), KeyError(SECRET), RuntimeError(SECRET)])
def test_what_nobody_foresaw_names_the_request_and_nothing_else(fault: Exception) -> None:
    reply = reply_to(fault, "r-77")
    assert reply.status == 500 and not foreseen(fault)
    assert b"r-77" in reply.body
    assert b"Pemberton" not in reply.body and type(fault).__name__.encode() not in reply.body


def test_who_should_try_again_is_told_when() -> None:
    assert (b"retry-after", b"1") in reply_to(Unavailable("Why."), "r").headers


def test_every_issue_keeps_its_place() -> None:
    issues = [Issue("error", "value", f"Patient.name[{n}]", "Why.") for n in range(3)]
    told = json.loads(reply_to(errors.Invalid(issues), "r").body)["issue"]
    assert [issue["expression"] for issue in told] == [[f"Patient.name[{n}]"] for n in range(3)]
