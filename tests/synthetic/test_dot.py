"""Dot Pemberton and the ward that she lies on, to the day."""

from __future__ import annotations

from bevan.synthetic.draws import fixed_id
from bevan.synthetic.stories.ward import WARD

from .tellings import DOT, EGFR, HBA1C, NEWS2, Told, courses, of, values


def test_dot_this_morning(told: Told) -> None:
    scores = values(told, DOT, NEWS2)
    assert scores["2026-11-24T08:12"] == 3
    assert scores["2026-11-24T10:31"] == 6
    assert values(told, DOT, "103228002")["2026-11-24T10:31"] == 85
    total = next(
        one
        for one in of(told, DOT, "Observation")
        if one["id"] == fixed_id("dot-pemberton/news2-1031")
    )
    parts = {
        part["code"]["coding"][0]["code"]: part["valueQuantity"]["value"]
        for part in total["component"]
    }
    assert parts == {
        "1104301000000104": 2,
        "1104321000000108": 2,
        "1104331000000105": 0,
        "1104341000000101": 0,
        "1104351000000103": 1,
        "1104361000000100": 0,
        "1104371000000107": 1,
    }
    assert len(total["derivedFrom"]) == 7


WARD_NOW = {
    "V01": 4,
    "V02": 2,
    "V03": 6,
    "V04": 1,
    "V05": 2,
    "V06": 0,
    "V07": 9,
    "V08": 0,
    "V09": 3,
    "V10": 0,
    "V11": 2,
    "V13": 0,
    "V14": 4,
    "V15": 5,
    "V16": 1,
    "V17": 1,
    "V18": 3,
    "V20": 1,
}


def test_the_ward_board_of_this_morning(told: Told) -> None:
    found, number_of = {}, {one.place: one.number for one in WARD}
    for place, number in number_of.items():
        stay = next(one for one in of(told, number, "Encounter") if one["status"] == "in-progress")
        assert stay["location"][0]["location"]["display"] == place
        scores = values(told, number, NEWS2)
        if scores:
            found[place] = scores[max(scores)]
    assert found == WARD_NOW
    assert "V12" not in number_of


def test_dots_banner(told: Told) -> None:
    patient = told[DOT][0]
    assert patient["address"][0]["line"] == ["7 Tannery Court"]
    assert patient["address"][0]["postalCode"] == "HW4 2QP"
    assert {"use": "nickname", "given": ["Dot"]} in patient["name"]
    names = [one["display"] for one in patient["generalPractitioner"]]
    assert names == ["Mill Lane Surgery", "Dr Leila Haddad"]
    flags = " ".join(one["code"]["text"] for one in of(told, DOT, "Flag"))
    for words in ("Oxygen target 88 to 92%", "Hearing aids", "Red alert"):
        assert words in flags


def test_dots_lists(told: Told) -> None:
    active = [
        one
        for one in of(told, DOT, "Condition")
        if one["clinicalStatus"]["coding"][0]["code"] == "active" and "security" not in one["meta"]
    ]
    assert len(active) == 6
    sealed = [
        one for one in told[DOT] if "security" in one["meta"] and one["resourceType"] != "Patient"
    ]
    assert {one["resourceType"] for one in sealed} == {
        "Condition",
        "Encounter",
        "DocumentReference",
    }
    allergens = [one["code"]["coding"][0]["display"] for one in of(told, DOT, "AllergyIntolerance")]
    assert sorted(allergens) == ["Penicillin", "Penicillin", "Trimethoprim"]
    current = {
        one["medicationCodeableConcept"]["coding"][0]["code"]
        for one in of(told, DOT, "MedicationRequest")
        if one["status"] == "active"
    }
    assert len(current) == 9
    assert courses(told, DOT, "Metformin")[0][2] == "2 twice a day with food"
    stopped = {
        one["medicationCodeableConcept"]["coding"][0]["code"]
        for one in of(told, DOT, "MedicationRequest")
        if one["status"] == "stopped"
    }
    assert len(stopped - current) == 2


def test_dots_results(told: Told) -> None:
    sugar = values(told, DOT, HBA1C)
    assert [sugar[when] for when in sorted(sugar) if when > "2023"] == [
        72,
        70,
        66,
        64,
        63,
        58,
        60,
        61,
    ]
    assert values(told, DOT, EGFR)["2026-11-20T07:30"] == 38
    crp = values(told, DOT, "1001371000000100")
    assert crp["2026-11-23T10:15"] == 42
    assert crp["2026-11-19T12:20"] == 118


def test_dot_is_on_the_ward_and_from_eleven_organisations(told: Told) -> None:
    ward = next(
        one
        for one in of(told, DOT, "EpisodeOfCare")
        if one["managingOrganization"]["display"] == "Hospital at Home"
    )
    assert ward["status"] == "active"
    assert ward["period"]["start"][:10] == "2026-11-20"
    hosts = {one["meta"]["source"].split("/")[2] for one in told[DOT]}
    assert len(hosts) == 11
    plan = next(
        one
        for one in of(told, DOT, "CarePlan")
        if one["id"] == fixed_id("dot-pemberton/urgent-care-plan")
    )
    assert plan["created"][:16] == "2026-11-24T10:38"
    assert plan["author"]["display"] == "Dr Ama Osei"
    assert len(plan["activity"]) == 9
