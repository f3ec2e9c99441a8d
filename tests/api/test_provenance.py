"""Who made each version is searched as any Provenance is, by its target."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.record.provenance_page import asked
from tests.support.sites import Serving

ANN = "0b7a7b1e-0000-4000-8000-00000000a000"
PERSON = {"resourceType": "Patient", "id": ANN, "name": [{"family": "Wetherden"}]}


def sent(target: str) -> dict[str, Any]:
    return {
        "resourceType": "Provenance",
        "target": [{"reference": target}],
        "recorded": "2026-11-24T09:00:00Z",
        "agent": [{"who": {"display": "The letter's author"}}],
    }


async def prepared(served: Serving, stored: int = 1) -> None:
    """Ann in three versions, and so many Provenances that somebody sent in about her."""
    for gender in ("female", "other", "unknown"):
        answer = await served.send("PUT", f"/Patient/{ANN}", {**PERSON, "gender": gender})
        assert answer.status_code in (200, 201), answer.text
    for _ in range(stored):
        answer = await served.send("POST", "/Provenance", sent(f"Patient/{ANN}"))
        assert answer.status_code == 201, answer.text


async def found(served: Serving, query: str) -> dict[str, Any]:
    answer = await served.send("GET", f"/Provenance?{query}")
    assert answer.status_code == 200, answer.text
    bundle: dict[str, Any] = answer.json()
    return bundle


def shown(bundle: dict[str, Any]) -> list[str]:
    """The version that each entry is about; nothing for what was sent in."""
    references = [one["resource"]["target"][0]["reference"] for one in bundle.get("entry", ())]
    return [reference.partition("/_history/")[2] for reference in references]


def following(bundle: dict[str, Any]) -> str:
    links = {link["relation"]: link["url"] for link in bundle["link"]}
    return str(links.get("next", "")).partition("?")[2]


async def test_a_target_has_what_was_sent_and_each_version(served: Serving) -> None:
    await prepared(served)
    bundle = await found(served, f"target=Patient/{ANN}")
    assert bundle["total"] == 4 and shown(bundle) == ["", "3", "2", "1"]
    assert following(bundle) == ""
    one = bundle["entry"][1]
    assert one["fullUrl"].endswith(f"/Provenance/{one['resource']['id']}")
    read = await served.send("GET", f"/Provenance/{one['resource']['id']}")
    assert read.status_code == 200 and read.json() == one["resource"]
    form = {"content_type": "application/x-www-form-urlencoded"}
    posted = await served.send(
        "POST", "/Provenance/_search", f"target=Patient/{ANN}".encode(), **form
    )
    assert shown(posted.json()) == shown(bundle)
    version = await found(served, f"target=Patient/{ANN}/_history/2,Patient/{ANN}")
    assert sorted(shown(version)) == ["", "1", "2", "3"], "each once, whatever names it"


@pytest.mark.parametrize("count", [1, 2, 3, 4])
async def test_pages_hold_no_more_than_was_asked_for(served: Serving, count: int) -> None:
    await prepared(served, stored=2)
    query, pages = f"target=Patient/{ANN}&_count={count}&_total=accurate", []
    while query:
        bundle = await found(served, query)
        assert bundle["total"] == 5
        assert bundle["link"][0]["url"].partition("?")[2] == query
        pages.append(shown(bundle))
        query = following(bundle)
    assert [one for page in pages for one in page] == ["", "", "3", "2", "1"]
    assert all(len(page) == count for page in pages[:-1])


async def test_a_count_alone_has_no_entries(served: Serving) -> None:
    await prepared(served)
    bundle = await found(served, f"target=Patient/{ANN}&_count=0")
    assert bundle["total"] == 4 and "entry" not in bundle and following(bundle) == ""


async def test_other_searches_find_what_was_sent_in(served: Serving) -> None:
    await prepared(served)
    for query in ("", f"target=Patient/{ANN}&recorded=2026", f"patient={ANN}"):
        bundle = await found(served, query)
        assert (bundle["total"], shown(bundle)) == (1, [""]), query
    for query in ("_page=versions.1", f"target=Patient/{ANN}&_page=versions.x"):
        answer = await served.send("GET", f"/Provenance?{query}")
        assert answer.status_code == 400, query


async def test_who_may_not_see_the_target_learns_nothing(served: Serving) -> None:
    await prepared(served)
    await served.authorise("system/Provenance.rs")
    bundle = await found(served, f"target=Patient/{ANN}")
    assert not {"1", "2", "3"} & {*shown(bundle)}


@pytest.mark.parametrize(
    "query", ["target=Patient/1&_count=x", "target=Patient/1&_count=1&_count=2", "recorded=2026"]
)
def test_what_is_refused_or_asks_for_more_is_left_to_the_search(query: str) -> None:
    assert asked(query, "") is None


def test_our_own_address_may_stand_before_a_target() -> None:
    read = asked("target=https://bevan.example/fhir/Patient/1", "https://bevan.example/fhir")
    assert read is not None and read.targets == (("Patient", "1", None),)
    assert asked("target=https://bevan.example/fhir/Patient/1", "") is None
