"""Pages that write, over the real application and database, without a browser."""

from __future__ import annotations

from tests.apps.care_record.clinic import (
    ALLERGY_ID,
    OTHER,
    PERSON,
    VISIT,
    WHERE,
    Desk,
    allergy,
    clinic,
    form,
    hidden,
    own_source,
    person,
    tasks_of,
)


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
