"""The directory: names of organisations, places and staff, remembered for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bevan.directory import Directory, Organisation, Place, Staff
from bevan.directory.entries import practitioner_name, target
from bevan.record.scope import Actor, Scope, system
from tests.support.sites import Serving, serving

SCOPE: Scope = system("a test's own writes", Actor("system", "tests", "tests"))
SURGERY = {
    "resourceType": "Organization",
    "id": "surgery",
    "name": "Mill Lane Surgery",
    "type": [{"text": "General practice"}],
    "identifier": [{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "Z90001"}],
    "partOf": {"reference": "Organization/network"},
}


@pytest.fixture
async def served(database: str) -> AsyncIterator[Serving]:
    async with serving(database) as found:
        await write(found, SURGERY)
        yield found


async def write(served: Serving, resource: dict[str, Any]) -> None:
    await served.made.record.update(SCOPE, resource)


async def test_an_organisation_and_its_name(served: Serving) -> None:
    directory = served.made.directory
    assert await directory.organisation("surgery") == Organisation(
        "surgery", "Mill Lane Surgery", "General practice", "Z90001", "network"
    )
    assert await directory.name_of("surgery") == "Mill Lane Surgery"
    assert await directory.name_of("nowhere") == ""
    assert await directory.name_of("") == ""
    assert await directory.organisation("") is None


async def test_a_name_is_remembered_and_can_be_forgotten(served: Serving) -> None:
    directory = served.made.directory
    await directory.name_of("surgery")
    await write(served, SURGERY | {"name": "Mill Lane Health Centre"})
    assert await directory.name_of("surgery") == "Mill Lane Surgery"
    directory.forget()
    assert await directory.name_of("surgery") == "Mill Lane Health Centre"
    fresh = Directory(served.made.record, served.made.clock, remember=0)
    await write(served, SURGERY | {"name": "Mill Lane"})
    assert await fresh.name_of("surgery") == "Mill Lane"


async def test_a_deleted_organisation_has_no_name(served: Serving) -> None:
    await served.made.record.delete(SCOPE, "Organization", "surgery")
    assert await served.made.directory.name_of("surgery") == ""


async def test_all_organisations_by_name(served: Serving) -> None:
    await write(served, {"resourceType": "Organization", "id": "a", "name": "Ashgrove House"})
    await write(served, {"resourceType": "Organization", "id": "z", "name": "Z", "active": False})
    found = await served.made.directory.organisations()
    assert [each.name for each in found] == ["Ashgrove House", "Mill Lane Surgery", "Z"]
    assert [each.active for each in found] == [True, True, False]


async def test_places_and_staff(served: Serving) -> None:
    directory = served.made.directory
    await write(
        served,
        {
            "resourceType": "Location",
            "id": "ward",
            "name": "Ward 7",
            "managingOrganization": {"reference": "Organization/surgery"},
            "partOf": {"reference": "Location/site"},
        },
    )
    await write(
        served,
        {
            "resourceType": "Practitioner",
            "id": "dr",
            "name": [{"prefix": ["Dr"], "given": ["Leila", "B"], "family": "Haddad"}],
        },
    )
    await write(
        served,
        {
            "resourceType": "PractitionerRole",
            "id": "role",
            "practitioner": {"reference": "Practitioner/dr"},
            "organization": {"reference": "Organization/surgery"},
            "code": [{"coding": [{"display": "GP"}]}],
        },
    )
    assert await directory.place("ward") == Place("ward", "Ward 7", "surgery", "site")
    assert await directory.place("nowhere") is None
    assert await directory.practitioner("dr") == "Dr Leila Haddad"
    assert await directory.practitioner("nobody") == ""
    assert await directory.staff("surgery") == [Staff("role", "dr", "surgery", "GP")]
    assert await directory.staff("elsewhere") == []


async def test_more_organisations_than_one_page_holds(
    served: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await write(
            served, {"resourceType": "Organization", "id": f"o{number}", "name": f"O {number}"}
        )
    search = served.made.record.search

    async def small(scope: Scope, type: str, query: str, **rest: Any) -> Any:
        return await search(scope, type, query.replace("_count=1000", "_count=2"), **rest)

    monkeypatch.setattr(type(served.made.record), "search", lambda self, *a, **k: small(*a, **k))
    found = await served.made.directory.organisations()
    assert [each.id for each in found] == ["surgery", "o0", "o1", "o2", "o3", "o4"]


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ({"name": [{"text": "Nurse Joy", "family": "X"}]}, "Nurse Joy"),
        ({"name": [{"family": "Haddad"}]}, "Haddad"),
        ({"name": []}, ""),
        ({}, ""),
    ],
)
def test_how_a_practitioner_is_called(resource: dict[str, Any], name: str) -> None:
    assert practitioner_name(resource) == name


@pytest.mark.parametrize(
    ("reference", "id"),
    [
        ({"reference": "Organization/a"}, "a"),
        ({"reference": "Organization/a/_history/2"}, "a"),
        ({"reference": "Practitioner/a"}, ""),
        ({"reference": "https://x.example/Organization/a"}, ""),
        ({"display": "A"}, ""),
        (None, ""),
    ],
)
def test_where_a_reference_leads(reference: Any, id: str) -> None:
    assert target(reference, "Organization") == id
