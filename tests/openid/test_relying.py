"""Our relying party, against our own providers and against one that does everything wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from bevan.identity.errors import SignInRefused
from bevan.identity.login import Visitor
from bevan.identity.openid.vectors import parse, satisfies
from bevan.identity.relying import NoConsent, Relying, Upstream
from bevan.kernel.outgoing import Answer
from bevan.record.scope import Actor
from tests.openid.estate import (
    DEAD,
    HIDDEN,
    NUMBER,
    OLDER,
    PATIENT,
    PUBLIC,
    Estate,
    Person,
    confused,
    unsigned,
)

ISSUER = "https://login.example"


class Elsewhere:
    """A provider like the real NHS login, whose every answer a test can bend."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.key = RSAKey.generate_key(2048, {"kid": "e1"})
        self.published = [self.key]
        self.claims: dict[str, Any] = {}
        self.told: dict[str, Any] = {"nhs_number": NUMBER, "birthdate": "1948-03-14",
                                     "given_name": "Ada", "family_name": "Moss"}  # fmt: skip
        self.token: str | None = None
        self.asked: list[str] = []
        self.subject = "sub-1"

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        self.asked.append(url.removeprefix(ISSUER))
        told = {
            "/.well-known/openid-configuration": self._metadata,
            "/jwks": lambda: {"keys": [key.as_dict(private=False) for key in self.published]},
            "/token": lambda: {"id_token": self.token or self.signed(), "access_token": "a"},
            "/userinfo": lambda: {"sub": self.subject, **self.told},
        }[url.removeprefix(ISSUER)]()
        return Answer(200, {}, json.dumps(told).encode())

    def signed(self, key: RSAKey | None = None) -> str:
        used = key or self.key
        return jwt.encode({"alg": "RS512", "kid": used.kid}, self.said(), used, ["RS512"])

    def said(self) -> dict[str, Any]:
        now = int(self.estate.clock.now().timestamp())
        return {"iss": ISSUER, "aud": "bevan-abroad", "sub": "sub-1", "nonce": self.nonce,
                "iat": now, "exp": now + 3600, "auth_time": now, "vot": "P9.Cp.Cd",
                **self.claims}  # fmt: skip

    nonce = ""

    def _metadata(self) -> dict[str, Any]:
        ends = {
            f"{name}_endpoint": f"{ISSUER}/{path}"
            for name, path in [
                ("authorization", "authorize"),
                ("token", "token"),
                ("userinfo", "userinfo"),
            ]
        }
        return {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks", **ends}


def abroad(estate: Estate, other: Elsewhere) -> Relying:
    """Our relying party, pointed at somebody else's provider."""
    made, key = estate.served.made, RSAKey.generate_key(2048).as_pem(private=True).decode()
    own = made.front.relying["citizen"]
    upstream = Upstream("citizen", ISSUER, "bevan-abroad", f"{PUBLIC}/sign-in/citizen/return",
                        own=False, key=key)  # fmt: skip
    return Relying(upstream, estate.login, made.keys, other, own._arrivals, made.database,
                   estate.clock)  # fmt: skip


async def errand(party: Relying, other: Elsewhere, level: str = "P9") -> dict[str, str]:
    """Go there and come back with a code."""
    address = await party.start("browser", level=level, next="/record")
    query = parse_qs(urlsplit(address).query)
    other.nonce = query["nonce"][0]
    return {"state": query["state"][0], "code": "c"}


@pytest.fixture
def other(estate: Estate) -> Elsewhere:
    return Elsewhere(estate)


async def test_somebody_from_another_provider_gets_a_session_and_their_record(
    estate: Estate, other: Elsewhere
) -> None:
    party = abroad(estate, other)
    arrived = await party.finish(await errand(party, other), "browser", Visitor())
    session = arrived.session
    assert (session.level, session.vot, session.actor.id) == ("P9", "P9.Cp.Cd", PATIENT)
    assert (session.actor.name, arrived.next) == ("Ada Moss", "/record")
    again = await party.finish(await errand(party, other), "browser", Visitor())
    assert again.session.account == session.account


async def test_p5_gives_no_record(estate: Estate, other: Elsewhere) -> None:
    other.claims["vot"] = "P5.Cp.Cd"
    party = abroad(estate, other)
    arrived = await party.finish(await errand(party, other, "P5"), "browser", Visitor())
    assert (arrived.session.level, arrived.session.actor.id) == ("P5", "")
    with pytest.raises(SignInRefused):
        await party.finish(await errand(party, other, "P9"), "browser", Visitor())


@pytest.mark.parametrize(
    ("number", "level", "actor"),
    [
        ("9994106074", "P9", PATIENT),  # superseded: the record that stands
        ("9990000050", "P0", ""),  # died
        ("9990000069", "P0", ""),  # whereabouts protected
        ("9990000077", "P0", ""),  # nobody we know
        ("", "P0", ""),
    ],
)
async def test_whose_record_it_is(
    estate: Estate, other: Elsewhere, number: str, level: str, actor: str
) -> None:
    other.told["nhs_number"] = number
    other.claims["sub"] = other.subject = f"sub-{number}"
    party = abroad(estate, other)
    arrived = await party.finish(await errand(party, other), "browser", Visitor())
    assert (arrived.session.level, arrived.session.actor.id) == (level, actor)


async def test_another_birth_date_is_another_person(estate: Estate, other: Elsewhere) -> None:
    other.told["birthdate"] = "1948-04-13"
    other.claims["sub"] = other.subject = "sub-born"
    party = abroad(estate, other)
    arrived = await party.finish(await errand(party, other), "browser", Visitor())
    assert arrived.session.actor.id == ""


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "other"},
        {"aud": "somebody-else"},
        {"aud": ["bevan-abroad", "somebody-else"]},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"iat": 9_999_999_999},
        {"sub": ""},
        {"vot": "P9"},
        {"vot": "P9.Cp"},
        {"azp": "somebody-else"},
    ],
)
async def test_a_token_with_a_wrong_claim_signs_nobody_in(
    estate: Estate, other: Elsewhere, claims: dict[str, Any]
) -> None:
    other.claims = claims
    party = abroad(estate, other)
    with pytest.raises(SignInRefused):
        await party.finish(await errand(party, other), "browser", Visitor())


async def test_forged_tokens_sign_nobody_in(estate: Estate, other: Elsewhere) -> None:
    party = abroad(estate, other)
    public = other.key.as_pem(private=False)
    stranger = RSAKey.generate_key(2048, {"kid": "e1"})
    for forge in (
        lambda: unsigned(other.said()),
        lambda: confused(other.said(), public, "e1"),
        lambda: other.signed(stranger),
        lambda: jwt.encode({"alg": "RS512"}, other.said(), other.key, ["RS512"]),
        lambda: "rubbish",
    ):
        given = await errand(party, other)
        other.token = forge()
        with pytest.raises(SignInRefused):
            await party.finish(given, "browser", Visitor())


async def test_an_unknown_key_makes_us_fetch_the_keys_once(
    estate: Estate, other: Elsewhere
) -> None:
    party = abroad(estate, other)
    await party.finish(await errand(party, other), "browser", Visitor())
    fresh = RSAKey.generate_key(2048, {"kid": "e2"})
    other.published, other.key = [fresh], fresh
    estate.clock.go_on(seconds=30)
    await party.finish(await errand(party, other), "browser", Visitor())
    assert other.asked.count("/jwks") == 2
    estate.clock.go_on(seconds=30)
    for _ in range(3):
        given = await errand(party, other)
        other.token = other.signed(RSAKey.generate_key(2048, {"kid": "unknown"}))
        with pytest.raises(SignInRefused):
            await party.finish(given, "browser", Visitor())
    assert other.asked.count("/jwks") == 3


async def test_userinfo_of_another_subject_is_thrown_away(estate: Estate, other: Elsewhere) -> None:
    other.subject = "sub-2"
    party = abroad(estate, other)
    with pytest.raises(SignInRefused):
        await party.finish(await errand(party, other), "browser", Visitor())


async def test_state_works_once_in_its_own_browser_for_ten_minutes(
    estate: Estate, other: Elsewhere
) -> None:
    party = abroad(estate, other)
    given = await errand(party, other)
    with pytest.raises(SignInRefused):
        await party.finish(given, "another browser", Visitor())
    with pytest.raises(SignInRefused):
        await party.finish(given | {"state": "wrong"}, "browser", Visitor())
    await party.finish(given, "browser", Visitor())
    with pytest.raises(SignInRefused):
        await party.finish(given, "browser", Visitor())
    late = await errand(party, other)
    estate.clock.at += timedelta(minutes=10)
    with pytest.raises(SignInRefused):
        await party.finish(late, "browser", Visitor())
    mixed = await errand(party, other)
    with pytest.raises(SignInRefused):
        await party.finish(mixed | {"iss": "https://evil.example"}, "browser", Visitor())


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"error": "access_denied", "error_description": "ConsentNotGiven"}, NoConsent),
        ({}, NoConsent),
        ({"error": "access_denied"}, SignInRefused),
        ({"error": "server_error"}, SignInRefused),
        ({"error": "temporarily_unavailable"}, SignInRefused),
    ],
)
async def test_what_comes_back_without_a_code(
    estate: Estate, other: Elsewhere, given: dict[str, str], kind: type[Exception]
) -> None:
    party = abroad(estate, other)
    state = (await errand(party, other))["state"]
    with pytest.raises(kind):
        await party.finish({"state": state, **given}, "browser", Visitor())


@pytest.mark.parametrize(
    ("vtr", "vot", "holds"),
    [
        (["P9.Cp.Cd"], "P9.Cm", False),
        (["P5.Cp.Cd", "P9.Cm"], "P9.Cp.Cd", True),
        (["P5.Cp.Cd"], "P9.Cp.Cd", True),
        (["P9.Cp.Cd"], "P5.Cp.Cd", False),
        (["P0.Cp"], "P0.Cp", True),
    ],
)
def test_the_worked_values_of_vectors(vtr: list[str], vot: str, holds: bool) -> None:
    assert satisfies(parse(vot), map(parse, vtr)) is holds


async def test_our_own_provider_signs_in_to_the_apps(estate: Estate) -> None:
    _, person = await estate.citizen()
    page = await person.follow(await person.get("/sign-in/citizen?level=P9&next=/account"))
    page = await person.follow(await person.show_passkey(page))
    assert page.status_code == 200
    assert "Your account" in page.text
    assert "Identity proven" in page.text


@pytest.mark.parametrize("patient", [DEAD, HIDDEN])
async def test_our_own_provider_gives_no_record_of_these(estate: Estate, patient: str) -> None:
    account, person = await estate.citizen("P9", patient)
    page = await person.follow(await person.get("/sign-in/citizen?level=P9&next=/account"))
    page = await person.follow(await person.show_passkey(page))
    assert page.status_code == 200
    (row,) = [one for one in await estate.login.sessions.list(account.id) if one.use == "apps"]
    assert row.level == "P0"


async def test_a_superseded_record_isnt_the_one_that_opens(estate: Estate) -> None:
    made = estate.served.made
    await made.following.follow(Actor("system", "tests", "tests"))
    await made.survivors.renew()
    account, person = await estate.citizen("P9", OLDER)
    page = await person.follow(await person.get("/sign-in/citizen?level=P9"))
    page = await person.follow(await person.show_passkey(page))
    assert page.status_code == 200
    cookie = person.http.cookies.get("bevan")
    session = await estate.served.made.identity.signed_in(cookie)
    assert session is not None
    assert session.actor.id == PATIENT
    assert (await estate.login.require(account.id)).actor == OLDER, "an account stays its record's"


async def test_staff_with_several_roles_change_them_as_new_sessions(estate: Estate) -> None:
    account, person = await estate.worker(2)
    page = await person.follow(await person.get("/sign-in/staff?next=/roles"))
    page = await person.follow(await person.show_passkey(page))
    answer = await person.post("/login/staff/role", request=hidden_request(page), role="0")
    page = await person.follow(answer)
    assert "Your roles" in page.text
    before = person.http.cookies.get("bevan")
    answer = await person.post("/roles", role="1")
    assert answer.status_code == 303
    after = person.http.cookies.get("bevan")
    assert after != before
    assert await estate.served.made.identity.signed_in(before) is None
    session = await estate.served.made.identity.signed_in(after)
    assert session is not None
    assert session.actor.organisation_name == "Thornbeck General"
    assert (await estate.login.events.list(account.id))[0].action == "role"
    assert (await person.post("/roles", role="9")).status_code == 422


def hidden_request(page: Any) -> str:
    from tests.openid.estate import hidden

    return hidden(page.text, "request")


async def test_staff_without_a_role_reach_a_page_that_says_so(estate: Estate) -> None:
    _, person = await estate.worker(0)
    page = await person.follow(await person.get("/sign-in/staff"))
    page = await person.follow(await person.show_passkey(page))
    assert "You have no role" in page.text
    answer = await person.get("/fhir/Patient")
    assert answer.status_code == 200
    assert answer.json().get("total", 0) == 0


async def test_somebody_elses_page_is_never_the_way_on(estate: Estate) -> None:
    _, person = await estate.citizen()
    page = await person.follow(await person.get("/sign-in/citizen?next=//evil.example"))
    answer = await person.show_passkey(page)
    while answer.status_code == 303:
        assert "evil" not in answer.headers["location"]
        answer = await person.get(answer.headers["location"])
    assert answer.status_code == 200
    assert Person(estate).device is None
