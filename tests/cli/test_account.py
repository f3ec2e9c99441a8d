"""`bevan account administrator`: the first one, by a link that works once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.cli.conftest import Bevan
from tests.openid.estate import PUBLIC, SURGERY
from tests.support.authenticator import Authenticator
from tests.support.sites import serving

MAKE = ("account", "administrator", "--name", "Kay Lowe", "--organisation")


def fetched(dsn: str, statement: str) -> list[tuple[Any, ...]]:
    async def ask() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(dsn)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return asyncio.run(ask())


@pytest.fixture
def placed(database: str, tmp_path: Path) -> str:
    """A database with one organisation."""

    async def put() -> None:
        async with serving(database, data=tmp_path) as served:
            body = {
                "resourceType": "Organization", "id": SURGERY, "name": "Mill Lane Surgery",
                "identifier": [{"system": "https://fhir.nhs.uk/Id/ods-organization-code",
                                "value": "Y99001"}],
            }  # fmt: skip
            assert (await served.send("PUT", f"/Organization/{SURGERY}", body)).status_code == 201

    asyncio.run(put())
    return database


def test_the_first_is_made_once_and_one_more_needs_a_reason(
    bevan: Bevan, placed: str, tmp_path: Path
) -> None:
    unknown = bevan(*MAKE, "Y00000", "--data", tmp_path)
    assert unknown.code == 1 and "Y00000" in unknown.err
    made = bevan(*MAKE, "Y99001", "--data", tmp_path, "--json")
    assert made.code == 0, made.err
    link = json.loads(made.out)["link"]
    assert link.startswith(f"{PUBLIC}/login/staff/join/")
    assert link.rsplit("/", 1)[1] not in str(fetched(placed, "SELECT * FROM invitation"))
    second = bevan(*MAKE, SURGERY, "--data", tmp_path)
    assert second.code == 1 and "--again" in second.err
    for reason in ((), ("--reason", "lost it")):
        vague = bevan(*MAKE, SURGERY, "--data", tmp_path, "--again", *reason)
        assert vague.code == 1 and "--reason" in vague.err
    why = "Her phone was stolen and nobody else is one"
    third = bevan(*MAKE, SURGERY, "--data", tmp_path, "--again", "--reason", why)
    assert third.code == 0 and "/login/staff/join/" in third.out
    made_ones = "FROM account_event WHERE action = 'administrator made' ORDER BY id"
    events = fetched(placed, f"SELECT detail, by_account {made_ones}")
    assert [detail for detail, _ in events] == ["the first", why]
    assert all(by.endswith("at the command line") for _, by in events)


def test_the_link_makes_a_passkey_once_and_lets_its_owner_keep_accounts(
    bevan: Bevan, placed: str, tmp_path: Path
) -> None:
    link = json.loads(bevan(*MAKE, "Y99001", "--data", tmp_path, "--json").out)["link"]
    secret = link.rsplit("/", 1)[1]

    async def join() -> None:
        async with serving(placed, apps=None, data=tmp_path, base_url=PUBLIC, demo=False) as served:
            joiners, device = served.made.front.joiners, Authenticator(origin=PUBLIC)
            account = await joiners.invited(secret)
            question = await served.made.front.login.passkeys.ask_new(account)
            answer = device.make(question.options)
            assert await joiners.accept(secret, question.id, answer, "Phone") == account
            assert [role.name for role in account.roles] == ["Account administrator"]
            assert account.roles[0].organisation == SURGERY
            page = await served.client.get(f"/login/staff/join/{secret}")
            assert page.status_code != 200

    asyncio.run(join())
