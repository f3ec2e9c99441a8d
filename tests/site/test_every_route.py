"""Every page of the site, found in its own tables, against what people who mean harm try.

A new page is walked as soon as it is routed. What answers a stranger is listed in OPEN: a new page
that does must be put there on purpose. What is no page is walked in `test_every_interface`.
"""

from __future__ import annotations

from itertools import product
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.apps.care_record import clinic as staged
from tests.apps.care_record.build import PERSON
from tests.apps.care_record.clinic import SAME_SITE, Desk
from tests.site.walk import (
    DOCUMENT,
    EVIL,
    FOREIGN,
    FORGED,
    HER_ALLERGY,
    HERS,
    MARK,
    OWN,
    SVG,
    Walk,
    file,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

# What a stranger may open: the front door and what shows nobody.
# The outbox is there in a demonstration only, whose emails are sent to nobody.
# A screen on a ward asks for its code there.
OPEN = frozenset(
    {"/", "/sign-in", "/-/ui", "/governance/public", "/access/rules", "/outbox", "/display"}
)
# The way in: forms that ask who one is, and the page that says that it was refused.
ENTERING = ("/login/", "/sign-in/")
ELSEWHERE = (
    "//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "/\t/evil.test",
    "/\r\nSet-Cookie: planted=1", "\\\\evil.test", "https:evil.test", "http:/evil.test",
)  # fmt: skip
ONWARD = (
    "next", "return", "return_to", "returnUrl", "continue", "redirect", "redirect_uri", "url",
    "back", "to", "target",
)  # fmt: skip
# The way in has no way out.
WITHOUT = frozenset({"/", "/sign-in"})


def guarded(answer: Any, where: object) -> None:
    """The headers that every page sends."""
    told = answer.headers
    assert told["x-content-type-options"] == "nosniff", where
    policy = told["content-security-policy"]
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy, where
    assert "frame-ancestors 'none'" in policy and "default-src" in policy, where
    assert "no-store" in told["cache-control"], where
    assert told["referrer-policy"] in ("same-origin", "no-referrer"), where
    assert "planted" not in str(told.get("set-cookie", "")), where


async def test_every_answer_of_a_page_is_guarded(walk: Walk) -> None:
    signed_in = await walk.fresh()
    for door in walk.doors():
        path = door.path(**OWN)
        for desk in (walk.nobody, signed_in):
            answer = await desk.client.request(door.method, path, headers=SAME_SITE)
            assert answer.status_code < 500, door
            guarded(answer, door)
        # What is posted may well end a session.
        if door.method != "GET" and not await walk.lasts(signed_in):
            signed_in = await walk.fresh()


async def test_a_stranger_gets_no_page_that_is_not_open(walk: Walk) -> None:
    for door in walk.doors("GET"):
        answer = await walk.nobody.get(door.path(**OWN))
        if door.shape in OPEN:
            assert answer.status_code == 200, door
        elif door.shape.startswith(ENTERING):
            assert answer.status_code in (200, 303, 400, 404, 422), door
        else:
            assert answer.status_code in (303, 404, 422), door
        assert EVIL not in answer.text and PERSON not in answer.text, door


async def test_every_forged_post_is_refused_before_anything_happens(walk: Walk) -> None:
    before = await walk.stored()
    for door, headers in product(walk.changing(), FORGED):
        fields = {"person": PERSON, "next": "/record", "version": "1"}
        answer = await walk.gp.client.request(
            door.method, door.path(**OWN), data=fields, headers=headers
        )
        assert answer.status_code == 403, (door, headers)
    assert await walk.stored() == before


async def test_nothing_is_changed_by_looking(walk: Walk) -> None:
    before = await walk.stored()
    for door in walk.doors("GET"):
        await walk.gp.get(door.path(**OWN))
    assert await walk.stored() == before


def inside_the_site(answer: Any, where: object) -> None:
    place = answer.headers.get("location", "/")
    assert place.startswith("/") and not place.startswith(("//", "/\\", "/\t")), (where, place)
    parts = urlsplit(place)
    assert not parts.scheme and not parts.netloc, (where, place)


async def test_no_page_sends_people_elsewhere(walk: Walk) -> None:
    tries = [*product(walk.changing(), ELSEWHERE), *product(walk.doors("GET"), ELSEWHERE[:2])]
    desk = await walk.fresh()
    for door, onward in tries:
        query = "&".join(f"{name}={quote(onward, safe='')}" for name in ONWARD)
        fields = dict.fromkeys(ONWARD, onward) | {"person": "partner"}
        answer = await desk.client.request(
            door.method,
            f"{door.path(**OWN)}?{query}",
            data=fields if door.method != "GET" else None,
            headers=SAME_SITE,
        )
        assert answer.status_code < 500, (door, onward)
        inside_the_site(answer, (door, onward))
        assert "set-cookie: planted" not in str(answer.headers).lower(), door
        if door.method != "GET" and not await walk.lasts(desk):
            desk = await walk.fresh()


async def test_somebody_else_s_record_is_not_there(walk: Walk) -> None:
    """For each page of a person: another organisation's staff get what an unknown id gets."""
    unknown = "0b7a7b1e-0000-4000-8000-00000000ffff"
    for door in walk.doors():
        if "patient" not in door.parameters():
            continue
        given = {**OWN, "patient": unknown}
        fields = {"person": PERSON, "version": "1"}
        hers = await walk.trust.client.request(
            door.method, door.path(**OWN), data=fields if door.method != "GET" else None,
            headers=SAME_SITE,
        )  # fmt: skip
        nobodys = await walk.trust.client.request(
            door.method, door.path(**given), data=fields if door.method != "GET" else None,
            headers=SAME_SITE,
        )  # fmt: skip
        assert hers.status_code == nobodys.status_code >= 400, door
        assert MARK not in hers.text, door


async def test_somebody_else_s_entries_cannot_be_reached_under_a_person_of_mine(walk: Walk) -> None:
    theirs = {**OWN, "id": HERS, "entry": HER_ALLERGY}
    before = await walk.stored()
    for door in walk.doors():
        if "patient" not in door.parameters() or not {"id", "entry"} & set(door.parameters()):
            continue
        fields = staged.form() | {"person": PERSON}
        answer = await walk.gp.client.request(
            door.method, door.path(**theirs), data=fields if door.method != "GET" else None,
            headers=SAME_SITE,
        )  # fmt: skip
        assert answer.status_code in (404, 409), (door, answer.status_code)
        assert MARK not in answer.text, door
    assert await walk.stored() == before


async def test_markup_in_the_record_stays_text_on_every_page(walk: Walk) -> None:
    for door in walk.doors("GET"):
        for query in ("", f"?q={quote(EVIL)}&done={quote(EVIL)}&find={quote(EVIL)}"):
            answer = await walk.gp.get(door.path(**OWN) + query)
            if answer.headers.get("content-disposition", "").startswith("attachment"):
                continue
            assert "<script>alert" not in answer.text, door
            assert "<img src=x" not in answer.text, door


@pytest.mark.parametrize("number", ["0", "1"])
async def test_a_file_of_a_document_is_kept_not_opened(walk: Walk, number: str) -> None:
    answer = await walk.gp.get(f"/record/{PERSON}/documents/{DOCUMENT}/files/{number}")
    assert (answer.status_code, answer.content) == (200, SVG)
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await walk.gp.get(f"/record/{PERSON}/documents/{DOCUMENT}/files/2")).status_code == 404


async def test_a_document_that_names_somebody_else_s_file(walk: Walk) -> None:
    """The Binary is read under the reader's own Scope, whatever a document says."""
    id = "0b7a7b1e-0000-4000-8000-0000000000d3"
    answer = await walk.served.send("PUT", f"/DocumentReference/{id}", file(PERSON, id, FOREIGN))
    assert answer.status_code == 201, answer.text
    assert (await walk.gp.get(f"/record/{PERSON}/documents/{id}/files/1")).status_code == 404


async def test_signing_in_keeps_no_session_that_was_planted(walk: Walk) -> None:
    victim, thief = Desk(walk.served), Desk(walk.served)
    planted = "x" * 43
    thief.client.cookies.set("bevan", planted)
    victim.client.cookies.set("bevan", planted)
    answer = await victim.post("/sign-in", {"person": "partner"})
    fresh = answer.cookies["bevan"]
    assert fresh != planted and len(fresh) >= 43
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert (await thief.get(f"/record/{PERSON}")).status_code == 303


async def test_a_real_session_that_was_planted_ends_at_sign_in(walk: Walk) -> None:
    thief = await Desk(walk.served).sign_in("partner")
    stolen = thief.client.cookies["bevan"]
    victim = Desk(walk.served)
    victim.client.cookies.set("bevan", stolen)
    answer = await victim.post("/sign-in", {"person": "gp"})
    assert answer.cookies["bevan"] != stolen
    assert (await thief.get(f"/record/{PERSON}")).status_code == 303


async def test_a_planted_session_opens_nothing_anywhere(walk: Walk) -> None:
    planted = Desk(walk.served)
    for door in walk.doors("GET"):
        planted.client.cookies.clear()
        planted.client.cookies.set("bevan", "x" * 43)
        hers, nobodys = [await desk.get(door.path(**OWN)) for desk in (planted, walk.nobody)]
        assert hers.status_code == nobodys.status_code, door
        assert "x" * 43 not in str(hers.headers), door


async def test_every_page_has_a_way_out(walk: Walk) -> None:
    for door in walk.doors("GET"):
        answer = await walk.gp.get(door.path(**OWN))
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
            assert 'action="/sign-out"' in answer.text or door.shape in WITHOUT, door


async def test_signing_out_clears_what_the_browser_kept(walk: Walk) -> None:
    desk = await walk.fresh()
    answer = await desk.post("/sign-out", {})
    assert answer.headers["clear-site-data"] == '"cache"'
    assert 'bevan=""' in answer.headers["set-cookie"] or "Max-Age=0" in answer.headers["set-cookie"]
    assert not await walk.lasts(desk)


async def test_over_tls_the_cookie_is_bound_to_this_host(walk: Walk) -> None:
    desk = Desk(walk.served)
    desk.client.base_url = "https://bevan.test"
    answer = await desk.post("/sign-in", {"person": "partner"})
    name, _, rest = answer.headers["set-cookie"].partition("=")
    assert name == "__Host-bevan"
    parts = {part.strip().lower() for part in rest.split(";")[1:]}
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= parts
    assert not any(part.startswith("domain") for part in parts)
