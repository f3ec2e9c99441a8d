"""Registered clients: what can be registered, and who may speak when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from joserfc.jwk import ECKey, OctKey

from bevan.identity.clients import Clients, RegisteredClient
from bevan.identity.errors import ClientRefused
from bevan.kernel.database import Database
from tests.support.moving_clock import MovingClock
from tests.support.signing import Signer, rsa

APP = RegisteredClient(
    id="growth-chart",
    name="Growth chart",
    use="smart",
    authentication="none",
    status="approved",
    redirects=("https://app.example/back", "http://localhost:9000/back"),
    scopes=("launch", "patient/*.rs"),
    origins=("https://app.example",),
    launch="https://app.example/launch",
)


@pytest.fixture
def clients(pool: Database, hands: MovingClock) -> Clients:
    return Clients(pool, hands, remember=0)


async def test_what_is_registered_is_found(clients: Clients, hands: MovingClock) -> None:
    await clients.register(APP, by="tests")
    assert await clients.find("growth-chart") == replace(APP, registered=hands.at)
    assert await clients.find("growth-chart\0") == await clients.find("growth-chart")
    assert await clients.find("Growth-chart") is None


async def test_an_id_is_registered_once(clients: Clients) -> None:
    await clients.register(APP, by="tests")
    with pytest.raises(ClientRefused, match="already"):
        await clients.register(APP, by="tests")


async def test_only_an_approved_client_of_that_use_may_speak(clients: Clients) -> None:
    await clients.register(replace(APP, status="pending"), by="tests")
    with pytest.raises(ClientRefused):
        await clients.approved("growth-chart", "smart")
    assert await clients.approve("growth-chart", by="admin")
    assert (await clients.approved("growth-chart", "smart")).name == "Growth chart"
    for id, use in (("growth-chart", "citizen-login"), ("nobody", "smart")):
        with pytest.raises(ClientRefused):
            await clients.approved(id, use)  # type: ignore[arg-type]


async def test_a_revoked_client_never_comes_back(clients: Clients) -> None:
    await clients.register(APP, by="tests")
    assert await clients.revoke("growth-chart", by="admin")
    assert not await clients.approve("growth-chart", by="admin")
    assert not await clients.revoke("growth-chart", by="admin")
    with pytest.raises(ClientRefused):
        await clients.approved("growth-chart", "smart")


async def test_those_that_wait_are_listed_first(clients: Clients) -> None:
    await clients.register(APP, by="tests")
    await clients.register(replace(APP, id="new", name="Zebra", status="pending"), by="itself")
    assert [client.id for client in await clients.every()] == ["new", "growth-chart"]


async def test_origins_are_those_of_approved_clients(clients: Clients) -> None:
    await clients.register(APP, by="tests")
    waiting = replace(APP, id="new", status="pending", origins=("https://evil.example",))
    await clients.register(waiting, by="itself")
    assert await clients.origins() == {"https://app.example"}
    await clients.revoke("growth-chart", by="admin")
    assert await clients.origins() == frozenset()


@pytest.mark.parametrize(
    "uri",
    [
        None,
        "",
        "https://app.example/back/",
        "https://app.example/back?x=1",
        "https://APP.example/back",
        "https://app.example/bac",
        "https://app.example:443/back",
        "https://app.example/back#",
        "https://app.example/%62ack",
        "https://evil.example/back",
    ],
)
def test_a_redirect_is_registered_to_the_character(uri: str | None) -> None:
    with pytest.raises(ClientRefused):
        APP.redirect(uri)
    assert APP.redirect("https://app.example/back") == "https://app.example/back"


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/back",
        "https://app.example/*",
        "https://app.example/back#here",
        "https://user@app.example/back",
        "https://app.example\\@evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//app.example/back",
        "/back",
        "https:///back",
        "https://app.example/ back",
        "https://app.example:no/back",
        "https://app.example/" + "x" * 3000,
        "http://localhost.evil.example/",
    ],
)
async def test_addresses_that_could_be_abused_are_refused(clients: Clients, uri: str) -> None:
    for changed in (replace(APP, redirects=(uri,)), replace(APP, launch=uri)):
        with pytest.raises(ClientRefused):
            await clients.register(changed, by="tests")


@pytest.mark.parametrize(
    "changed",
    [
        {"id": ""},
        {"id": "with space"},
        {"id": "x" * 101},
        {"name": " "},
        {"name": "x" * 101},
        {"name": "two\nlines"},
        {"origins": ("https://app.example/path",)},
        {"origins": ("*",)},
        {"origins": ("https://A.example",)},
        {"redirects": ("https://app.example/back",) * 21},
        {"jwks": {"keys": []}},
        {"authentication": "private_key_jwt"},
        {"authentication": "private_key_jwt", "jwks": {"keys": []}},
        {"authentication": "private_key_jwt", "jwks": {"nothing": 1}},
        {"authentication": "private_key_jwt", "jwks_uri": "http://keys.example"},
        {"authentication": "private_key_jwt", "jwks": rsa("x").jwks, "jwks_uri": "https://k.ex"},
        {
            "authentication": "private_key_jwt",
            "jwks": {"keys": [{"kty": "RSA", "e": "AQAB", "n": "s" * 171}]},
        },
        {"authentication": "private_key_jwt", "jwks": {"keys": [OctKey.generate_key().as_dict()]}},
        {
            "authentication": "private_key_jwt",
            "jwks": {"keys": [ECKey.generate_key("P-384").as_dict(private=True)]},
        },
    ],
)
async def test_anything_else_that_is_wrong_is_refused(
    clients: Clients, changed: dict[str, object]
) -> None:
    with pytest.raises(ClientRefused):
        await clients.register(replace(APP, **changed), by="tests")  # type: ignore[arg-type]
    assert await clients.every() == []


async def test_keys_come_as_a_set_or_an_address(clients: Clients) -> None:
    signed = replace(APP, authentication="private_key_jwt", jwks=Signer("x").jwks)
    await clients.register(signed, by="tests")
    found = await clients.find("growth-chart")
    assert found is not None and found.jwks == signed.jwks
    other = replace(signed, id="other", jwks=None, jwks_uri="https://keys.example/jwks")
    await clients.register(other, by="tests")
