"""What the token endpoints of the providers refuse is in the audit: which client, what a replay."""

from __future__ import annotations

from typing import Any

from bevan.identity.assertions import TYPE
from tests.openid.estate import PUBLIC, Estate

_NOTES = """
SELECT g.id AS who, a.query AS event, a.outcome::text AS outcome, a.type, a.id, a.entries
FROM audit a JOIN agent g ON g.n = a.agent
WHERE a.action = 'n' AND a.query LIKE '%-token-%' ORDER BY a.at, a.txid
"""


async def notes(estate: Estate) -> list[tuple[Any, ...]]:
    """Every refusal so far; what repeated within a minute is counted in a second entry."""
    await estate.served.made.journal.flush(all=True)
    return [tuple(row) for row in await estate.served.made.database.fetch(_NOTES)]


async def test_refusals_name_the_client_and_replays_are_told_apart(estate: Estate) -> None:
    _, person = await estate.citizen()
    back = await person.code(estate.app)
    assert (await estate.exchange(estate.app, "made-up")).status_code == 400
    assert await notes(estate) == [
        ("anonymous", "citizen-token-refused", "!", "client", "app-1", 1)
    ]
    told = (await estate.exchange(estate.app, back["code"])).json()
    assert "access_token" in told
    for _ in range(3):
        assert (await estate.exchange(estate.app, back["code"])).status_code == 400
    assert (await notes(estate))[1:] == [
        ("anonymous", "citizen-token-replayed", "!", "client", "app-1", 1),
        ("anonymous", "citizen-token-replayed", "!", "client", "app-1", 2),
    ]
    whole = await estate.served.made.database.fetchval(
        "SELECT string_agg(a::text, '') FROM audit a"
    )
    assert back["code"] not in whole and told["refresh_token"] not in whole


async def test_an_assertion_that_comes_twice_is_a_replay(estate: Estate) -> None:
    before = len(await notes(estate))
    given = {"client_assertion_type": TYPE, "grant_type": "refresh_token", "refresh_token": "none"}
    given["client_assertion"] = estate.ward.assertion(f"{PUBLIC}/staff/token", estate.clock.now())
    for _ in range(2):
        answer = await estate.served.client.post("/staff/token", data=given)
        assert answer.status_code == 400
    assert (await notes(estate))[before:] == [
        ("anonymous", "staff-token-refused", "!", "client", "ward-1", 1),
        ("anonymous", "staff-token-replayed", "!", "client", "ward-1", 1),
    ]


async def test_what_a_stranger_calls_itself_isnt_kept(estate: Estate) -> None:
    before = len(await notes(estate))
    answer = await estate.served.client.post("/citizen/token", data={"client_id": "<script>"})
    assert answer.json()["error"] == "invalid_client"
    assert (await notes(estate))[before:] == [
        ("anonymous", "citizen-token-refused", "!", "client", None, 1)
    ]
