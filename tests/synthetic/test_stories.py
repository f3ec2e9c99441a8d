"""The people with stories, to the day."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from bevan.fhir.subject import who
from bevan.fhir.validation import Validator
from bevan.synthetic.draws import fixed_id
from bevan.synthetic.ground import Region
from bevan.synthetic.numbers import valid
from bevan.synthetic.stories import stories

from .tellings import (
    AMINA,
    BABY,
    BORN,
    CALLUM,
    CLAIRE,
    DESMOND,
    DOT,
    EDITH,
    HAROLD,
    HBA1C,
    JAYA,
    MARGARET,
    NEWS2,
    OLIVER,
    PHQ9,
    RUBY,
    THOMAS,
    TOMASZ,
    WEIGHT,
    WINIFRED,
    Told,
    contacts,
    courses,
    of,
    problems,
    texts,
    values,
)


def test_everyone_is_there_with_a_valid_test_number(told: Told) -> None:
    assert set(BORN) <= set(told)
    for number, (name, born, sex) in BORN.items():
        assert valid(number)
        patient = told[number][0]
        official = patient["name"][0]
        assert f"{official['given'][0]} {official['family']}" == name
        assert (patient["birthDate"], patient["gender"]) == (born, sex)


def test_all_of_it_is_valid_and_about_one_person(told: Told, validator: Validator) -> None:
    for people in told.values():
        person = people[0]["id"]
        for one in people:
            assert validator.issues(one) == [], one
            assert who(one).people == (person,), one


def test_ids_are_distinct_and_the_same_for_every_seed(told: Told, region: Region) -> None:
    ids = Counter(f"{r['resourceType']}/{r['id']}" for people in told.values() for r in people)
    assert ids.most_common(1)[0][1] == 1
    again = b"\n".join(stories(region))
    assert again == b"\n".join(stories(region))
    assert told[DOT][0]["id"] == fixed_id("Patient/dot-pemberton")


def test_nothing_before_birth(told: Told) -> None:
    for number, (_, born, _) in BORN.items():
        for one in told[number]:
            for element in (
                "effectiveDateTime",
                "authoredOn",
                "recordedDate",
                "onsetDateTime",
                "occurrenceDateTime",
                "date",
            ):
                assert one.get(element, "9999")[:10] >= born, one


def test_harold_at_home(told: Told) -> None:
    weights = values(told, HAROLD, WEIGHT)
    assert weights["2026-09-21T07:30"] == 84.1
    assert weights["2026-09-25T07:30"] == 87.0
    assert weights["2026-10-01T07:30"] == 84.4
    scores = values(told, HAROLD, NEWS2)
    assert (scores["2026-09-21T07:35"], scores["2026-09-25T07:35"]) == (2, 5)
    oxygen = values(told, HAROLD, "103228002")
    assert (oxygen["2026-09-21T07:35"], oxygen["2026-09-25T07:35"]) == (95, 91)
    alert = next(one for one in of(told, HAROLD, "Flag") if "alert" in one["code"]["text"])
    assert alert["period"]["start"][:16] == "2026-09-25T07:40"
    water = courses(told, HAROLD, "Furosemide")
    assert ("2021-02-03", "stopped", "40 mg in the morning") in water
    assert any(start == "2026-09-25" and "80 mg" in text for start, _, text in water)
    assert problems(told, HAROLD)["Myocardial infarction"] == "2018-05-14"
    assert problems(told, HAROLD)["Heart failure with reduced ejection fraction"] == "2021-02-03"
    assert "32%" in texts(told, HAROLD)
    ward = of(told, HAROLD, "EpisodeOfCare")[0]["period"]
    assert (ward["start"][:10], ward["end"][:10]) == ("2026-09-21", "2026-10-03")


def test_edith_in_the_care_home(told: Told) -> None:
    home = of(told, EDITH, "EpisodeOfCare")[0]
    assert home["period"]["start"][:10] == "2024-03-18"
    assert home["managingOrganization"]["display"] == "Ashgrove House"
    falls = [
        one["onsetDateTime"]
        for one in of(told, EDITH, "Condition")
        if one["code"]["coding"][0]["display"] in ("Accidental fall", "Fracture of neck of femur")
    ]
    assert falls == ["2025-06-02", "2026-01-17"]
    operation = of(told, EDITH, "Procedure")
    assert any(
        one["code"]["coding"][0]["code"] == "W46.1"
        and one["performedDateTime"][:10] == "2026-01-18"
        for one in operation
    )
    orders = of(told, EDITH, "MedicationRequest")
    repeats = [
        one for one in orders if one["courseOfTherapyType"]["coding"][0]["code"] == "continuous"
    ]
    before = [one for one in repeats if one["authoredOn"][:10] < "2026-03-05"]
    assert len(before) == 11
    assert sum(one["status"] == "active" for one in repeats) == 7
    assert all(
        one["dispenseRequest"]["validityPeriod"]["end"] == "2026-03-05"
        for one in repeats
        if one["status"] == "stopped"
    )
    assert any(
        one["occurrenceDateTime"][:10] == "2026-10-08" for one in of(told, EDITH, "Immunization")
    )
    assert values(told, EDITH, NEWS2)["2026-10-19T09:35"] == 4
    assert values(told, EDITH, "763264000")["2026-03-05T14:20"] == 7


def test_ruby_and_her_sugar(told: Told) -> None:
    sugar = {when[:10]: value for when, value in values(told, RUBY, HBA1C).items()}
    assert sugar["2023-04-11"] == 45
    assert sugar["2024-06-19"] == 61
    assert sugar["2025-01-10"] == 54
    assert sugar["2026-08-21"] == 43
    assert problems(told, RUBY)["Type 2 diabetes mellitus"] == "2024-06-19"
    assert courses(told, RUBY, "Metformin")[0][0] == "2024-06-26"
    assert courses(told, RUBY, "Tirzepatide")[0][0] == "2025-09-04"
    eyes = next(
        one
        for one in of(told, RUBY, "Procedure")
        if "retinopathy" in one["code"]["coding"][0]["display"]
    )
    assert eyes["performedDateTime"][:10] == "2026-05-12"
    missed = [one for one in of(told, RUBY, "Appointment") if one["status"] == "noshow"]
    assert len(missed) == 2
    assert all(one["start"][:4] == "2024" for one in missed)


def test_amina_and_her_daughter(told: Told) -> None:
    assert problems(told, AMINA)["Pregnant"] == "2026-01-26"
    assert problems(told, AMINA)["Gestational diabetes mellitus"] == "2026-08-10"
    starts = [start[:10] for start, _ in contacts(told, AMINA)]
    for day in ("2026-03-26", "2026-10-05", "2026-10-22"):
        assert day in starts
    scans = [
        one["effectiveDateTime"][:10]
        for one in of(told, AMINA, "DiagnosticReport")
        if "scan" in one.get("conclusion", "")
    ]
    assert scans == ["2026-04-20", "2026-06-15"]
    given = {one["occurrenceDateTime"][:10] for one in of(told, AMINA, "Immunization")}
    assert {"2026-06-02", "2026-08-18"} <= given
    pressure = next(
        one
        for one in of(told, AMINA, "Observation")
        if one["effectiveDateTime"][:16] == "2026-10-05T09:30" and "component" in one
    )
    assert [c["valueQuantity"]["value"] for c in pressure["component"]] == [148, 94]
    needs = [one["code"]["coding"][0]["display"] for one in of(told, AMINA, "Flag")]
    assert needs == ["Somali language interpreter needed"]
    assert values(told, BABY, WEIGHT)["2026-10-23T04:30"] == 3.31


def test_tomasz_twice(told: Told) -> None:
    first, second = told[TOMASZ][0], told[THOMAS][0]
    assert second["active"] is False
    assert second["link"] == [
        {"other": {"reference": f"Patient/{first['id']}"}, "type": "replaced-by"}
    ]
    assert first["link"][0]["type"] == "replaces"
    made = of(told, THOMAS, "AllergyIntolerance")
    assert [one["recordedDate"] for one in made] == ["2025-12-30"]
    assert [one["recordedDate"] for one in of(told, TOMASZ, "AllergyIntolerance")] == ["2026-03-02"]
    issued = [start for start, _, _ in courses(told, TOMASZ, "Amoxicillin")]
    assert "2026-02-11" in issued


def test_claire_cannot_be_found_from_her_record(told: Told) -> None:
    patient = told[CLAIRE][0]
    for element in ("address", "telecom", "generalPractitioner", "managingOrganization", "contact"):
        assert element not in patient
    assert any(one["code"] == "R" for one in patient["meta"]["security"])
    text = json.dumps(told[CLAIRE])
    assert "HW" not in text
    assert "01632" not in text
    assert "07700" not in text
    mood = values(told, CLAIRE, PHQ9)
    assert (mood[min(mood)], mood[max(mood)]) == (18, 7)
    proxy = of(told, CLAIRE, "RelatedPerson")[0]
    assert proxy["active"] is False
    assert proxy["period"]["end"] == "2026-04-16"
    assert of(told, CLAIRE, "Task")[0]["authoredOn"][:10] == "2026-05-20"


def test_desmond_on_the_right_scale(told: Told) -> None:
    scores = values(told, DESMOND, NEWS2)
    assert scores["2026-02-08T18:55"] == 7
    assert scores["2026-02-08T19:10"] == 4
    target = next(one for one in of(told, DESMOND, "Flag") if "88 to 92" in one["code"]["text"])
    assert target["period"]["start"][:10] == "2025-01-02"
    assert "8.1 kPa" in texts(told, DESMOND)
    packs = {start for start, _, _ in courses(told, DESMOND, "Prednisolone")}
    assert {"2026-05-03", "2026-10-11"} <= packs
    assert any(
        one["code"]["coding"][0]["display"] == "Ex-smoker"
        and one["effectiveDateTime"][:10] == "2026-03-01"
        for one in of(told, DESMOND, "Observation")
    )


def test_jaya_and_nils(told: Told) -> None:
    assert problems(told, JAYA)["Asthma"] == "2023-10-16"
    assert ("2026-09-15", "completed") in [c[:2] for c in courses(told, JAYA, "Prednisolone")]
    attack = next(why for start, why in contacts(told, JAYA) if start[:10] == "2026-09-15")
    assert "Peak flow 110" in attack
    plan = next(one for one in of(told, JAYA, "CarePlan"))
    assert plan["created"][:10] == "2026-09-17"
    proxy = of(told, JAYA, "RelatedPerson")[0]
    assert proxy["period"]["end"] == "2029-02-14"


def test_winifred_and_the_cancer(told: Told) -> None:
    assert values(told, WINIFRED, "1049361000000101") == {"2026-02-17T09:30": 64}
    words = texts(told, WINIFRED)
    assert "T3N1" in words
    assert "18 March 2026" in words
    reports = [one["effectiveDateTime"][:10] for one in of(told, WINIFRED, "DiagnosticReport")]
    for day in ("2026-03-04", "2026-03-11", "2026-10-21"):
        assert day in reports
    starts = [start[:10] for start, _ in contacts(told, WINIFRED)]
    assert "2026-04-01" in starts
    assert "2026-05-13" in starts
    hosts = {one["meta"]["source"].split("/")[2].split(".")[0] for one in told[WINIFRED]}
    assert {"thornbeck-imaging", "kelding-imaging"} <= hosts


def test_callum_and_the_seal(told: Told) -> None:
    sealed = [
        one
        for one in told[CALLUM]
        if any(label["code"] == "sealed" for label in one["meta"].get("security", ()))
    ]
    assert {one["resourceType"] for one in sealed} == {"Encounter", "DocumentReference"}
    assert all(json.dumps(one).count("2025-11-06") for one in sealed)
    section = next(
        one
        for one in of(told, CALLUM, "Encounter")
        if one["id"] == fixed_id("callum-reeve/section-2")
    )
    assert (section["period"]["start"][:10], section["period"]["end"][:10]) == (
        "2026-06-14",
        "2026-07-02",
    )
    created = [one["created"][:10] for one in of(told, CALLUM, "CarePlan")]
    assert created == ["2025-01-28", "2025-03-10"]
    assert any(start[:10] == "2026-06-13" for start, _ in contacts(told, CALLUM))
    assert values(told, CALLUM, HBA1C) == {"2026-08-25T10:15": 43}


def test_oliver_and_what_helps_him(told: Told) -> None:
    flags = {
        one["code"]["coding"][0]["display"]: one["period"]["start"][:10]
        for one in of(told, OLIVER, "Flag")
    }
    for name in (
        "Requires information in Easyread",
        "Requires extended appointment",
        "Requires carer to be present at encounters",
        "Needle phobia",
    ):
        assert flags[name] == "2023-02-20"
    starts = [start[:10] for start, _ in contacts(told, OLIVER)]
    assert "2026-04-29" in starts
    assert "2026-07-08" in starts
    assert "best interests" in texts(told, OLIVER)


def test_margaret_died_at_home(told: Told) -> None:
    patient = told[MARGARET][0]
    assert patient["deceasedDateTime"] == "2026-10-09T07:15:00+01:00"
    plans = {one["created"][:10]: one["status"] for one in of(told, MARGARET, "CarePlan")}
    assert plans == {"2026-08-06": "revoked", "2026-09-22": "completed"}
    injections = [
        one
        for one in of(told, MARGARET, "MedicationRequest")
        if one["authoredOn"][:10] == "2026-09-24"
    ]
    assert len(injections) == 4
    assert problems(told, MARGARET)["On palliative care register"] == "2026-08-07"
    assert any(
        start[:10] == "2026-10-02" and "111" in why for start, why in contacts(told, MARGARET)
    )
    clinical = [
        one
        for one in told[MARGARET]
        if one["resourceType"] in ("Observation", "MedicationRequest", "Condition", "Immunization")
    ]
    for one in clinical:
        for element in ("effectiveDateTime", "authoredOn", "recordedDate", "occurrenceDateTime"):
            assert one.get(element, "")[:10] <= "2026-10-09"
    access = of(told, MARGARET, "RelatedPerson")[0]["period"]["end"]
    assert access == "2026-11-08"
    assert not [one for one in of(told, MARGARET, "MedicationRequest") if one["status"] == "active"]


@pytest.mark.parametrize("number", sorted(set(BORN) - {TOMASZ, THOMAS}))
def test_nobody_takes_what_they_are_allergic_to(told: Told, number: str) -> None:
    """But Tomasz, whose story is that he was given it."""
    if "Penicillin" not in json.dumps(of(told, number, "AllergyIntolerance")):
        return
    names = [
        one["medicationCodeableConcept"]["coding"][0]["display"]
        for one in of(told, number, "MedicationRequest")
    ]
    assert not [name for name in names if name.startswith(("Amoxicillin", "Flucloxacillin"))]
