"""Tokens that may do some things only: no detour shows or changes what their letters don't say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.sites import Serving

PATCH = "application/json-patch+json"
DOT = "0b7a7b1e-0000-4000-8000-000000000002"
OBSERVATION = {
    "resourceType": "Observation",
    "id": "known",
    "status": "final",
    "code": {"text": "Heart rate"},
    "subject": {"reference": f"Patient/{DOT}"},
}


async def prepared(served: Serving, scope: str) -> None:
    """One observation is there, and from now on the token is a smaller one."""
    assert (await served.send("PUT", "/Observation/known", OBSERVATION)).status_code == 201
    await served.authorise(scope)


async def count(served: Serving) -> int:
    await served.authorise()
    found = await served.send("GET", "/Observation?_summary=count")
    return int(found.json()["total"])


async def test_a_patch_of_nothing_is_no_read(served: Serving) -> None:
    await prepared(served, "system/Observation.u")
    answer = await served.send("PATCH", "/Observation/known", [], content_type=PATCH)
    assert (answer.status_code, answer.content) == (200, b"")
    again = await served.send("PUT", "/Observation/known", OBSERVATION)
    assert (again.status_code, again.content) == (200, b"")


async def test_who_may_read_is_shown_what_stands(served: Serving) -> None:
    await prepared(served, "system/Observation.ru")
    answer = await served.send("PATCH", "/Observation/known", [], content_type=PATCH)
    assert answer.json()["id"] == "known"


@pytest.mark.parametrize(
    ("letters", "method", "path", "headers"),
    [
        ("c", "POST", "/Observation", {"if_none_exist": "_id=known"}),
        ("u", "PUT", "/Observation?_id=known", {}),
        ("u", "PATCH", "/Observation?_id=known", {"content_type": PATCH}),
        ("d", "DELETE", "/Observation?_id=known", {}),
    ],
)
async def test_a_condition_needs_the_letter_of_search(
    served: Serving, letters: str, method: str, path: str, headers: dict[str, str]
) -> None:
    """Who finds nothing because they may not look would make a duplicate."""
    await prepared(served, f"system/Observation.{letters}")
    body: Any = {"PATCH": [], "DELETE": None}.get(method, OBSERVATION)
    assert (await served.send(method, path, body, **headers)).status_code == 403
    if method != "PATCH":
        request = {"method": method, "url": path[1:], "ifNoneExist": headers.get("if_none_exist")}
        entry = {"request": {name: value for name, value in request.items() if value}}
        bundle = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
        assert (await served.send("POST", "/", bundle)).status_code == 403
    assert await count(served) == 1
    await served.authorise(f"system/Observation.{letters}s")
    assert (await served.send(method, path, body, **headers)).status_code in (200, 204)


@pytest.mark.parametrize(
    "query",
    [
        "patient.family=Pemberton",
        "_has:Provenance:target:recorded=gt1900",
        "subject:Patient.name=Dot",
    ],
)
async def test_chains_go_no_further_than_the_types(served: Serving, query: str) -> None:
    patient = {"resourceType": "Patient", "id": DOT, "name": [{"family": "Pemberton"}]}
    await served.send("PUT", f"/Patient/{DOT}", patient)
    await prepared(served, "system/Observation.rs")
    assert (await served.send("GET", f"/Observation?{query}")).json()["total"] == 0


async def test_nothing_comes_along_that_may_not_be_read(served: Serving) -> None:
    await served.send("PUT", f"/Patient/{DOT}", {"resourceType": "Patient", "id": DOT})
    await prepared(served, "system/Observation.rs")
    for more in ("_include=Observation:patient", "_include=*", "_revinclude=Provenance:target"):
        found = (await served.send("GET", f"/Observation?{more}")).json()
        assert [entry["resource"]["id"] for entry in found["entry"]] == ["known"]


async def test_hidden_and_absent_targets_answer_alike_in_a_batch(served: Serving) -> None:
    """In a batch every refusal has the words of every other."""
    await prepared(served, "system/Provenance.c")
    made = {
        "resourceType": "Provenance",
        "target": [{"reference": "Observation/nothing"}],
        "recorded": "2026-11-24T09:00:00Z",
        "agent": [{"who": {"display": "x"}}],
    }
    request = {"method": "POST", "url": "Provenance"}
    entries = [
        {"resource": made, "request": request},
        {"resource": {**made, "target": [{"display": "nobody"}]}, "request": request},
    ]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    one, other = (await served.send("POST", "/", bundle)).json()["entry"]
    assert one["response"]["status"] == "404 Not Found"
    assert one == other
