"""Pages that are read, over the real application and database, without a browser."""

from __future__ import annotations

import csv
import html
import re

import pytest

from bevan.record.scope import Actor, system
from tests.apps.care_record import build
from tests.apps.care_record.clinic import (
    LABORATORY,
    OTHER,
    PERSON,
    WHERE,
    Desk,
    allergy,
    clinic,
    form,
    hidden,
    own_source,
    person,
)


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


async def test_a_source_that_fails_is_never_none(database: str) -> None:
    async with clinic(database) as served:
        await own_source(served)
        desk = await Desk(served).sign_in("gp")
        assert "Not recorded." in (await desk.get(f"{WHERE}/problems")).text
        scope = system("tests", Actor("system", "tests", "Tests"))
        await served.made.record.heard(scope, build.GP, failed="No answer")
        for section in ("", "/problems", "/allergies", "/medicines", "/documents", "/care-plans"):
            page = (await desk.get(WHERE + section)).text
            assert "could not be shown." in page and "Not recorded." not in page, section
        assert "Allergies can't all be shown" in html.unescape(page), "the banner says it too"
        await served.made.record.heard(scope, build.GP)
        assert "could not be shown" not in (await desk.get(f"{WHERE}/problems")).text


async def test_a_result_in_error_leaves_list_chart_and_count(database: str) -> None:
    ids = [f"0b7a7b1e-0000-4000-8000-0000000000f{n}" for n in range(3)]
    told = [build.result(v, f"2026-0{n + 1}-01", category=[LABORATORY], id=ids[n])
            for n, v in enumerate((60, 61, 62))]  # fmt: skip
    async with clinic(database, *told) as served:
        desk = await Desk(served).sign_in("gp")
        page = (await desk.get(f"{WHERE}/results")).text
        assert "1 test, 3 results" in page and "Results <span>3</span>" in page
        wrong = {**told[2], "status": "entered-in-error"}
        await served.send("PUT", f"/Observation/{ids[2]}", wrong)
        page = (await desk.get(f"{WHERE}/results")).text
        assert "1 test, 2 results" in page and "Results <span>2</span>" in page
        assert "2 values, last 61" in page and ">62<" not in page


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
