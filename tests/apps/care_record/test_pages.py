"""The pages over the real application and database, without a browser."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from bevan.identity.accounts import Account, Role
from bevan.record.scope import Actor, system
from tests.apps.care_record import build
from tests.apps.care_record.build import PERSON
from tests.support.moving_clock import MovingClock
from tests.support.sites import Serving, serving

GP_ID = "0b7a7b1e-0000-4000-8000-00000000000a"
TRUST_ID = "0b7a7b1e-0000-4000-8000-00000000000b"
OTHER = "0b7a7b1e-0000-4000-8000-000000000003"
ALLERGY_ID = "0b7a7b1e-0000-4000-8000-0000000000a1"
SAME_SITE = {"sec-fetch-site": "same-origin"}
WHERE = f"/record/{PERSON}"


def organisation(id: str, name: str) -> dict[str, Any]:
    return {"resourceType": "Organization", "id": id, "name": name}


def person(id: str = PERSON, **more: Any) -> dict[str, Any]:
    made = build.patient(id=id, **more)
    made["generalPractitioner"] = [{"reference": f"Organization/{GP_ID}"}]
    return made


def people(kind: str, name: str, place: str) -> Account:
    role = Role("GP", place, name)
    return Account(kind, "practitioner", f"{kind}-id", f"Dr {kind.title()}", "", (role,), demo=True)


ACCOUNTS = [
    people("gp", "Mill Lane Surgery", GP_ID),
    people("partner", "Mill Lane Surgery", GP_ID),
    people("trust", "Thornbeck General", TRUST_ID),
]


class Desk:
    """Somebody at a browser that runs no script."""

    def __init__(self, served: Serving) -> None:
        transport = served.client._transport
        self.client = httpx2.AsyncClient(transport=transport, base_url="http://bevan.test")

    async def get(self, path: str) -> httpx2.Response:
        return await self.client.get(path)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx2.Response:
        return await self.client.post(path, data=fields, headers=headers or SAME_SITE)

    async def sign_in(self, who: str) -> Desk:
        answer = await self.post("/sign-in", {"person": who})
        assert answer.status_code == 303, answer.text
        return self


@asynccontextmanager
async def clinic(database: str, *resources: dict[str, Any]) -> AsyncIterator[Serving]:
    """Two organisations, a person whom only the practice knows, and these resources."""
    clock = MovingClock(datetime(2026, 11, 24, 10, 42, tzinfo=UTC))
    async with serving(database, apps=None, clock=clock) as served:
        given = [organisation(GP_ID, "Mill Lane Surgery"), organisation(TRUST_ID, "Thornbeck"),
                 person(), *resources]  # fmt: skip
        for one in given:
            answer = await served.send("PUT", f"/{one['resourceType']}/{one['id']}", one)
            assert answer.status_code in (200, 201), answer.text
        await served.made.identity.seed(ACCOUNTS)
        await served.made.projection.catch_up()
        yield served


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def form(version: str = "1", **parts: str) -> dict[str, str]:
    return {
        "person": PERSON, "version": version, "substance": "Penicillin", "reaction": "Wheezing",
        "severity": "severe", "certainty": "confirmed", "status": "active", "onset": "", "note": "",
        **parts,
    }  # fmt: skip


def allergy(**more: Any) -> dict[str, Any]:
    return build.allergy(id=ALLERGY_ID, **more)


async def test_strangers_are_sent_to_the_door_and_back(database: str) -> None:
    async with clinic(database) as served:
        desk = Desk(served)
        turned = await desk.get(WHERE)
        assert turned.headers["location"] == f"/sign-in?next={WHERE}"
        door = await desk.get(turned.headers["location"])
        assert hidden(door.text, "next") == WHERE
        entered = await desk.post("/sign-in", {"person": "gp", "next": WHERE})
        assert entered.headers["location"] == WHERE
        assert "HttpOnly" in entered.headers["set-cookie"]
        wrong = await desk.post("/sign-in", {"person": "nobody"})
        assert wrong.status_code == 422
        outside = await desk.post("/sign-in", {"person": "gp", "next": "//evil.test"})
        assert outside.headers["location"] == "/record"
        await desk.post("/sign-out", {})
        assert (await desk.get(WHERE)).status_code == 303


async def test_other_sites_cannot_post(database: str) -> None:
    async with clinic(database) as served:
        desk = await Desk(served).sign_in("gp")
        refused = await desk.client.post(
            f"{WHERE}/add/allergy", data=form(), headers={"sec-fetch-site": "cross-site"}
        )
        assert refused.status_code == 403
        assert "Nothing was changed" in refused.text
        assert "Not recorded" in (await desk.get(f"{WHERE}/allergies")).text


async def test_not_there_and_not_allowed_read_the_same(database: str) -> None:
    async with clinic(database) as served:
        desk = await Desk(served).sign_in("trust")
        pages = [await desk.get(f"/record/{id}") for id in (PERSON, OTHER)]
        assert [page.status_code for page in pages] == [404, 404]
        bare = [re.sub(r'nonce="[^"]*"|<span class="bv-mono">[^<]*', "", p.text) for p in pages]
        assert bare[0] == bare[1]
        found = await desk.get("/record?q=Pemberton")
        assert "Nobody found whose record you can open" in found.text
        number = await desk.get("/record?q=9990123454")
        assert "Nobody found whose record you can open" in number.text


async def test_finding(database: str) -> None:
    twin = person(OTHER, birthDate="1950-01-01")
    del twin["identifier"]
    async with clinic(database, twin) as served:
        desk = await Desk(served).sign_in("gp")
        both = await desk.get("/record?q=Dorothy+Pemberton")
        assert "2 people" in both.text and "14 March 1948" in both.text
        one = await desk.get("/record?q=Pemberton&born=1950-01-01")
        assert "1 person" in one.text and f"/record/{OTHER}" in one.text
        straight = await desk.get("/record?q=999+012+3454")
        assert straight.headers["location"] == WHERE
        for text, words in (
            ("9990123455", "last digit"),
            ("99901234", "10 digits"),
            ("P", "2 letters"),
        ):
            slip = await desk.get(f"/record?q={text}")
            assert slip.status_code == 422 and words in slip.text
        day = await desk.get("/record?q=Pemberton&born=yesterday")
        assert day.status_code == 422 and "day of birth" in day.text


async def test_a_form_is_refused_for_another_person(database: str) -> None:
    async with clinic(database, person(OTHER)) as served:
        desk = await Desk(served).sign_in("gp")
        answer = await desk.post(f"/record/{OTHER}/add/allergy", form())
        assert answer.status_code == 409
        assert "This form is about another person" in answer.text
        for id in (PERSON, OTHER):
            assert "Not recorded" in (await desk.get(f"/record/{id}/allergies")).text


async def test_an_entry_of_another_person_is_not_there(database: str) -> None:
    async with clinic(database, person(OTHER), allergy()) as served:
        desk = await Desk(served).sign_in("gp")
        for room in ("change", "mistake", "settle"):
            found = await desk.get(f"/record/{OTHER}/{room}/allergy/{ALLERGY_ID}")
            assert found.status_code == 404, room
        wrong = await desk.post(f"/record/{OTHER}/change/allergy/{ALLERGY_ID}", form(person=OTHER))
        assert wrong.status_code == 404


async def test_adding_says_what_is_missing_and_then_saves(database: str) -> None:
    async with clinic(database) as served:
        desk = await Desk(served).sign_in("gp")
        empty = await desk.post(f"{WHERE}/add/allergy", form("0", substance="", onset="soon"))
        assert empty.status_code == 422
        assert "<title>Error: New allergy" in empty.text
        assert "Say what they are allergic to" in empty.text
        assert "Wheezing" in empty.text, "what was written stays"
        done = await desk.post(f"{WHERE}/add/allergy", form("0", onset="June 1987"))
        assert done.headers["location"] == f"{WHERE}/allergies?done=added"
        page = (await desk.get(f"{WHERE}/allergies?done=added")).text
        assert "Added to the record." in page
        assert "Penicillin" in page and "wheezing, 1987" in page and "Mill Lane Surgery" in page


async def test_two_people_and_one_entry(database: str) -> None:
    async with clinic(database, allergy(note=[{"text": "As a child"}])) as served:
        first, second = [await Desk(served).sign_in(who) for who in ("gp", "partner")]
        path = f"{WHERE}/change/allergy/{ALLERGY_ID}"
        started = hidden((await second.get(path)).text, "version")
        told = form(started, note="As a child", certainty="unconfirmed")
        assert (await first.post(path, told)).status_code == 303
        told = form(started, note="In 1987", certainty="refuted", onset="1987")
        clash = await second.post(path, told)
        assert clash.status_code == 409
        assert "Someone changed this allergy while you were editing" in clash.text
        assert "Dr Gp saved version 2" in clash.text
        assert (hidden(clash.text, "version"), hidden(clash.text, "theirs")) == ("1", "2")
        compare = f"{WHERE}/compare/allergy/{ALLERGY_ID}"
        fields = {"person": PERSON, "version": "1", "theirs": "2"} | {
            f"mine.{name}": text for name, text in told.items() if name not in ("person", "version")
        }
        open_still = await second.post(compare, fields)
        assert open_still.status_code == 422 and "How sure we are: choose one" in open_still.text
        kept = await second.post(compare, fields | {"drop": "1"})
        assert kept.headers["location"].endswith("done=kept")
        why = {"choice.certainty": "theirs", "why": "Agreed by phone"}
        saved = await second.post(compare, fields | why)
        assert saved.headers["location"].endswith("done=saved")
        answer = await served.send("GET", f"/AllergyIntolerance/{ALLERGY_ID}")
        stands = answer.json()
        assert stands["meta"]["versionId"] == "3"
        assert stands["verificationStatus"]["coding"][0]["code"] == "unconfirmed"
        assert stands["note"] == [{"text": "In 1987"}] and stands["onsetDateTime"] == "1987"
        tasks = (await served.send("GET", f"/Task?patient={PERSON}")).json()["entry"]
        assert [t["resource"]["owner"]["display"] for t in tasks] == ["Dr Gp"]
        assert "Agreed by phone" in tasks[0]["resource"]["description"]


async def test_a_comparison_that_is_overtaken_is_shown_again(database: str) -> None:
    async with clinic(database, allergy()) as served:
        desk = await Desk(served).sign_in("gp")
        path = f"{WHERE}/change/allergy/{ALLERGY_ID}"
        for note in ("one", "two"):
            version = hidden((await desk.get(path)).text, "version")
            assert (await desk.post(path, form(version, note=note))).status_code == 303
        fields = {"person": PERSON, "version": "1", "theirs": "2", "mine.note": "mine",
                  "choice.note": "mine"}  # fmt: skip
        again = await desk.post(f"{WHERE}/compare/allergy/{ALLERGY_ID}", fields)
        assert again.status_code == 409 and hidden(again.text, "theirs") == "3"


async def test_mistakes_leave_every_list_and_stay_in_the_history(database: str) -> None:
    async with clinic(database, allergy()) as served:
        desk = await Desk(served).sign_in("gp")
        path = f"{WHERE}/mistake/allergy/{ALLERGY_ID}"
        assert "recorded by mistake" in (await desk.get(path)).text
        stale = await desk.post(path, {"person": PERSON, "version": "7"})
        assert stale.status_code == 409
        done = await desk.post(path, {"person": PERSON, "version": "1"})
        assert done.headers["location"].endswith("done=mistake")
        for page in ("", "/allergies"):
            assert "enicillin" not in (await desk.get(WHERE + page)).text
        history = (await served.send("GET", f"/AllergyIntolerance/{ALLERGY_ID}/_history")).json()
        assert len(history["entry"]) == 2
        assert (await desk.get(path)).status_code == 404, "there is nothing left to mark"


VISIT = {
    "resourceType": "Encounter", "id": "0b7a7b1e-0000-4000-8000-0000000000e1",
    "status": "in-progress", "class": {"code": "IMP"}, "period": {"start": "2026-11-20"},
    "subject": {"reference": f"Patient/{PERSON}"},
    "serviceProvider": {"reference": f"Organization/{TRUST_ID}"},
}  # fmt: skip


async def own_source(served: Serving) -> None:
    """Says that the practice's system is the practice's."""
    scope = system("tests", Actor("system", "tests", "Tests"))
    await served.made.record.introduce(scope, build.GP, GP_ID, "GP system")


async def tasks_of(served: Serving) -> list[tuple[str, str, str]]:
    """(state, focus, owner) of every Task about the person, oldest first."""
    found = (await served.send("GET", f"/Task?patient={PERSON}&_sort=_lastUpdated")).json()
    told = [entry["resource"] for entry in found.get("entry", [])]
    return sorted((t["status"], t["focus"]["reference"], t["owner"]["display"]) for t in told)


async def test_an_edit_elsewhere_tells_the_holder_once_for_each_change(database: str) -> None:
    async with clinic(database, VISIT, allergy()) as served:
        await own_source(served)
        desk = await Desk(served).sign_in("trust")
        path = f"{WHERE}/change/allergy/{ALLERGY_ID}"
        same = (await desk.get(path)).text
        unchanged = form(severity="", reaction="")
        assert hidden(same, "version") == "1"
        await desk.post(path, unchanged)
        assert await tasks_of(served) == [], "nothing changed, so nobody is told"
        for version, note in (("1", "one"), ("2", "two")):
            done = await desk.post(path, unchanged | {"version": version, "note": note})
            assert done.headers["location"].endswith("done=told")
        focus = f"AllergyIntolerance/{ALLERGY_ID}/_history"
        assert await tasks_of(served) == [
            ("completed", f"{focus}/2", "Mill Lane Surgery"),
            ("requested", f"{focus}/3", "Mill Lane Surgery"),
        ]
        assert "Changed by Dr Trust" in (await desk.get(f"{WHERE}/allergies")).text


async def test_both_sides_of_a_difference_stay_until_it_is_settled(database: str) -> None:
    async with clinic(database, VISIT, allergy()) as served:
        await own_source(served)
        trust, gp = await Desk(served).sign_in("trust"), await Desk(served).sign_in("gp")
        told = form(severity="", reaction="", note="Rash in 1987")
        await trust.post(f"{WHERE}/change/allergy/{ALLERGY_ID}", told)
        agrees = allergy(note=[{"text": "Rash in 1987"}])
        await served.send("PUT", f"/AllergyIntolerance/{ALLERGY_ID}", agrees)
        assert "Differs" not in (await gp.get(f"{WHERE}/allergies")).text
        await served.send("PUT", f"/AllergyIntolerance/{ALLERGY_ID}", allergy())
        page = (await gp.get(f"{WHERE}/allergies")).text
        assert "Differs" in page and "Dr Trust wrote “Rash in 1987”" in page
        settle = f"{WHERE}/settle/allergy/{ALLERGY_ID}"
        fields = {"person": PERSON, "version": hidden((await gp.get(settle)).text, "version")}
        assert (await gp.post(settle, fields)).status_code == 422
        done = await gp.post(settle, fields | {"choice.note": "mine"})
        assert done.headers["location"].endswith("done=settled")
        page = (await gp.get(f"{WHERE}/allergies")).text
        assert "Differs" not in page and "Rash in 1987" in page
        assert [state for state, _, _ in await tasks_of(served)] == ["completed"]
        assert (await gp.get(settle)).status_code == 404


async def test_lists_turn_their_pages_and_filter(database: str) -> None:
    many = [build.allergy(id=f"0b7a7b1e-0000-4000-8000-0000000001{n:02}", text=f"Substance {n:02}",
                          key="allergen.eggs") for n in range(60)]  # fmt: skip
    for n, one in enumerate(many):
        one["code"] = {"text": f"Substance {n:02} x"}
    async with clinic(database, *many) as served:
        desk = await Desk(served).sign_in("gp")
        first = (await desk.get(f"{WHERE}/allergies")).text
        assert "1 to 50 of 60" in first and first.count('class="bv-entry') >= 50
        second = (await desk.get(f"{WHERE}/allergies?page=2")).text
        assert "51 to 60 of 60" in second
        beyond = (await desk.get(f"{WHERE}/allergies?page=99")).text
        assert "51 to 60 of 60" in beyond
        narrowed = (await desk.get(f"{WHERE}/allergies?find=substance+07")).text
        assert "1 to 1 of 1" in narrowed
        nothing = (await desk.get(f"{WHERE}/allergies?find=zzz")).text
        assert "Nothing in this list contains “zzz”" in nothing


async def test_lists_as_csv_say_why_they_are_short(database: str) -> None:
    told = allergy(note=[{"text": '=HYPERLINK("x")'}])
    async with clinic(database, told, build.result(61, "2026-10-03", category=[LABORATORY],
                                                   id=OTHER)) as served:  # fmt: skip
        desk = await Desk(served).sign_in("gp")
        kept = await desk.get(f"{WHERE}/allergies?format=csv")
        assert kept.headers["content-type"].startswith("text/csv")
        assert 'filename="allergies.csv"' in kept.headers["content-disposition"]
        rows = list(csv.reader(kept.text.removeprefix("\ufeff").splitlines()))
        assert rows[1][:2] == ["In force", "Penicillin"] and rows[1][3].startswith("'=")
        empty = await desk.get(f"{WHERE}/problems?format=csv")
        assert "Not recorded." in empty.text
        results = await desk.get(f"{WHERE}/results?format=csv")
        assert "HbA1c" in results.text and ",61,mmol/mol,48 to 58," in results.text


LABORATORY = {"coding": [{"system": f"{build.HL7}observation-category", "code": "laboratory"}]}


@pytest.mark.parametrize("path", ["/record/x/results/none", "/record/x/add/poem", "/nowhere"])
async def test_pages_that_do_not_exist(database: str, path: str) -> None:
    async with clinic(database) as served:
        desk = await Desk(served).sign_in("gp")
        answer = await desk.get(path.replace("/x/", f"/{PERSON}/"))
        assert answer.status_code == 404
        assert "There is nothing here that you can open" in answer.text
        assert answer.headers["cache-control"] == "no-store"


async def test_gallery_shows_every_component(database: str) -> None:
    async with clinic(database) as served:
        page = (await Desk(served).get("/-/ui")).text
        for words in ("Not connected", "5/7", "1 value, no trend", "Write it differently",
                      "Patient 3", "Out of date", "Something is withheld"):  # fmt: skip
            assert words in page
        assert "style=" not in page and "<script>" not in page
