"""A browser, the region's site, and people who sign in to it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.region import Region, serving_region
from tests.support.databases import Databases

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP, PHONE = (1280, 900), (390, 844)
DOT = "999 012 3454"

SignIn = Callable[..., Page]
Look = Callable[[Page, str], None]


@pytest.fixture(scope="session")
def region(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    """The stories, served; shared by all browser tests of a worker."""
    with serving_region(databases, data=tmp_path_factory.mktemp("region")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; without one the test is skipped, or fails where CI=true.

    It ends with its module: while it runs, this thread can't run another event loop.
    """
    path = os.environ.get("BEVAN_CHROMIUM") or shutil.which("chromium")
    if not path:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs Chromium: set BEVAN_CHROMIUM")
        pytest.skip("Chromium isn't here (set BEVAN_CHROMIUM)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def sign_in(browser: Browser, region: Region) -> Iterator[SignIn]:
    """A page of somebody who is signed in: ``sign_in("Priya", script=False, size=PHONE)``."""
    opened: list[BrowserContext] = []

    def enter(name: str, *, script: bool = True, size: tuple[int, int] = DESKTOP) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=script,
            base_url=region.url,
        )
        opened.append(context)
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name=f"Be {name}").click()
        page.wait_for_url("**/record")
        return page

    yield enter
    for context in opened:
        context.close()


@pytest.fixture
def come_in(browser: Browser, region: Region) -> Iterator[SignIn]:
    """A page of an account, signed in without the landing page: ``come_in("dot", "/account")``."""
    opened: list[BrowserContext] = []

    def enter(account: str, address: str, *, cookie: str = "", script: bool = True) -> Page:
        if not cookie:
            cookie, _ = region.run(region.made.identity.sign_in(account))
        context = browser.new_context(
            viewport={"width": DESKTOP[0], "height": DESKTOP[1]},
            java_script_enabled=script,
            base_url=region.url,
        )
        context.add_cookies([{"name": "bevan", "value": cookie, "url": region.url}])
        opened.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield enter
    for context in opened:
        context.close()


@pytest.fixture
def look(nothing_found: Callable[[Page], None]) -> Look:
    """Looks at a page on both widths: nothing to scroll sideways, nothing for axe to find on a
    phone, where most is folded, and a screenshot for people where a folder is named."""

    def looked(page: Page, name: str) -> None:
        # A page that a link has just opened may not have an element yet.
        page.wait_for_load_state()
        for width, height in (PHONE, DESKTOP):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            if width == PHONE[0]:
                nothing_found(page)
            folder = os.environ.get("BEVAN_SCREENSHOTS")
            if folder:
                page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)

    return looked


@pytest.fixture
def dot(region: Region) -> str:
    """The address of Dot Pemberton's record."""
    (found,) = region.search("Patient", f"identifier={DOT.replace(' ', '')}")
    return f"/record/{found['id']}"


@pytest.fixture
def nothing_found() -> Callable[[Page], None]:
    """Says what axe finds, all of it, and fails if it is anything."""

    def check(page: Page) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    return check
