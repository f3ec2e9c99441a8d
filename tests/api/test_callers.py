"""Credentials over HTTP: tokens and their letters, cookies, and what neither opens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import demo
from tests.support.sites import Serving

PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female"}
PATCH = [{"op": "add", "path": "/active", "value": True}]
FORM = "application/x-www-form-urlencoded"

# The letter each interaction needs, as SMART App Launch 2 has them.
NEEDS: list[tuple[str, str, str, Any, str]] = [
    ("r", "GET", "/Patient/p", None, ""),
    ("r", "HEAD", "/Patient/p", None, ""),
    ("r", "GET", "/Patient/p/_history", None, ""),
    ("r", "GET", "/Patient/p/_history/1", None, ""),
    ("r", "GET", "/Patient/_history", None, ""),
    ("s", "GET", "/Patient?gender=female", None, ""),
    ("s", "POST", "/Patient/_search", b"gender=female", FORM),
    ("c", "POST", "/Patient", PATIENT, ""),
    ("u", "PUT", "/Patient/p", PATIENT | {"gender": "male"}, ""),
    ("u", "PATCH", "/Patient/p", PATCH, "application/json-patch+json"),
    ("d", "DELETE", "/Patient/p", None, ""),
]


@pytest.mark.parametrize(
    ("letter", "method", "path", "body", "kind"), NEEDS, ids=[f"{n[1]} {n[2]}" for n in NEEDS]
)
async def test_a_letter_opens_its_interaction_and_no_other(
    served: Serving, letter: str, method: str, path: str, body: Any, kind: str
) -> None:
    headers = {"content_type": kind} if kind else {}
    await served.send("PUT", "/Patient/p", PATIENT)
    without = "".join(one for one in "cruds" if one != letter)
    for scope in (f"system/Patient.{without}", "system/Observation.cruds"):
        await served.authorise(scope)
        refused = await served.send(method, path, body, **headers)
        assert refused.status_code == 403, scope
        assert "insufficient_scope" in refused.headers["www-authenticate"]
    # Nobody but a client for everything may create at an id of its choice; here it is there.
    await served.authorise(f"system/Patient.{letter}")
    answer = await served.send(method, path, body, **headers)
    assert answer.status_code in (200, 201, 204), answer.text


@pytest.mark.parametrize(
    ("entry", "scope", "status"),
    [
        ({"method": "POST", "url": "Patient"}, "system/Patient.c", 200),
        ({"method": "POST", "url": "Patient"}, "system/Patient.ruds", 403),
        ({"method": "PUT", "url": "Patient/p"}, "system/Patient.crds", 403),
        ({"method": "DELETE", "url": "Patient/p"}, "system/Patient.crus", 403),
        ({"method": "PATCH", "url": "Patient/p"}, "system/Patient.crds", 403),
        ({"method": "GET", "url": "Patient/p"}, "system/Patient.cuds", 403),
        ({"method": "GET", "url": "Patient?gender=male"}, "system/Patient.crud", 403),
        ({"method": "GET", "url": "Patient"}, "system/Patient.crud", 403),
        ({"method": "GET", "url": "Patient/p/_history"}, "system/Patient.cuds", 403),
        ({"method": "GET", "url": "_history"}, "system/Patient.cruds", 403),
        ({"method": "PUT", "url": "Patient?_id=p"}, "system/Patient.u", 403),
        (
            {"method": "POST", "url": "Patient", "ifNoneExist": "gender=male"},
            "system/Patient.c",
            403,
        ),
    ],
)
@pytest.mark.parametrize("kind", ["batch", "transaction"])
async def test_a_bundle_needs_the_letters_of_all_its_entries(
    served: Serving, kind: str, entry: dict[str, str], scope: str, status: int
) -> None:
    await served.authorise(scope)
    resource = {} if entry["method"] in ("GET", "DELETE") else {"resource": PATIENT}
    bundle = {"resourceType": "Bundle", "type": kind, "entry": [{**resource, "request": entry}]}
    answer = await served.send("POST", "/", bundle)
    assert answer.status_code == status, answer.text


async def test_a_token_that_only_writes_is_not_shown_what_was_there(served: Serving) -> None:
    await served.send("PUT", "/Patient/p", PATIENT | {"birthDate": "1948-03-14"})
    await served.authorise("system/Patient.u")
    patch = await served.send(
        "PATCH", "/Patient/p", PATCH, content_type="application/json-patch+json"
    )
    assert patch.status_code == 200 and "1948" not in patch.text


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Bearer made-up", "Basic dTpw", "bearer", "Bearer \u00e9", "Token x"],
)
async def test_other_credentials_are_refused(served: Serving, authorization: str) -> None:
    del served.client.headers["authorization"]
    answer = await served.client.get(
        "/fhir/Patient/p", headers={"authorization": authorization.encode("utf-8")}
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")


async def test_a_revoked_token_opens_nothing(served: Serving) -> None:
    await served.send("PUT", "/Patient/p", PATIENT)
    assert (await served.send("GET", "/Patient/p")).status_code == 200
    await served.made.identity.revoke(client="test")
    assert (await served.send("GET", "/Patient/p")).status_code == 401


async def test_a_cookie_reads_and_a_bad_token_beside_it_does_not(served: Serving) -> None:
    await served.made.identity.seed(demo.people())
    cookie, _ = await served.made.identity.sign_in("leila-haddad")
    token = served.client.headers.pop("authorization")
    organisation = {"resourceType": "Organization", "id": "o", "name": "x"}
    await served.send("PUT", "/Organization/o", organisation, authorization=token)
    for name in ("bevan", "__Host-bevan"):
        header = f"other=1; {name}={cookie}"
        read = await served.send("GET", "/Organization/o", cookie=header)
        assert read.status_code == 200
        refused = await served.send(
            "GET", "/Organization/o", cookie=header, authorization="Bearer made-up"
        )
        assert refused.status_code == 401
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            path = "/Organization" if method == "POST" else "/Organization/o"
            written = await served.send(method, path, organisation, cookie=header)
            assert written.status_code == 401, method
    for header in ("bevan=made-up", "bevan", "=;;;", 'bevan="'):
        assert (await served.send("GET", "/Organization/o", cookie=header)).status_code == 401
