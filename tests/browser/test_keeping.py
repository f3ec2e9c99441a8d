"""Two keepers dispose of a record that is due, by keyboard and pointer, on both widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bevan.identity.accounts import Account, Role
from bevan.record.scope import Actor
from tests.browser.conftest import DESKTOP, PHONE, SignIn
from tests.browser.region import Region

pytestmark = pytest.mark.browser
Check = Callable[[Page], None]
WORKER = Actor("system", "bevan-worker", "Bevan's own jobs")


def _due(region: Region, family: str) -> None:
    """Somebody whose record has long been due, and a second keeper."""
    patient = {
        "resourceType": "Patient", "name": [{"family": family, "given": ["Ambrose"]}],
        "birthDate": "1921-03-04", "deceasedDateTime": "2004-05-06",
    }  # fmt: skip
    id = region.run(region.made.record.create(region.scope, patient)).version.id
    visit = {
        "resourceType": "Observation", "status": "final", "code": {"text": "Weight"},
        "subject": {"reference": f"Patient/{id}"}, "effectiveDateTime": "2004-01-02",
    }  # fmt: skip
    region.run(region.made.record.create(region.scope, visit))
    role = Role("Caldicott guardian", "org-ig", "Harrowmere")
    one = Account("otis", "practitioner", "otis", "Otis Vale", "", (role,), demo=True)
    region.run(region.made.identity.seed([one]))
    region.run(region.made.keeping.look(WORKER))


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_one_asks_and_another_decides(
    region: Region, sign_in: SignIn, nothing_found: Check, size: tuple[int, int]
) -> None:
    family = f"Thistlewood{size[0]}"
    _due(region, family)
    page = sign_in("Grace", script=size == DESKTOP, size=size)
    page.goto("/keeping")
    if size == DESKTOP:
        nothing_found(page)
    page.get_by_role("link", name=family.upper()).click()
    expect(page.get_by_text("Adult records: 8 years after the last contact.")).to_be_visible()
    page.get_by_role("button", name="Ask for its disposal").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.get_by_label("Why it may go").fill("Eight years after the last contact")
    page.get_by_label("I'm ").check()
    page.get_by_role("button", name="Ask for its disposal").click()
    expect(page.get_by_text("Somebody else must decide what you asked for.")).to_be_visible()
    where = page.url.partition("?")[0]
    page = sign_in("Otis", size=size)
    page.goto(where)
    nothing_found(page)
    page.get_by_label("I'm ").check()
    page.get_by_role("button", name="Destroy this record").click()
    expect(page.get_by_text("Decided. The record goes within minutes")).to_be_visible()
    region.run(region.made.disposing.run(WORKER))
    page.reload()
    expect(page.get_by_text("The record is gone.")).to_be_visible()
    expect(page.get_by_text(family.upper())).to_have_count(0)
    nothing_found(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0]
