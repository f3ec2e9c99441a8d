"""Each interaction over HTTP: status, headers, body."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.api.answers import PATIENT, outcome, put
from tests.support.sites import Serving


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
