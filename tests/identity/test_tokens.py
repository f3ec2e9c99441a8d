"""Bearer tokens of systems."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bevan.identity import GrantRefused, Identity
from bevan.kernel.database import Database
from tests.conftest import TODAY
from tests.support.moving_clock import MovingClock

TYPES = frozenset({"Observation", "Patient"})
HOUR = timedelta(hours=1)


@pytest.fixture
def identity(pool: Database, hands: MovingClock) -> Identity:
    return Identity(pool, hands, TYPES, demo=False, remember=0)


async def issue(identity: Identity, **changed: object) -> str:
    given: dict[str, object] = {
        "client": "lab",
        "scope": "system/Observation.crs",
        "purpose": "results feed",
        "lasts": HOUR,
        "issued_by": "root",
    }
    return await identity.issue(**(given | changed))  # type: ignore[arg-type]


async def test_a_token_stands_for_its_client(identity: Identity) -> None:
    client = await identity.token(await issue(identity))
    assert client is not None
    assert (client.actor.kind, client.actor.id, client.purpose) == ("system", "lab", "results feed")
    assert client.grants.allow("c", "Observation") and not client.grants.allow("c", "Patient")
    assert client.reads == client.writes == {"Observation"}
    assert client.expires == TODAY + HOUR


async def test_a_star_is_no_limit_of_types(identity: Identity) -> None:
    client = await identity.token(await issue(identity, scope="system/*.rs"))
    assert client is not None
    assert client.reads is None and client.writes == frozenset()


async def test_it_expires(identity: Identity, hands: MovingClock) -> None:
    secret = await issue(identity)
    hands.go_on(minutes=59)
    assert await identity.token(secret) is not None
    hands.go_on(minutes=1)
    assert await identity.token(secret) is None


async def test_expiry_bites_even_while_remembered(pool: Database, hands: MovingClock) -> None:
    cached = Identity(pool, hands, TYPES, demo=False, remember=1000)
    secret = await issue(cached)
    assert await cached.token(secret) is not None
    hands.go_on(hours=2)
    assert await cached.token(secret) is None


async def test_revoking_a_client_ends_all_its_tokens(identity: Identity) -> None:
    first, second = await issue(identity), await issue(identity)
    other = await issue(identity, client="imaging")
    assert await identity.revoke(client="lab") == 2
    assert await identity.token(first) is None and await identity.token(second) is None
    assert await identity.token(other) is not None
    assert await identity.revoke(client="lab") == 0


@pytest.mark.parametrize("secret", ["", "made-up", "ü\ud800"])
async def test_an_unknown_token_is_nobody(identity: Identity, secret: str) -> None:
    assert await identity.token(secret) is None


async def test_the_database_holds_no_token(identity: Identity, pool: Database) -> None:
    secret = await issue(identity)
    kept = await pool.fetchval("SELECT row_to_json(token)::text FROM token")
    assert secret not in kept and secret.encode().hex() not in kept
    assert "results feed" in kept


@pytest.mark.parametrize(
    "changed",
    [
        {"scope": "system/Nothing.r"},
        {"scope": ""},
        {"client": " "},
        {"purpose": ""},
        {"lasts": timedelta(0)},
        {"lasts": timedelta(days=91)},
    ],
)
async def test_what_can_not_be_granted(
    identity: Identity, pool: Database, changed: dict[str, object]
) -> None:
    with pytest.raises(GrantRefused):
        await issue(identity, **changed)
    assert await pool.fetchval("SELECT count(*) FROM token") == 0
