"""`bevan token` prints a token that works, and says why it won't."""

from __future__ import annotations

import asyncio
import getpass
import json

import asyncpg
import pytest

from bevan.fhir import definitions
from bevan.identity import Identity
from bevan.identity.tokens import Client
from bevan.kernel.clock import SystemClock
from bevan.kernel.database import Database
from tests.cli.conftest import Bevan

WORDS = ("--client", "laboratory", "--purpose", "send results")


def look_up(dsn: str, token: str) -> Client | None:
    async def ask() -> Client | None:
        database = await Database.open(dsn, size=2)
        try:
            types = definitions.load().resource_types
            return await Identity(database, SystemClock(), types, demo=False).token(token)
        finally:
            await database.close()

    return asyncio.run(ask())


def test_prints_a_token_that_works(bevan: Bevan, database: str) -> None:
    said = bevan("token", *WORDS, "--scope", "system/Observation.c", "--hours", "2")
    assert said.code == 0
    assert "laboratory" in said.err
    client = look_up(database, said.out.strip())
    assert client is not None
    assert client.actor.name == "laboratory"
    assert client.purpose == "send results"
    assert client.writes == frozenset({"Observation"})


def test_answers_in_json(bevan: Bevan, database: str) -> None:
    said = bevan("token", *WORDS, "--scope", "system/*.rs", "--json")
    found = json.loads(said.out)
    assert found["hours"] == 1.0
    assert look_up(database, found["token"]) is not None


@pytest.mark.parametrize(
    ("scope", "hours"), [("everything", "1"), ("system/Nonsense.r", "1"), ("system/*.r", "99999")]
)
def test_a_bad_grant_is_refused(bevan: Bevan, scope: str, hours: str) -> None:
    said = bevan("token", *WORDS, "--scope", scope, "--hours", hours)
    assert said.code == 1
    assert said.out == ""
    assert said.err.strip().endswith(".")


def noted(dsn: str) -> list[tuple[str, ...]]:
    """Who told the audit what of which program."""

    async def ask() -> list[tuple[str, ...]]:
        connection = await asyncpg.connect(dsn)
        try:
            rows = await connection.fetch(
                "SELECT g.name, a.query, a.outcome::text, a.type, a.id FROM audit a "
                "JOIN agent g ON g.n = a.agent WHERE a.action = 'n' ORDER BY a.at, a.txid"
            )
            return [tuple(row) for row in rows]
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_what_is_given_and_taken_is_in_the_audit_without_the_token(
    bevan: Bevan, database: str
) -> None:
    issued = bevan("token", *WORDS, "--scope", "system/*.rs").out.strip()
    assert bevan("token", *WORDS, "--scope", "everything").code == 1
    said = bevan("token", "--client", "laboratory", "--revoke", "--json")
    assert json.loads(said.out) == {"client": "laboratory", "revoked": 1}
    assert look_up(database, issued) is None
    who = f"{getpass.getuser()} at the command line"
    assert noted(database) == [
        (who, "token-issued", "+", "client", "laboratory"),
        (who, "token-revoked", "+", "client", "laboratory"),
    ]


def test_needs_to_know_what_for(bevan: Bevan) -> None:
    said = bevan("token", "--client", "laboratory", "--scope", "system/*.rs")
    assert said.code == 2
    assert "--purpose" in said.err


def test_needs_an_installation(bevan_alone: Bevan, tmp_path: object) -> None:
    said = bevan_alone("token", *WORDS, "--scope", "system/*.r", "--data", f"{tmp_path}/none")
    assert said.code == 2
    assert "`bevan up` makes one" in said.err
