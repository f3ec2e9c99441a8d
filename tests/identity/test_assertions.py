"""A client's signed assertion: what proves it, and every way in which it doesn't."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bevan.identity.assertions import Assertions
from bevan.identity.clients import Clients, RegisteredClient
from bevan.identity.errors import ClientRefused
from bevan.identity.once import Once
from bevan.kernel.database import Database
from tests.support.moving_clock import MovingClock
from tests.support.signing import Signer, rsa

TOKEN = "https://bevan.test/oauth/token"
ALGORITHMS = ("RS384", "ES384")
SIGNER = Signer("backend")
RSA = rsa("backend")


class Desk:
    """Checks assertions of one client, whose keys may be fetched from an address."""

    def __init__(self, pool: Database, hands: MovingClock) -> None:
        self.hands = hands
        self.clients = Clients(pool, hands, remember=0)
        self.once = Once(pool, hands)
        self.published: dict[str, Any] = SIGNER.jwks
        self.fetched = 0
        self.assertions = Assertions(self.clients, self.once, hands, self.fetch)

    async def fetch(self, address: str) -> bytes:
        assert address == "https://backend.example/jwks"
        self.fetched += 1
        return json.dumps(self.published).encode()

    async def register(self, **changed: Any) -> None:
        client = RegisteredClient(
            "backend", "Backend", "smart", "private_key_jwt", "approved", jwks=SIGNER.jwks
        )
        await self.clients.register(replace(client, **changed), by="tests")

    async def check(self, assertion: str, **given: Any) -> RegisteredClient:
        asked: dict[str, Any] = {"use": "smart", "audience": [TOKEN], "algorithms": ALGORITHMS}
        return await self.assertions.client(assertion, **(asked | given))


@pytest.fixture
def desk(pool: Database, hands: MovingClock) -> Desk:
    return Desk(pool, hands)


@pytest.mark.parametrize("signer", [SIGNER, RSA], ids=["ES384", "RS384"])
async def test_a_good_one_names_its_client(desk: Desk, signer: Signer) -> None:
    await desk.register(jwks=signer.jwks)
    assert (await desk.check(signer.assertion(TOKEN, desk.hands.at))).id == "backend"
    many = signer.assertion(TOKEN, desk.hands.at, aud=["https://other.example", TOKEN])
    assert (await desk.check(many)).id == "backend"


async def test_it_is_used_once_over_all_processes(desk: Desk) -> None:
    await desk.register()
    assertion = SIGNER.assertion(TOKEN, desk.hands.at)
    await desk.check(assertion)
    other = Assertions(desk.clients, desk.once, desk.hands)
    for again in (desk.assertions, other):
        with pytest.raises(ClientRefused, match="used before"):
            await again.client(assertion, use="smart", audience=[TOKEN], algorithms=ALGORITHMS)


async def test_one_jti_may_be_used_by_two_clients(desk: Desk) -> None:
    second = Signer("second")
    await desk.register()
    await desk.register(id="second", jwks=second.jwks)
    found = [
        await desk.check(signer.assertion(TOKEN, desk.hands.at, jti="same"))
        for signer in (SIGNER, second)
    ]
    assert [client.id for client in found] == [SIGNER.client, "second"]


async def test_used_ones_are_forgotten_when_they_are_void_anyhow(
    desk: Desk, pool: Database
) -> None:
    await desk.register()
    await desk.check(SIGNER.assertion(TOKEN, desk.hands.at))
    await desk.once.sweep()
    assert await pool.fetchval("SELECT count(*) FROM used_once") == 1
    desk.hands.go_on(minutes=20)
    await desk.once.sweep()
    assert await pool.fetchval("SELECT count(*) FROM used_once") == 0


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "somebody"},
        {"sub": "somebody"},
        {"iss": None},
        {"iss": 5, "sub": 5},
        {"aud": "https://bevan.test"},
        {"aud": None},
        {"aud": []},
        {"jti": None},
        {"jti": ""},
        {"jti": "x" * 201},
        {"jti": 7},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e300},
        {"lasts": timedelta(0)},
        {"lasts": timedelta(seconds=-1)},
        {"lasts": timedelta(minutes=6)},
        {"nbf": 4102444800},
        {"iat": 4102444800},
    ],
)
async def test_what_it_says_must_be_right(desk: Desk, claims: dict[str, Any]) -> None:
    await desk.register()
    with pytest.raises(ClientRefused) as refused:
        await desk.check(SIGNER.assertion(TOKEN, desk.hands.at, **claims))
    assert refused.value.error == "invalid_client"


async def test_it_must_be_signed_by_the_clients_own_key(desk: Desk) -> None:
    await desk.register()
    for signer in (Signer("backend"), RSA, replace(SIGNER, kid="other")):
        with pytest.raises(ClientRefused, match="signature"):
            await desk.check(signer.assertion(TOKEN, desk.hands.at))


async def test_a_changed_one_is_refused(desk: Desk) -> None:
    await desk.register()
    head, _, sign = SIGNER.assertion(TOKEN, desk.hands.at).split(".")
    other = SIGNER.assertion(TOKEN, desk.hands.at, jti="other").split(".")[1]
    with pytest.raises(ClientRefused):
        await desk.check(f"{head}.{other}.{sign}")


def _part(value: dict[str, Any] | bytes) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bare(header: dict[str, Any], claims: str, signature: str = "") -> str:
    return f"{_part(header)}.{claims}.{signature}"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
async def test_unsigned_ones_are_refused(desk: Desk, algorithm: str) -> None:
    await desk.register()
    claims = SIGNER.assertion(TOKEN, desk.hands.at).split(".")[1]
    with pytest.raises(ClientRefused):
        await desk.check(_bare({"alg": algorithm, "kid": "one"}, claims))


async def test_a_public_key_is_no_shared_secret(desk: Desk) -> None:
    await desk.register(jwks=RSA.jwks)
    ends = int(desk.hands.at.timestamp()) + 200
    said = {"iss": "backend", "sub": "backend", "aud": TOKEN, "jti": "1", "exp": ends}
    signed = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(said)}"
    for secret in (RSA.key.as_pem(private=False), json.dumps(RSA.jwks["keys"][0]).encode()):
        forged = hmac.new(secret, signed.encode(), "sha256").digest()
        with pytest.raises(ClientRefused, match="algorithm"):
            await desk.check(f"{signed}.{_part(forged)}")


async def test_an_algorithm_that_isnt_asked_for_is_refused(desk: Desk) -> None:
    signer = rsa("backend", "RS512")
    await desk.register(jwks=signer.jwks)
    with pytest.raises(ClientRefused, match="algorithm"):
        await desk.check(signer.assertion(TOKEN, desk.hands.at))
    found = await desk.check(signer.assertion(TOKEN, desk.hands.at), algorithms=("RS512",))
    assert found.id == "backend"


async def test_a_key_in_the_header_counts_for_nothing(desk: Desk) -> None:
    await desk.register()
    other = Signer("backend")
    forged = other.assertion(TOKEN, desk.hands.at, header={"jwk": other.jwks["keys"][0]})
    with pytest.raises(ClientRefused):
        await desk.check(forged)


@pytest.mark.parametrize("text", ["", "x", "a.b", "a.b.c", "....", "x" * 20_000, "é.é.é"])
async def test_what_isnt_a_token_is_refused(desk: Desk, text: str) -> None:
    await desk.register()
    with pytest.raises(ClientRefused):
        await desk.check(text)


@pytest.mark.parametrize(
    "changed", [{"status": "pending"}, {"use": "citizen-login"}, {"status": "revoked"}]
)
async def test_only_approved_clients_of_this_server(desk: Desk, changed: dict[str, str]) -> None:
    await desk.register(**changed)
    with pytest.raises(ClientRefused):
        await desk.check(SIGNER.assertion(TOKEN, desk.hands.at))


async def test_a_public_client_doesnt_authenticate(desk: Desk) -> None:
    await desk.register(authentication="none", jwks=None)
    with pytest.raises(ClientRefused):
        await desk.check(SIGNER.assertion(TOKEN, desk.hands.at))


async def test_keys_at_an_address_are_fetched_and_once_anew_for_an_unknown_one(
    desk: Desk,
) -> None:
    await desk.register(jwks=None, jwks_uri="https://backend.example/jwks")
    for _ in range(3):
        await desk.check(SIGNER.assertion(TOKEN, desk.hands.at))
    assert desk.fetched == 1
    fresh = Signer("backend", kid="two")
    desk.published = fresh.jwks
    await desk.check(fresh.assertion(TOKEN, desk.hands.at))
    assert desk.fetched == 2
    with pytest.raises(ClientRefused):
        await desk.check(SIGNER.assertion(TOKEN, desk.hands.at))


async def test_keys_that_cant_be_fetched_refuse_it(desk: Desk) -> None:
    await desk.register(jwks=None, jwks_uri="https://backend.example/jwks")
    desk.published = {"keys": "nonsense"}
    assertion = SIGNER.assertion(TOKEN, desk.hands.at)
    with pytest.raises(ClientRefused):
        await desk.check(assertion)
    nowhere = Assertions(desk.clients, desk.once, desk.hands)
    with pytest.raises(ClientRefused, match="fetched"):
        await nowhere.client(assertion, use="smart", audience=[TOKEN], algorithms=ALGORITHMS)
