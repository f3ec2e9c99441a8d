"""Lives hang together: the invariants of the region's parameters, on a sample of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from statistics import median
from typing import Any

from bevan.fhir.codes import table
from bevan.fhir.subject import who
from bevan.fhir.validation import Validator
from bevan.synthetic.calendar import ISO, TODAY, YEAR
from bevan.synthetic.ground import Region
from bevan.synthetic.lives import life
from bevan.synthetic.person import HISTORY_YEARS, make
from bevan.synthetic.regimens import REGIMENS
from bevan.synthetic.risks import BY_NAME

from .conftest import Life, Resource

CLINICAL = (
    "http://snomed.info/sct",
    "https://dmd.nhs.uk",
    "http://loinc.org",
    "http://fhir.hl7.org.uk/CodeSystem/OPCS-4",
)
FUTURE = ("Appointment",)


def dates(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, day) of every date and dateTime in a resource."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from dates(child, f"{path}.{key}")
    elif isinstance(value, list):
        for child in value:
            yield from dates(child, path)
    elif isinstance(value, str) and len(value) >= 10 and value[4:5] == value[7:8] == "-":
        try:
            yield path, date.fromisoformat(value[:10]).isoformat()
        except ValueError:
            return


def codings(value: Any) -> Iterator[dict[str, str]]:
    """Every coding in a resource."""
    if isinstance(value, dict):
        if "system" in value and "code" in value and "value" not in value:
            yield value
        for child in value.values():
            yield from codings(child)
    elif isinstance(value, list):
        for child in value:
            yield from codings(child)


def first_code(resource: Resource, element: str = "code") -> str:
    """The first code of a CodeableConcept."""
    return str(resource[element]["coding"][0]["code"])


def test_everything_is_valid_r4(lives: list[Life], validator: Validator) -> None:
    for one in lives:
        for resource in one.resources:
            assert validator.valid(resource) or validator.issues(resource) == [], resource


def test_everything_is_about_its_person_and_nobody_else(lives: list[Life]) -> None:
    for one in lives:
        for resource in one.resources:
            about = who(resource)
            assert about.people == (one.person.identifier,), resource


def test_nothing_before_birth(lives: list[Life]) -> None:
    for one in lives:
        born = ISO[one.person.born]
        for resource in one.resources:
            for path, day in dates(resource):
                assert day >= born, (path, day, born, resource)


def test_nothing_clinical_after_death_or_today(lives: list[Life]) -> None:
    assert any(one.person.who.died for one in lives)
    for one in lives:
        last = ISO[one.person.end]
        for resource in one.resources:
            if resource["resourceType"] in FUTURE and resource["status"] == "booked":
                assert one.person.who.died is None
                continue
            for path, day in dates(resource):
                administrative = path.startswith(".extension") or (
                    resource["resourceType"] == "CarePlan" and path == ".period.end"
                )
                assert day <= last or administrative, (path, day, last, resource)


def test_patient_comes_first_and_ids_are_distinct(lives: list[Life]) -> None:
    seen = Counter(f"{r['resourceType']}/{r['id']}" for one in lives for r in one.resources)
    assert seen.most_common(1)[0][1] == 1
    for one in lives:
        assert one.resources[0]["resourceType"] == "Patient"
        assert one.resources[0]["id"] == one.person.identifier
        assert len(one.of("Patient")) == 1


def test_local_references_lead_somewhere(lives: list[Life], region: Region) -> None:
    places = {f"Organization/{one.id}" for one in region.places.every}
    staff = {f"Practitioner/{w.id}" for team in region.staff.values() for w in team}
    for one in lives:
        own = {f"{r['resourceType']}/{r['id']}" for r in one.resources} | places | staff
        for resource in one.resources:
            for reference in references(resource):
                assert reference in own or reference.startswith("Location/"), reference


def references(value: Any) -> Iterator[str]:
    """Every reference in a resource."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for child in value.values():
            yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def test_sources_are_known_and_entries_name_them(lives: list[Life], region: Region) -> None:
    known = {source.uri for source in region.sources()}
    used = Counter(r["meta"]["source"] for one in lives for r in one.resources)
    assert set(used) <= known
    kinds = {s.kind for s in region.sources() if s.uri in used}
    assert {"gp", "acute", "pharmacy", "community"} <= kinds


def test_codes_come_from_the_table_with_their_display(lives: list[Life]) -> None:
    ours = {(one.system, one.code): one.display for one in table().values()}
    several: dict[tuple[str, str], set[str]] = {}
    for one in table().values():
        several.setdefault((one.system, one.code), set()).add(one.display)
    for one in lives:
        for resource in one.resources:
            for coding in codings(resource):
                pair = (coding["system"], coding["code"])
                if coding["system"] in CLINICAL or "UKCore" in coding["system"]:
                    assert pair in ours, coding
                    if "display" in coding:
                        assert coding["display"] in several[pair], coding


def test_sex_fits_what_people_have(lives: list[Life]) -> None:
    male = {"399068003", "266569009"}
    female = {"363443007", "77386006", "254837009"}
    for one in lives:
        never = male if one.person.female else female
        assert not [c for c in one.of("Condition") if first_code(c) in never]


def test_a_result_has_a_request_and_a_specimen_taken_before_it(lives: list[Life]) -> None:
    results = 0
    for one in lives:
        by_id = {f"{r['resourceType']}/{r['id']}": r for r in one.resources}
        for report in one.of("DiagnosticReport"):
            request = by_id[report["basedOn"][0]["reference"]]
            assert request["authoredOn"] < report["effectiveDateTime"] or (
                moment(request["authoredOn"]) <= moment(report["effectiveDateTime"])
            )
            assert moment(report["effectiveDateTime"]) < moment(report["issued"])
            for part in report.get("result", ()):
                results += 1
                value = by_id[part["reference"]]
                assert value["basedOn"] == report["basedOn"]
                assert value["issued"] == report["issued"]
                assert "referenceRange" in value or "valueQuantity" in value
                if "specimen" in value:
                    taken = by_id[value["specimen"]["reference"]]["collection"]
                    assert moment(request["authoredOn"]) <= moment(taken["collectedDateTime"])
                    assert moment(taken["collectedDateTime"]) < moment(value["issued"])
    assert results > 1000


def moment(text: str) -> datetime:
    """A dateTime with its offset."""
    return datetime.fromisoformat(text)


def test_a_discharge_has_an_admission_before_it(lives: list[Life]) -> None:
    stays = 0
    for one in lives:
        for contact in one.of("Encounter"):
            period = contact["period"]
            if "end" in period:
                assert moment(period["start"]) <= moment(period["end"]), contact
            if "dischargeDisposition" in contact.get("hospitalization", {}):
                stays += 1
                assert contact["class"]["code"] in ("IMP", "SS")
                urls = [e["url"] for e in contact["hospitalization"]["extension"]]
                assert any(url.endswith("AdmissionMethod") for url in urls)
    assert stays > 20


def test_discharge_summaries_belong_to_a_stay(lives: list[Life]) -> None:
    found = 0
    for one in lives:
        by_id = {f"Encounter/{r['id']}": r for r in one.of("Encounter")}
        for paper in one.of("DocumentReference"):
            if first_code(paper, "type") == "373942005":
                found += 1
                stay = by_id[paper["context"]["encounter"][0]["reference"]]
                assert "hospitalization" in stay
                assert moment(stay["period"]["start"]) <= moment(paper["date"])
    assert found > 20


def test_long_term_medicines_follow_their_diagnosis(lives: list[Life]) -> None:
    checked = 0
    for one in lives:
        by_id = {f"Condition/{r['id']}": r for r in one.of("Condition")}
        for order in one.of("MedicationRequest"):
            for reason in order.get("reasonReference", ()):
                checked += 1
                onset = by_id[reason["reference"]]["onsetDateTime"]
                assert onset <= order["authoredOn"][:10], order
    assert checked > 200


def test_allergies_rule_out_what_they_name(lives: list[Life]) -> None:
    penicillins = ("amoxicillin", "flucloxacillin", "phenoxymethylpenicillin", "co-amoxiclav")
    allergic = [one for one in lives if "penicillin" in one.person.allergic]
    assert allergic
    for one in allergic:
        for order in one.of("MedicationRequest"):
            name = order["medicationCodeableConcept"]["coding"][0]["display"].lower()
            assert not name.startswith(penicillins), name


def test_no_known_allergy_only_where_there_is_none(lives: list[Life]) -> None:
    stated = 0
    for one in lives:
        codes = [first_code(a) for a in one.of("AllergyIntolerance")]
        if "716186003" in codes:
            stated += 1
            assert codes == ["716186003"]
    assert stated > 10


def test_hospital_repeats_some_allergies_of_the_practice(region: Region) -> None:
    twice = 0
    for index in range(400, 700):
        person = make(region, index)
        if not person.onset:
            continue
        keys = Counter()
        for line in life(person):
            if line.startswith(b'{"resourceType":"AllergyIntolerance"'):
                keys[line[line.index(b'"code":{"coding"') :][:120]] += 1
        twice += any(count > 1 for count in keys.values())
        if twice > 3:
            break
    assert twice > 3


def test_metformin_stops_with_the_kidneys(lives: list[Life]) -> None:
    """Metformin is never current with an eGFR that stays under 30."""
    for one in lives:
        rates = sorted(
            (r["effectiveDateTime"], r["valueQuantity"]["value"])
            for r in one.of("Observation")
            if first_code(r) == "1011481000000105"
        )
        if len(rates) < 3 or max(value for _, value in rates[-3:]) >= 30:
            continue
        current = [o for o in one.of("MedicationRequest") if o["status"] == "active"]
        assert not [
            "x"
            for o in current
            if "Metformin" in o["medicationCodeableConcept"]["coding"][0]["display"]
        ]


def test_creatinine_is_the_inverse_of_egfr(lives: list[Life]) -> None:
    checked = 0
    for one in lives:
        by_time: dict[str, dict[str, float]] = {}
        for value in one.of("Observation"):
            code = first_code(value)
            if code in ("1000731000000107", "1011481000000105"):
                by_time.setdefault(value["effectiveDateTime"], {})[code] = value["valueQuantity"][
                    "value"
                ]
        for pair in by_time.values():
            creatinine, egfr = pair["1000731000000107"], pair["1011481000000105"]
            if egfr < 45:
                checked += 1
                assert creatinine > 75
            if egfr > 95:
                assert creatinine < 110
    assert checked > 5


def test_children_have_no_news2_and_no_adult_tablets(region: Region) -> None:
    seen = 0
    for index in range(300):
        person = make(region, index)
        if person.traits.age >= 11:
            continue
        seen += 1
        for line in life(person):
            assert b"1104051000000101" not in line
            if line.startswith(b'{"resourceType":"MedicationRequest"'):
                assert b"500mg capsules" not in line
                assert b"Naproxen" not in line
    assert seen > 20


def test_courses_have_a_category_and_never_allow_substitution_unsaid(lives: list[Life]) -> None:
    for one in lives:
        for order in one.of("MedicationRequest"):
            assert order["substitution"] == {"allowedBoolean": False}
            assert order["dosageInstruction"][0]["text"]
            assert order["status"] in ("active", "completed", "stopped")
            if order["status"] == "stopped":
                assert order["statusReason"]["text"]


def test_dispensing_follows_its_prescription(lives: list[Life]) -> None:
    found = 0
    for one in lives:
        by_id = {f"MedicationRequest/{r['id']}": r for r in one.of("MedicationRequest")}
        for supply in one.of("MedicationDispense"):
            found += 1
            order = by_id[supply["authorizingPrescription"][0]["reference"]]
            assert order["authoredOn"][:10] <= supply["whenHandedOver"][:10]
            assert order["medicationCodeableConcept"] == supply["medicationCodeableConcept"]
    assert found > 100


def test_every_condition_with_a_regimen_is_a_condition_of_the_region() -> None:
    assert set(REGIMENS) - {"child-asthma"} <= set(BY_NAME)


def test_the_middle_adult_has_three_hundred_resources(lives: list[Life]) -> None:
    adults = [
        len(one.resources)
        for one in lives
        if one.person.traits.age >= 18 and one.person.who.died is None
    ]
    assert median(adults) >= 300


def test_mean_size_is_that_of_a_real_resource(region: Region) -> None:
    lines = [line for index in range(20) for line in life(make(region, index))]
    assert 1000 < sum(map(len, lines)) / len(lines) < 1400


def test_histories_reach_back_as_far_as_systems_do(lives: list[Life]) -> None:
    first = ISO[TODAY - int(HISTORY_YEARS * YEAR) - 1]
    for one in lives:
        for contact in one.of("Encounter"):
            assert contact["period"]["start"][:10] >= first


def test_people_who_ran_out_of_numbers_carry_a_made_up_one(region: Region) -> None:
    person = make(region, 2_000_000)
    patient = life(person)[0]
    assert b'nhs-number"' not in patient
    assert b'"value":"MADE-UP-0002000000"' in patient
