"""Who came in, who was refused and what became of tokens: each is in the audit, without secrets."""

from __future__ import annotations

from typing import Any

from tests.support.sites import Serving

_NOTES = """
SELECT g.id AS who, a.query AS event, a.outcome::text AS outcome, a.type, a.id, a.entries, a.request
FROM audit a JOIN agent g ON g.n = a.agent WHERE a.action = 'n' ORDER BY a.txid, a.at
"""


async def notes(served: Serving) -> list[Any]:
    return list(await served.made.database.fetch(_NOTES))


async def test_callers_without_a_token_leave_one_entry_a_minute(served: Serving) -> None:
    del served.client.headers["authorization"]
    for _ in range(5):
        assert (await served.send("GET", "/Patient/1", x_request_id="first")).status_code == 401
    await served.send("GET", "/Patient?name=secret-name")
    await served.made.journal.flush(all=True)
    found = await notes(served)
    assert [tuple(row)[:6] for row in found] == [
        ("anonymous", "caller-unknown", "!", "Patient", "read", 1),
        ("anonymous", "caller-unknown", "!", "Patient", "search-type", 1),
        ("anonymous", "caller-unknown", "!", "Patient", "read", 4),
    ]
    assert found[0]["request"] == "first"


async def test_a_scope_that_is_too_small_is_kept_with_its_caller(served: Serving) -> None:
    await served.authorise("system/Observation.rs")
    assert (await served.send("GET", "/Patient/1")).status_code == 403
    (found,) = await notes(served)
    assert tuple(found)[:5] == ("test", "caller-not-allowed", "!", "Patient", "read")


async def test_tokens_asked_for_by_strangers_are_kept_without_what_they_sent(
    served: Serving,
) -> None:
    for client in ("unknown", "<script>"):
        answer = await served.client.post(
            "/oauth/token",
            data={"grant_type": "refresh_token", "client_id": client, "refresh_token": "s3cret"},
        )
        assert answer.status_code in (400, 401)
    found = await notes(served)
    assert [tuple(row)[:5] for row in found] == [
        ("anonymous", "token-refreshed-refused", "!", "client", None)
    ]
    whole = await served.made.database.fetchval("SELECT string_agg(a::text, '') FROM audit a")
    assert "s3cret" not in whole
