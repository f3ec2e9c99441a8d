"""Who looked at my record, in a browser: on both widths, printed, and without a script."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bevan.identity.accounts import Account
from tests.browser.region import Region

pytestmark = pytest.mark.browser
ADDRESS = "/my-record/who-looked"
Open = Callable[..., Page]


@pytest.fixture
def as_dot(browser: Browser, region: Region, dot: str) -> Iterator[Open]:
    """A page of Dot's own."""
    id = dot.rsplit("/", 1)[1]
    account = Account("dot", "patient", id, "Dot Pemberton", "", (), demo=True)
    region.run(region.made.identity.seed([account]))
    cookie, _ = region.run(region.made.identity.sign_in("dot"))
    contexts = []

    def enter(address: str = ADDRESS, *, script: bool = True, width: int = 1280) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            base_url=region.url,
        )
        context.add_cookies([{"name": "bevan", "value": cookie, "url": region.url}])
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield enter
    for context in contexts:
        context.close()


def keep(page: Page, name: str) -> None:
    """A screenshot for people to look at, where a folder is named."""
    folder = os.environ.get("BEVAN_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_dot_sees_who_looked(
    sign_in: Callable[..., Page], as_dot: Open, dot: str, nothing_found: Callable[[Page], None]
) -> None:
    for name in ("Priya", "Leila"):
        page = sign_in(name)
        page.goto(dot)
    for width in (1280, 390):
        page = as_dot(width=width)
        assert page.title().startswith("Who looked at my record")
        listed = page.locator(".who-looked__list")
        assert listed.get_by_text("Why: Looking after you").count() >= 1
        assert "Priya" not in page.content()
        assert "Leila" not in page.content()
        nothing_found(page)
        keep(page, f"who-looked-{width}")
    narrow = as_dot(width=320)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320


def test_filters_work_without_a_script(as_dot: Open, region: Region) -> None:
    region.run(region.made.record.read(region.scope, "Patient", "nobody"))
    page = as_dot(script=False)
    page.get_by_label("When").select_option("365")
    page.get_by_role("button", name="Show").first.click()
    assert "period=365" in page.url
    assert page.get_by_label("When").input_value() == "365"


def test_the_computers_stand_apart(
    as_dot: Open, region: Region, dot: str, nothing_found: Callable[[Page], None]
) -> None:
    id = dot.rsplit("/", 1)[1]
    region.run(region.made.record.read(region.scope, "Patient", id))
    page = as_dot()
    page.get_by_role("link", name="Show these").click()
    assert page.get_by_text("A computer system").count() >= 1
    nothing_found(page)
    page.emulate_media(media="print")
    keep(page, "who-looked-print")


def test_an_empty_page_says_so(as_dot: Open, nothing_found: Callable[[Page], None]) -> None:
    page = as_dot(f"{ADDRESS}?after=1.1.1.00000000000040008000000000000001", width=390)
    assert page.get_by_text("There is nothing on this page.").is_visible()
    nothing_found(page)
