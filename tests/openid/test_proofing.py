"""Proof of identity, from details to a clerk's decision; joiners and leavers; acting for others."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from bevan.identity.accounts import Account, Role
from bevan.identity.sessions import Proof
from tests.openid.estate import (
    DEAD,
    HIDDEN,
    NUMBER,
    PATIENT,
    SAME_SITE,
    SURGERY,
    TRUST,
    Estate,
    Person,
)

JPEG = b"\xff\xd8\xff" + b"picture" * 50
PNG = b"\x89PNG\r\n\x1a\n" + b"face" * 50
CHILD = "0b7a7b1e-0000-4000-8000-0000000000c1"


async def signed_in(estate: Estate, account: Account, role: int = 0, **proof: Any) -> Person:
    """Somebody who is signed in to the apps."""
    level = {"patient": account.level, "practitioner": "AAL2"}[account.kind]
    given = {"level": level, "at": estate.clock.now(), **proof}
    cookie, _ = await estate.login.sessions.start(
        account.id, role=role, proof=Proof("openid", **given)
    )
    person = Person(estate)
    person.http.cookies.set("bevan", cookie, domain="localhost.local")
    return person


async def worker(estate: Estate, role: str, place: str = SURGERY) -> tuple[Account, Person]:
    """A worker of one role, signed in."""
    id = f"s-{uuid4().hex[:8]}"
    await estate.login.accounts.add(
        Account(id, "practitioner", f"prac-{id}", f"Kay {role}", ""), estate.clock.now()
    )
    await estate.login.accounts.give_role(
        id, Role(role, place, "Mill Lane Surgery"), estate.clock.now()
    )
    account = await estate.login.require(id)
    return account, await signed_in(estate, account)


async def pictures(person: Person, **changed: Any) -> httpx2.Response:
    files = {"document": ("d.jpg", JPEG), "face": ("f.png", PNG), **changed}
    return await person.http.post(
        "/account/identity/pictures", data={"kind": "passport"}, files=files, headers=SAME_SITE
    )


def stored(estate: Estate) -> list[Path]:
    folder = estate.served.made.settings.data / "objects"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


async def details(person: Person, **changed: str) -> httpx2.Response:
    given = {"number": NUMBER, "family": "moss", "born": "1948-03-14", **changed}
    return await person.post("/account/identity", **given)


@pytest.mark.parametrize("decision", ["yes", "no"])
async def test_from_details_to_a_decision(estate: Estate, decision: str) -> None:
    # One person has one proven account: those of other tests go first.
    await estate.served.made.database.execute("UPDATE account SET closed = now()")
    account, _ = await estate.citizen("P0")
    citizen = await signed_in(estate, account)
    answer = await details(citizen)
    assert answer.status_code == 303, answer.text
    account = await estate.login.require(account.id)
    assert (account.level, account.actor, account.name) == ("P5", PATIENT, "Ada Moss")
    assert (await pictures(citizen)).status_code == 303
    kept = stored(estate)
    assert len(kept) == 2
    assert all(b"picture" not in path.read_bytes() for path in kept)
    assert "looking at what you sent" in (await pictures(citizen)).text
    assert len(stored(estate)) == 2

    _, clerk = await worker(estate, "Proofing clerk")
    (case,) = await estate.served.made.front.proofing.waiting()
    assert case.name in (await clerk.get("/proofing")).text
    assert (await clerk.get(f"/proofing/{case.id}")).status_code == 200
    shown = await clerk.get(f"/proofing/{case.id}/face")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["cache-control"] == "no-store"
    assert (
        await clerk.post(f"/proofing/{case.id}", proven=decision, reason="x")
    ).status_code == 422
    where = f"/proofing/{case.id}"
    answer = await clerk.post(where, proven=decision, reason="Face and name compared")
    assert answer.status_code == 303
    assert stored(estate) == []
    again = await clerk.post(where, proven="yes", reason="Face and name compared")
    assert again.status_code == 404
    account = await estate.login.require(account.id)
    assert account.level == ("P9" if decision == "yes" else "P5")
    page = (await citizen.get("/account/identity")).text
    assert ("Your identity is proven" if decision == "yes" else "couldn't tell") in page


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "9990000077"},
        {"number": "123"},
        {"family": "Mosse"},
        {"born": "1948-03-15"},
        {"born": ""},
        {"number": "9990000050"},
        {"number": "9990000069"},
        {"number": "9994106074"},
    ],
)
async def test_details_that_dont_match_all_look_the_same(
    estate: Estate, changed: dict[str, str]
) -> None:
    account, _ = await estate.citizen("P0")
    citizen = await signed_in(estate, account)
    answer = await details(citizen, **changed)
    assert answer.status_code == 422
    assert "match a record that we can use" in answer.text
    assert (await estate.login.require(account.id)).level == "P0"
    assert {DEAD, HIDDEN}.isdisjoint({account.actor})


async def test_nobody_fishes_for_details(estate: Estate) -> None:
    account, _ = await estate.citizen("P0")
    citizen = await signed_in(estate, account)
    for _ in range(5):
        await details(citizen, family="wrong")
    assert "too often" in (await details(citizen)).text


async def test_pictures_must_be_pictures_and_need_a_passkey(estate: Estate) -> None:
    account, _ = await estate.citizen("P5")
    citizen = await signed_in(estate, account)
    for name in ("document", "face"):
        answer = await pictures(citizen, **{name: ("x.svg", b"<svg/>")})
        assert answer.status_code == 422
        assert "JPEG or PNG" in answer.text
    await estate.login.passkeys.remove_all(account.id)
    assert "Make a passkey first" in (await pictures(citizen)).text
    assert stored(estate) == []


async def test_only_clerks_see_cases_and_nobody_decides_about_themselves(estate: Estate) -> None:
    account, _ = await estate.citizen("P5")
    citizen = await signed_in(estate, account)
    await pictures(citizen)
    (case,) = await estate.served.made.front.proofing.waiting()
    _, gp = await worker(estate, "GP")
    for person in (gp, citizen):
        for path in ("/proofing", f"/proofing/{case.id}", f"/proofing/{case.id}/face"):
            assert (await person.get(path)).status_code == 404
        answer = await person.post(f"/proofing/{case.id}", proven="yes", reason="long enough")
        assert answer.status_code == 404
    proofing = estate.served.made.front.proofing
    with pytest.raises(Exception, match="themselves"):
        await proofing.decide(case.id, by=account.id, proven=True, reason="It's me, honest")
    await proofing.decide(case.id, by="clerk", proven=False, reason="Blurred pictures")


async def test_below_p9_no_page_shows_a_number_or_a_record(estate: Estate) -> None:
    account, _ = await estate.citizen("P5")
    citizen = await signed_in(estate, account)
    for path in ("/account", "/account/identity", "/account/people", "/roles"):
        page = await citizen.get(path)
        assert NUMBER not in page.text.replace(" ", "")
        assert PATIENT not in page.text
    assert (await citizen.get(f"/fhir/Patient/{PATIENT}")).status_code == 404
    assert (await citizen.get(f"/record/{PATIENT}")).status_code == 404


async def test_joiner_mover_leaver(estate: Estate) -> None:
    admin, desk = await worker(estate, "Account administrator", TRUST)
    joiners, by = estate.served.made.front.joiners, admin.id
    role = Role("Staff nurse", TRUST, "Thornbeck General")
    secret = await joiners.join("Jo Newman", "prac-new", "", role, by=by)
    newcomer = Person(estate)
    page = await newcomer.get(f"/login/staff/join/{secret}")
    assert "Welcome, Jo Newman" in page.text
    from tests.support.authenticator import Authenticator

    newcomer.device = Authenticator(origin="http://localhost:8000")
    answer = await newcomer.show_passkey(page)
    assert answer.headers["location"] == "/sign-in/staff"
    assert (await newcomer.get(f"/login/staff/join/{secret}")).status_code == 404
    page = await newcomer.follow(await newcomer.get("/sign-in/staff?next=/roles"))
    page = await newcomer.follow(await newcomer.show_passkey(page))
    assert "Staff nurse" in page.text
    account = await estate.login.accounts.by_actor("practitioner", "prac-new")
    assert account is not None

    assert account.name in (await desk.get("/workers")).text
    given = {"change": "give", "account": account.id, "role": "Ward sister"}
    assert (await desk.post("/workers", **given)).status_code == 303
    gone = {"change": "take", "account": account.id, "position": "0"}
    assert (await desk.post("/workers", **gone)).status_code == 303
    cookie = newcomer.http.cookies.get("bevan")
    assert await estate.served.made.identity.signed_in(cookie) is None
    _, elsewhere = await worker(estate, "Account administrator", SURGERY)
    left = {"change": "leave", "account": account.id}
    assert "at your organisation" in (await elsewhere.post("/workers", **left)).text
    assert (await desk.post("/workers", **left)).status_code == 303
    closed = await estate.login.accounts.find(account.id)
    assert closed is not None
    assert closed.closed
    own = {"change": "leave", "account": admin.id}
    assert "another administrator" in (await desk.post("/workers", **own)).text
    _, nurse = await worker(estate, "Staff nurse", TRUST)
    assert (await nurse.get("/workers")).status_code == 404
    assert (await nurse.post("/workers", **left)).status_code == 404


async def child(estate: Estate, born: date, number: str) -> None:
    """A child registered with the surgery."""
    answer = await estate.served.send(
        "PUT", f"/Patient/{CHILD}",
        {"resourceType": "Patient", "id": CHILD, "birthDate": born.isoformat(),
         "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number}],
         "name": [{"family": "Moss", "given": ["Kit"]}],
         "generalPractitioner": [{"reference": f"Organization/{SURGERY}"}]},
    )  # fmt: skip
    assert answer.status_code in (200, 201)


async def test_a_parent_asks_the_practice_allows_and_it_ends_at_eleven(estate: Estate) -> None:
    await child(estate, date(2018, 2, 1), "9990000085")
    account, _ = await estate.citizen()
    parent = await signed_in(estate, account)
    wish = {"number": "9990000085", "family": "Moss", "born": "2018-02-01", "relation": "parent",
            "rights": "see-record", "words": "His mother"}  # fmt: skip
    assert (await parent.post("/account/people/ask", **wish)).status_code == 303
    assert (await parent.post("/account/people/ask", **wish | {"born": "2018-02-02"})
            ).status_code == 303  # fmt: skip
    asks = estate.served.made.front.asks
    (ask,) = await asks.waiting(SURGERY)
    _, gp = await worker(estate, "GP")
    assert "Kit Moss" in (await gp.get("/proxies")).text
    assert (await gp.get(f"/proxies/{ask.id}")).status_code == 200
    _, stranger = await worker(estate, "GP", TRUST)
    assert (await stranger.get(f"/proxies/{ask.id}")).status_code == 404
    answer = await gp.post(f"/proxies/{ask.id}", decision="grant", reason="Known to us")
    assert answer.status_code == 303
    (right,) = await asks.proxies.acting_for(PATIENT)
    assert right.until == datetime(2029, 2, 1, tzinfo=UTC)

    page = (await parent.get("/account/people")).text
    assert "Kit Moss" in page
    assert "1 February 2029" in page
    before = parent.http.cookies.get("bevan")
    assert (await parent.post("/account/people/act", person=CHILD)).status_code == 303
    session = await estate.served.made.identity.signed_in(parent.http.cookies.get("bevan"))
    assert session is not None
    assert (session.acting, session.acting_name, session.actor.id) == (CHILD, "Kit Moss", PATIENT)
    assert await estate.served.made.identity.signed_in(before) is None
    assert (await parent.post("/account/people/act", person=HIDDEN)).status_code == 422
    assert (await parent.post("/account/people/end", right=str(right.id))).status_code == 303
    assert await asks.proxies.acting_for(PATIENT) == []
    session = await estate.served.made.identity.signed_in(parent.http.cookies.get("bevan"))
    assert (await parent.post("/account/people/act", person=CHILD)).status_code == 422


@pytest.mark.parametrize(
    ("born", "checks", "status"),
    [
        (date(2014, 2, 1), {}, 422),
        (date(2014, 2, 1), {"reviewed": "yes"}, 303),
        (date(2012, 2, 1), {"reviewed": "yes"}, 422),
        (date(2012, 2, 1), {"reviewed": "yes", "agreed": "yes"}, 303),
        (date(2009, 2, 1), {"reviewed": "yes", "agreed": "yes"}, 422),
    ],
)
async def test_the_steps_of_age(
    estate: Estate, born: date, checks: dict[str, str], status: int
) -> None:
    await child(estate, born, "9990000085")
    account, _ = await estate.citizen()
    parent = await signed_in(estate, account)
    wish = {"number": "9990000085", "family": "Moss", "born": born.isoformat(),
            "relation": "parent", "rights": "see-record"}  # fmt: skip
    await parent.post("/account/people/ask", **wish)
    asks = estate.served.made.front.asks
    ask = (await asks.waiting(SURGERY))[-1]
    _, gp = await worker(estate, "GP")
    answer = await gp.post(f"/proxies/{ask.id}", decision="grant", reason="Known to us", **checks)
    assert answer.status_code == status
    if status == 422:
        refused = await gp.post(f"/proxies/{ask.id}", decision="refuse", reason="Not now")
        assert refused.status_code == 303


async def test_asking_needs_a_proven_identity(estate: Estate) -> None:
    account, _ = await estate.citizen("P5")
    citizen = await signed_in(estate, account)
    answer = await citizen.post("/account/people/ask", relation="parent", rights="see-record")
    assert answer.status_code == 422
    assert "Prove who you are first" in answer.text
