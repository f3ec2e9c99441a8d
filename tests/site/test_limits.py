"""Limits on requests over the whole site: from a token, a session, an address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.support.databases import Databases
from tests.support.sites import BASE, Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def limited(databases: Databases) -> AsyncIterator[Serving]:
    """A site with small limits: 10 requests at once from a caller, 40 from an address."""
    name = await databases.migrated()
    async with serving(
        databases.dsn(name), rate_caller=1, rate_address=4, rate_token=1, apps=None,
        trusted_proxies="127.0.0.1 10.0.0.0/8",
    ) as made:  # fmt: skip
        yield made
    await databases.drop(name)


async def ask(limited: Serving, path: str, frm: str, method: str = "GET", **more: Any) -> Any:
    """One request from an address."""
    headers = {"x-forwarded-for": frm, **more.pop("headers", {})}
    transport = limited.client._transport
    async with httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        return await client.request(method, path, headers=headers, **more)


async def test_a_token_that_asks_too_much_gets_an_outcome_and_others_go_on(
    limited: Serving,
) -> None:
    one, other = await limited.token(), await limited.token()
    given = {"authorization": f"Bearer {one}"}
    answers = [await ask(limited, "/fhir/Patient", "192.0.2.1", headers=given) for _ in range(12)]
    assert [each.status_code for each in answers].count(429) >= 1
    late = answers[-1]
    assert late.status_code == 429 and late.json()["issue"][0]["code"] == "throttled"
    assert 1 <= int(late.headers["retry-after"]) <= 2 and late.headers["x-request-id"]
    assert "no-store" in late.headers["cache-control"]
    given = {"authorization": f"Bearer {other}"}
    assert (await ask(limited, "/fhir/Patient", "192.0.2.1", headers=given)).status_code == 200
    counted = limited.site._metrics.exposition().decode()
    assert 'bevan_throttled_total{kind="fhir"}' in counted


async def test_tokens_that_nobody_issued_count_against_their_address(limited: Serving) -> None:
    answers = [
        await ask(limited, "/fhir/Patient", "192.0.2.2", headers={"authorization": f"Bearer {n}"})
        for n in range(45)
    ]
    assert {each.status_code for each in answers[:40]} == {401}
    assert answers[-1].status_code == 429
    assert (await ask(limited, "/fhir/metadata", "192.0.2.3")).status_code == 200


async def test_endpoints_for_tokens_are_limited_by_address_in_their_own_words(
    limited: Serving,
) -> None:
    for path in ("/oauth/token", "/citizen/token"):
        frm = f"192.0.2.{len(path)}"
        answers = [await ask(limited, path, frm, "POST", data={"a": "b"}) for _ in range(12)]
        assert answers[0].status_code == 400
        late = answers[-1]
        assert late.status_code == 429 and late.json()["error"] == "temporarily_unavailable"
        assert int(late.headers["retry-after"]) >= 1


async def test_pages_say_what_to_do(limited: Serving) -> None:
    answers = [await ask(limited, "/sign-in", "2001:db8::1") for _ in range(70)]
    assert answers[0].status_code == 200
    late = answers[-1]
    assert late.status_code == 429 and "Nothing was changed" in late.text
    assert "default-src 'none'" in late.headers["content-security-policy"]
    # The next address of the same network is the same caller: what it asks counts with the rest,
    # so that of twenty only as many are answered as time has given back. Health never is refused.
    others = [await ask(limited, "/sign-in", "2001:db8::2") for _ in range(20)]
    assert 429 in {each.status_code for each in others}
    assert (await ask(limited, "/sign-in", "2001:db8:0:1::1")).status_code == 200
    assert (await ask(limited, "/healthz", "2001:db8::1")).status_code == 200


async def test_a_session_counts_as_itself(limited: Serving) -> None:
    ours = {"cookie": "other=1; bevan=a-session"}
    answers = [await ask(limited, "/sign-in", "192.0.2.9", headers=ours) for _ in range(20)]
    assert answers[-1].status_code == 429
    theirs = {"cookie": "bevan=another"}
    assert (await ask(limited, "/sign-in", "192.0.2.9", headers=theirs)).status_code == 200
