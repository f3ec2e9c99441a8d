"""Organisations, sites and staff."""

from __future__ import annotations

import json
import re

import pytest

from bevan.fhir.codes import code
from bevan.fhir.validation import Validator
from bevan.synthetic import places, staff
from bevan.synthetic.ground import Region, build
from bevan.synthetic.shapes.directory import directory

DEMO = (
    "Priya Nair",
    "Dr Leila Haddad",
    "Jo Baptiste",
    "Dr Ama Osei",
    "Dr Imran Sadiq",
    "Maria Duarte",
    "Fern Calloway",
    "Sunil Rao",
    "Helen Adjei",
    "Grace Lindon",
    "Della Prowse",
    "Wes Tarrant",
    "Noor Karim",
)
KINDS = {
    "gp",
    "acute",
    "community",
    "mental-health",
    "ambulance",
    "care-home",
    "pharmacy",
    "social-care",
}


@pytest.fixture(scope="module")
def resources(region: Region) -> list[dict[str, object]]:
    """The directory as resources."""
    return [json.loads(line) for line in directory(region.places, region.staff)]


def test_the_directory_is_valid(resources: list[dict[str, object]], validator: Validator) -> None:
    for one in resources:
        assert validator.issues(one) == [], one


def test_there_is_every_setting(region: Region) -> None:
    assert {source.kind for source in region.sources()} == KINDS
    acute = [
        one for one in region.places.every if one.slug in ("thornbeck-general", "kelding-infirmary")
    ]
    assert len(acute) == 2
    assert len(region.places.practices) == 8
    assert len(region.places.pharmacies) == 8


def test_practices_grow_with_the_people_and_keep_their_ids() -> None:
    small, large = places.build(1000), places.build(350_000)
    assert len(large.practices) == 35
    assert large.practices[:8] == small.practices
    assert len({one.id for one in large.every}) == len(large.every)
    assert len({one.ods for one in large.every}) == len(large.every)
    assert len({one.source for one in large.every}) == len(large.every)


def test_codes_look_like_ods_codes_but_are_nobodys(region: Region) -> None:
    for one in region.places.every:
        assert re.fullmatch(r"[A-Z0-9]{3,8}", one.ods), one
        assert "Z" in one.ods[:2], one
    for one in region.places.practices:
        assert re.fullmatch(r"Z\d{5}", one.ods)


def test_every_source_is_unique_and_of_an_organisation(region: Region) -> None:
    sources = region.sources()
    ids = {one.id for one in region.places.every}
    assert len({one.uri for one in sources}) == len(sources)
    for one in sources:
        assert one.uri.startswith("https://")
        assert ".harrowmere.example/" in one.uri
        assert one.organisation in ids
        assert one.name


def test_references_of_the_directory_hold(resources: list[dict[str, object]]) -> None:
    ids = {f"{one['resourceType']}/{one['id']}" for one in resources}
    assert len(ids) == len(resources)
    found = re.findall(r'"reference": "([^"]+)"', json.dumps(resources))
    assert set(found) <= ids


def test_wards_and_virtual_beds(resources: list[dict[str, object]]) -> None:
    beds = [
        one
        for one in resources
        if one["resourceType"] == "Location" and re.fullmatch(r"V\d\d", str(one["name"]))
    ]
    assert len(beds) == 24


def test_the_people_of_the_demonstration_are_there(region: Region) -> None:
    names = {one.name: one for team in region.staff.values() for one in team}
    for name in DEMO:
        assert name in names, name
    assert region.worker("priya-nair").place == "hospital-at-home"
    assert region.worker("leila-haddad").place == "mill-lane-surgery"
    with pytest.raises(KeyError):
        region.worker("nobody")


def test_everyone_has_a_job_of_the_table(region: Region) -> None:
    for team in region.staff.values():
        for one in team:
            assert code(f"job.{one.job}").system.endswith("NHSDigital-SDS-JobRoleCode")


def test_staff_do_not_change_with_the_seed_or_size() -> None:
    small, large = build(10, 1), build(60_000, 9)
    assert small.staff["thornbeck-general"] == large.staff["thornbeck-general"]
    assert staff.build(small.places) == small.staff


def test_specialists(region: Region) -> None:
    trust = region.place("thornbeck-general")
    assert region.specialist(trust, "340").name == "Dr Ama Osei"
    assert region.specialist(trust, "no such").place == "thornbeck-general"
