"""What somebody sends who means harm, or whose program is broken: refused in words, never a 500."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest

from tests.support.sites import Serving

DOT = "0b7a7b1e-0000-4000-8000-000000000002"
PATCH = "application/json-patch+json"


def observation(id: str, value: str = "72") -> bytes:
    return (
        f'{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":'
        f'[{{"system":"http://loinc.org","code":"8867-4"}}]}},"subject":{{"reference":'
        f'"Patient/{DOT}"}},"valueQuantity":{{"value":{value},"unit":"/min"}}}}'
    ).encode()


def opened(cursor: str) -> list[Any]:
    """What is inside a page cursor."""
    found: list[Any] = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return found


def closed(inside: list[Any]) -> str:
    """A cursor that says something else."""
    return urlsafe_b64encode(json.dumps(inside).encode()).decode().rstrip("=")


async def cursor_of(served: Serving, path: str) -> list[Any]:
    """The inside of the cursor in the next link."""
    answer = await served.send("GET", path)
    links = {link["relation"]: link["url"] for link in answer.json()["link"]}
    return opened(links["next"].split("_page=")[1].partition("&")[0])


async def three(served: Serving) -> None:
    for number in range(3):
        path = f"/Observation/o{number}"
        assert (await served.send("PUT", path, observation(f"o{number}"))).status_code == 201


def explains(answer: Any, *statuses: int) -> None:
    """It is refused with an OperationOutcome."""
    assert answer.status_code in statuses, answer.text
    assert answer.json()["resourceType"] == "OperationOutcome"


class TestCursors:
    @pytest.mark.parametrize(
        "inside",
        [
            ["2026-11-24T09:00:00Z", 2**70, 1],
            ["2026-11-24T09:00:00Z", 1, 2**40],
            ["2026-11-24T09:00:00Z", -1, 1],
            ["2026-11-24T09:00:00", 1, 1],
            ["0001-01-01T00:00:00+14:00", 1, 1],
        ],
    )
    @pytest.mark.parametrize("path", ["/_history", "/Observation/o1/_history"])
    async def test_a_forged_place_in_a_history(
        self, served: Serving, path: str, inside: list[Any]
    ) -> None:
        await three(served)
        explains(await served.send("GET", f"{path}?_page={closed(inside)}"), 400)

    @pytest.mark.parametrize("sort", ["code", "-patient", "status", "value-quantity", "_id"])
    @pytest.mark.parametrize("key", [5, 1.5, 10**30, "zz", True, [1]])
    async def test_forged_keys_of_an_order(self, served: Serving, sort: str, key: Any) -> None:
        await three(served)
        query = f"/Observation?_count=1&_sort={sort}"
        search, _, row = await cursor_of(served, query)
        answer = await served.send("GET", f"{query}&_page={closed([search, [key], row])}")
        assert answer.status_code in (200, 400, 422), answer.text


@pytest.mark.parametrize("name", ["_since", "_at"])
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
async def test_moments_beyond_the_calendar(served: Serving, name: str, at: str) -> None:
    explains(await served.send("GET", f"/_history?{name}={at}"), 400)


class TestNul:
    @pytest.mark.parametrize(
        "path", ["/Patient/%00", "/Patient/%00/_history", "/Patient/a%00b/_history/1"]
    )
    async def test_an_address_with_one_leads_nowhere(self, served: Serving, path: str) -> None:
        hidden = await served.send("GET", path)
        nobody = await served.send("GET", "/Patient/nobody")
        assert hidden.status_code == nobody.status_code == 404
        assert hidden.content == nobody.content

    async def test_one_fails_no_neighbour(self, served: Serving) -> None:
        await three(served)
        urls = ["Observation/o1", "Observation/\0", "\0/x", "Observation/o2"]
        entries = [{"request": {"method": "GET", "url": url}} for url in urls * 10]
        answer = await served.send(
            "POST", "/", {"resourceType": "Bundle", "type": "batch", "entry": entries}
        )
        assert answer.status_code == 200
        found = [entry["response"]["status"][:3] for entry in answer.json()["entry"]]
        assert found == ["200", "404", "404", "200"] * 10


@pytest.mark.parametrize("kind", ["batch", "transaction"])
@pytest.mark.parametrize(
    "entry",
    [
        [{"request": {"method": "GET", "url": "Observation/o1/_history/²"}}],
        [{"request": {"method": "GET", "url": "Observation/o1/_history/99999999999"}}],
        [
            {
                "resource": {"resourceType": "Patient"},
                "request": {"method": "POST", "url": "Patient", "ifNoneExist": 5},
            }
        ],
        ["x"],
        [None],
        {"request": {}},
        "x",
    ],
)
async def test_entries_that_make_no_sense(served: Serving, kind: str, entry: Any) -> None:
    bundle = {"resourceType": "Bundle", "type": kind, "entry": entry}
    answer = await served.send("POST", "/", bundle)
    if answer.status_code == 200:
        (only,) = answer.json()["entry"]
        assert only["response"]["status"][:3] in ("400", "404"), only
    else:
        explains(answer, 400, 422)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/meta", "value": "x"},
        {"op": "replace", "path": "/meta", "value": None},
        {"op": "add", "path": "/meta/security", "value": "x"},
        {"op": "replace", "path": "/code", "value": []},
        {"op": "replace", "path": "/subject", "value": "x"},
    ],
)
async def test_patches_that_break_the_shape(served: Serving, operation: dict[str, Any]) -> None:
    await three(served)
    answer = await served.send("PATCH", "/Observation/o1", [operation], content_type=PATCH)
    explains(answer, 422)
    assert (await served.send("GET", "/Observation/o1")).headers["etag"] == 'W/"1"'


async def test_a_number_beyond_all_bounds_spoils_nobodys_order(served: Serving) -> None:
    for place, value in enumerate(["1e308", "1.7e308", "1e400", "72.50", "5e-324", "-1e308"]):
        sent = await served.send("PUT", f"/Observation/o{place}", observation(f"o{place}", value))
        assert sent.status_code == 201, sent.text
    for sort, wanted in (("value-quantity", "o5"), ("-value-quantity", "o2")):
        path, seen = f"/Observation?_sort={sort}&_count=1", []
        while path:
            answer = await served.send("GET", path)
            assert answer.status_code == 200, answer.text
            found = answer.json()
            seen += [entry["resource"]["id"] for entry in found["entry"]]
            links = {link["relation"]: link["url"] for link in found["link"]}
            path = links.get("next", "").partition("/fhir")[2]
        assert sorted(seen) == [f"o{place}" for place in range(6)]
        assert seen[0] == wanted
