"""The access pages: rules for everybody, emergencies for care, the rest for who oversees."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import pytest

from bevan.access.choices import stated
from bevan.apps.access import app
from bevan.identity.accounts import Account, Role
from bevan.record.scope import Actor, compartment, system
from tests.conftest import TODAY
from tests.support.moving_clock import MovingClock
from tests.support.sites import BASE, Serving, serving

FEED = system("a test's own writes", Actor("system", "tests", "tests"))
NUMBER, BORN = "9990123454", "1948-03-14"
DOT, SHY = "dot", "shy"
WORDS = "Brought in by ambulance, very breathless."
OFFICER, ED, CLERK = "grace", "imran", "wes"
STAFF = {OFFICER: "Privacy officer", ED: "GP", CLERK: "Platform engineer"}
OVERSIGHT = ("/access/claims", "/access/why", "/access/simulation")


def person(id: str, number: str) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": id,
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number}],
        "name": [{"family": "Pemberton", "given": ["Dorothy"], "prefix": ["Mrs"]}],
        "birthDate": BORN,
        "gender": "female",
        "address": [{"text": "1 Long Road"}],
    }


def account(id: str, title: str) -> Account:
    role = Role(title, "infirmary", "Kelding Infirmary")
    return Account(id, "practitioner", f"p-{id}", id.title(), "", (role,), demo=True)


@pytest.fixture
async def served(database: str) -> AsyncIterator[Serving]:
    clock = MovingClock(TODAY)
    async with serving(database, clock=clock, authorised=False, apps=[app]) as found:
        record = found.made.record
        await record.update(FEED, person(DOT, NUMBER))
        await record.update(FEED, person(SHY, "9990000018"))
        consent = stated(SHY, "sharing", refused=True, at="2026-01-01")
        await record.update(FEED, {**consent, "id": "c"})
        await found.made.projection.catch_up()
        await found.made.identity.seed([account(id, title) for id, title in STAFF.items()])
        yield found


async def sign_in(served: Serving, id: str) -> None:
    served.client.cookies.clear()
    cookie, _ = await served.made.identity.sign_in(id)
    served.client.cookies.set("bevan", cookie)


async def get(served: Serving, path: str) -> tuple[int, str]:
    answer = await served.client.get(path)
    return answer.status_code, answer.text


async def post(served: Serving, path: str, **form: str) -> Any:
    return await served.client.post(path, data=form, headers={"origin": BASE})


def emergency(**more: str) -> dict[str, str]:
    start = {"number": NUMBER, "born": BORN, "reason": "urgent-here", "words": WORDS,
             "agrees": "cannot-ask", "confirm": "yes"}  # fmt: skip
    return start | more


async def sees(served: Serving) -> bool:
    who = Actor("practitioner", f"p-{ED}", "Imran", "GP", "infirmary")
    scope = served.made.access.scope(who, purpose="direct-care")
    return await served.made.record.read(scope, "Patient", DOT) is not None


async def test_everybody_reads_the_rules(served: Serving) -> None:
    status, text = await get(served, "/access/rules")
    assert status == 200
    for rule in served.made.rules.rules.values():
        assert rule.id in text
    assert "20 March 2020" in text and "30 June 2022" in text and "Not in force" in text


async def test_a_record_is_opened_with_a_reason_and_reviewed(served: Serving) -> None:
    await sign_in(served, ED)
    status, text = await get(served, f"/access/emergency?number=999+012+3454&born={BORN}")
    assert status == 200 and "PEMBERTON, Dorothy (Mrs)" in text and "Long Road" not in text
    assert not await sees(served)
    answer = await post(served, "/access/emergency", **emergency())
    assert answer.status_code == 303 and answer.headers["location"] == f"/record/{DOT}"
    assert await sees(served)
    again = await get(served, f"/access/emergency?number={NUMBER}&born={BORN}")
    assert "opened 1 record this way" in again[1]

    await sign_in(served, OFFICER)
    status, text = await get(served, "/access/claims")
    assert status == 200 and "Imran" in text and "Kelding Infirmary" in text
    claim = (await served.made.claims.waiting())[0]
    page = f"/access/claims/{claim.id}"
    status, text = await get(served, page)
    assert status == 200 and WORDS in text and "PEMBERTON" in text
    answer = await post(served, page, outcome="", words="x")
    assert answer.status_code == 422 and "Choose what you found" in answer.text
    answer = await post(served, page, outcome="not-upheld", words="He was not on duty that day.")
    assert answer.status_code == 303 and not await sees(served)
    assert "Nothing is waiting" in (await get(served, "/access/claims"))[1]
    assert "Not upheld" in (await get(served, page))[1]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"words": "short"}, "Say what is happening"),
        ({"reason": ""}, "Choose why"),
        ({"agrees": ""}, "whether the person agrees"),
        ({"confirm": ""}, "Confirm that it"),
    ],
)
async def test_what_is_missing_is_said_and_what_was_written_stays(
    served: Serving, more: dict[str, str], says: str
) -> None:
    await sign_in(served, ED)
    answer = await post(served, "/access/emergency", **emergency(**more))
    assert answer.status_code == 422 and says in answer.text and "Error: " in answer.text
    assert more.get("words", WORDS) in answer.text
    assert not await sees(served)


@pytest.mark.parametrize(
    ("number", "born"),
    [("9990000018", BORN), (NUMBER, "1948-03-15"), ("999", BORN), (NUMBER, "x"),
     ("9994101021", BORN)],
)  # fmt: skip
async def test_who_objects_is_found_no_more_than_nobody(
    served: Serving, number: str, born: str
) -> None:
    await sign_in(served, ED)
    status, text = await get(served, f"/access/emergency?number={number}&born={born}")
    assert status == 422 and "PEMBERTON" not in text
    answer = await post(served, "/access/emergency", **emergency(number=number, born=born))
    assert answer.status_code == 404


async def test_pages_are_not_there_for_whom_they_are_not(served: Serving) -> None:
    await sign_in(served, CLERK)
    nothing = await get(served, "/access/nothing")
    for path in (*OVERSIGHT, "/access/emergency", "/access/claims/x"):
        assert (await get(served, path))[0] == nothing[0] == 404, path
    assert (await post(served, "/access/simulation", rules="{}")).status_code == 404
    assert (await post(served, "/access/emergency", **emergency())).status_code == 404
    await sign_in(served, ED)
    for path in OVERSIGHT:
        assert (await get(served, path))[0] == 404, path
    served.client.cookies.clear()
    for path in OVERSIGHT:
        assert (await get(served, path))[0] == 303, path


async def test_why_says_which_gate_stops_and_what_would_change_it(served: Serving) -> None:
    await sign_in(served, ED)
    await post(served, "/access/emergency", **emergency())
    await sign_in(served, OFFICER)
    ask = f"/access/why?who={ED}&patient={{}}&purpose={{}}"
    status, text = await get(served, ask.format(DOT, "direct-care"))
    assert status == 200 and "Allowed, with something withheld" in text
    assert "link.emergency" in text and "at Kelding Infirmary alone" in text
    found = json.loads((await get(served, ask.format(DOT, "direct-care") + "&format=json"))[1])
    assert [gate["kind"] for gate in found["gates"]] == ["good", "good", "held", "good"]
    assert ["The patient objects to sharing", "Not allowed"] in found["changes"]
    found = json.loads((await get(served, ask.format(SHY, "direct-care") + "&format=json"))[1])
    assert found["verdict"] == "Not allowed" and found["gates"][3]["passed"] == "Stopped"
    assert "Consent/c" in found["gates"][3]["evidence"]
    found = json.loads((await get(served, ask.format(DOT, "research") + "&format=json"))[1])
    assert found["gates"][0]["passed"] == "Stopped"
    status, text = await get(served, f"/access/why?who={ED}&patient=nobody")
    assert status == 200 and "Choose who asks" in text
    assert (await get(served, "/access/why"))[0] == 200


async def test_other_rules_are_tried_out_before_they_are_made(served: Serving) -> None:
    await sign_in(served, ED)
    await post(served, "/access/emergency", **emergency())
    await sign_in(served, OFFICER)
    shipped = json.loads(files("bevan.access").joinpath("rules.json").read_text("utf-8"))
    answer = await post(served, "/access/simulation", rules=json.dumps(shipped))
    assert answer.status_code == 200 and "Nothing would change" in answer.text
    shipped["rules"]["role.clinical.care"]["reach"] = "nobody"
    answer = await post(served, "/access/simulation", rules=json.dumps(shipped))
    assert "1 decision would close" in answer.text and "Not allowed: no rule" in answer.text
    answer = await post(served, "/access/simulation", rules="{}")
    assert answer.status_code == 422 and "can&#39;t be read" in answer.text
    assert await sees(served), "nothing was changed"


async def test_who_oversees_is_overseen(served: Serving) -> None:
    await sign_in(served, ED)
    await post(served, "/access/emergency", **emergency())
    (claim,) = await served.made.claims.waiting()
    page = f"/access/claims/{claim.id}"
    await sign_in(served, OFFICER)
    for path in ("/access/claims", page, f"/access/why?who={ED}&patient={DOT}", "/access/why"):
        assert (await get(served, path))[0] == 200
    await post(served, page, outcome="upheld", words="She was on duty that day.")
    await sign_in(served, CLERK)
    assert (await get(served, page))[0] == 404
    rows = await served.made.database.fetch(
        "SELECT a.query, a.patient, a.type, a.id FROM audit a JOIN agent g ON g.n = a.agent "
        "WHERE a.action = 'n' AND g.id = ANY($1) AND a.query <> 'sign-in' ORDER BY a.at, a.txid",
        [f"p-{OFFICER}", f"p-{CLERK}"],
    )
    assert [tuple(row) for row in rows] == [
        ("claims-read", None, None, None),
        ("claim-read", compartment(DOT), "claim", str(claim.id)),
        ("asked-why", compartment(DOT), "account", ED),
        ("claim-reviewed", compartment(DOT), "claim", str(claim.id)),
    ]
