"""Screens on wards: let in by a code, one ward, initials and bed, and nothing else by any way."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from bevan.directory.entries import PHYSICAL
from bevan.identity.accounts import Account, Role
from bevan.identity.attempts import DISPLAY_CODE
from tests.apps.care_record.clinic import ACCOUNTS, GP_ID, SAME_SITE, TRUST_ID, Desk, organisation
from tests.conftest import TODAY
from tests.site.test_every_route import OPEN
from tests.site.walk import doors
from tests.support.databases import Databases
from tests.support.moving_clock import MovingClock
from tests.support.sites import BASE, Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
WARD, OTHER_WARD, BED, OTHER_BED = "ward-7", "ward-8", "bed-7-1", "bed-8-1"
SISTER = Account(
    "sister", "practitioner", "sister-id", "Helen Adjei", "",
    (Role("Ward sister", TRUST_ID, "Thornbeck General"),), demo=True,
)  # fmt: skip


def place(id: str, name: str, part_of: str = "") -> dict[str, Any]:
    above = {"partOf": {"reference": f"Location/{part_of}"}} if part_of else {}
    if name.startswith("Bed"):
        above["physicalType"] = {"coding": [{"system": PHYSICAL, "code": "bd"}]}
    return {"resourceType": "Location", "id": id, "name": name, **above,
            "managingOrganization": {"reference": f"Organization/{TRUST_ID}"}}  # fmt: skip


def patient(id: str, given: str, family: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "birthDate": "1950-01-01",
            "name": [{"use": "official", "given": [given], "family": family}], **more}  # fmt: skip


def visit(who: str, at: str, status: str = "in-progress") -> dict[str, Any]:
    return {"resourceType": "Encounter", "id": f"visit-{who}", "status": status,
            "class": {"code": "IMP"}, "period": {"start": "2026-11-20"},
            "subject": {"reference": f"Patient/{who}"},
            "serviceProvider": {"reference": f"Organization/{TRUST_ID}"},
            "location": [{"location": {"reference": f"Location/{at}"}}]}  # fmt: skip


RESTRICTED = {"security": [{"code": "R",
    "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"}]}  # fmt: skip
RECORD = (
    organisation(GP_ID, "Mill Lane Surgery"), organisation(TRUST_ID, "Thornbeck General"),
    place("site", "Thornbeck"), place(WARD, "Ward 7", "site"), place(OTHER_WARD, "Ward 8", "site"),
    place(BED, "Bed 1", WARD), place("bed-7-2", "Bed 2", WARD),
    place(OTHER_BED, "Bed 1", OTHER_WARD),
    patient("mp", "Margaret", "Pemberton"), patient("elsewhere", "Quentin", "Xavier"),
    patient("gone", "Yolanda", "Zimmer"), patient("hidden", "Ursula", "Vane", meta=RESTRICTED),
    visit("mp", BED), visit("elsewhere", OTHER_BED), visit("gone", "bed-7-2", "finished"),
    visit("hidden", "bed-7-2"),
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hospital(databases: Databases) -> AsyncIterator[Serving]:
    """Two wards of one trust, whose sister lets screens in."""
    name = await databases.migrated()
    async with serving(databases.dsn(name), apps=None, clock=MovingClock(TODAY)) as served:
        for one in RECORD:
            answer = await served.send("PUT", f"/{one['resourceType']}/{one['id']}", one)
            assert answer.status_code in (200, 201), answer.text
        await served.made.identity.seed([*ACCOUNTS, SISTER])
        await served.made.projection.catch_up()
        await served.made.restricted.renew()
        yield served
    await databases.drop(name)


async def offered(hospital: Serving, ward: str = WARD) -> str:
    sister = await Desk(hospital).sign_in("sister")
    page = await sister.post("/displays", {"name": "Nurses' station", "ward": ward})
    found = re.search(r"<code>([^<]+)</code>", page.text)
    assert found is not None, page.text
    return found[1]


def browser(hospital: Serving) -> httpx2.AsyncClient:
    transport = hospital.client._transport
    return httpx2.AsyncClient(transport=transport, base_url=BASE, headers=SAME_SITE)


async def screen(hospital: Serving, ward: str = WARD) -> httpx2.AsyncClient:
    """A browser on the wall, let in."""
    made = browser(hospital)
    answer = await made.post("/display", data={"code": await offered(hospital, ward)})
    assert answer.status_code == 303 and "Max-Age" in answer.headers["set-cookie"]
    return made


async def test_a_screen_shows_initials_and_bed_of_its_own_ward_alone(hospital: Serving) -> None:
    await hospital.made.restricted.renew()
    page = await (await screen(hospital)).get("/display")
    said = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert "Ward 7" in said and "Bed 1 MP" in said
    for kept in ("QX", "YZ", "UV", "Pemberton", "Margaret", "1950", "Xavier", "Bed 2"):
        assert kept not in said, kept
    assert page.headers["refresh"] == "60"
    main = page.text.split("<main")[1].split("</main>")[0]
    assert "href=" not in main and "/record" not in page.text
    other = await (await screen(hospital, OTHER_WARD)).get("/display")
    assert ">QX<" in other.text and ">MP<" not in other.text


async def test_it_reaches_nothing_else_by_any_route(hospital: Serving) -> None:
    wall = await screen(hospital)
    stranger = browser(hospital)
    for door in doors(list(hospital.site._pages.routes)):
        if door.shape in OPEN or door.method != "GET" or door.shape == "/display":
            continue
        path = door.path(patient="mp", person="mp", id="mp")
        seen, absent = await wall.get(path), await stranger.get(path)
        assert seen.status_code == absent.status_code, path
        assert seen.headers.get("location") == absent.headers.get("location"), path
        assert "Pemberton" not in seen.text, path
    secret = wall.cookies["bevan-display"]
    for headers in ({}, {"cookie": f"bevan={secret}"}, {"authorization": f"Bearer {secret}"}):
        for path in ("/Patient/mp", "/Encounter", "/Patient?_id=mp", "/Location"):
            assert (await wall.get(f"/fhir{path}", headers=headers)).status_code == 401
    for path in ("/oauth/userinfo", "/staff/userinfo", "/citizen/userinfo"):
        given = {"authorization": f"Bearer {secret}"}
        assert (await wall.get(path, headers=given)).status_code == 401


async def test_its_own_rule_knows_people_where_they_are_and_no_care(hospital: Serving) -> None:
    await screen(hospital)
    (shown, *_) = [one for one in await hospital.made.front.displays.of(TRUST_ID) if one.enrolled]
    access, record = hospital.made.access, hospital.made.record
    scope = access.scope(shown.actor, purpose="ward-display")
    assert scope.reads == {"Encounter", "Patient", "Location"} and scope.writes == frozenset()
    assert await record.read(scope, "Patient", "hidden") is None
    for purpose in ("direct-care", "own-record", "acting-for", "research"):
        wide = access.scope(shown.actor, purpose=purpose)
        assert await record.read(wide, "Patient", "mp") is None
    # Nor does a person reach it with a screen's role or purpose.
    for role in ("Ward display", "Ward sister"):
        who = Account("x", "practitioner", "x", "X", "", (Role(role, TRUST_ID, "T"),))
        actor = shown.actor.__class__("practitioner", who.id, who.name, role, TRUST_ID, "T")
        assert not access.scope(actor, purpose="ward-display").reads


async def test_a_code_works_once_for_ten_minutes(hospital: Serving) -> None:
    code = await offered(hospital)
    assert (
        await browser(hospital).post("/display", data={"code": code.lower()})
    ).status_code == 303
    again = await browser(hospital).post("/display", data={"code": code})
    assert again.status_code == 422 and "ten minutes" in again.text
    late = await offered(hospital)
    clock = hospital.made.clock
    assert isinstance(clock, MovingClock)
    clock.go_on(minutes=10)
    assert (await browser(hospital).post("/display", data={"code": late})).status_code == 422
    for _ in range(DISPLAY_CODE.most):
        last = await browser(hospital).post("/display", data={"code": "WRONG"})
    assert last.status_code == 422 and "too often" in last.text
    await hospital.made.database.execute("TRUNCATE attempt")


async def test_only_those_who_keep_a_ward_let_screens_in_and_end_them(hospital: Serving) -> None:
    gp = await Desk(hospital).sign_in("gp")
    assert (await gp.get("/displays")).status_code == 404
    assert (await gp.post("/displays", {"name": "x", "ward": WARD})).status_code == 404
    sister = await Desk(hospital).sign_in("sister")
    assert (await sister.post("/displays", {"name": "", "ward": WARD})).status_code == 422
    for elsewhere in ("mp", "site", BED):  # no ward of theirs
        given = {"name": "x", "ward": elsewhere}
        assert (await sister.post("/displays", given)).status_code == 422
    wall = await screen(hospital)
    shown = await hospital.made.front.displays.shown(wall.cookies["bevan-display"])
    assert shown is not None
    await hospital.made.front.displays.stop(str(shown.id), GP_ID, by="gp")
    assert "Bed 1" in (await wall.get("/display")).text  # another organisation's isn't theirs
    assert (await sister.post("/displays", {"end": str(shown.id)})).status_code == 303
    ended = await wall.get("/display")
    assert "Let this screen in" in ended.text and "Bed 1" not in ended.text
    events = [one.action for one in await hospital.made.front.login.events.list("sister")]
    assert events[:3] == ["display ended", "display let in", "display offered"]


async def test_what_it_shows_is_audited_as_the_screens_look(hospital: Serving) -> None:
    await (await screen(hospital)).get("/display")
    rows = await hospital.made.database.fetch(
        "SELECT DISTINCT g.kind, g.role, p.purpose, a.type FROM audit a "
        "JOIN agent g ON g.n = a.agent JOIN purpose p ON p.n = a.purpose "
        "WHERE g.kind = 'device' AND a.outcome = '+'"
    )
    assert {tuple(row) for row in rows} >= {
        ("device", "Ward display", "ward-display", "Patient"),
        ("device", "Ward display", "ward-display", "Encounter"),
    }
