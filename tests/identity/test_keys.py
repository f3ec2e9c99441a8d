"""Signing keys: made once, published in time, rotated without a gap, gone at the end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from bevan.identity.errors import TokenRefused
from bevan.identity.keys import AFTER, BEFORE, LIFE, Keys
from bevan.kernel.database import Database
from bevan.kernel.errors import ConfigurationError
from tests.support.moving_clock import MovingClock
from tests.support.signing import Signer


@pytest.fixture
def keys(pool: Database, hands: MovingClock, tmp_path: Path) -> Keys:
    return Keys(pool, hands, tmp_path, remember=0)


async def kids(keys: Keys) -> list[str]:
    return [key["kid"] for key in (await keys.jwks())["keys"]]  # type: ignore[attr-defined]


def kid(token: str, keys: dict[str, object]) -> str:
    header = jwt.decode(token, KeySet.import_key_set(keys), ["ES384"]).header  # type: ignore[arg-type]
    return str(header["kid"])


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "ES384"])
async def test_what_is_signed_is_checked_with_what_is_published(keys: Keys, algorithm: str) -> None:
    token = await keys.sign({"sub": "x"}, algorithm=algorithm)  # type: ignore[arg-type]
    published = await keys.jwks()
    read = jwt.decode(token, KeySet.import_key_set(published), [algorithm])  # type: ignore[arg-type]
    assert read.claims == {"sub": "x"}
    assert read.header["alg"] == algorithm
    assert await keys.claims(token) == {"sub": "x"}


async def test_nothing_private_is_published_or_in_the_database(
    keys: Keys, pool: Database, tmp_path: Path
) -> None:
    await keys.sign({}, algorithm="ES384")
    await keys.sign({}, algorithm="RS512")
    for key in (await keys.jwks())["keys"]:  # type: ignore[attr-defined]
        assert not {"d", "p", "q", "dp", "dq", "qi"} & key.keys()
    rows = await pool.fetch("SELECT public::text AS public FROM signing_key")
    assert len(rows) == 2 and all('"d"' not in row["public"] for row in rows)
    files = list((tmp_path / "keys").iterdir())
    assert len(files) == 2
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)


async def test_processes_that_ask_at_once_make_one_key(
    pool: Database, hands: MovingClock, tmp_path: Path
) -> None:
    several = [Keys(pool, hands, tmp_path, remember=0) for _ in range(3)]
    tokens = await asyncio.gather(*(keys.sign({}, algorithm="ES384") for keys in several))
    published = await several[0].jwks()
    assert len({kid(token, published) for token in tokens}) == 1


async def test_a_rotated_key_is_published_before_it_signs_and_after(
    keys: Keys, hands: MovingClock, tmp_path: Path
) -> None:
    old = await keys.sign({"sub": "x"}, algorithm="ES384")
    made = await keys.rotate("ES384")
    assert made.signs == hands.at + BEFORE
    assert made.id in await kids(keys)
    before = await keys.sign({}, algorithm="ES384")
    published = await keys.jwks()
    assert kid(before, published) == kid(old, published) != made.id
    hands.at += BEFORE
    assert kid(await keys.sign({}, algorithm="ES384"), published) == made.id
    assert await keys.claims(old) == {"sub": "x"}
    hands.at += AFTER
    with pytest.raises(TokenRefused):
        await keys.claims(old)
    await keys.renew()
    assert await kids(keys) == [made.id]
    assert len(list((tmp_path / "keys").iterdir())) == 1


async def test_a_key_that_leaked_counts_for_nothing_at_once(keys: Keys) -> None:
    old = await keys.sign({}, algorithm="ES384")
    made = await keys.rotate("ES384", at_once=True)
    with pytest.raises(TokenRefused):
        await keys.claims(old)
    assert kid(await keys.sign({}, algorithm="ES384"), await keys.jwks()) == made.id


async def test_rotating_one_algorithm_leaves_the_others(keys: Keys) -> None:
    token = await keys.sign({}, algorithm="RS256")
    await keys.rotate("ES384", at_once=True)
    assert await keys.claims(token) == {}


async def test_old_keys_are_replaced_by_themselves(keys: Keys, hands: MovingClock) -> None:
    await keys.renew()
    assert await kids(keys) == []
    await keys.sign({}, algorithm="ES384")
    await keys.renew()
    assert len(await kids(keys)) == 1
    hands.at += LIFE
    await keys.renew()
    await keys.renew()
    assert len(await kids(keys)) == 2


async def test_a_lost_file_is_said(
    pool: Database, hands: MovingClock, keys: Keys, tmp_path: Path
) -> None:
    await keys.sign({}, algorithm="ES384")
    for file in (tmp_path / "keys").iterdir():
        file.unlink()
    with pytest.raises(ConfigurationError, match="backup"):
        await Keys(pool, hands, tmp_path, remember=0).sign({}, algorithm="ES384")


@pytest.mark.parametrize("token", ["", "a.b.c", "x"])
async def test_others_tokens_are_refused(keys: Keys, hands: MovingClock, token: str) -> None:
    await keys.sign({}, algorithm="ES384")
    for forged in (token, Signer("x").assertion("a", hands.at)):
        with pytest.raises(TokenRefused):
            await keys.claims(forged)
