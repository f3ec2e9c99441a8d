"""The first account administrator: of several who are made at once, one."""

from __future__ import annotations

import asyncio

import pytest

from bevan.identity.accounts import Role
from bevan.identity.errors import SignInRefused
from bevan.identity.joiners import ADMINISTRATOR, Joiners
from bevan.identity.login import Login
from bevan.kernel.database import Database

ROLE = Role(ADMINISTRATOR, "org-1", "Mill Lane Surgery")


async def test_of_operators_who_try_at_once_one_makes_the_first(
    database: str, pool: Database, login: Login
) -> None:
    others = [await Database.open(database, size=2) for _ in range(4)]
    try:
        made = await asyncio.gather(
            *(Joiners(other, login).first("Kay Lowe", ROLE, by="root") for other in others),
            return_exceptions=True,
        )
    finally:
        for other in others:
            await other.close()
    secrets = [one for one in made if isinstance(one, str)]
    assert len(secrets) == 1
    assert all("--again" in str(one) for one in made if isinstance(one, SignInRefused))
    joiners = Joiners(pool, login)
    account = await joiners.invited(secrets[0])
    assert [role.name for role in account.roles] == [ADMINISTRATOR]
    accounts = await pool.fetchval(
        "SELECT count(*) FROM account_role WHERE role = $1", ADMINISTRATOR
    )
    assert accounts == 1


async def test_after_the_last_one_left_there_is_a_first_again(pool: Database, login: Login) -> None:
    joiners = Joiners(pool, login)
    account = await joiners.invited(await joiners.first("Kay Lowe", ROLE, by="root"))
    with pytest.raises(SignInRefused, match="--again"):
        await joiners.first("Ben Holt", ROLE, by="root")
    await joiners.leave(account.id, by="root")
    assert await joiners.first("Ben Holt", ROLE, by="root")
