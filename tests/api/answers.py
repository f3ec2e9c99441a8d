"""What tests of FHIR interactions send, and what they look for in an answer."""

from __future__ import annotations

from typing import Any

from tests.support.sites import Serving

PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Pemberton"}]}


def outcome(answer: Any) -> dict[str, Any]:
    """The OperationOutcome of an error, which never shows code or a database's words."""
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome" and body["issue"]
    for word in ("Traceback", 'File "', "asyncpg", "DETAIL", "select "):
        assert word not in answer.text
    found: dict[str, Any] = body
    return found


async def put(served: Serving, **changed: Any) -> Any:
    return await served.send("PUT", "/Patient/p1", PATIENT | changed)
