"""What the record's indexes hold of a resource."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction import Extractor, TokenValue
from bevan.fhir.extraction.strings import CHUNK, OVERLAP
from bevan.fhir.json import decode
from bevan.fhir.parameters import Registry
from tests.fhir.extraction.indexed import LOINC, OBSERVATION, all_of, names

SECOND = 1_000_000


def test_an_observation(extractor: Extractor) -> None:
    index = extractor.extract(OBSERVATION)
    expected = [
        "_profile=https://x.example/P|1.0",
        "_profile=https://x.example/P",
        "_tag=a",
        "_tag=urn:t|a",
        "_source=https://gp.example/system",
        "identifier=77",
        "identifier=urn:ids|77",
        "identifier:of-type=urn:types|MR|77",
        "status=final",
        "status=http://hl7.org/fhir/observation-status|final",
        "code=8480-6",
        f"code={LOINC}|8480-6",
        "code=SBP",
        "code=urn:local|SBP",
        "subject=Patient/p1",
        "patient=Patient/p1",
        "performer:identifier=9",
        "performer:identifier=urn:staff|9",
    ]
    assert sorted(index.tokens) == sorted(extractor.hash(text) for text in expected)
    assert index.code == extractor.coded(LOINC, "8480-6")
    assert index.codes == [extractor.coded("urn:local", "SBP")]
    assert (index.low, index.high) == (1_795_512_600 * SECOND, 1_795_512_601 * SECOND)
    assert index.numbers == [
        (extractor.hash("value-quantity"), pytest.approx(5.35), pytest.approx(5.45))
    ]
    assert index.strings == []


def test_present_says_which_parameters_have_a_value(
    extractor: Extractor, registry: Registry
) -> None:
    index = extractor.extract(OBSERVATION)
    present = {
        code
        for code, parameter in registry.of("Observation").items()
        if parameter.number is not None and index.present >> parameter.number & 1
    }
    assert present == {
        "_profile", "_tag", "_source", "identifier", "status", "code", "combo-code", "subject",
        "patient", "performer", "date", "value-quantity", "combo-value-quantity",
    }  # fmt: skip


def test_all_examples_agree_with_their_typed_values(
    extractor: Extractor, registry: Registry, shared: Path
) -> None:
    """`present` and `values` come by two ways and have to say the same."""
    count = 0
    for path in sorted((shared / "data" / "fhir-r4-examples").glob("*.json")):
        resource = decode(path.read_bytes())
        type = resource["resourceType"]
        index = extractor.extract(resource)
        for code, parameter in registry.of(type).items():
            if parameter.number is None:
                continue
            values = extractor.values(resource, type, code)
            present = bool(index.present >> parameter.number & 1)
            assert bool(values) == present, (path.name, code)
            count += present
            if parameter.type == "token" and parameter.index == (code,):
                for value in values:
                    assert isinstance(value, TokenValue)
                    if value.code is not None:
                        text = f"{value.system or ''}|{value.code}"
                        assert extractor.token(code, text) in index.tokens, (path.name, code, text)
    assert count > 3_000


def test_where_filters_are_honoured(extractor: Extractor) -> None:
    patient = {
        "resourceType": "Patient",
        "telecom": [
            {"system": "phone", "value": "1"},
            {"system": "email", "value": "g@x"},
            {"value": "3"},
        ],
    }
    index = extractor.extract(patient)
    found = names(extractor, index, ["phone=1", "phone=g@x", "email=g@x", "phone=3", "telecom=3"])
    assert found == {
        "phone=1": True,
        "phone=g@x": False,
        "email=g@x": True,
        "phone=3": False,
        "telecom=3": True,
    }


@pytest.mark.parametrize(
    ("subject", "patient"),
    [
        ({"reference": "Patient/1"}, True),
        ({"reference": "Patient/1/_history/3"}, True),
        ({"reference": "https://other.example/fhir/Patient/1"}, True),
        ({"reference": "urn:uuid:1", "type": "Patient"}, True),
        ({"type": "Patient", "identifier": {"value": "1"}}, True),
        ({"reference": "Group/1"}, False),
        ({"reference": "urn:uuid:1"}, False),
        ({"identifier": {"value": "1"}}, False),
        ({"reference": "#1"}, False),
        ({"display": "somebody"}, False),
    ],
)
def test_a_reference_counts_for_patient_by_its_type(
    extractor: Extractor, registry: Registry, subject: dict[str, Any], patient: bool
) -> None:
    resource = {"resourceType": "Observation", "subject": subject}
    parameter = registry.find("Observation", "patient")
    assert parameter is not None
    assert parameter.number is not None
    assert bool(extractor.extract(resource).present >> parameter.number & 1) is patient
    assert bool(extractor.values(resource, "Observation", "patient")) is patient


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ({"reference": "Patient/1/_history/2"}, "subject=Patient/1"),
        ({"reference": "https://here.example/fhir/Patient/1"}, "subject=Patient/1"),
        ({"reference": "https://there.example/Patient/1"}, "subject=https://there.example/Patient/1"),
        ({"reference": "urn:uuid:5"}, "subject=urn:uuid:5"),
    ],
)  # fmt: skip
def test_forms_of_references(registry: Registry, reference: dict[str, str], text: str) -> None:
    here = Extractor(registry, bases=("https://here.example/fhir",))
    all_of(here, {"resourceType": "Observation", "subject": reference}, text)


def test_a_reference_with_a_type_isn_t_remembered_for_one_without(extractor: Extractor) -> None:
    typed = {"resourceType": "Flag", "subject": {"reference": "urn:x:1", "type": "Patient"}}
    bare = {"resourceType": "Flag", "subject": {"reference": "urn:x:1"}}
    assert extractor.token("patient", "urn:x:1") in extractor.extract(typed).tokens
    assert extractor.token("patient", "urn:x:1") not in extractor.extract(bare).tokens


def test_combined_parameters_have_no_rows_of_their_own(
    extractor: Extractor, registry: Registry
) -> None:
    combined = registry.find("Observation", "combo-code")
    assert combined is not None
    assert set(combined.index) == {"code", "component-code"}
    index = extractor.extract(OBSERVATION)
    assert extractor.token("combo-code", "8480-6") not in index.tokens
    assert extractor.values(OBSERVATION, "Observation", "combo-code") == extractor.values(
        OBSERVATION, "Observation", "code"
    )


def test_composites_of_two_tokens_are_hashed_in_every_form(extractor: Extractor) -> None:
    coded = {
        "resourceType": "Observation",
        "code": {"coding": [{"system": LOINC, "code": "1"}]},
        "valueCodeableConcept": {"coding": [{"code": "POS"}]},
        "component": [
            {
                "code": {"coding": [{"system": LOINC, "code": "2"}]},
                "valueCodeableConcept": {"coding": [{"system": "urn:v", "code": "NEG"}]},
            }
        ],
    }
    all_of(
        extractor,
        coded,
        "code-value-concept=1$POS",
        "code-value-concept=1$|POS",
        f"code-value-concept={LOINC}|1$POS",
        f"code-value-concept={LOINC}|1$|POS",
        f"component-code-value-concept={LOINC}|2$urn:v|NEG",
    )
    index = extractor.extract(coded)
    assert extractor.token("code-value-concept", "1$NEG") not in index.tokens
    assert extractor.token("code-value-concept", "2$NEG") not in index.tokens


def test_the_death_of_a_patient(extractor: Extractor) -> None:
    """`Patient.deceased.exists() and Patient.deceased != false` is more than a walk."""
    for state, expected in [
        ({}, "false"),
        ({"deceasedBoolean": False}, "false"),
        ({"deceasedBoolean": True}, "true"),
        ({"deceasedDateTime": "2026"}, "true"),
    ]:
        all_of(extractor, {"resourceType": "Patient", **state}, f"deceased={expected}")


def test_the_first_entry_of_a_bundle(extractor: Extractor) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "document",
        "entry": [
            {"resource": {"resourceType": "Composition", "id": "c"}},
            {"resource": {"resourceType": "Patient", "id": "p"}},
        ],
    }
    all_of(extractor, bundle, "composition=Composition/c", "message=Composition/c")
    assert extractor.token("composition", "Patient/p") not in extractor.extract(bundle).tokens
    extractor.extract({"resourceType": "Bundle", "type": "document", "entry": []})
    extractor.extract({"resourceType": "Bundle", "type": "document", "entry": [{}]})


def test_clinical_dates_cover_all_their_values(extractor: Extractor) -> None:
    condition = {
        "resourceType": "Condition",
        "onsetPeriod": {"start": "2020-01-01T00:00:00Z"},
        "recordedDate": "2021-01-01T00:00:00Z",
    }
    index = extractor.extract(condition)
    assert (index.low, index.high) == (1_577_836_800 * SECOND, 253_402_300_800 * SECOND)
    assert index.numbers == [
        (extractor.hash("recorded-date"), 1_609_459_200.0, 1_609_459_201.0)
    ]  # fmt: skip


def test_several_clinical_dates_make_one_stretch(extractor: Extractor) -> None:
    request = {
        "resourceType": "CommunicationRequest",
        "authoredOn": "2020-01-01T00:00:00Z",
    }
    assert extractor.clinical_date("CommunicationRequest") == "authored"
    assert extractor.extract(request).low == 1_577_836_800 * SECOND
    timing = {
        "resourceType": "Procedure",
        "performedPeriod": {"start": "2020-01-01T00:00:00Z", "end": "2020-01-02T00:00:00Z"},
    }
    index = extractor.extract(timing)
    assert (index.low, index.high) == (1_577_836_800 * SECOND, 1_577_923_201 * SECOND)


def test_columns(extractor: Extractor) -> None:
    assert extractor.main_code("Observation") == "code"
    assert extractor.main_code("Immunization") == "vaccine-code"
    assert extractor.main_code("Patient") is None
    assert extractor.clinical_date("Patient") == "birthdate"
    assert extractor.clinical_date("Organization") is None


def test_every_type_can_be_extracted(extractor: Extractor, definitions: Definitions) -> None:
    for type in definitions.resource_types:
        index = extractor.extract({"resourceType": type})
        assert (index.code, index.codes, index.low, index.numbers) == (None, [], None, []), type


def test_names_and_addresses(extractor: Extractor) -> None:
    patient = {
        "resourceType": "Patient",
        "name": [{"family": "  O'Brien ", "given": ["Zoë", None]}],
        "address": [{"line": ["1 The  Street"], "city": "York"}],
    }
    rows = set(extractor.extract(patient).strings)
    hash = extractor.hash
    assert rows == {
        (hash("family"), "o'brien"),
        (hash("given"), "zoe"),
        (hash("name"), "o'brien"),
        (hash("name"), "zoe"),
        (hash("address"), "1 the street"),
        (hash("address"), "york"),
        (hash("address-city"), "york"),
    }


def test_long_texts_are_stored_in_pieces(extractor: Extractor) -> None:
    text = "".join(f"{number:04}" for number in range(1_000))
    media = {"resourceType": "Observation", "valueString": text}
    pieces = [piece for _, piece in extractor.extract(media).strings]
    assert max(map(len, pieces)) == CHUNK
    for start in range(0, len(text) - OVERLAP):
        assert any(text[start : start + OVERLAP] in piece for piece in pieces)


def test_uris_keep_their_case_and_are_kept_whole(extractor: Extractor) -> None:
    value_set = {"resourceType": "ValueSet", "url": "http://X.example/A|b"}
    index = extractor.extract(value_set)
    assert extractor.token("url", "http://X.example/A|b") in index.tokens
    assert extractor.token("url", "http://X.example/A") not in index.tokens
    assert (extractor.hash("url"), "http://X.example/A|b") in index.strings


def test_canonicals_are_found_with_and_without_version(extractor: Extractor) -> None:
    answers = {"resourceType": "QuestionnaireResponse", "questionnaire": "http://x/Q|2"}
    all_of(extractor, answers, "questionnaire=http://x/Q", "questionnaire=http://x/Q|2")


def test_extensions_are_read_by_their_value(extractor: Extractor) -> None:
    url = "http://hl7.org/fhir/StructureDefinition/patient-extensions-Patient-mothersMaidenName"
    patient = {
        "resourceType": "Patient",
        "extension": [{"url": url, "valueString": "Smith"}, {"url": "x", "valueString": "No"}],
    }
    assert extractor.extract(patient).strings == [(extractor.hash("mothersMaidenName"), "smith")]


def test_nulls_are_passed_over(extractor: Extractor) -> None:
    questionnaire = {
        "resourceType": "Questionnaire",
        "subjectType": [None, "Patient"],
        "_subjectType": [{"extension": []}, None],
    }
    all_of(extractor, questionnaire, "subject-type=Patient")


def test_unknown_parameters_are_refused(extractor: Extractor) -> None:
    with pytest.raises(KeyError, match="nonsense"):
        extractor.values(OBSERVATION, "Observation", "nonsense")


def test_what_is_remembered_is_bounded(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("token_leaves", "link_leaves", "range_leaves"):
        monkeypatch.setattr(f"bevan.fhir.extraction.{module}.MEMORY", 2)
    extractor, plain = Extractor(registry), Extractor(registry)
    for number in range(7):
        observation = {
            "resourceType": "Observation",
            "meta": {"profile": [f"urn:{number}"]},
            "code": {"coding": [{"code": str(number)}]},
            "subject": {"reference": f"Patient/{number}"},
            "effectiveDateTime": f"2026-11-0{number + 1}T10:00:00Z",
            "valueQuantity": {"value": number},
        }
        first = extractor.extract(observation)
        assert first == extractor.extract(observation) == plain.extract(observation)
