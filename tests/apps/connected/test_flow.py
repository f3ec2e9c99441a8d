"""The code flow of an app for people: what it gets, and every way in which it is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.apps.connected.launching import (
    BACK,
    DOT,
    FHIR,
    RSA,
    STRANGER,
    WES,
    Apps,
    link,
    returned,
)
from tests.support.sites import BASE

ALL = "launch/patient patient/*.rs"


async def test_a_citizen_allows_an_app_and_it_reads_their_record(smart: Apps) -> None:
    told = await smart.tokens(DOT, "openid fhirUser launch/patient patient/*.rs")
    assert told["token_type"] == "Bearer" and told["expires_in"] == 1800
    assert told["patient"] == DOT and told["need_patient_banner"] is True
    assert told["scope"] == "openid fhirUser launch/patient patient/*.rs"
    assert "refresh_token" not in told
    assert (await smart.get(f"/Patient/{DOT}", told["access_token"])).status_code == 200
    found = await smart.found("/Observation", told["access_token"])
    assert found == ["Observation/lab", "Observation/vital"]


async def test_the_id_token_can_be_checked_with_what_is_published(smart: Apps) -> None:
    told = await smart.tokens(DOT, f"openid fhirUser {ALL}", nonce="n-1")
    configuration = (await smart.client.get("/fhir/.well-known/smart-configuration")).json()
    keys = (await smart.client.get(configuration["jwks_uri"])).json()
    read = jwt.decode(told["id_token"], KeySet.import_key_set(keys), ["RS256"])
    claims = read.claims
    assert claims["iss"] == configuration["issuer"] == BASE
    assert claims["aud"] == "growth" and claims["nonce"] == "n-1"
    assert claims["fhirUser"] == f"{FHIR}/Patient/{DOT}"
    assert claims["exp"] - claims["iat"] == 3600
    openid = (await smart.client.get("/.well-known/openid-configuration")).json()
    assert openid["jwks_uri"] == configuration["jwks_uri"]
    assert "RS256" in openid["id_token_signing_alg_values_supported"]


async def test_a_stranger_is_sent_to_sign_in_and_back_with_everything(smart: Apps) -> None:
    answer = await smart.client.get("/oauth/authorize", params=smart.asked(ALL))
    assert answer.status_code == 303
    place = answer.headers["location"]
    assert place.startswith("/sign-in?next=%2Foauth%2Fauthorize%3F")
    assert "code_challenge" in place and "&" not in place


async def test_the_page_says_in_plain_words_what_is_asked(smart: Apps) -> None:
    page = await smart.ask(
        await smart.desk(DOT),
        f"{ALL} offline_access patient/Observation.rs?category=vital-signs",
    )
    assert page.status_code == 200
    for words in ("Allow Growth chart?", "see everything in the record", "90 days", "your record"):
        assert words in page.text
    policy = page.headers["content-security-policy"]
    assert "form-action 'self' https://app.example;" in policy + ";"
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store"


async def test_refusing_is_told_to_the_app(smart: Apps) -> None:
    told = returned(await smart.decide(await smart.desk(DOT), ALL, "refuse"))
    assert told["error"] == "access_denied" and told["state"] == "st/ate&1"


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": f"{BACK}/"},
        {"redirect_uri": f"{BACK}?x=1"},
        {"redirect_uri": "https://app.example/BACK"},
    ],
)
async def test_without_a_known_app_and_address_nothing_is_sent_anywhere(
    smart: Apps, changed: dict[str, Any]
) -> None:
    desk = await smart.desk(DOT)
    for answer in (await smart.ask(desk, ALL, **changed), await smart.decide(desk, ALL, **changed)):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "be connected" in answer.text and "evil" not in answer.text


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"state": None}, "invalid_request"),
        ({"aud": None}, "invalid_request"),
        ({"aud": "https://evil.example/fhir"}, "invalid_request"),
        ({"aud": f"{FHIR}x"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"prompt": "none"}, "interaction_required"),
        ({"scope": "patient/Observation.sr"}, "invalid_scope"),
        ({"scope": "patient/Nothing.rs"}, "invalid_scope"),
        ({"scope": "patient/Observation."}, "invalid_scope"),
        ({"scope": "patient/Observation.rs?"}, "invalid_scope"),
        ({"scope": "system/*.rs"}, "invalid_scope"),
        ({"scope": "nonsense"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "patient/Observation.rs?patient.name=x"}, "invalid_scope"),
        ({"launch": "made-up"}, "invalid_scope"),
        ({"launch": "made-up", "scope": "launch patient/*.rs"}, "invalid_request"),
    ],
)
async def test_what_is_wrong_with_a_request_is_told_to_the_app(
    smart: Apps, changed: dict[str, Any], error: str
) -> None:
    desk = await smart.desk(DOT)
    asked = {"scope": ALL, **changed}
    for answer in (await smart.ask(desk, **asked), await smart.decide(desk, **asked)):
        assert answer.status_code == 303, answer.text
        told = returned(answer)
        assert told["error"] == error
        assert "code" not in told
        assert told.get("state") == ("st/ate&1" if "state" not in changed else None)


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://app.example/other"},
        {"redirect_uri": ""},
        {"code_verifier": "w" * 43},
        {"code_verifier": "short"},
        {"code": "made-up"},
    ],
)
async def test_a_code_is_worth_something_to_its_app_alone(
    smart: Apps, changed: dict[str, str]
) -> None:
    code = await smart.code(await smart.desk(DOT), ALL)
    answer = await smart.exchange(**({"code": code} | changed))
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"
    if "code" not in changed:
        assert (await smart.exchange(code)).status_code == 400


async def test_another_apps_code_is_worth_nothing(smart: Apps) -> None:
    code = await smart.code(await smart.desk(DOT), ALL)
    answer = await smart.exchange(
        code,
        client_id="signing",
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion=smart.assertion(RSA),
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_code_that_comes_twice_ends_what_it_gave(smart: Apps) -> None:
    code = await smart.code(await smart.desk(DOT), ALL)
    told = (await smart.exchange(code)).json()
    assert (await smart.get(f"/Patient/{DOT}", told["access_token"])).status_code == 200
    assert (await smart.exchange(code)).json()["error"] == "invalid_grant"
    assert (await smart.get(f"/Patient/{DOT}", told["access_token"])).status_code == 401
    assert (
        await smart.served.made.database.fetchval(
            "SELECT a.id || a.outcome::text FROM audit a WHERE a.query = 'token-issued-replayed'"
        )
        == "growth!"
    )


async def test_a_code_lasts_a_minute_and_an_access_token_half_an_hour(smart: Apps) -> None:
    desk = await smart.desk(DOT)
    code = await smart.code(desk, ALL)
    smart.clock.go_on(seconds=61)
    assert (await smart.exchange(code)).status_code == 400
    told = (await smart.exchange(await smart.code(desk, ALL + " offline_access"))).json()
    smart.clock.go_on(minutes=29)
    assert (await smart.get(f"/Patient/{DOT}", told["access_token"])).status_code == 200
    smart.clock.go_on(minutes=2)
    answer = await smart.get(f"/Patient/{DOT}", told["access_token"])
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_refresh_tokens_rotate_and_a_used_one_ends_everything(smart: Apps) -> None:
    first = await smart.tokens(DOT, f"{ALL} offline_access")
    second = (await smart.refresh(first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert "id_token" not in second and second["patient"] == DOT
    assert (await smart.get(f"/Patient/{DOT}", second["access_token"])).status_code == 200
    stolen = await smart.refresh(first["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    for token in (first["access_token"], second["access_token"]):
        assert (await smart.get(f"/Patient/{DOT}", token)).status_code == 401
    assert (await smart.refresh(second["refresh_token"])).status_code == 400


async def test_a_public_app_need_not_name_itself_to_refresh(smart: Apps) -> None:
    first = await smart.tokens(DOT, f"{ALL} offline_access")
    given = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert (await smart.post("/oauth/token", **given)).status_code == 200
    unknown = await smart.post("/oauth/token", **{**given, "refresh_token": "made-up"})
    assert unknown.json()["error"] == "invalid_client"


async def test_a_refresh_may_narrow_but_never_widen(smart: Apps) -> None:
    first = await smart.tokens(DOT, f"{ALL} offline_access")
    for wider in (
        "patient/*.cruds",
        "user/*.rs",
        "system/*.rs",
        f"{ALL} online_access",
        "patient/Observation.c",
    ):
        answer = await smart.refresh(first["refresh_token"], scope=wider)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope"), wider
    narrow = (await smart.refresh(first["refresh_token"], scope="patient/Observation.r")).json()
    assert narrow["scope"] == "patient/Observation.r"
    token = narrow["access_token"]
    assert (await smart.get("/Observation/vital", token)).status_code == 200
    assert (await smart.get("/Observation", token)).status_code == 403
    assert (await smart.get(f"/Patient/{DOT}", token)).status_code == 403
    whole = (await smart.refresh(narrow["refresh_token"])).json()
    assert whole["scope"] == first["scope"]


async def test_another_app_cant_use_a_refresh_token(smart: Apps) -> None:
    first = await smart.tokens(DOT, f"{ALL} offline_access")
    answer = await smart.refresh(
        first["refresh_token"],
        client_id="signing",
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion=smart.assertion(RSA),
    )
    assert answer.json()["error"] == "invalid_grant"
    assert (await smart.refresh(first["refresh_token"])).status_code == 200


async def test_online_access_ends_with_the_session_and_offline_access_doesnt(smart: Apps) -> None:
    desk = await smart.desk(DOT)
    online = (await smart.exchange(await smart.code(desk, f"{ALL} online_access"))).json()
    offline = (await smart.exchange(await smart.code(desk, f"{ALL} offline_access"))).json()
    assert (await smart.refresh(online["refresh_token"])).status_code == 200
    await desk.post("/sign-out", {})
    smart.served.made.app_tokens.forget()
    assert (await smart.get(f"/Patient/{DOT}", online["access_token"])).status_code == 401
    assert (await smart.get(f"/Patient/{DOT}", offline["access_token"])).status_code == 200
    smart.clock.go_on(days=91)
    assert (await smart.refresh(offline["refresh_token"])).status_code == 400


async def test_a_revoked_app_can_do_nothing_within_seconds(smart: Apps) -> None:
    told = await smart.tokens(DOT, f"{ALL} offline_access")
    database = smart.served.made.database
    await database.execute("UPDATE registered_client SET status = 'revoked' WHERE id = 'growth'")
    try:
        smart.served.made.app_tokens.forget()
        assert (await smart.get(f"/Patient/{DOT}", told["access_token"])).status_code == 401
    finally:
        await database.execute(
            "UPDATE registered_client SET status = 'approved' WHERE id = 'growth'"
        )


async def test_somebody_who_left_takes_their_apps_with_them(smart: Apps) -> None:
    told = await smart.tokens("gp", f"{ALL} offline_access", DOT)
    assert (await smart.get(f"/Patient/{DOT}", told["access_token"])).status_code == 200
    database = smart.served.made.database
    await database.execute("UPDATE account SET closed = now() WHERE id = 'gp'")
    try:
        smart.served.made.app_tokens.forget()
        assert (await smart.get(f"/Patient/{DOT}", told["access_token"])).status_code == 401
        assert (await smart.refresh(told["refresh_token"])).status_code == 400
    finally:
        await database.execute("UPDATE account SET closed = NULL WHERE id = 'gp'")


async def test_a_signing_app_must_sign(smart: Apps) -> None:
    desk = await smart.desk(DOT)
    code = await smart.code(desk, ALL, client_id="signing")
    answer = await smart.exchange(code, client_id="signing")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    signed = {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": smart.assertion(RSA),
    }
    assert (await smart.exchange(code, client_id="signing", **signed)).status_code == 200
    again = await smart.exchange(code, client_id="signing", **signed)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


async def test_a_professional_picks_whom_the_app_is_about(smart: Apps) -> None:
    desk = await smart.desk("gp")
    page = await smart.ask(desk, ALL)
    assert "Whose record should Growth chart open?" in page.text
    nobody = await smart.ask(desk, ALL, find="Zebedee")
    assert "Nobody of that name" in nobody.text
    found = await smart.ask(desk, ALL, find="Pemberton")
    assert f'value="{DOT}"' in found.text and f'value="{STRANGER}"' not in found.text
    told = await smart.tokens("gp", f"openid fhirUser {ALL}", DOT)
    assert told["patient"] == DOT
    token = told["access_token"]
    assert (await smart.get(f"/Patient/{DOT}", token)).status_code == 200
    for other in (WES, STRANGER):
        assert (await smart.get(f"/Patient/{other}", token)).status_code == 404
    assert await smart.found("/Observation", token) == ["Observation/lab", "Observation/vital"]


async def test_somebody_whom_they_cant_see_cant_be_picked(smart: Apps) -> None:
    answer = await smart.decide(await smart.desk("gp"), ALL, patient=STRANGER)
    assert answer.status_code == 200
    assert "Whose record should" in answer.text


async def test_a_citizen_cant_pick_anybody(smart: Apps) -> None:
    told = await smart.tokens(DOT, ALL, WES)
    assert told["patient"] == DOT
    assert (await smart.get(f"/Patient/{WES}", told["access_token"])).status_code == 404


async def test_an_app_opened_from_a_record_is_about_that_person(smart: Apps) -> None:
    desk = await smart.desk("gp")
    page = await desk.get(f"/apps/open/{DOT}")
    assert "Growth chart" in page.text
    leaving = await desk.post(f"/apps/open/{DOT}", {"client": "growth"})
    address = link(leaving.text, "https://app.example/launch")
    asked = dict(pair.split("=") for pair in address.split("?")[1].split("&"))
    assert asked["iss"] == FHIR.replace(":", "%3A").replace("/", "%2F")
    scope = "launch openid fhirUser patient/*.rs"
    other = await smart.desk("partner")
    refused = returned(await smart.decide(other, scope, launch=asked["launch"]))
    assert refused["error"] == "invalid_request"
    code = await smart.code(desk, scope, launch=asked["launch"])
    told = (await smart.exchange(code)).json()
    assert told["patient"] == DOT and "launch" in told["scope"]
    again = returned(await smart.decide(desk, scope, launch=asked["launch"]))
    assert again["error"] == "invalid_request"


async def test_a_launch_lasts_five_minutes_and_is_the_apps_own(smart: Apps) -> None:
    desk = await smart.desk("gp")
    leaving = await desk.post(f"/apps/open/{DOT}", {"client": "growth"})
    launch = link(leaving.text, "https://app.example/launch").rsplit("launch=", 1)[1]
    other = returned(
        await smart.decide(desk, "launch patient/*.rs", launch=launch, client_id="signing")
    )
    assert other["error"] == "invalid_request"
    smart.clock.at += timedelta(minutes=6)
    late = returned(await smart.decide(desk, "launch patient/*.rs", launch=launch))
    assert late["error"] == "invalid_request"


async def test_no_app_is_opened_about_somebody_whom_they_cant_see(smart: Apps) -> None:
    desk = await smart.desk("gp")
    absent = await desk.get("/apps/open/nobody-at-all")
    hidden = await desk.get(f"/apps/open/{STRANGER}")
    assert absent.status_code == hidden.status_code == 404
    posted = await desk.post(f"/apps/open/{STRANGER}", {"client": "growth"})
    assert posted.status_code == 404
    citizen = await (await smart.desk(DOT)).get(f"/apps/open/{DOT}")
    assert citizen.status_code == 404


async def test_a_user_scope_reaches_as_far_as_the_user(smart: Apps) -> None:
    told = await smart.tokens("gp", "user/Observation.rs user/Patient.r")
    token = told["access_token"]
    assert "patient" not in told
    found = await smart.found("/Observation", token)
    assert found == ["Observation/lab", "Observation/other", "Observation/vital"]
    assert (await smart.get(f"/Patient/{WES}", token)).status_code == 200
    assert (await smart.get(f"/Patient/{STRANGER}", token)).status_code == 404
    assert (await smart.get("/Patient", token)).status_code == 403
    assert (await smart.get("/DiagnosticReport/report", token)).status_code == 403
