"""People's own journeys: choices, acting for a child, and proving who one is, with axe on both
widths and without a script where none is needed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from struct import pack
from uuid import uuid4
from zlib import compress, crc32

import pytest
from playwright.sync_api import Page, expect

from bevan.access.proxies import Asked
from bevan.identity.accounts import Account, Role
from bevan.identity.mail import Outbox
from bevan.identity.sessions import Proof
from tests.browser.conftest import Look, SignIn
from tests.browser.region import Region
from tests.support.authenticator import Authenticator

pytestmark = pytest.mark.browser
JAYA, NILS = "9994111124", "9994112139"


def found(region: Region, number: str) -> str:
    (person,) = region.search("Patient", f"identifier={number}")
    return str(person["id"])


def seed(region: Region, id: str, person: str, name: str) -> None:
    account = Account(id, "patient", person, name, "", (), demo=True)
    region.run(region.made.identity.seed([account]))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_an_opt_out_and_the_way_back(
    region: Region, come_in: SignIn, sign_in: SignIn, dot: str, look: Look
) -> None:
    seed(region, "dot", dot.rsplit("/", 1)[1], "Dot Pemberton")
    doctor = sign_in("Leila")
    page = come_in("dot", "/my-record", script=False)
    expect(page.get_by_role("heading", name="My record")).to_be_visible()
    page = come_in("dot", "/my-record")
    look(page, "my-record")
    page.get_by_role("link", name="Choices about sharing").click()
    look(page, "choices")
    page.get_by_role("link", name="Sharing your record").click()
    page.get_by_label("Don't share my record").check()
    press(page, "Go on")
    look(page, "choice-review")
    press(page, "Keep this choice")
    assert page.title().startswith("Error: ")
    look(page, "choice-error")
    page.get_by_label("In an emergency, staff won't see").check()
    press(page, "Keep this choice")
    expect(page.get_by_role("heading", name="Your choice is kept")).to_be_visible()
    look(page, "choice-kept")
    answer = doctor.goto(dot)
    assert answer is not None and answer.status == 404, "it counts at once"
    page.get_by_role("link", name="Change it back").click()
    page.get_by_label("Share my record with people").check()
    press(page, "Go on")
    press(page, "Keep this choice")
    answer = doctor.goto(dot)
    assert answer is not None and answer.status == 200
    page.get_by_role("link", name="your choices").click()
    expect(page.locator(".choice__history > li")).to_have_count(2)
    look(page, "choices-history")
    page.emulate_media(media="print")
    assert not page.locator(".bv-tabs").is_visible()


def test_acting_for_a_child_from_the_right_to_its_end(
    region: Region, come_in: SignIn, look: Look
) -> None:
    nils, jaya = found(region, NILS), found(region, JAYA)
    seed(region, "nils", nils, "Nils Lindqvist")
    seed(region, "jaya", jaya, "Jaya Lindqvist")
    wanted = Asked(nils, jaya, "parent", frozenset({"see-record", "book-appointments"}),
                   "Birth certificate seen", date(2018, 2, 14))  # fmt: skip
    region.run(region.made.proxies.grant(wanted, by="Mill Lane Surgery"))
    page = come_in("nils", "/account/people")
    look(page, "people")
    page.get_by_role("link", name="Ask to act for somebody").click()
    look(page, "ask")
    page.go_back()
    press(page, "Act for Jaya Lindqvist")
    banner = page.get_by_role("region", name="Whom you act for")
    expect(banner).to_contain_text("You act for Jaya Lindqvist")
    look(page, "people-acting")
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="Record of Jaya Lindqvist")).to_be_visible()
    expect(page.get_by_text("eanut").first).to_be_visible()
    expect(page.get_by_text("Until the end of 13 February 2029")).to_be_visible()
    look(page, "record-acting")
    page.get_by_role("link", name="Who looked").click()
    expect(page.get_by_text("Only people themselves see")).to_be_visible()
    child = come_in("jaya", "/my-record/who-looked")
    expect(child.locator(".who-looked__list")).to_contain_text("Nils Lindqvist, your parent")
    press(page, "Be Nils Lindqvist again")
    expect(banner).not_to_be_visible()
    press(page, "Stop acting for Jaya Lindqvist")
    expect(page.get_by_text("Ended.")).to_be_visible()
    page.goto("/my-record")
    expect(page.get_by_role("heading", name="My record")).to_be_visible()


def picture(path: Path, colour: bytes) -> str:
    """A PNG of one colour, as a camera would send it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + name + data + pack(">I", crc32(name + data))

    rows = b"".join(b"\0" + colour * 120 for _ in range(90))
    head = pack(">IIBBBBB", 120, 90, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", compress(rows))
                     + chunk(b"IEND", b""))  # fmt: skip
    return str(path)


def newcomer(region: Region) -> str:
    """The cookie of somebody who has an account, a passkey, and no proof of who they are."""
    made = region.made
    login, mail = made.front.login, made.front.login.mail
    assert isinstance(mail, Outbox)

    async def register() -> str:
        asked = await login.enrolment.ask(f"{uuid4().hex[:8]}@example.org")
        (letter,) = await mail.latest(1)
        account = await login.enrolment.enter(asked, letter.subject.split()[0], register=True)
        device = Authenticator(origin=made.settings.public_url)
        question = await login.passkeys.ask_new(account)
        await login.passkeys.add(account.id, question.id, device.make(question.options), "Phone")
        proof = Proof("openid", level="P0", at=region.clock.now())
        cookie, _ = await login.sessions.start(account.id, proof=proof)
        return cookie

    return region.run(register())


def test_proving_who_one_is_until_the_pictures_are_gone(
    region: Region, come_in: SignIn, look: Look, tmp_path: Path
) -> None:
    clerk = Account("clerk", "practitioner", "clerk-1", "Kay Clerk", "Proofing clerk",
                    (Role("Proofing clerk", "icb", "Harrowmere ICB"),), demo=True)  # fmt: skip
    region.run(region.made.identity.seed([clerk]))
    page = come_in("", "/my-record", cookie=newcomer(region))
    expect(page.get_by_text("First we have to know that it's really you")).to_be_visible()
    look(page, "my-record-unproven")
    page.goto("/my-record/choices")
    page.get_by_role("link", name="Prove who I am").click()
    look(page, "identity")
    press(page, "Match my details")
    assert page.title().startswith("Error: ")
    look(page, "identity-error")
    person = region.search("Patient", "identifier=9994101021")[0]
    page.get_by_label("NHS number").fill("999 410 1021")
    page.get_by_label("Last name").fill(person["name"][0]["family"])
    page.get_by_label("Date of birth").fill(person["birthDate"])
    press(page, "Match my details")
    look(page, "identity-pictures")
    page.get_by_label("Picture of the document").set_input_files(
        picture(tmp_path / "document.png", b"\x20\x60\x70"))  # fmt: skip
    page.get_by_label("Picture of your face").set_input_files(
        picture(tmp_path / "face.png", b"\xd0\xa0\x80"))  # fmt: skip
    press(page, "Send both pictures")
    look(page, "account-sent")
    work = come_in("clerk", "/proofing")
    look(work, "proofing")
    work.get_by_role("list").get_by_role("link").first.click()
    address = work.locator("img").first.get_attribute("src")
    look(work, "proofing-case")
    press(work, "Decide and delete")
    assert work.title().startswith("Error: ")
    work.get_by_label("It's the same person: proven").check()
    work.get_by_label("Why").fill("Face, name and birth date are the same")
    press(work, "Decide and delete")
    expect(work.get_by_text("The pictures are deleted")).to_be_visible()
    look(work, "proofing-empty")
    gone = work.request.get(f"{region.url}{address}")
    assert gone.status == 404, "the evidence is gone"
    page.goto("/account/identity")
    expect(page.get_by_text("Your identity is proven")).to_be_visible()
