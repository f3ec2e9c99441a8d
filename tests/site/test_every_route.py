"""Every route of the site, found in its own tables, against what people who mean harm try.

A new page, interaction or endpoint is walked as soon as it is routed. What answers a stranger is
listed in OPEN: a new page that does must be put there on purpose.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
import pytest
import pytest_asyncio
from starlette.routing import BaseRoute, Mount, Route

from bevan.api.routes import methods, shapes
from tests.apps.care_record import clinic as staged
from tests.apps.care_record.build import PERSON
from tests.apps.care_record.clinic import GP_ID, OTHER, SAME_SITE, TRUST_ID, Desk, clinic
from tests.support.databases import Databases
from tests.support.sites import FHIR, Serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
MARK = "Refuge-Lane-7731"
DOCUMENT, HERS, PICTURE, FOREIGN = (
    f"0b7a7b1e-0000-4000-8000-0000000000{end}" for end in ("d1", "d2", "b1", "b2")
)
# What a stranger may open: the front door and what shows nobody.
# The outbox is there in a demonstration only, whose emails are sent to nobody.
# A screen on a ward asks for its code there.
OPEN = frozenset(
    {"/", "/sign-in", "/-/ui", "/governance/public", "/access/rules", "/outbox", "/display"}
)
# The way in: forms that ask who one is, and the page that says that it was refused.
ENTERING = ("/login/", "/sign-in/")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORGED: tuple[dict[str, str], ...] = (
    {},
    {"origin": "http://evil.test"},
    {"origin": "null"},
    {"origin": "http://bevan.test.evil.test"},
    {"sec-fetch-site": "cross-site", "origin": "http://bevan.test"},
    {"sec-fetch-site": "same-site"},
)
ELSEWHERE = (
    "//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "/\t/evil.test",
    "/\r\nSet-Cookie: planted=1", "\\\\evil.test", "https:evil.test", "http:/evil.test",
)  # fmt: skip
ONWARD = (
    "next", "return", "return_to", "returnUrl", "continue", "redirect", "redirect_uri", "url",
    "back", "to", "target",
)  # fmt: skip


@dataclass(frozen=True)
class Door:
    """One method of one address of the pages; ``shape`` is the address as it is routed."""

    method: str
    shape: str

    def path(self, **given: str) -> str:
        """The address with its parameters filled in; what isn't given is a plain word."""
        filled = self.shape
        for part in self.parameters():
            name, _, kind = part.partition(":")
            filled = filled.replace(f"{{{part}}}", given.get(name, "0" if kind == "int" else "x"))
        return filled

    def parameters(self) -> list[str]:
        return [piece.split("}")[0] for piece in self.shape.split("{")[1:]]


def doors(routes: list[BaseRoute], above: str = "") -> Iterator[Door]:
    for route in routes:
        if isinstance(route, Route):
            for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
                yield Door(method, above + route.path)
        elif isinstance(route, Mount) and route.routes:
            yield from doors(list(route.routes), above + route.path)


def file(who: str, id: str, binary: str) -> dict[str, Any]:
    held = {"contentType": "image/svg+xml", "title": EVIL, "data": b64encode(SVG).decode()}
    beside = {"contentType": "image/svg+xml", "url": f"Binary/{binary}"}
    return {
        "resourceType": "DocumentReference", "id": id, "status": "current",
        "subject": {"reference": f"Patient/{who}"}, "type": {"text": EVIL}, "description": EVIL,
        "content": [{"attachment": held}, {"attachment": beside}],
    }  # fmt: skip


def picture(who: str, id: str) -> dict[str, Any]:
    return {
        "resourceType": "Binary", "id": id, "contentType": "image/svg+xml",
        "securityContext": {"reference": f"Patient/{who}"}, "data": b64encode(SVG).decode(),
    }  # fmt: skip


def stranger() -> dict[str, Any]:
    """Somebody whom only the other organisation knows."""
    return {
        "resourceType": "Patient", "id": OTHER, "birthDate": "1950-01-01",
        "name": [{"family": MARK, "given": [MARK]}],
        "generalPractitioner": [{"reference": f"Organization/{TRUST_ID}"}],
    }  # fmt: skip


def allergy(who: str, id: str, text: str) -> dict[str, Any]:
    made = {**staged.allergy(), "id": id, "patient": {"reference": f"Patient/{who}"}}
    return {**made, "code": {"text": text}, "note": [{"text": text}]}


HER_ALLERGY = "0b7a7b1e-0000-4000-8000-0000000000a2"
RECORD = (
    file(PERSON, DOCUMENT, PICTURE), picture(PERSON, PICTURE), stranger(),
    file(OTHER, HERS, FOREIGN), picture(OTHER, FOREIGN),
    allergy(PERSON, staged.ALLERGY_ID, EVIL), allergy(OTHER, HER_ALLERGY, MARK),
)  # fmt: skip
OWN = {"patient": PERSON, "id": DOCUMENT, "number": "0", "form": "allergy",
       "entry": staged.ALLERGY_ID, "test": "hba1c"}  # fmt: skip


_STORED = """
SELECT (SELECT count(*) FROM resource), (SELECT count(*) FROM resource_history),
    (SELECT count(*) FROM session)
"""


@dataclass
class Walk:
    """The site with three people at it: nobody, the person's GP, and somebody of another place."""

    served: Serving
    dsn: str
    nobody: Desk
    gp: Desk
    trust: Desk

    def doors(self, *methods: str) -> list[Door]:
        found = list(doors(list(self.served.site._pages.routes)))
        assert len(found) > 20
        return [door for door in found if not methods or door.method in methods]

    def changing(self) -> list[Door]:
        return [door for door in self.doors() if door.method not in SAFE]

    async def stored(self) -> tuple[Any, ...]:
        """What stands in the database that a page could change."""
        connection = await asyncpg.connect(self.dsn)
        try:
            counted = await connection.fetchrow(_STORED)
            return tuple(counted)
        finally:
            await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def walk(databases: Databases) -> AsyncIterator[Walk]:
    name = await databases.migrated()
    dsn = databases.dsn(name)
    async with clinic(dsn, *RECORD) as served:
        gp, trust = await Desk(served).sign_in("gp"), await Desk(served).sign_in("trust")
        yield Walk(served, dsn, Desk(served), gp, trust)
    await databases.drop(name)


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
    for door in walk.doors():
        path = door.path(**OWN)
        # Of its own, as what is posted may well end a session.
        for desk in (walk.nobody, await Desk(walk.served).sign_in("gp")):
            answer = await desk.client.request(door.method, path, headers=SAME_SITE)
            assert answer.status_code < 500, door
            guarded(answer, door)


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
    for door, onward in tries:
        query = "&".join(f"{name}={quote(onward, safe='')}" for name in ONWARD)
        fields = dict.fromkeys(ONWARD, onward) | {"person": "partner"}
        desk = await Desk(walk.served).sign_in("gp") if door.method != "GET" else walk.gp
        answer = await desk.client.request(
            door.method,
            f"{door.path(**OWN)}?{query}",
            data=fields if door.method != "GET" else None,
            headers=SAME_SITE,
        )
        assert answer.status_code < 500, (door, onward)
        inside_the_site(answer, (door, onward))
        assert "set-cookie: planted" not in str(answer.headers).lower(), door


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


@dataclass(frozen=True)
class Call:
    """One method of one shape of the FHIR interface."""

    method: str
    path: str


def calls() -> list[Call]:
    parts = {"type": "Binary", "id": "walked", "version": "1"}
    return [
        Call(method, "/" + "/".join(parts.get(part, part) for part in shape.split("/")))
        for shape in shapes()
        for method in methods(shape)
    ]


@pytest.mark.parametrize("call", calls(), ids=lambda call: f"{call.method} {call.path}")
class TestInteractions:
    async def test_headers(self, walk: Walk, call: Call) -> None:
        for headers in ({}, {"authorization": "Bearer nonsense"}, {"accept": "text/html"}):
            answer = await walk.served.send(call.method, call.path, None, **headers)
            assert answer.status_code < 500
            told = answer.headers
            assert told["x-content-type-options"] == "nosniff"
            assert "sandbox" in told["content-security-policy"]
            assert "no-store" in told["cache-control"]
            assert not told.get("content-type", "").startswith("text/html")

    async def test_nobody_gets_in(self, walk: Walk, call: Call) -> None:
        answer = await walk.nobody.client.request(
            call.method, f"/fhir{call.path}", content=b"{}", headers={"content-type": FHIR}
        )
        assert answer.status_code == (200 if call.path == "/metadata" else 401)

    async def test_a_cookie_changes_nothing(self, walk: Walk, call: Call) -> None:
        """A browser sends its cookie along wherever a request comes from, so it may only look."""
        if call.method == "GET":
            return
        before = await walk.stored()
        for headers in (*FORGED, SAME_SITE):
            answer = await walk.gp.client.request(
                call.method, f"/fhir{call.path}", content=b"{}",
                headers={"content-type": FHIR, **headers},
            )  # fmt: skip
            assert answer.status_code in (401, 403), headers
        assert await walk.stored() == before


@pytest.mark.parametrize("accept", ["image/svg+xml", "text/html", "image/*;q=0.8, text/html"])
@pytest.mark.parametrize("version", ["", "/_history/1"])
async def test_a_binary_as_itself_is_a_file_in_a_sandbox(
    walk: Walk, accept: str, version: str
) -> None:
    path = f"/Binary/{PICTURE}{version}"
    answer = await walk.served.send("GET", path, accept=accept)
    assert (answer.status_code, answer.content) == (200, SVG)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-disposition"] == f'attachment; filename="{PICTURE}"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["etag"] == 'W/"1"'


async def test_a_binary_as_json_and_somebody_else_s_as_itself(walk: Walk) -> None:
    for accept in ("*/*", FHIR, "text/html, application/fhir+json;q=0.1"):
        answer = await walk.served.send("GET", f"/Binary/{PICTURE}", accept=accept)
        assert answer.json()["resourceType"] == "Binary"
    told = [
        (await walk.gp.client.get(f"/fhir/Binary/{id}", headers={"accept": "image/svg+xml"}))
        for id in (FOREIGN, "0b7a7b1e-0000-4000-8000-00000000eeee")
    ]
    assert [answer.status_code for answer in told] == [404, 404]
    assert told[0].content == told[1].content


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_machine_endpoints_name_nobody(walk: Walk, path: str) -> None:
    answer = await walk.nobody.get(path)
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    for word in (MARK, PERSON, GP_ID, "alert("):
        assert word not in answer.text
