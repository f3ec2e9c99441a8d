"""Apps in a real browser: npm's fhirclient, unmodified, on an origin of its own."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from bevan.identity.clients import RegisteredClient
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.region import Region, serving_region
from tests.browser.smart_app import SCOPE, app, client_script, free_port
from tests.support.databases import Databases

Check = Callable[[Page], None]
pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Stage:
    """A region that knows its address, and an app elsewhere."""

    region: Region
    app: str
    browser: Browser

    @property
    def patient(self) -> str:
        """Somebody whom Dr Haddad's practice looks after."""
        number = "https://fhir.nhs.uk/Id/nhs-number|9990123454"
        return str(self.region.search("Patient", f"identifier={number}")[0]["id"])

    def page(self, size: tuple[int, int] = DESKTOP, *, script: bool = True) -> Page:
        """A fresh browser's page."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=script
        )
        return context.new_page()

    def enter(self, page: Page, name: str = "Leila") -> None:
        """Sign in as one of the demo people."""
        page.goto(self.region.url)
        page.get_by_role("button", name=f"Be {name}").click()
        page.wait_for_url("**/record")


@pytest.fixture(scope="module")
def stage(
    databases: Databases, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    script = client_script()
    data = tmp_path_factory.mktemp("data")
    with app(script) as address, serving_region(databases, port=free_port(), data=data) as region:
        client = RegisteredClient(
            id="growth",
            name="Growth chart",
            use="smart",
            authentication="none",
            status="approved",
            redirects=(f"{address}/back",),
            scopes=(*SCOPE.split(), "launch"),
            origins=(address,),
            launch=f"{address}/launch",
        )
        region.run(region.made.clients.register(client, by="tests"))
        waiting = RegisteredClient(
            id="new", name="New app", use="smart", authentication="none", status="pending",
            redirects=("https://new.example/back",), scopes=("patient/*.rs",),
        )  # fmt: skip
        region.run(region.made.clients.register(waiting, by="itself"))
        yield Stage(region, address, browser)


def told(page: Page) -> dict[str, object]:
    """What the app found out."""
    expect(page.locator("#told")).not_to_be_empty(timeout=20_000)
    text = page.locator("#told").inner_text()
    assert not text.startswith("failed"), text
    found: dict[str, object] = json.loads(text)
    return found


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_app_starts_by_itself_and_staff_pick_the_person(
    stage: Stage, size: tuple[int, int], nothing_found: Check
) -> None:
    page = stage.page(size)
    page.goto(f"{stage.app}/alone?iss={quote(stage.region.url + '/fhir', safe='')}")
    page.get_by_role("button", name="Be Leila").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Whose record")
    nothing_found(page)
    page.get_by_label("Name or NHS number").fill("999 012 3454")
    page.get_by_role("button", name="Find").click()
    nothing_found(page)
    page.get_by_role("button", name=re.compile("Choose")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Allow Growth chart?")
    nothing_found(page)
    if "BEVAN_PICTURES" in os.environ:
        page.screenshot(path=f"{os.environ['BEVAN_PICTURES']}/consent-{size[0]}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Allow", exact=True).click()
    found = told(page)
    assert found["person"] == found["again"] == stage.patient
    assert found["user"] == "Practitioner" and found["found"] == "Bundle" and found["fresh"]
    assert set(str(found["scope"]).split()) == set(SCOPE.split())


def test_an_app_is_opened_from_a_record(stage: Stage, nothing_found: Check) -> None:
    page = stage.page()
    stage.enter(page)
    page.goto(f"{stage.region.url}/record/{stage.patient}")
    page.get_by_role("link", name="Open an app").click()
    nothing_found(page)
    page.get_by_role("button", name="Open Growth chart").click()
    nothing_found(page)
    page.get_by_role("link", name="Go on to Growth chart").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Allow Growth chart?")
    page.get_by_role("button", name="Allow", exact=True).click()
    assert told(page)["person"] == stage.patient


def test_what_was_allowed_is_seen_and_taken_back(stage: Stage, nothing_found: Check) -> None:
    page = stage.page(PHONE)
    stage.enter(page, "Jo")
    page.goto(f"{stage.region.url}/apps")
    expect(page.get_by_text("No app can use records in your name.")).to_be_visible()
    nothing_found(page)
    page.goto(f"{stage.app}/alone?iss={quote(stage.region.url + '/fhir', safe='')}")
    address = page.url if "/oauth/authorize" in page.url else ""
    page.wait_for_url("**/oauth/authorize?*")
    address = address or page.url
    page.goto(f"{address}&patient={stage.patient}")
    page.get_by_role("button", name="Allow", exact=True).click()
    told(page)
    page.goto(f"{stage.region.url}/apps")
    expect(page.get_by_role("heading", name="Growth chart")).to_be_visible()
    nothing_found(page)
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    nothing_found(page)


def test_refusing_goes_back_to_the_app(stage: Stage) -> None:
    page = stage.page()
    stage.enter(page)
    page.goto(f"{stage.app}/alone?iss={quote(stage.region.url + '/fhir', safe='')}")
    page.wait_for_url("**/oauth/authorize?*")
    page.goto(f"{page.url}&patient={stage.patient}")
    page.get_by_role("button", name="Don't allow").click()
    page.wait_for_url(f"{stage.app}/back?*")
    assert parse_qs(urlsplit(page.url).query)["error"] == ["access_denied"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_engineer_approves_an_app_that_waits(
    stage: Stage, size: tuple[int, int], nothing_found: Check
) -> None:
    page = stage.page(size, script=False)
    stage.enter(page, "Wes")
    page.goto(f"{stage.region.url}/apps/waiting")
    expect(page.get_by_role("heading", name="Apps that wait for approval")).to_be_visible()
    with_script = stage.page(size)
    stage.enter(with_script, "Wes")
    with_script.goto(f"{stage.region.url}/apps/waiting")
    nothing_found(with_script)
    if size == DESKTOP:
        page.get_by_role("button", name="Approve New app").click()
        expect(page.get_by_text("The app was approved.")).to_be_visible()
