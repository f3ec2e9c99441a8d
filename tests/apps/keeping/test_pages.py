"""The keepers' pages: what is due, holds, and a disposal from the asking to the certificate."""

from __future__ import annotations

import re

from tests.access.keeping.conftest import FAMILY, UNA, WHY, WORKER, ZEB, Keep
from tests.access.keeping.conftest import keep as keep
from tests.apps.care_record.clinic import ACCOUNTS, Desk

RECORD = f"/keeping/records/{ZEB}"
HOLD = "The inquiry asks to keep everything for now"


async def test_nobody_else_finds_these_pages(keep: Keep) -> None:
    await keep.made.identity.seed(ACCOUNTS)
    gp = await Desk(keep.served).sign_in("gp")
    for path in ("/keeping", RECORD, "/keeping/disposals/x"):
        answer = await gp.get(path)
        assert answer.status_code == 404
        assert "There is nothing here that you can open" in answer.text
        assert FAMILY.upper() not in answer.text
    for path in ("/keeping/holds", f"{RECORD}/ask", f"{RECORD}/hold", "/keeping/holds/x"):
        assert (await gp.post(path, {"reason": HOLD, "confirm": "yes"})).status_code == 404
    assert await keep.made.keeping.holds() == []


async def test_an_empty_list_says_so(keep: Keep) -> None:
    page = await (await Desk(keep.served).sign_in("ruth")).get("/keeping")
    assert "Nothing is due." in page.text
    assert "No hold stands." in page.text
    assert "Mental health records: 20 years after the last contact." in page.text


async def test_a_hold_is_placed_and_lifted(keep: Keep) -> None:
    await keep.made.keeping.look(WORKER)
    ruth = await Desk(keep.served).sign_in("ruth")
    answer = await ruth.post(f"{RECORD}/hold", {"reason": "short", "until": ""})
    assert answer.status_code == 422
    assert "Say why, in 20 characters or more." in answer.text
    answer = await ruth.post("/keeping/holds", {"reason": HOLD, "until": "soon"})
    assert answer.status_code == 422
    assert "Give a day such as 2027-03-31" in answer.text
    assert HOLD in answer.text, "what was written stays"
    answer = await ruth.post(f"{RECORD}/hold", {"reason": HOLD, "until": "2027-03-31"})
    assert answer.headers["location"] == f"{RECORD}?done=held"
    page = (await ruth.get(RECORD)).text
    assert HOLD in page
    assert "Ask for its disposal" not in page
    page = (await ruth.get("/keeping")).text
    assert "On hold" in page
    found = re.search(r"/keeping/holds/([0-9a-f-]{36})", page)
    assert found is not None
    assert (await ruth.post(found[0], {"why": "over"})).status_code == 422
    answer = await ruth.post(found[0], {"why": "The inquiry has reported and is over"})
    assert answer.status_code == 303
    assert (await ruth.post(found[0], {"why": "The inquiry is over, once more"})).status_code == 422
    assert "Ask for its disposal" in (await ruth.get(RECORD)).text


async def test_one_asks_another_decides_and_a_certificate_is_left(keep: Keep) -> None:
    await keep.made.keeping.look(WORKER)
    ruth = await Desk(keep.served).sign_in("ruth")
    imran = await Desk(keep.served).sign_in("imran")
    assert FAMILY.upper() in (await ruth.get("/keeping")).text
    answer = await ruth.post(f"{RECORD}/ask", {"ask": WHY})
    assert answer.status_code == 422
    assert "Confirm that it&#39;s you" in answer.text
    assert WHY in answer.text
    answer = await ruth.post(f"{RECORD}/ask", {"ask": WHY, "confirm": "yes"})
    assert answer.status_code == 303
    where = answer.headers["location"].partition("?")[0]
    page = (await ruth.get(where)).text
    assert "Somebody else must decide" in page
    assert "Destroy this record" not in page
    assert (await ruth.post(f"{where}/decide", {"confirm": "yes"})).status_code == 422
    assert (await imran.post(f"{where}/decide", {})).status_code == 422
    assert (await imran.post(f"{where}/burn", {"confirm": "yes"})).status_code == 404
    assert "Destroy this record" in (await imran.get(where)).text
    assert (await imran.post(f"{where}/decide", {"confirm": "yes"})).status_code == 303
    await keep.made.disposing.run(WORKER)
    page = (await imran.get(where)).text
    assert "Other systems are told until 1 December 2026" in page
    assert FAMILY not in page
    assert (await ruth.get(RECORD)).status_code == 404
    keep.clock.go_on(days=7)
    await keep.made.disposing.run(WORKER)
    ruth = await Desk(keep.served).sign_in("ruth")
    page = (await ruth.get(where)).text
    assert "Certificate of disposal" in page
    assert "Ruth Okafor, Privacy officer" in page
    assert "Imran Vale, Caldicott guardian" in page
    assert re.search(r"Observation</th><td>2<", page)
    assert ZEB not in page
    assert "Certificate of disposal" in (await ruth.get("/keeping")).text


async def test_it_can_be_given_up(keep: Keep) -> None:
    await keep.made.keeping.look(WORKER)
    id = await keep.ask()
    ruth = await Desk(keep.served).sign_in("ruth")
    answer = await ruth.post(f"/keeping/disposals/{id}/withdraw", {})
    assert answer.status_code == 303
    assert "This was given up" in (await ruth.get(f"/keeping/disposals/{id}")).text
    answer = await ruth.post(f"/keeping/records/{UNA}/ask", {"ask": WHY, "confirm": "yes"})
    assert answer.status_code == 422
    assert "This record isn&#39;t due." in answer.text
