"""What programs do by themselves: service tokens, introspection, revocation, registration, CORS."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.apps.connected.launching import APP, BACKEND, DOT, RSA, WES, Apps
from tests.support.signing import Signer
from tests.support.sites import BASE

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ORIGIN = {"origin": "https://app.example"}


async def test_a_service_gets_five_minutes_and_no_refresh(smart: Apps) -> None:
    answer = await smart.service("system/Patient.rs system/Observation.rs", smart.assertion())
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["expires_in"] == 300 and "refresh_token" not in told and "patient" not in told
    assert answer.headers["cache-control"] == "no-store"
    token = told["access_token"]
    assert (await smart.get(f"/Patient/{WES}", token)).status_code == 200
    assert (await smart.get("/DiagnosticReport/report", token)).status_code == 403
    smart.clock.go_on(minutes=5, seconds=1)
    assert (await smart.get(f"/Patient/{WES}", token)).status_code == 401


async def test_it_gets_no_more_than_it_is_registered_for(smart: Apps) -> None:
    answer = await smart.service("system/*.cruds", smart.assertion())
    assert answer.json()["scope"] == "system/Patient.rs system/Observation.cruds"
    for scope in ("system/Condition.rs", "patient/*.rs", "user/*.rs", "openid", "system/Patient.d"):
        refused = await smart.service(scope, smart.assertion())
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope"), scope
    bad = await smart.service("system/Observation.sr", smart.assertion())
    assert bad.json()["error"] == "invalid_scope"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": f"{BASE}/fhir"},
        {"aud": "https://evil.example/oauth/token"},
        {"lasts": timedelta(minutes=10)},
        {"lasts": timedelta(minutes=-1)},
        {"jti": None},
        {"sub": "growth"},
    ],
)
async def test_a_bad_assertion_gets_nothing(smart: Apps, claims: dict[str, Any]) -> None:
    answer = await smart.service("system/Patient.rs", smart.assertion(**claims))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_an_assertion_is_used_once(smart: Apps) -> None:
    assertion = smart.assertion()
    assert (await smart.service("system/Patient.rs", assertion)).status_code == 200
    assert (await smart.service("system/Patient.rs", assertion)).status_code == 401


async def test_only_a_client_that_signs_may_ask_for_itself(smart: Apps) -> None:
    answer = await smart.post(
        "/oauth/token", grant_type="client_credentials", client_id="growth", scope="patient/*.rs"
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    forged = await smart.service("system/Patient.rs", smart.assertion(Signer("nightly")))
    assert forged.status_code == 401
    other = await smart.service("system/Patient.rs", smart.assertion(), client_id="growth")
    assert other.status_code == 401


@pytest.mark.parametrize(
    ("body", "headers", "error"),
    [
        ("grant_type=password&username=a", {}, "unsupported_grant_type"),
        ("", {}, "unsupported_grant_type"),
        ("grant_type=authorization_code&client_id=growth", {}, "invalid_request"),
        ("grant_type=refresh_token&client_id=growth", {}, "invalid_request"),
        ("grant_type=refresh_token&client_id=growth&client_id=x", {}, "invalid_request"),
        ("grant_type", {}, "invalid_request"),
        ("grant_type=%ff", {}, "invalid_request"),
        ("{}", {"content-type": "application/json"}, "invalid_request"),
        ("x=" + "y" * 70_000, {}, "invalid_request"),
        ("grant_type=refresh_token&refresh_token=x", {}, "invalid_client"),
        ("grant_type=refresh_token&refresh_token=x&client_id=nobody", {}, "invalid_client"),
        ("grant_type=refresh_token&client_assertion=x&client_id=nightly", {}, "invalid_client"),
    ],
)
async def test_malformed_requests_are_told_what_is_wrong(
    smart: Apps, body: str, headers: dict[str, str], error: str
) -> None:
    sent = {"content-type": "application/x-www-form-urlencoded", **headers}
    answer = await smart.client.post("/oauth/token", content=body, headers=sent)
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == error
    assert answer.json()["error_description"].endswith(".")


async def test_other_methods_are_refused(smart: Apps) -> None:
    for path in ("/oauth/token", "/oauth/introspect", "/oauth/revoke", "/oauth/register"):
        answer = await smart.client.get(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert (await smart.client.post("/oauth/jwks")).status_code == 405


async def introspected(smart: Apps, token: str, signer: Signer = RSA) -> dict[str, Any]:
    answer = await smart.post(
        "/oauth/introspect",
        token=token,
        client_assertion_type=TYPE,
        client_assertion=smart.assertion(signer),
    )
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def test_a_client_learns_what_its_own_token_is_worth(smart: Apps) -> None:
    made = (await smart.service("system/Patient.rs", smart.assertion())).json()["access_token"]
    told = await introspected(smart, made, BACKEND)
    assert told["active"] is True and told["client_id"] == told["sub"] == "nightly"
    assert told["scope"] == "system/Patient.rs" and told["exp"] - told["iat"] == 300
    for token, signer in ((made, RSA), ("made-up", BACKEND)):
        assert await introspected(smart, token, signer) == {"active": False}
    public = await smart.post("/oauth/introspect", token=made, client_id="growth")
    assert public.status_code == 401
    missing = await smart.post(
        "/oauth/introspect", client_assertion_type=TYPE, client_assertion=smart.assertion()
    )
    assert missing.json()["error"] == "invalid_request"


async def test_a_servers_client_learns_of_any_token_with_its_patient(smart: Apps) -> None:
    database = smart.served.made.database
    await database.execute(
        "UPDATE registered_client SET extra = '{\"introspects\": true}' WHERE id = 'nightly'"
    )
    smart.served.made.clients._forget("nightly")
    told = await smart.tokens(DOT, "openid fhirUser launch/patient patient/*.rs")
    worth = await introspected(smart, told["access_token"], BACKEND)
    assert worth["patient"] == DOT and worth["fhirUser"] == f"{BASE}/fhir/Patient/{DOT}"
    assert DOT not in worth["sub"]
    smart.clock.go_on(minutes=31)
    assert await introspected(smart, told["access_token"], BACKEND) == {"active": False}


async def test_an_app_gives_its_tokens_back(smart: Apps) -> None:
    told = await smart.tokens(DOT, "launch/patient patient/*.rs offline_access")
    access, refresh = told["access_token"], told["refresh_token"]
    other = await smart.post(
        "/oauth/revoke",
        token=access,
        client_assertion_type=TYPE,
        client_assertion=smart.assertion(),
    )
    assert other.status_code == 200
    assert (await smart.get(f"/Patient/{DOT}", access)).status_code == 200
    for token in (access, "made-up"):
        answer = await smart.post("/oauth/revoke", token=token, client_id="growth")
        assert (answer.status_code, answer.content) == (200, b"")
    assert (await smart.get(f"/Patient/{DOT}", access)).status_code == 401
    again = (await smart.refresh(refresh)).json()
    await smart.post("/oauth/revoke", token=again["refresh_token"], client_id="growth")
    assert (await smart.get(f"/Patient/{DOT}", again["access_token"])).status_code == 401
    assert (await smart.refresh(again["refresh_token"])).status_code == 400


async def test_an_app_that_registers_itself_waits(smart: Apps) -> None:
    asked = {
        "client_name": "New app",
        "redirect_uris": ["https://new.example/back"],
        "token_endpoint_auth_method": "none",
        "scope": "launch/patient patient/*.rs",
        "initiate_login_uri": "https://new.example/launch",
    }
    answer = await smart.client.post("/oauth/register", json=asked)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["status"] == "pending" and told["redirect_uris"] == asked["redirect_uris"]
    id = told["client_id"]
    desk = await smart.desk(DOT)
    changed = {"client_id": id, "redirect_uri": "https://new.example/back"}
    assert (await smart.ask(desk, "patient/*.rs", **changed)).status_code == 400
    engineer = await smart.desk("engineer")
    page = await engineer.get("/apps/waiting")
    assert "New app" in page.text and "https://new.example/back" in page.text
    assert (await engineer.post(f"/apps/waiting/{id}", {"decision": "approve"})).status_code == 303
    assert (await smart.ask(desk, "patient/*.rs", **changed)).status_code == 200
    assert (await engineer.post(f"/apps/waiting/{id}", {"decision": "approve"})).status_code == 404
    assert (await engineer.post(f"/apps/waiting/{id}", {"decision": "revoke"})).status_code == 303
    assert (await smart.ask(desk, "patient/*.rs", **changed)).status_code == 400


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ([], "invalid_client_metadata"),
        ({}, "invalid_client_metadata"),
        ({"client_name": "x", "redirect_uris": "https://a.example"}, "invalid_client_metadata"),
        (
            {"client_name": "x", "redirect_uris": ["http://a.example"]}
            | {"token_endpoint_auth_method": "none"},
            "invalid_redirect_uri",
        ),
        ({"client_name": "x", "redirect_uris": ["https://a.example"]}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_client_metadata"),
        ({"client_name": 5, "grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({"client_name": "x", "grant_types": ["implicit"]}, "invalid_client_metadata"),
        (
            {"client_name": "x", "grant_types": ["client_credentials"], "jwks": 1},
            "invalid_client_metadata",
        ),
    ],
)
async def test_what_cant_be_registered_is_refused(smart: Apps, asked: Any, error: str) -> None:
    answer = await smart.client.post("/oauth/register", json=asked)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_only_an_administrator_finds_the_apps_that_wait(smart: Apps) -> None:
    for who in ("gp", DOT):
        desk = await smart.desk(who)
        assert (await desk.get("/apps/waiting")).status_code == 404
        answer = await desk.post("/apps/waiting/growth", {"decision": "revoke"})
        assert answer.status_code == 404
    assert (await smart.client.get("/apps/waiting")).status_code == 303


async def test_a_person_sees_and_takes_back_what_they_allowed(smart: Apps) -> None:
    told = await smart.tokens(DOT, "launch/patient patient/*.rs offline_access")
    desk, other = await smart.desk(DOT), await smart.desk("gp")
    page = await desk.get("/apps")
    assert "Growth chart" in page.text and "see everything in the record" in page.text
    assert "Growth chart" not in (await other.get("/apps")).text
    row = await smart.served.made.database.fetchrow("SELECT id FROM app_grant")
    assert row is not None
    for id in (row["id"], "made-up"):
        assert (await other.post(f"/apps/{id}/take-back", {})).status_code == 404
    assert (await smart.get(f"/Patient/{DOT}", told["access_token"])).status_code == 200
    assert (await desk.post(f"/apps/{row['id']}/take-back", {})).status_code == 303
    assert "Taken back" in (await desk.get("/apps?done=taken-back")).text
    assert (await smart.get(f"/Patient/{DOT}", told["access_token"])).status_code == 401
    assert (await smart.refresh(told["refresh_token"])).status_code == 400


async def test_a_registered_apps_pages_may_call(smart: Apps) -> None:
    token = (await smart.tokens(DOT, "patient/*.rs"))["access_token"]
    preflight = await smart.client.options(
        f"/fhir/Patient/{DOT}", headers={**ORIGIN, "access-control-request-method": "GET"}
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == ORIGIN["origin"]
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    answer = await smart.get(f"/Patient/{DOT}", token, **ORIGIN)
    assert answer.headers["access-control-allow-origin"] == ORIGIN["origin"]
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers
    for path in ("/fhir/metadata", "/fhir/.well-known/smart-configuration", "/oauth/jwks"):
        told = await smart.client.get(path, headers=ORIGIN)
        assert told.headers["access-control-allow-origin"] == ORIGIN["origin"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example.evil"])
async def test_nobody_elses_pages_may(smart: Apps, origin: str) -> None:
    for method in ("OPTIONS", "GET"):
        answer = await smart.client.request(
            method,
            "/fhir/metadata",
            headers={"origin": origin, "access-control-request-method": "GET"},
        )
        assert "access-control-allow-origin" not in answer.headers


async def test_discovery_says_where_everything_is(smart: Apps) -> None:
    told = (await smart.client.get("/fhir/.well-known/smart-configuration")).json()
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert {"launch-ehr", "launch-standalone", "permission-v2", "client-public"} <= set(
        told["capabilities"]
    )
    for name in ("token", "introspection", "revocation", "registration"):
        path = told[f"{name}_endpoint"].removeprefix(BASE)
        assert (await smart.client.get(path)).status_code == 405
    statement = (await smart.client.get("/fhir/metadata")).json()
    security = statement["rest"][0]["security"]
    assert security["cors"] is True
    uris = {each["url"]: each["valueUri"] for each in security["extension"][0]["extension"]}
    assert uris["authorize"] == told["authorization_endpoint"]
    assert uris["token"] == told["token_endpoint"]
    assert APP.name not in str(told)


async def test_a_systems_own_token_still_works(smart: Apps) -> None:
    token = await smart.served.token("system/*.rs")
    assert (await smart.get(f"/Patient/{WES}", token)).status_code == 200
