"""The shapes of the record, and NEWS2 by the published examples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bevan.fhir.validation import Validator
from bevan.synthetic.calendar import day
from bevan.synthetic.draws import chance
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.chart import Chart, concept, measures, observed, quote
from bevan.synthetic.shapes.laboratory import Ordered, Result, report
from bevan.synthetic.shapes.measurement import (
    Signs,
    Taken,
    average_pressure,
    news2_parts,
    signs_set,
    vital,
)
from bevan.synthetic.shapes.medicine import Course, products, request
from bevan.synthetic.shapes.problem import allergy

WORKED = (
    (Signs(16, 97, False, 122, 72, "A", 36.8), (0, 0, 0, 0, 0, 0, 0)),
    (Signs(21, 94, False, 108, 95, "A", 38.4), (2, 1, 0, 1, 1, 0, 1)),
    (Signs(16, 97, False, 122, 72, "C", 36.8), (0, 0, 0, 0, 0, 3, 0)),
    (Signs(25, 91, True, 88, 131, "V", 39.1), (3, 3, 2, 3, 3, 3, 2)),
    (Signs(18, 90, False, 130, 80, "A", 37.0), (0, 3, 0, 0, 0, 0, 0)),
    (Signs(18, 90, False, 130, 80, "A", 37.0, 2), (0, 0, 0, 0, 0, 0, 0)),
    (Signs(18, 95, True, 130, 80, "A", 37.0, 2), (0, 2, 2, 0, 0, 0, 0)),
    (Signs(18, 95, False, 130, 80, "A", 37.0, 2), (0, 0, 0, 0, 0, 0, 0)),
    (Signs(18, 97, True, 130, 80, "A", 37.0, 2), (0, 3, 2, 0, 0, 0, 0)),
    (Signs(22, 93, True, 105, 112, "A", 38.1), (2, 2, 2, 1, 2, 0, 1)),
    (Signs(24, 96, False, 100, 50, "A", 36.0), (2, 0, 0, 2, 1, 0, 1)),
    (Signs(8, 91, True, 90, 40, "U", 35.0), (3, 3, 2, 3, 3, 3, 3)),
)


@pytest.fixture
def chart() -> Chart:
    """An empty chart."""
    return Chart(chance("shapes"))


@pytest.mark.parametrize(("signs", "points"), WORKED)
def test_news2_by_the_worked_examples(signs: Signs, points: tuple[int, ...]) -> None:
    assert tuple(value for _, value in news2_parts(signs)) == points


def test_exactly_one_oxygen_scale_is_sent(chart: Chart, region: Region) -> None:
    taken = Taken(day("2026-11-24"), 631, region.place("hospital-at-home"))
    assert signs_set(chart, taken, Signs(24, 85, False, 118, 108, "A", 38.2, 2)) == 6
    total = json.loads(chart.out[-1])
    codes = [part["code"]["coding"][0]["code"] for part in total["component"]]
    assert "1104321000000108" in codes
    assert "1104311000000102" not in codes
    assert total["valueQuantity"]["code"] == "{ScoreOf}"
    assert len(chart.out) == 8


def test_vital_signs_carry_both_codes(chart: Chart, region: Region, validator: Validator) -> None:
    signs_set(
        chart,
        Taken(day("2026-11-24"), 631, region.place("hospital-at-home")),
        Signs(16, 97, False, 122, 72, "A", 36.8),
    )
    for line in chart.out:
        one = json.loads(line)
        assert validator.issues(one) == []
        if "VitalSigns" in one["meta"]["profile"][0]:
            systems = {coding["system"] for coding in one["code"]["coding"]}
            assert systems == {"http://snomed.info/sct", "http://loinc.org"}


def test_laboratory_values_carry_both_generations_of_codes() -> None:
    codes = json.loads(observed("observable.serum-potassium-level"))["coding"]
    assert [one["code"] for one in codes] == ["1000651000000109", "1107761000000109", "2823-3"]


@pytest.mark.parametrize(
    ("value", "female", "meaning"),
    [
        (118, True, "H"),
        (100, False, "N"),
        (40, True, "L"),
        (84, True, "N"),
        (110, False, "H"),
    ],
)
def test_ranges_depend_on_sex(
    chart: Chart, region: Region, value: float, female: bool, meaning: str
) -> None:
    surgery = region.place("mill-lane-surgery")
    ordered = Ordered(
        day("2026-10-03"),
        550,
        surgery,
        region.worker("leila-haddad"),
        region.place("thornbeck-pathology"),
    )
    report(
        chart,
        ordered,
        "observable.urea-and-electrolytes",
        (Result("serum-creatinine-level", value),),
        female=female,
    )
    found = next(
        one for line in chart.out if (one := json.loads(line))["resourceType"] == "Observation"
    )
    assert found["interpretation"][0]["coding"][0]["code"] == meaning
    assert found["referenceRange"][0]["high"]["value"] == (84 if female else 104)
    kinds = [json.loads(line)["resourceType"] for line in chart.out]
    assert kinds == ["ServiceRequest", "Specimen", "Observation", "DiagnosticReport"]


def test_no_known_allergy_says_so_without_a_category(
    chart: Chart, region: Region, validator: Validator
) -> None:
    allergy(chart, region.place("mill-lane-surgery"), "allergy.no-known-allergy", day("2026-10-03"))
    one = json.loads(chart.out[0])
    assert validator.issues(one) == []
    assert "category" not in one
    assert "reaction" not in one


def test_a_course_that_goes_on_is_active_and_one_that_ended_is_not(
    chart: Chart, region: Region, validator: Validator
) -> None:
    surgery, doctor = region.place("mill-lane-surgery"), region.worker("leila-haddad")
    request(chart, surgery, doctor, Course("ramipril-5mg-capsules", day("2020-01-06")))
    request(
        chart,
        surgery,
        doctor,
        Course("ramipril-5mg-capsules", day("2020-01-06"), day("2021-01-06")),
    )
    states = []
    for line in chart.out:
        one = json.loads(line)
        assert validator.issues(one) == []
        states.append((one["status"], one["dispenseRequest"]["validityPeriod"].get("end")))
    assert states == [("active", None), ("completed", "2021-01-06")]


def test_every_medicine_has_words_for_its_dose() -> None:
    assert len(products()) > 200
    for name, product in products().items():
        assert product.text, name


def test_measures_know_their_unit() -> None:
    assert '"code":"mmol/mol"' in measures()["hba1c"].unit
    assert measures()["serum-potassium-level"].decimals == 1


def test_text_is_quoted(chart: Chart, region: Region) -> None:
    awkward = 'She said "no" \\ then\nleft — \u2028'
    allergy(
        chart,
        region.place("mill-lane-surgery"),
        "allergen.penicillin",
        day("2026-10-03"),
        note=awkward,
        text=awkward,
    )
    one = json.loads(chart.out[0])
    assert one["note"][0]["text"] == awkward
    assert json.loads(quote(awkward)) == awkward
    assert json.loads(concept("problem.asthma", awkward))["text"] == awkward


@pytest.mark.shared
def test_vital_signs_say_what_uk_core_fixes(chart: Chart, region: Region, shared: Path) -> None:
    taken = Taken(day("2026-11-24"), 631, region.place("mill-lane-surgery"))
    signs_set(chart, taken, Signs(16, 97, False, 122, 72, "A", 36.8))
    vital(chart, taken, "body-weight", 71.4)
    average_pressure(chart, taken, 131, 78)
    checked = 0
    for line in chart.out:
        one = json.loads(line)
        name = one["meta"]["profile"][0].rsplit("/", 1)[1]
        file = shared / f"data/ukcore/json/structuredefinitions/{name}.json"
        for element in json.loads(file.read_bytes())["differential"]["element"]:
            if element["id"] == "Observation.value[x].unit":
                checked += 1
                assert one["valueQuantity"]["unit"] == element["fixedString"], name
            if element["id"].endswith("component:SystolicBP.value[x].unit"):
                checked += 1
                assert one["component"][0]["valueQuantity"]["unit"] == element["fixedString"]
            if element["id"].endswith("component:SystolicBP.code.text"):
                checked += 1
                assert one["component"][0]["code"]["text"] == element["fixedString"]
    assert checked >= 8
