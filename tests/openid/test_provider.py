"""The citizens' provider behaves as NHS login does; each test names the rule it holds."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.openid.estate import (
    NUMBER,
    PATIENT,
    PUBLIC,
    Estate,
    Person,
    asking,
    confused,
    hidden,
    returned,
    said,
    unsigned,
)

P5 = '["P5.Cp.Cd","P5.Cp.Ck","P5.Cm"]'


async def tokens(estate: Estate, person: Person, **changed: str) -> dict[str, Any]:
    back = await person.code(estate.app, **changed)
    answer = await estate.exchange(estate.app, back["code"])
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_discovery_says_what_there_is(estate: Estate) -> None:
    told = (await estate.served.client.get("/citizen/.well-known/openid-configuration")).json()
    assert told["issuer"] == f"{PUBLIC}/citizen"
    assert told["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert told["id_token_signing_alg_values_supported"] == ["RS512"]
    assert "end_session_endpoint" not in told  # the relying party owns the session
    assert (await estate.served.client.get("/citizen/nothing")).status_code == 404
    assert (await estate.served.client.get("/citizen/token")).status_code == 405


async def test_the_whole_way(estate: Estate) -> None:
    account, person = await estate.citizen()
    back = await person.code(estate.app)
    assert (back["state"], back["iss"]) == ("s-1", f"{PUBLIC}/citizen")
    told = (await estate.exchange(estate.app, back["code"])).json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 300)
    jwks = (await estate.served.client.get("/citizen/.well-known/jwks.json")).json()
    token = jwt.decode(told["id_token"], KeySet.import_key_set(jwks), ["RS512"])
    now = int(estate.clock.now().timestamp())
    assert token.header["alg"] == "RS512"
    assert token.claims["exp"] - now == 3600
    assert {name: token.claims[name] for name in ("iss", "aud", "sub", "nonce", "vot")} == {
        "iss": f"{PUBLIC}/citizen", "aud": "app-1", "sub": account.subject, "nonce": "n-1",
        "vot": "P9.Cm",
    }  # fmt: skip
    assert said(told["access_token"])["exp"] - now == 300
    who = (await estate.userinfo(told["access_token"])).json()
    assert who == {
        "sub": account.subject, "nhs_number": NUMBER, "family_name": "Moss",
        "given_name": "Ada June", "birthdate": "1948-03-14", "identity_proofing_level": "P9",
        "email": account.email, "email_verified": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"state": ""}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid profile basic_demographics"}, "invalid_scope"),
        ({"vtr": "P9.Cm"}, "invalid_request"),
        ({"vtr": "[]"}, "invalid_request"),
        ({"vtr": '["P7.Cm"]'}, "invalid_request"),
        ({"vtr": '["P9"]'}, "invalid_request"),
        ({"prompt": "consent"}, "invalid_request"),
        ({"request": "x"}, "request_not_supported"),
        ({"request_uri": "https://x.example"}, "request_uri_not_supported"),
        ({"code_challenge": "x" * 43}, "invalid_request"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
async def test_faults_go_back_with_their_code(
    estate: Estate, changed: dict[str, str], error: str
) -> None:
    back = returned(await Person(estate).get(asking(estate.app, **changed)))
    assert back["error"] == error
    assert back.get("state", "") == changed.get("state", "s-1")
    assert "code" not in back


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "nobody"},
        {"client_id": "ward-1"},
        {"redirect_uri": "https://evil.example/return"},
        {"redirect_uri": "https://app.example/return/"},
        {"redirect_uri": "https://app.example/return?x=1"},
        {"redirect_uri": ""},
    ],
)
async def test_nothing_is_sent_to_an_unknown_address(
    estate: Estate, changed: dict[str, str]
) -> None:
    answer = await Person(estate).get(asking(estate.app, **changed))
    assert answer.headers["location"] == "/login/refused?realm=citizen"
    page = await Person(estate).follow(answer)
    assert page.status_code == 400


async def test_a_parameter_given_twice_is_refused(estate: Estate) -> None:
    answer = await Person(estate).get(asking(estate.app) + "&nonce=n-2")
    assert returned(answer)["error"] == "invalid_request"


async def test_unknown_scopes_are_passed_over(estate: Estate) -> None:
    _, person = await estate.citizen()
    told = await tokens(estate, person, scope="openid email swimming")
    assert told["scope"] == "openid email"


async def test_no_vtr_asks_for_p9(estate: Estate) -> None:
    _, person = await estate.citizen("P5")
    page = await person.authorise(estate.app, vtr="")
    page = await person.follow(await person.show_passkey(page))
    assert "Prove who you are first" in page.text
    back = returned(
        await person.post("/login/citizen/give-up", request=hidden(page.text, "request"))
    )
    assert back["error"] == "access_denied"


@pytest.mark.parametrize(("level", "vot"), [("P5", "P5.Cm"), ("P9", "P9.Cm")])
async def test_asking_for_p5_may_return_p9(estate: Estate, level: str, vot: str) -> None:
    _, person = await estate.citizen(level)
    told = await tokens(estate, person, vtr=P5)
    assert said(told["id_token"])["vot"] == vot
    assert said(told["access_token"])["vot"] == vot


async def test_at_p0_there_are_no_details(estate: Estate) -> None:
    account, person = await estate.citizen("P0")
    told = await tokens(estate, person, vtr='["P0.Cm"]')
    assert (await estate.userinfo(told["access_token"])).json() == {
        "sub": account.subject, "email": account.email, "email_verified": True,
    }  # fmt: skip


async def test_a_code_works_once_and_its_reuse_revokes_what_it_gave(estate: Estate) -> None:
    _, person = await estate.citizen()
    back = await person.code(estate.app)
    told = (await estate.exchange(estate.app, back["code"])).json()
    again = await estate.exchange(estate.app, back["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await estate.userinfo(told["access_token"])).status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    assert (await estate.token(estate.app, **form)).json()["error"] == "invalid_grant"


async def test_a_code_is_one_clients_for_one_address_for_ten_minutes(estate: Estate) -> None:
    _, person = await estate.citizen()
    back = await person.code(estate.app)
    other = await estate.exchange(estate.partner, back["code"])
    assert other.json()["error"] == "invalid_grant"
    wrong = await estate.exchange(estate.app, back["code"], redirect_uri="https://app.example/")
    assert wrong.json()["error"] == "invalid_grant"
    late = await person.code(estate.app)
    estate.clock.go_on(minutes=10)
    assert (await estate.exchange(estate.app, late["code"])).json()["error"] == "invalid_grant"


async def test_an_access_token_ends_after_five_minutes(estate: Estate) -> None:
    _, person = await estate.citizen()
    told = await tokens(estate, person)
    estate.clock.go_on(minutes=4, seconds=59)
    assert (await estate.userinfo(told["access_token"])).status_code == 200
    estate.clock.go_on(seconds=1)
    ended = await estate.userinfo(told["access_token"])
    assert ended.status_code == 401
    assert 'error="invalid_token"' in ended.headers["www-authenticate"]
    assert (await estate.userinfo(told["id_token"])).status_code == 401
    assert (await estate.userinfo("rubbish")).status_code == 401


async def test_refresh_tokens_rotate_and_a_reuse_ends_them_all(estate: Estate) -> None:
    _, person = await estate.citizen()
    first = await tokens(estate, person)
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await estate.token(estate.app, **form)).json()
    assert "id_token" not in second
    assert second["refresh_token"] != first["refresh_token"]
    wider = form | {"refresh_token": second["refresh_token"], "scope": "openid phone"}
    assert (await estate.token(estate.app, **wider)).json()["error"] == "invalid_scope"
    assert (await estate.token(estate.app, **form)).json()["error"] == "invalid_grant"
    assert (await estate.userinfo(second["access_token"])).status_code == 401


async def test_a_refresh_may_narrow_and_ends_after_thirty_days(estate: Estate) -> None:
    _, person = await estate.citizen()
    told = await tokens(estate, person)
    form = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    narrow = (await estate.token(estate.app, **form, scope="openid email")).json()
    assert set((await estate.userinfo(narrow["access_token"])).json()) == {
        "sub", "email", "email_verified",
    }  # fmt: skip
    estate.clock.go_on(days=30)
    form["refresh_token"] = narrow["refresh_token"]
    assert (await estate.token(estate.app, **form)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changed",
    [{"aud": "https://other.example"}, {"sub": "app-2"}, {"exp": 1}, {"jti": ""}],
)
async def test_a_wrong_assertion_authenticates_nobody(
    estate: Estate, changed: dict[str, Any]
) -> None:
    where = f"{PUBLIC}/citizen/token"
    assertion = estate.app.assertion(where, estate.clock.now(), **changed)
    answer = await estate.token(estate.app, client_assertion=assertion, grant_type="x")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


async def test_an_assertion_works_once_and_only_with_rs512(estate: Estate) -> None:
    where, now = f"{PUBLIC}/citizen/token", estate.clock.now()
    used = estate.app.assertion(where, now)
    for error in ("unsupported_grant_type", "invalid_client"):
        answer = await estate.token(estate.app, client_assertion=used, grant_type="x")
        assert answer.json()["error"] == error
    claims = said(estate.app.assertion(where, now))
    forged = [
        jwt.encode({"alg": "RS256", "kid": "k1"}, claims, estate.app.key, ["RS256"]),
        confused(claims, estate.app.key.as_pem(private=False)),
        unsigned(claims),
    ]
    for assertion in forged:
        answer = await estate.token(estate.app, client_assertion=assertion, grant_type="x")
        assert answer.json()["error"] == "invalid_client"
    bare = await estate.served.client.post("/citizen/token", data={"grant_type": "x"})
    assert bare.json()["error"] == "invalid_client"


async def test_pkce_is_kept_to_where_it_was_begun(estate: Estate) -> None:
    _, person = await estate.citizen()
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    asked = {"code_challenge": challenge.rstrip(b"=").decode(), "code_challenge_method": "S256"}
    for given in ({}, {"code_verifier": "w" * 43}):
        back = await person.code(estate.app, **asked)
        answer = await estate.exchange(estate.app, back["code"], **given)
        assert answer.json()["error"] == "invalid_grant"
    back = await person.code(estate.app, **asked)
    good = await estate.exchange(estate.app, back["code"], code_verifier=verifier)
    assert good.status_code == 200


async def test_prompt_none_never_shows_a_page(estate: Estate) -> None:
    _, person = await estate.citizen("P5")
    back = returned(await person.authorise(estate.app, prompt="none", vtr=P5))
    assert back["error"] == "login_required"
    page = await person.authorise(estate.app, vtr=P5)
    page = await person.follow(await person.show_passkey(page))
    assert "Share your details" in page.text
    back = returned(await person.authorise(estate.app, prompt="none", vtr=P5))
    assert back["error"] == "consent_required"
    await person.code(estate.app, vtr=P5)
    assert "code" in returned(await person.authorise(estate.app, prompt="none", vtr=P5))
    back = returned(await person.authorise(estate.app, prompt="none", vtr='["P9.Cm"]'))
    assert back["error"] == "interaction_required"


async def test_prompt_login_asks_again(estate: Estate) -> None:
    _, person = await estate.citizen()
    await person.code(estate.app)
    assert "code" in returned(await person.authorise(estate.app))
    estate.clock.go_on(minutes=1)
    page = await person.authorise(estate.app, prompt="login")
    assert "Sign in with a passkey" in page.text


async def test_declining_sends_back_neither_code_nor_token(estate: Estate) -> None:
    _, person = await estate.citizen()
    page = await person.follow(await person.show_passkey(await person.authorise(estate.app)))
    pending = hidden(page.text, "request")
    assert "your NHS number" in page.text
    assert "form-action 'self' https://app.example" in page.headers["content-security-policy"]
    back = returned(await person.post("/login/citizen/share", request=pending, share="no"))
    assert back == {
        "error": "access_denied", "error_description": "ConsentNotGiven", "state": "s-1",
        "iss": f"{PUBLIC}/citizen",
    }  # fmt: skip


async def test_a_partner_vouches_for_somebody_once(estate: Estate) -> None:
    account, person = await estate.citizen()
    told = await tokens(estate, person)
    at = int(estate.clock.now().timestamp())

    def vouching(**changed: Any) -> str:
        claims = {"iss": "app-1", "code": said(told["id_token"])["jti"], "jti": f"j-{changed}",
                  "iat": at, "exp": at + 60, **changed}  # fmt: skip
        key = estate.app.key
        return jwt.encode({"alg": "RS512", "kid": "k1"}, claims, key, ["RS512"])

    elsewhere = Person(estate)
    asked = {"asserted_login_identity": vouching(), "scope": "openid"}
    page = await elsewhere.authorise(estate.partner, **asked)
    assert "Share your details" in page.text
    assert "Ada Moss" in page.text
    for bad in ({"jti": "j-{}"}, {"exp": at + 61}, {"code": "other"}, {"iss": "app-2"}):
        asked["asserted_login_identity"] = vouching(**bad)
        back = returned(await Person(estate).authorise(estate.partner, prompt="none", **asked))
        assert back["error"] == "sso_login_required"
    _, other = await estate.citizen("P9")
    await other.code(estate.partner)
    pending = hidden(page.text, "request")
    page = await elsewhere.post("/login/citizen/share", request=pending, share="yes")
    assert "code" in returned(await elsewhere.follow(page))
    asked["asserted_login_identity"] = vouching(jti="j-other")
    back = returned(await other.authorise(estate.partner, prompt="none", **asked))
    assert back["error"] == "account_selection_required"
    assert account.actor == PATIENT


async def test_an_email_code_reaches_p0_only(estate: Estate) -> None:
    account, person = await estate.citizen("P9")
    page = await person.authorise(estate.app)
    pending = hidden(page.text, "request")
    answer = await person.post(
        "/login/citizen/email", mode="enter", request=pending, email=account.email
    )
    page = await person.follow(answer)
    (letter,) = await estate.login.mail.latest(1)  # type: ignore[attr-defined]
    page = await person.follow(
        await person.post(
            "/login/citizen/code", id=hidden(page.text, "id"), mode="enter", request=pending,
            code=letter.subject.split()[0],
        )
    )  # fmt: skip
    assert "needs a stronger way" in page.text
    page = await person.follow(await person.show_passkey(page))
    assert "Share your details" in page.text


async def test_a_closed_accounts_tokens_end(estate: Estate) -> None:
    account, person = await estate.citizen()
    told = await tokens(estate, person)
    await estate.login.close(account.id)
    assert (await estate.userinfo(told["access_token"])).status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    assert (await estate.token(estate.app, **form)).json()["error"] == "invalid_grant"
