"""Every address that is no page, against what people who mean harm try: FHIR's interactions, every
operation, the endpoints of both OpenID providers and of the authorisation server, and health.

What is routed newly is walked, as the addresses come from the routing tables themselves.
"""

from __future__ import annotations

import asyncio
import hmac
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
from urllib.parse import urlencode

import pytest

from bevan.api.oauth.application import FOR_PROGRAMS
from bevan.api.routes import methods, shapes
from bevan.fhir.operation import EVERY_TYPE, Declared
from bevan.site.operations import LISTED
from tests.apps.care_record.build import PERSON
from tests.apps.care_record.clinic import ALLERGY_ID, GP_ID, SAME_SITE
from tests.site.walk import DOCUMENT, FOREIGN, FORGED, MARK, PICTURE, SVG, Walk
from tests.support.sites import FHIR

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Call:
    """One method of one shape of the FHIR interface."""

    method: str
    path: str


def calls() -> list[Call]:
    """Every method of every shape of address, and every operation at every place it has."""
    parts = {"type": "Binary", "id": "walked", "version": "1", "compartment": "Patient"}
    plain = [
        Call(method, "/" + "/".join(parts.get(part, part) for part in shape.split("/")))
        for shape in shapes()
        for method in methods(shape)
    ]
    return plain + [Call(method, path) for one in LISTED for method, path in operation(one)]


def operation(declared: Declared, id: str = "walked") -> Iterator[tuple[str, str]]:
    for method, level in product(declared.methods, declared.levels):
        for type in ("Patient",) if declared.types == EVERY_TYPE else declared.types or ("",):
            inner = {"system": "", "type": f"/{type}", "instance": f"/{type}/{id}"}[level]
            yield method, f"{inner}/${declared.name}"


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

    async def test_a_forged_token_opens_nothing(self, walk: Walk, call: Call) -> None:
        """Unsigned, signed with what is public, of another algorithm, and a key of one's own."""
        keys = (await walk.nobody.get("/oauth/jwks")).content
        for token in forged(keys):
            answer = await walk.nobody.client.request(
                call.method, f"/fhir{call.path}", content=b"{}",
                headers={"content-type": FHIR, "authorization": f"Bearer {token}"},
            )  # fmt: skip
            assert answer.status_code == (200 if call.path == "/metadata" else 401)

    async def test_a_token_does_no_more_than_its_scopes_say(self, walk: Walk, call: Call) -> None:
        before = await walk.stored()
        token = await walk.served.token("system/Observation.r")
        before["token"] += 1
        answer = await walk.nobody.client.request(
            call.method, f"/fhir{call.path}", content=b"{}",
            headers={"content-type": FHIR, "authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.status_code == 200 if call.path == "/metadata" else answer.status_code >= 400
        assert await walk.stored() == before

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


def forged(keys: bytes) -> list[str]:
    """Tokens that nobody gave: unsigned, keyed with our public keys, and keyed with their own."""

    def part(value: bytes) -> str:
        return urlsafe_b64encode(value).rstrip(b"=").decode()

    claims = part(
        b'{"iss":"http://bevan.test","sub":"gp","scope":"system/*.cruds","exp":9999999999}'
    )
    made = []
    for head in (
        b'{"alg":"none","typ":"JWT"}',
        b'{"alg":"HS256","typ":"JWT"}',
        b'{"alg":"HS512","kid":"../../../dev/null"}',
        b'{"alg":"RS512","jwk":{"kty":"oct","k":"AA"},"jku":"http://127.0.0.1:1/keys"}',
    ):
        signed = f"{part(head)}.{claims}"
        key = b"" if b"none" in head else keys
        proof = part(hmac.digest(key, signed.encode(), "sha256")) if key else ""
        made.append(f"{signed}.{proof}")
    return made


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, list[str]]]:
    """A port of this machine, and who called there."""
    calls: list[str] = []

    async def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(str(writer.get_extra_info("peername")))
        writer.close()

    server = await asyncio.start_server(called, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}", calls


async def test_somebody_else_s_addresses_are_nobody_s(walk: Walk) -> None:
    """Each address with an id, for another organisation's staff: as if nothing were there."""
    nowhere = "0b7a7b1e-0000-4000-8000-00000000ffff"
    rows = [("Patient", PERSON), ("DocumentReference", DOCUMENT), ("Binary", PICTURE),
            ("AllergyIntolerance", ALLERGY_ID)]  # fmt: skip
    paths = [shape for shape in shapes() if "id" in shape.split("/")]
    for (type, id), shape in product(rows, paths):
        told = []
        for asked in (id, nowhere):
            parts = {"type": type, "id": asked, "version": "1", "compartment": "Patient"}
            path = "/".join(parts.get(part, part) for part in shape.split("/"))
            answer = await walk.trust.client.get(f"/fhir/{path}")
            told.append((answer.status_code, answer.text.replace(asked, "ID")))
        assert told[0] == told[1], (type, shape)
        assert MARK not in told[0][1]


ENDPOINTS = sorted(FOR_PROGRAMS) + [
    f"/{realm}/{rest}"
    for realm in ("citizen", "staff")
    for rest in (".well-known/openid-configuration", ".well-known/jwks.json", "authorize",
                 "token", "userinfo")
]  # fmt: skip
ADDRESSES = (
    "redirect_uri", "jwks_uri", "request_uri", "logo_uri", "client_uri", "policy_uri", "tos_uri",
    "sector_identifier_uri", "initiate_login_uri", "post_logout_redirect_uri", "aud", "issuer",
)  # fmt: skip


@pytest.mark.parametrize("path", ENDPOINTS)
class TestEndpoints:
    async def test_an_endpoint_of_programs_shows_no_page_and_no_one(
        self, walk: Walk, path: str
    ) -> None:
        for method in ("GET", "POST", "PUT", "DELETE"):
            for who in (walk.nobody, walk.gp):
                answer = await who.client.request(method, path, content=b"a=b&c")
                assert answer.status_code < 500, method
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert "no-store" in answer.headers.get("cache-control", "") or method == "GET"
                assert not answer.headers.get("content-type", "").startswith("text/html") or (
                    "default-src" in answer.headers["content-security-policy"]
                )
                assert PERSON not in answer.text and GP_ID not in answer.text

    async def test_a_browser_s_cookie_is_nobody_s_credential(self, walk: Walk, path: str) -> None:
        """A post from another site with the cookie of who is signed in: nothing happens."""
        before = await walk.stored()
        for headers in FORGED:
            fields = {"grant_type": "client_credentials", "token": "x", "scope": "system/*.cruds"}
            answer = await walk.gp.client.post(path, data=fields, headers=headers)
            assert answer.status_code >= 300 and "access_token" not in answer.text, headers
        assert await walk.stored() == before

    async def test_nobody_is_sent_elsewhere_and_nothing_is_fetched(
        self, walk: Walk, path: str
    ) -> None:
        async with listening() as (address, calls):
            for onward in (f"http://{address}/x", "https://evil.test/x", "file:///etc/passwd"):
                fields = dict.fromkeys(ADDRESSES, onward)
                fields |= {"client_id": onward, "response_type": "code", "scope": "openid"}
                body = {**fields, "redirect_uris": [onward], "client_name": "x"}
                query = urlencode(fields)
                for answer in (
                    await walk.gp.get(f"{path}?{query}"),
                    await walk.nobody.client.post(path, data=fields),
                    await walk.nobody.client.post(path, json=body),
                ):
                    assert answer.status_code < 500
                    place = answer.headers.get("location", "/")
                    assert place.startswith("/") and not place.startswith("//"), place
            assert calls == []


async def test_operations_fetch_nothing(walk: Walk) -> None:
    async with listening() as (address, calls):
        for one in LISTED:
            for method, path in operation(one, PERSON):
                inside = f"http://{address}/Patient/1"
                body = {
                    "resourceType": "Parameters",
                    "parameter": [
                        {"name": "resource", "resource": {
                            "resourceType": "Patient", "implicitRules": inside,
                            "name": [{"family": inside, "given": [inside]}],
                            "link": [{"other": {"reference": inside}, "type": "seealso"}],
                        }},
                        {"name": "url", "valueUri": inside},
                    ],
                }  # fmt: skip
                answer = await walk.served.send(method, path, body)
                assert answer.status_code < 500, path
        assert calls == []


async def test_no_folder_is_listed_and_no_request_is_echoed(walk: Walk) -> None:
    for path in ("/static/", "/static/web/", "/.git/config", "/.env",
                 "/static/web/../../pyproject.toml", "/static/web/%2e%2e/__init__.py"):  # fmt: skip
        assert (await walk.nobody.get(path)).status_code == 404, path
    for path in ("/", "/fhir/Patient", "/oauth/token", "/healthz"):
        answer = await walk.nobody.client.request("TRACE", path, headers={"x-secret": "told"})
        assert answer.status_code >= 400 or path == "/healthz", path
        assert "told" not in answer.text
