"""Who is believed about where a request is from, and what follows from an https address."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import httpx2
import pytest

from bevan.kernel.errors import ConfigurationError
from bevan.kernel.metrics import Metrics
from bevan.kernel.settings import Settings
from bevan.site.edge import Edge, networks
from bevan.site.limits import Limits
from tests.apps.care_record.clinic import ACCOUNTS, SAME_SITE
from tests.support.databases import Databases
from tests.support.sites import serving

PLACES = (
    *("/sign-in", "/fhir/metadata", "/fhir/Patient/x", "/oauth/jwks"),
    *("/citizen/.well-known/jwks.json", "/fhir/.well-known/smart-configuration"),
)


def settled(settings: Settings, client: str, **headers: str) -> dict[str, Any]:
    """A request as it is after the edge."""
    scope: dict[str, Any] = {
        "type": "http", "scheme": "http", "client": (client, 5),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip
    Edge(settings).settle(scope)
    return scope


def test_nobody_is_believed_unless_they_are_set() -> None:
    told = {"x_forwarded_for": "203.0.113.7", "x_forwarded_proto": "https"}
    assert settled(Settings(), "127.0.0.1", **told)["client"][0] == "127.0.0.1"
    assert settled(Settings(), "127.0.0.1", **told)["scheme"] == "http"
    proxied = Settings(trusted_proxies="10.0.0.0/8, ::1")
    assert settled(proxied, "192.0.2.1", **told)["client"][0] == "192.0.2.1"
    assert settled(proxied, "192.0.2.1", **told)["scheme"] == "http"
    assert settled(proxied, "10.1.2.3", **told)["client"][0] == "203.0.113.7"
    assert settled(proxied, "10.1.2.3", **told)["scheme"] == "https"


@pytest.mark.parametrize(
    ("told", "caller"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", "203.0.113.7"),  # what the caller wrote itself comes first
        ("6.6.6.6, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        ("6.6.6.6, rubbish", "10.1.2.3"),
        ("", "10.1.2.3"),
        ("10.0.0.9", "10.0.0.9"),
    ],
)
def test_the_nearest_address_that_is_no_proxy_is_the_caller(told: str, caller: str) -> None:
    settings = Settings(trusted_proxies="10.0.0.0/8")
    assert settled(settings, "10.1.2.3", x_forwarded_for=told)["client"][0] == caller


def test_an_installation_at_an_https_address_is_spoken_to_over_tls() -> None:
    settings = Settings(base_url="https://care.example")
    assert settled(settings, "127.0.0.1")["scheme"] == "https"
    assert settled(settings, "127.0.0.1", x_forwarded_proto="http")["scheme"] == "https"


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="BEVAN_TRUSTED_PROXIES"):
        networks("10.0.0.0/8 proxy.example")


@pytest.mark.asyncio
async def test_behind_a_tls_proxy_cookies_are_bound_and_every_answer_is_strict(
    databases: Databases,
) -> None:
    name = await databases.migrated()
    public = "https://bevan.test"
    async with serving(databases.dsn(name), apps=None, base_url=public) as served:
        await served.made.identity.seed(ACCOUNTS)
        # The proxy itself speaks plain http to us.
        answer = await served.client.post("/sign-in", data={"person": "gp"}, headers=SAME_SITE)
        kept = answer.headers["set-cookie"]
        assert kept.startswith("__Host-bevan=") and "Secure" in kept and "HttpOnly" in kept
        for path in PLACES:
            told = (await served.client.get(path)).headers.get_list("strict-transport-security")
            assert told == ["max-age=31536000; includeSubDomains"], path
        # A cookie that another host of the domain could have planted opens nothing.
        secret = kept.split("=", 1)[1].split(";")[0]
        bare = httpx2.AsyncClient(transport=served.client._transport, base_url=public)
        for cookie, status in (("bevan", 401), ("__Host-bevan", 200)):
            given = {"cookie": f"{cookie}={secret}"}
            found = await bare.get("/fhir/Organization", headers=given)
            assert found.status_code == status, cookie
        assert (await bare.get("/record", headers={"cookie": f"bevan={secret}"})).status_code == 303
    await databases.drop(name)


def test_a_decision_takes_microseconds() -> None:
    limits = Limits(Settings(), Metrics())
    headers = [(b"host", b"x"), (b"accept", b"*/*"), (b"authorization", b"Bearer abc")]
    scope = {"client": ("203.0.113.7", 1), "method": "GET", "headers": headers}
    began = perf_counter()
    for n in range(20_000):
        limits.wait("fhir", scope, float(n))
    each = (perf_counter() - began) / 20_000
    print(f"{each * 1e6:.2f} µs a request")
    assert each < 30e-6
