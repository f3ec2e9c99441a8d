"""History, search, bundles and the protocol itself over HTTP."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from tests.api.answers import PATIENT, outcome, put
from tests.support.sites import Serving


class TestHistory:
    async def test_of_one_resource_newest_first(self, served: Serving) -> None:
        await put(served)
        await put(served, gender="female")
        await served.send("DELETE", "/Patient/p1")
        bundle = (await served.send("GET", "/Patient/p1/_history")).json()
        assert bundle["type"] == "history"
        entries = bundle["entry"]
        assert [entry["request"]["method"] for entry in entries] == ["DELETE", "PUT", "POST"]
        assert [entry["response"]["etag"] for entry in entries] == ['W/"3"', 'W/"2"', 'W/"1"']
        assert "resource" not in entries[0]
        assert entries[1]["resource"]["gender"] == "female"
        assert {entry["fullUrl"] for entry in entries} == {"http://bevan.test/fhir/Patient/p1"}

    async def test_of_a_type_and_of_everything(self, served: Serving) -> None:
        await put(served)
        await served.send("PUT", "/Organization/o", {"resourceType": "Organization", "id": "o",
                                                     "name": "x"})  # fmt: skip
        patients = (await served.send("GET", "/Patient/_history")).json()
        everything = (await served.send("GET", "/_history")).json()
        assert [e["resource"]["id"] for e in patients["entry"]] == ["p1"]
        assert {e["resource"]["id"] for e in everything["entry"]} == {"p1", "o"}

    async def test_pages_show_each_version_once(self, served: Serving) -> None:
        for number in range(7):
            await put(served, birthDate=f"200{number}-01-01")
        seen: list[str] = []
        path = "/Patient/p1/_history?_count=3"
        for _ in range(5):
            bundle = (await served.send("GET", path)).json()
            seen += [entry["resource"]["meta"]["versionId"] for entry in bundle["entry"]]
            links = {link["relation"]: link["url"] for link in bundle["link"]}
            if "next" not in links:
                break
            path = links["next"].removeprefix("http://bevan.test/fhir")
        assert seen == list("7654321")

    @pytest.mark.parametrize(
        "query",
        [
            "_since=yesterday",
            "_since=2026-11-24",
            "_count=x",
            "_count=-1",
            "name=x",
            "_page=bad",
            "_count=1&_count=2",
        ],
    )
    async def test_parameters_it_does_not_understand(self, served: Serving, query: str) -> None:
        await put(served)
        answer = await served.send("GET", f"/Patient/p1/_history?{query}")
        assert answer.status_code == 400
        outcome(answer)

    async def test_since_shows_what_came_after(self, served: Serving) -> None:
        made = (await put(served)).json()["meta"]["lastUpdated"]
        later = (await served.send("GET", f"/Patient/_history?_since={made}")).json()
        assert len(later["entry"]) == 1
        never = await served.send("GET", "/Patient/_history?_since=2999-01-01T00:00:00Z")
        assert never.status_code == 200 and "entry" not in never.json()

    async def test_of_what_never_was(self, served: Serving) -> None:
        assert (await served.send("GET", "/Patient/none/_history")).status_code == 404

    @pytest.mark.parametrize("version", ["2", "0", "01", "x", "-1", "99999999999", "٣"])
    async def test_a_version_that_never_was(self, served: Serving, version: str) -> None:
        await put(served)
        answer = await served.send("GET", f"/Patient/p1/_history/{version}")
        assert answer.status_code == 404


class TestSearch:
    async def test_by_get_and_by_post(self, served: Serving) -> None:
        await put(served, gender="female")
        form = "application/x-www-form-urlencoded"
        got = await served.send("GET", "/Patient?gender=female")
        posted = await served.send("POST", "/Patient/_search", b"gender=female", content_type=form)
        both = await served.send(
            "POST", "/Patient/_search?family=Pem", b"gender=male", content_type=form
        )
        assert [e["resource"]["id"] for e in got.json()["entry"]] == ["p1"]
        assert [e["resource"]["id"] for e in posted.json()["entry"]] == ["p1"]
        assert both.status_code == 200 and "entry" not in both.json()

    async def test_over_all_types(self, served: Serving) -> None:
        await put(served)
        answer = await served.send("GET", "/?_id=p1")
        assert answer.status_code == 200, answer.text
        assert [e["resource"]["id"] for e in answer.json()["entry"]] == ["p1"]

    async def test_an_unknown_parameter_is_refused_unless_lenient(self, served: Serving) -> None:
        await put(served)
        strict = await served.send("GET", "/Patient?nonsense=1")
        assert strict.status_code == 400
        assert "nonsense" in outcome(strict)["issue"][0]["diagnostics"]
        lenient = await served.send("GET", "/Patient?nonsense=1", prefer="handling=lenient")
        assert lenient.status_code == 200
        links = {link["relation"]: link["url"] for link in lenient.json()["link"]}
        assert "nonsense" not in links["self"]

    async def test_a_form_that_is_not_one(self, served: Serving) -> None:
        form = "application/x-www-form-urlencoded"
        bad = await served.send("POST", "/Patient/_search", b"\xff", content_type=form)
        wrong = await served.send("POST", "/Patient/_search", {"gender": "female"})
        assert (bad.status_code, wrong.status_code) == (400, 415)


class TestBundle:
    async def test_a_transaction(self, served: Serving) -> None:
        bundle = {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                {
                    "fullUrl": "urn:uuid:0b7a7b1e-0000-4000-8000-00000000000a",
                    "resource": {"resourceType": "Patient", "gender": "female"},
                    "request": {"method": "POST", "url": "Patient"},
                },
                {
                    "resource": {
                        "resourceType": "Observation",
                        "status": "final",
                        "code": {"text": "x"},
                        "subject": {"reference": "urn:uuid:0b7a7b1e-0000-4000-8000-00000000000a"},
                    },
                    "request": {"method": "POST", "url": "Observation"},
                },
            ],
        }
        answer = await served.send("POST", "/", bundle)
        assert answer.status_code == 200, answer.text
        responses = [entry["response"]["status"] for entry in answer.json()["entry"]]
        assert all(status.startswith("201") for status in responses)

    @pytest.mark.parametrize("kind", ["collection", "searchset", None])
    async def test_other_bundles_are_not_for_here(self, served: Serving, kind: Any) -> None:
        answer = await served.send("POST", "/", {"resourceType": "Bundle", "type": kind})
        assert answer.status_code == 400
        assert (await served.send("POST", "/", PATIENT)).status_code == 400


class TestProtocol:
    @pytest.mark.parametrize("path", ["/Nothing/1", "/Patient/1/$x", "/Patient/1/2/3"])
    async def test_no_such_address(self, served: Serving, path: str) -> None:
        answer = await served.send("GET", path)
        assert answer.status_code == 404
        outcome(answer)

    async def test_no_such_method(self, served: Serving) -> None:
        answer = await served.send("POST", "/Patient/p1", PATIENT)
        assert answer.status_code == 405 and "PUT" in answer.headers["allow"]
        outcome(answer)

    async def test_content_types(self, served: Serving) -> None:
        await put(served)
        xml = await served.send("POST", "/Patient", b"<Patient/>", content_type="application/xml")
        unwelcome = await served.send("GET", "/Patient/p1", accept="application/fhir+xml")
        format = await served.send("GET", "/Patient/p1?_format=xml")
        assert [each.status_code for each in (xml, unwelcome, format)] == [415, 406, 406]
        for each in (xml, unwelcome, format):
            outcome(each)

    async def test_the_request_id_is_the_callers_or_ours(self, served: Serving) -> None:
        given = await served.send("GET", "/Patient/none", x_request_id="abc-123")
        assert given.headers["x-request-id"] == "abc-123"
        for bad in ("", "a b", "x" * 65, "<script>"):
            answer = await served.send("GET", "/Patient/none", x_request_id=bad)
            assert answer.headers["x-request-id"] not in ("", bad)

    async def test_a_body_too_large(self, served: Serving, monkeypatch: Any) -> None:
        monkeypatch.setattr(served.site._fhir._app, "_limit", 1000)
        answer = await served.send("POST", "/Patient", b" " * 1001)
        bomb = await served.send(
            "POST", "/Patient", gzip.compress(b" " * 100_000), content_encoding="gzip"
        )
        assert answer.status_code == bomb.status_code == 413

    async def test_a_forged_host_does_not_reach_the_links(self, served: Serving) -> None:
        answer = await served.send("POST", "/Patient", PATIENT, host="evil.test/<x>")
        assert answer.status_code == 201 and "evil" not in answer.headers["location"]
