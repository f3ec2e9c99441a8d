"""The way to the real PDS: a token for a signed assertion, kept while it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from bevan.fhir import json
from bevan.kernel.errors import ConfigurationError, Unavailable
from bevan.kernel.outgoing import Answer
from bevan.kernel.settings import Settings
from bevan.people.nhs_number import parse
from bevan.people.pds.client import Pds
from bevan.people.pds.tokens import Authorised
from bevan.site.demographics import port
from tests.support.moving_clock import MovingClock

PDS, TOKENS = "https://pds.example/FHIR/R4", "https://pds.example/oauth2/token"
PATIENT = json.encode({"resourceType": "Patient", "id": "9990123454"})


class Far:
    """PDS and its token endpoint, as far as the port can tell."""

    def __init__(self, *, tokens: bytes = b"", lasts: str = "300") -> None:
        self.calls: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self.given = 0
        self.refused: set[str] = set()
        self._tokens, self._lasts = tokens, lasts

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        told = headers or {}
        self.calls.append((method, url, told, body))
        if url == TOKENS:
            self.given += 1
            said = {"access_token": f"token-{self.given}", "expires_in": self._lasts}
            return Answer(200, {}, self._tokens or json.encode(said))
        bad = told["Authorization"].removeprefix("Bearer ") in self.refused
        return Answer(401 if bad else 200, {}, PATIENT)


async def signed(claims: Mapping[str, object]) -> str:
    return json.encode(dict(claims)).decode()


def authorised(far: Far, clock: MovingClock) -> Pds:
    return Pds(Authorised(far, clock, address=TOKENS, client="bevan-app", sign=signed), PDS)


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC))


async def test_one_token_serves_until_it_runs_out(clock: MovingClock) -> None:
    far = Far()
    pds = authorised(far, clock)
    for _ in range(3):
        found = await pds.read(parse("9990123454"))
        assert found is not None and found.number == "9990123454"
    assert far.given == 1
    form = parse_qs(far.calls[0][3].decode())
    assert form["grant_type"] == ["client_credentials"]
    claims: dict[str, Any] = json.decode(form["client_assertion"][0].encode())
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("bevan-app", "bevan-app", TOKENS)
    assert claims["exp"] - claims["iat"] == 300 and claims["jti"]
    clock.go_on(minutes=5)
    await pds.read(parse("9990123454"))
    assert far.given == 2
    assert far.calls[-1][2]["Authorization"] == "Bearer token-2"


async def test_a_refused_token_is_replaced_once(clock: MovingClock) -> None:
    far = Far()
    pds = authorised(far, clock)
    far.refused = {"token-1"}
    assert await pds.read(parse("9990123454")) is not None
    assert far.given == 2
    far.refused = {"token-2", "token-3"}
    with pytest.raises(Unavailable):
        await pds.read(parse("9990123454"))
    assert far.given == 3


@pytest.mark.parametrize("tokens", [b"nonsense", b"[]", b'{"expires_in":"1"}'])
async def test_without_a_token_nothing_is_asked(clock: MovingClock, tokens: bytes) -> None:
    far = Far(tokens=tokens)
    with pytest.raises(Unavailable, match="BEVAN_PDS_CLIENT"):
        await authorised(far, clock).read(parse("9990123454"))
    assert [url for _, url, _, _ in far.calls] == [TOKENS]


@pytest.mark.parametrize("half", [{"pds_client": "x"}, {"pds_token_url": TOKENS}])
def test_half_a_configuration_is_none(half: dict[str, Any]) -> None:
    settings = Settings(pds_url=PDS, **half)
    with pytest.raises(ConfigurationError, match="together"):
        port(settings, None, None, None, None)  # type: ignore[arg-type]
