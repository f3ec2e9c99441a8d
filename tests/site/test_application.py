"""Composition: apps by entry point, health at each stage, requests counted, references renewed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bevan.kernel.errors import ConfigurationError
from bevan.kernel.metrics import Metrics
from bevan.kernel.settings import Settings
from bevan.site import application, apps
from bevan.site.application import build
from bevan.site.tally import Tally
from bevan.web.app import App
from tests.support.sites import serving


class Entry:
    """An entry point that leads to a value, or to an error."""

    def __init__(self, name: str, leads_to: Any) -> None:
        self.name = name
        self._leads_to = leads_to

    def load(self) -> Any:
        if isinstance(self._leads_to, Exception):
            raise self._leads_to
        return self._leads_to


def entering(monkeypatch: pytest.MonkeyPatch, *entries: Entry) -> None:
    monkeypatch.setattr(apps, "entry_points", lambda group: list(entries))


def an_app(name: str) -> App:
    async def page(request: Any) -> PlainTextResponse:
        return PlainTextResponse(name)

    # An app's package holds a folder of templates by its name.
    package = f"bevan.apps.{name}" if name == "care_record" else "bevan.web"
    return App(name=name, title=name, package=package, routes=[Route(f"/{name}", page)])


def test_apps_are_found_by_their_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    second, first = an_app("second"), an_app("first")
    entering(monkeypatch, Entry("b", second), Entry("a", first))
    assert apps.discover() == (first, second)


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([Entry("x", ImportError("no module"))], "can't be loaded"),
        ([Entry("x", AttributeError("no app"))], "can't be loaded"),
        ([Entry("x", object())], "isn't an App"),
        ([Entry("x", an_app("one")), Entry("y", an_app("one"))], "Two apps"),
    ],
)
def test_an_app_that_is_none_is_named(
    monkeypatch: pytest.MonkeyPatch, entries: list[Entry], why: str
) -> None:
    entering(monkeypatch, *entries)
    with pytest.raises(ConfigurationError, match=why):
        apps.discover()


def test_the_built_in_apps_come_through_the_same_door() -> None:
    assert {"care_record"} <= {app.name for app in apps.discover()}


async def test_pages_of_an_app_are_served_beside_fhir(database: str) -> None:
    async with serving(database, apps=[an_app("care_record")]) as served:
        assert (await served.client.get("/care_record")).text == "care_record"
        assert (await served.send("GET", "/metadata")).status_code == 200


async def test_the_public_address_is_the_one_that_was_set(database: str) -> None:
    async with serving(database, base_url="https://records.example/") as served:
        organisation = {"resourceType": "Organization", "name": "x"}
        made = await served.send("POST", "/Organization", organisation, host="evil.example")
        location = made.headers["location"]
        assert location.startswith("https://records.example/fhir/Organization/")
        patient = {
            "resourceType": "Patient",
            "id": "p",
            "identifier": [{"system": "urn:x", "value": "1"}],
        }
        await served.send("PUT", "/Patient/p", patient)
        own = {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "x"},
            "subject": {"reference": "https://records.example/fhir/Patient/p"},
        }
        assert (await served.send("POST", "/Observation", own)).status_code == 201
        found = (await served.send("GET", "/Observation?patient=p")).json()
        assert len(found.get("entry", [])) == 1


async def test_readiness_follows_the_database(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(database) as served:
        assert (await served.client.get("/readyz")).status_code == 200

        async def away(*_: object) -> None:
            raise OSError("no socket")

        monkeypatch.setattr(type(served.made.database), "fetchval", away)
        assert (await served.client.get("/readyz")).status_code == 503
        assert (await served.client.get("/healthz")).status_code == 200


@pytest.fixture
def lifespan() -> Iterator[tuple[list[str], Any, Any]]:
    waiting = ["lifespan.startup", "lifespan.shutdown"]
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return {"type": waiting.pop(0)}

    async def send(message: dict[str, str]) -> None:
        sent.append(message["type"])

    yield sent, receive, send


async def test_the_lifespan_opens_and_closes(database: str, lifespan: Any) -> None:
    sent, receive, send = lifespan
    site = build(Settings(database_url=database), database, apps=())
    await site({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert site.composition is None


async def test_a_database_that_is_not_there_fails_the_start(lifespan: Any) -> None:
    sent, receive, send = lifespan

    async def fails() -> None:
        raise OSError("no socket")

    site = build(Settings(), "postgresql://127.0.0.1:1/none", apps=())
    site.start = fails  # type: ignore[method-assign]
    await site({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.failed"]


async def test_the_list_of_restricted_people_is_renewed_while_serving(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "_RENEW", 0)
    async with serving(database) as served:
        renewed = asyncio.Event()
        restricted = served.made.restricted
        again = restricted.renew
        failures = iter([True])

        async def renew() -> None:
            if next(failures, False):
                raise OSError("the database is away for a moment")
            await again()
            renewed.set()

        monkeypatch.setattr(restricted, "renew", renew)
        assert await asyncio.wait_for(renewed.wait(), 10)
        assert next(failures, None) is None, "it had failed before"


def test_requests_are_counted_by_known_words_only() -> None:
    metrics = Metrics()
    tally = Tally(metrics)
    for method, status in (("GET", 200), ("GET", 200), ("BREW", 405), ("GET", 0)):
        tally.add("fhir", method, status, 0.01)
    text = metrics.exposition().decode()
    assert 'method="GET",status="200"} 2.0' in text
    assert 'method="other",status="405"} 1.0' in text
    assert 'method="GET",status="none"} 1.0' in text
    assert "BREW" not in text
