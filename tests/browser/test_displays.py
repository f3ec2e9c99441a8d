"""A screen on a ward in a browser: its code made and entered, on both widths, without a script."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bevan.identity.accounts import Account, Role
from bevan.synthetic.places import fixed_id
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.region import Region

pytestmark = pytest.mark.browser


def keep(page: Page, name: str, size: tuple[int, int]) -> None:
    """A screenshot for people to look at, where a folder is named."""
    folder = os.environ.get("BEVAN_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}-{size[0]}.png", full_page=True)


def somewhere(region: Region) -> tuple[str, str]:
    """An organisation and the name of a ward of its where somebody is now."""
    ward = region.search("Location", "name=Ward 7")[0]
    trust = ward["managingOrganization"]["reference"]
    who = fixed_id("somebody on the wall")
    region.send(
        {"resourceType": "Patient", "id": who, "name": [{"given": ["Ivy"], "family": "Larkin"}]}
    )
    region.send({
        "resourceType": "Encounter", "id": fixed_id("their stay"), "status": "in-progress",
        "class": {"code": "IMP"}, "subject": {"reference": f"Patient/{who}"},
        "period": {"start": "2026-11-20"}, "serviceProvider": {"reference": trust},
        "location": [{"location": {"reference": f"Location/{ward['id']}"}}],
    })  # fmt: skip
    return trust.removeprefix("Organization/"), ward["name"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_screen_is_let_in_and_shows_its_ward(
    region: Region, browser: Browser, size: tuple[int, int], nothing_found: Callable[[Page], None]
) -> None:
    trust, ward = somewhere(region)
    role = Role("Ward sister", trust, "The trust")
    sister = Account("sister", "practitioner", fixed_id("sister"), "Helen Adjei", "", (role,),
                     demo=True)  # fmt: skip
    region.run(region.made.identity.seed([sister]))
    region.run(region.made.projection.catch_up())
    cookie, _ = region.run(region.made.identity.sign_in("sister"))
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, base_url=region.url
    )
    context.add_cookies([{"name": "bevan", "value": cookie, "url": region.url}])
    page = context.new_page()
    page.goto("/displays")
    page.get_by_label("Where it hangs").fill("Nurses' station")
    page.get_by_label("Ward", exact=True).select_option(label=ward)
    page.get_by_role("button", name="Make a code").click()
    nothing_found(page)
    keep(page, "displays", size)
    code = page.locator("code").inner_text()
    wall = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, base_url=region.url
    ).new_page()
    wall.goto("/display")
    nothing_found(wall)
    keep(wall, "display-code", size)
    wall.get_by_label("Code").fill(code)
    wall.get_by_role("button", name="Show the ward").click()
    expect(wall.get_by_role("heading", level=1)).to_have_text(ward)
    expect(wall.locator("tbody tr").first).to_be_visible()
    nothing_found(wall)
    keep(wall, "display", size)
    assert wall.locator("main a").count() == 0
    assert wall.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
