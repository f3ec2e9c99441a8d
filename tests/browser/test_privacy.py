"""The privacy officer's worklist in a browser: from a case to what was found, on both widths."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.region import Region

pytestmark = pytest.mark.browser
_CASE = """
INSERT INTO watch_case (id, rule, actor, actor_name, role, organisation, organisation_name, patient,
  day, first, raised) VALUES ($1, 'same-surname', 'x', 'Dr Alex Pemberton', 'GP', 'o', 'Mill Lane
  Surgery', $2, '2026-11-23', '2026-11-23 10:00Z', now())
"""
Open = Callable[..., Page]


@pytest.fixture
def as_grace(browser: Browser, region: Region) -> Iterator[Open]:
    """A page of the privacy officer's."""
    cookie, _ = region.run(region.made.identity.sign_in("grace-lindon"))
    contexts = []

    def enter(address: str, *, width: int = 1280, script: bool = True) -> Page:
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
    if folder := os.environ.get("BEVAN_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_case_from_the_list_to_what_was_found(
    region: Region, as_grace: Open, dot: str, nothing_found: Callable[[Page], None]
) -> None:
    page = as_grace("/privacy?rule=volume", width=390)
    assert page.get_by_text("Nothing by this rule.").is_visible()
    nothing_found(page)
    region.run(region.made.database.execute(_CASE, uuid4(), UUID(dot.rsplit("/", 1)[1])))
    for width in (1280, 390):
        page = as_grace("/privacy?rule=same-surname", width=width)
        nothing_found(page)
        keep(page, f"privacy-list-{width}")
        page.get_by_role("link", name="Dr Alex Pemberton").first.click()
        assert page.get_by_role("heading", level=1).inner_text() == "Same surname: was this right?"
        nothing_found(page)
        keep(page, f"privacy-case-{width}")
    for address in ("/privacy", page.url):
        narrow = as_grace(address, width=320)
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    still = as_grace(page.url, width=390, script=False)
    still.get_by_role("button", name="Keep this").click()
    assert still.title().startswith("Error: ")
    still.get_by_label("It was right", exact=True).check()
    still.get_by_label("What you checked, and what you found").fill("Her sister asked her to.")
    still.get_by_role("button", name="Keep this").click()
    assert still.get_by_text("What you found is kept with your name.").is_visible()
    decided = as_grace("/privacy?state=decided")
    assert decided.get_by_text("It was right").first.is_visible()
    nothing_found(decided)
