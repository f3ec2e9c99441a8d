"""Each interaction over HTTP: status, headers, body."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.support.sites import Serving

PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Pemberton"}]}


def outcome(answer: Any) -> dict[str, Any]:
    """The OperationOutcome of an error, which never shows code or a database's words."""
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome" and body["issue"]
    for word in ("Traceback", 'File "', "asyncpg", "DETAIL", "select "):
        assert word not in answer.text
    found: dict[str, Any] = body
    return found


async def put(served: Serving, **changed: Any) -> Any:
    return await served.send("PUT", "/Patient/p1", PATIENT | changed)


class TestCreate:
    async def test_a_new_resource_gets_an_id_of_ours(self, served: Serving) -> None:
        answer = await served.send("POST", "/Patient", PATIENT)
        assert answer.status_code == 201
        body = answer.json()
        assert body["id"] != "p1" and body["meta"]["versionId"] == "1"
        base = "http://bevan.test/fhir"
        assert answer.headers["location"] == f"{base}/Patient/{body['id']}/_history/1"
        assert answer.headers["etag"] == 'W/"1"'
        assert answer.headers["last-modified"].endswith(" GMT")
        assert answer.headers["content-type"].startswith("application/fhir+json")
        assert answer.headers["cache-control"] == "private, no-store"

    @pytest.mark.parametrize(
        ("prefer", "kind"),
        [
            ("return=minimal", None),
            ("return=representation", "Patient"),
            ("return=OperationOutcome", "OperationOutcome"),
        ],
    )
    async def test_the_answer_is_what_was_preferred(
        self, served: Serving, prefer: str, kind: str | None
    ) -> None:
        answer = await served.send("POST", "/Patient", PATIENT, prefer=prefer)
        assert answer.status_code == 201 and answer.headers["location"]
        assert (answer.json()["resourceType"] if answer.content else None) == kind

    async def test_every_fault_is_told_with_its_path(self, served: Serving) -> None:
        faulty = {"resourceType": "Patient", "gender": "bad", "birthDate": "2026-02-30", "x": 1}
        answer = await served.send("POST", "/Patient", faulty)
        assert answer.status_code in (400, 422)
        places = {place for issue in outcome(answer)["issue"] for place in issue["expression"]}
        assert {"Patient.gender", "Patient.birthDate"} <= places
        assert any("x" in place for place in places)

    async def test_another_type_than_the_address_says(self, served: Serving) -> None:
        answer = await served.send("POST", "/Observation", PATIENT)
        assert answer.status_code == 400
        assert outcome(answer)["issue"][0]["expression"] == ["resourceType"]

    @pytest.mark.parametrize("body", [b"[]", b"3", b'"Patient"', b"null", b"{", b""])
    async def test_what_is_not_an_object(self, served: Serving, body: bytes) -> None:
        answer = await served.send("POST", "/Patient", body)
        assert answer.status_code == 400
        outcome(answer)

    async def test_if_none_exist_makes_one_only(self, served: Serving) -> None:
        resource = PATIENT | {"identifier": [{"system": "urn:x", "value": "7"}]}
        condition = "identifier=urn:x|7"
        first = await served.send("POST", "/Patient", resource, if_none_exist=condition)
        second = await served.send("POST", "/Patient", resource, if_none_exist=condition)
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json()["id"] == second.json()["id"]
        await served.send("POST", "/Patient", resource)
        third = await served.send("POST", "/Patient", resource, if_none_exist=condition)
        assert third.status_code == 412

    async def test_a_gzipped_body(self, served: Serving) -> None:
        packed = gzip.compress(json.dumps(PATIENT).encode())
        answer = await served.send("POST", "/Patient", packed, content_encoding="gzip")
        assert answer.status_code == 201


class TestRead:
    async def test_the_bytes_are_those_that_were_stored(self, served: Serving) -> None:
        made = await put(served)
        read = await served.send("GET", "/Patient/p1")
        assert read.status_code == 200 and read.content == made.content
        assert read.headers["etag"] == 'W/"1"'

    async def test_head_is_get_without_its_body(self, served: Serving) -> None:
        await put(served)
        whole = await served.send("GET", "/Patient/p1")
        head = await served.send("HEAD", "/Patient/p1")
        assert head.status_code == 200 and head.content == b""
        assert head.headers["content-length"] == str(len(whole.content))
        assert head.headers["etag"] == whole.headers["etag"]

    async def test_not_there(self, served: Serving) -> None:
        answer = await served.send("GET", "/Patient/none")
        assert answer.status_code == 404
        outcome(answer)

    async def test_deleted_is_gone(self, served: Serving) -> None:
        await put(served)
        assert (await served.send("DELETE", "/Patient/p1")).status_code == 204
        answer = await served.send("GET", "/Patient/p1")
        assert answer.status_code == 410
        outcome(answer)

    async def test_what_the_caller_holds_is_not_sent_again(self, served: Serving) -> None:
        made = await put(served)
        tag, since = made.headers["etag"], made.headers["last-modified"]
        for condition in ({"if_none_match": tag}, {"if_modified_since": since}):
            answer = await served.send("GET", "/Patient/p1", **condition)
            assert answer.status_code == 304 and answer.content == b""
        await put(served, gender="female")
        assert (await served.send("GET", "/Patient/p1", if_none_match=tag)).status_code == 200

    async def test_pretty(self, served: Serving) -> None:
        await put(served)
        plain = await served.send("GET", "/Patient/p1")
        pretty = await served.send("GET", "/Patient/p1?_pretty=true")
        assert pretty.json() == plain.json() and b"\n  " in pretty.content

    async def test_parts_say_that_they_are_parts(self, served: Serving) -> None:
        await put(served, gender="female", photo=[{"title": "x"}], multipleBirthInteger=2)
        some = (await served.send("GET", "/Patient/p1?_elements=gender,multipleBirth")).json()
        assert set(some) == {"resourceType", "id", "meta", "gender", "multipleBirthInteger"}
        assert some["meta"]["tag"][0]["code"] == "SUBSETTED"
        summary = (await served.send("GET", "/Patient/p1?_summary=true")).json()
        assert "name" in summary and "photo" not in summary
        text = (await served.send("GET", "/Patient/p1?_summary=text")).json()
        assert set(text) == {"resourceType", "id", "meta"}
        data = (await served.send("GET", "/Patient/p1?_summary=data")).json()
        assert "photo" in data

    @pytest.mark.parametrize(
        "query", ["_elements=nothing", "_summary=count", "name=x", "_pretty=perhaps"]
    )
    async def test_parameters_that_a_read_does_not_have(self, served: Serving, query: str) -> None:
        await put(served)
        answer = await served.send("GET", f"/Patient/p1?{query}")
        assert answer.status_code == 400
        outcome(answer)


class TestUpdate:
    async def test_the_first_creates_and_the_next_changes(self, served: Serving) -> None:
        assert (await put(served)).status_code == 201
        second = await put(served, gender="female")
        assert second.status_code == 200 and second.headers["etag"] == 'W/"2"'
        assert second.json()["meta"]["versionId"] == "2"

    async def test_the_same_again_makes_no_version(self, served: Serving) -> None:
        await put(served)
        again = await put(served)
        assert again.status_code == 200 and again.headers["etag"] == 'W/"1"'

    async def test_if_match_keeps_two_writers_apart(self, served: Serving) -> None:
        await put(served)
        resource = PATIENT | {"gender": "female"}
        first = await served.send("PUT", "/Patient/p1", resource, if_match='W/"1"')
        late = await served.send(
            "PUT", "/Patient/p1", PATIENT | {"gender": "male"}, if_match='W/"1"'
        )
        assert (first.status_code, late.status_code) == (200, 412)
        outcome(late)
        assert (await served.send("GET", "/Patient/p1")).json()["gender"] == "female"

    async def test_if_none_match_only_creates(self, served: Serving) -> None:
        first = await served.send("PUT", "/Patient/p1", PATIENT, if_none_match="*")
        second = await served.send("PUT", "/Patient/p1", PATIENT, if_none_match="*")
        assert (first.status_code, second.status_code) == (201, 412)

    @pytest.mark.parametrize("id", ["p2", None, 1])
    async def test_the_ids_must_agree(self, served: Serving, id: object) -> None:
        resource = {key: value for key, value in (PATIENT | {"id": id}).items() if value}
        answer = await served.send("PUT", "/Patient/p1", resource)
        assert answer.status_code == 400
        assert outcome(answer)["issue"][0]["expression"] == ["id"]

    async def test_an_id_that_r4_does_not_allow(self, served: Serving) -> None:
        answer = await served.send("PUT", "/Patient/a_b", PATIENT | {"id": "a_b"})
        assert answer.status_code in (400, 422)

    async def test_by_condition(self, served: Serving) -> None:
        resource = {
            "resourceType": "Patient",
            "identifier": [{"system": "urn:x", "value": "8"}],
        }
        path = "/Patient?identifier=urn:x|8"
        made = await served.send("PUT", path, resource)
        changed = await served.send("PUT", path, resource | {"gender": "female"})
        assert (made.status_code, changed.status_code) == (201, 200)
        assert made.json()["id"] == changed.json()["id"]
        await served.send("POST", "/Patient", resource)
        several = await served.send("PUT", path, resource)
        assert several.status_code == 412

    async def test_without_id_or_condition(self, served: Serving) -> None:
        assert (await served.send("PUT", "/Patient", PATIENT)).status_code == 400


class TestPatch:
    HEADERS = {"content_type": "application/json-patch+json"}  # noqa: RUF012

    async def test_a_json_patch_makes_a_version(self, served: Serving) -> None:
        await put(served)
        operations = [{"op": "add", "path": "/gender", "value": "female"}]
        answer = await served.send("PATCH", "/Patient/p1", operations, **self.HEADERS)
        assert answer.status_code == 200 and answer.json()["gender"] == "female"
        assert answer.headers["etag"] == 'W/"2"'

    @pytest.mark.parametrize(
        "operations",
        [
            [{"op": "replace", "path": "/nothing/x", "value": 1}],
            [{"op": "test", "path": "/id", "value": "other"}],
            [{"op": "fly", "path": "/id"}],
            [{"op": "add", "path": "/gender", "value": "bad"}],
            [{"op": "replace", "path": "/id", "value": "p2"}],
            [{"op": "replace", "path": "/resourceType", "value": "Person"}],
        ],
    )
    async def test_one_that_can_not_be_applied_changes_nothing(
        self, served: Serving, operations: list[dict[str, Any]]
    ) -> None:
        await put(served)
        answer = await served.send("PATCH", "/Patient/p1", operations, **self.HEADERS)
        assert answer.status_code in (400, 422)
        outcome(answer)
        assert (await served.send("GET", "/Patient/p1")).headers["etag"] == 'W/"1"'

    async def test_if_match_and_what_is_not_there(self, served: Serving) -> None:
        await put(served)
        operations = [{"op": "add", "path": "/gender", "value": "female"}]
        late = await served.send(
            "PATCH", "/Patient/p1", operations, if_match='W/"9"', **self.HEADERS
        )
        absent = await served.send("PATCH", "/Patient/none", operations, **self.HEADERS)
        assert (late.status_code, absent.status_code) == (412, 404)

    async def test_by_condition(self, served: Serving) -> None:
        await put(served, identifier=[{"system": "urn:x", "value": "9"}])
        operations = [{"op": "add", "path": "/gender", "value": "female"}]
        path = "/Patient?identifier=urn:x|9"
        answer = await served.send("PATCH", path, operations, **self.HEADERS)
        assert answer.status_code == 200 and answer.json()["id"] == "p1"

    async def test_another_kind_of_patch(self, served: Serving) -> None:
        await put(served)
        assert (await served.send("PATCH", "/Patient/p1", [])).status_code == 415
        answer = await served.send("PATCH", "/Patient/p1", {"op": "add"}, **self.HEADERS)
        assert answer.status_code == 400


class TestDelete:
    async def test_it_is_gone_and_its_history_stays(self, served: Serving) -> None:
        await put(served)
        assert (await served.send("DELETE", "/Patient/p1")).status_code == 204
        assert (await served.send("GET", "/Patient/p1")).status_code == 410
        assert (await served.send("GET", "/Patient/p1/_history/1")).status_code == 200
        assert (await served.send("GET", "/Patient/p1/_history/2")).status_code == 410
        assert (await put(served)).status_code == 201

    async def test_what_is_not_there_is_deleted_already(self, served: Serving) -> None:
        absent = await served.send("DELETE", "/Patient/none")
        await put(served)
        await served.send("DELETE", "/Patient/p1")
        again = await served.send("DELETE", "/Patient/p1")
        assert absent.status_code == again.status_code == 204

    async def test_if_match(self, served: Serving) -> None:
        await put(served)
        late = await served.send("DELETE", "/Patient/p1", if_match='W/"9"')
        assert late.status_code == 412
        assert (await served.send("GET", "/Patient/p1")).status_code == 200

    async def test_by_condition(self, served: Serving) -> None:
        await put(served, identifier=[{"system": "urn:x", "value": "5"}])
        path = "/Patient?identifier=urn:x|5"
        assert (await served.send("DELETE", path)).status_code == 204
        assert (await served.send("GET", "/Patient/p1")).status_code == 410
        assert (await served.send("DELETE", path)).status_code == 204
        assert (await served.send("DELETE", "/Patient")).status_code == 400


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
