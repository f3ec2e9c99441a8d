"""Typed values, type by type of search parameter and of FHIR."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bevan.fhir.extraction import (
    CompositeValue,
    DateValue,
    Extractor,
    NumberValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
)
from bevan.fhir.extraction.dates import EARLIEST, LATEST

UCUM = "http://unitsofmeasure.org"
INFINITY = Decimal("Infinity")
HOUR = 3_600_000_000


def values(extractor: Extractor, code: str, resource: dict[str, Any]) -> list[Any]:
    return extractor.values(resource, resource["resourceType"], code)


def observation(**given: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", **given}


def test_tokens(extractor: Extractor) -> None:
    concept = {"coding": [{"system": "s", "code": "c", "display": "d"}, {"code": "e"}], "text": "t"}
    assert values(extractor, "code", observation(code=concept)) == [
        TokenValue("s", "c", "d"),
        TokenValue(None, "e", None),
        TokenValue(None, None, "t"),
    ]
    assert values(extractor, "status", observation(status="final")) == [
        TokenValue("http://hl7.org/fhir/observation-status", "final")
    ]
    identifier = {"value": "1", "type": {"text": "MRN", "coding": [{"system": "s", "code": "MR"}]}}
    assert values(extractor, "identifier", observation(identifier=[identifier])) == [
        TokenValue(None, "1", "MRN", (("s", "MR"),))
    ]
    patient = {"resourceType": "Patient", "active": True, "telecom": [{"value": "1"}, {}]}
    assert values(extractor, "active", patient) == [TokenValue(None, "true")]
    assert values(extractor, "telecom", patient) == [TokenValue(None, "1"), TokenValue(None, None)]
    assert values(extractor, "deceased", patient) == [TokenValue(None, "false")]
    tagged = observation(meta={"tag": [{"code": "x"}]})
    assert values(extractor, "_tag", tagged) == [TokenValue(None, "x")]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"reference": "Patient/1"}, ReferenceValue("Patient", "1", None)),
        ({"reference": "Patient/1/_history/2"}, ReferenceValue("Patient", "1", None, "2")),
        (
            {"reference": "https://x.example/fhir/Patient/1/_history/2"},
            ReferenceValue("Patient", None, "https://x.example/fhir/Patient/1", "2"),
        ),
        ({"reference": "urn:uuid:1"}, ReferenceValue(None, None, "urn:uuid:1")),
        ({"reference": "#x", "display": "d"}, ReferenceValue(None, None, None, text="d")),
        (
            {"type": "Patient", "identifier": {"system": "s", "value": "v"}},
            ReferenceValue("Patient", None, None, identifier=TokenValue("s", "v")),
        ),
    ],
)
def test_references(
    extractor: Extractor, reference: dict[str, Any], expected: ReferenceValue
) -> None:
    assert values(extractor, "subject", observation(subject=reference)) == [expected]


def test_canonicals(extractor: Extractor) -> None:
    answers = {"resourceType": "QuestionnaireResponse", "questionnaire": "http://x/Q|2"}
    assert values(extractor, "questionnaire", answers) == [
        ReferenceValue(None, None, "http://x/Q", "2")
    ]
    profiled = observation(meta={"profile": ["http://x/P|1", "http://x/Q"]})
    assert values(extractor, "_profile", profiled) == [
        UriValue("http://x/P", "1"),
        UriValue("http://x/Q"),
    ]
    assert values(extractor, "_source", observation(meta={"source": "urn:x|y"})) == [
        UriValue("urn:x|y")
    ]


@pytest.mark.parametrize(
    ("given", "low", "hours"),
    [
        ({"effectiveDateTime": "2026-07-01"}, 1_782_860_400, 24),
        ({"effectiveDateTime": "2026-03-29"}, 1_774_742_400, 23),
        ({"effectiveDateTime": "2026-01"}, 1_767_225_600, 31 * 24),
        ({"effectiveInstant": "2026-01-01T01:00:00+01:00"}, 1_767_225_600, 1 / 3600),
    ],
)
def test_partial_dates_are_in_london(
    extractor: Extractor, given: dict[str, Any], low: int, hours: float
) -> None:
    start = low * 1_000_000
    expected = [DateValue(start, start + round(hours * HOUR))]
    assert values(extractor, "date", observation(**given)) == expected


def test_fractions_of_a_second(extractor: Extractor) -> None:
    at = 1_767_225_600_000_000
    for text, low, length in [
        ("2026-01-01T00:00:00.5Z", 500_000, 100_000),
        ("2026-01-01T00:00:00.123Z", 123_000, 1_000),
        ("2026-01-01T01:00:00.123456789+01:00", 123_456, 1),
        ("2025-12-31T23:00:00.1234567890123-01:00", 123_456, 1),
        ("2025-12-31T23:59:60Z", -1_000_000, 1_000_000),
    ]:
        expected = [DateValue(at + low, at + low + length)]
        assert values(extractor, "date", observation(effectiveInstant=text)) == expected, text


def test_periods_and_schedules(extractor: Extractor) -> None:
    start, end = "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"
    low = 1_767_225_600_000_000
    high = low + HOUR + 1_000_000
    for period, expected in [
        ({"start": start, "end": end}, [DateValue(low, high)]),
        ({"start": start}, [DateValue(low, LATEST)]),
        ({"end": end}, [DateValue(EARLIEST, high)]),
        ({}, []),
    ]:
        assert values(extractor, "date", observation(effectivePeriod=period)) == expected
    for timing, expected in [
        ({"event": [end, start, None]}, [DateValue(low, high)]),
        ({"event": [start], "repeat": {"boundsPeriod": {"end": end}}}, [DateValue(EARLIEST, high)]),
        ({"repeat": {"boundsDuration": {"value": 1}}}, []),
    ]:
        assert values(extractor, "date", observation(effectiveTiming=timing)) == expected


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        (Decimal("5.40"), "5.395", "5.405"),
        (Decimal("5.4"), "5.35", "5.45"),
        (100, "99.5", "100.5"),
        (Decimal("1e2"), "95", "105"),
        (Decimal("-0.5"), "-0.55", "-0.45"),
        (0, "-0.5", "0.5"),
    ],
)
def test_numbers_cover_what_they_were_rounded_from(
    extractor: Extractor, value: Any, low: str, high: str
) -> None:
    risk = {"resourceType": "RiskAssessment", "prediction": [{"probabilityDecimal": value}]}
    [found] = values(extractor, "probability", risk)
    assert found == NumberValue(Decimal(value), Decimal(low), Decimal(high))


def test_a_range_of_numbers(extractor: Extractor) -> None:
    risk = {
        "resourceType": "RiskAssessment",
        "prediction": [{"probabilityRange": {"low": {"value": 1}, "high": {"value": 2}}}],
    }
    [found] = values(extractor, "probability", risk)
    assert (found.low, found.high) == (Decimal("0.5"), Decimal("2.5"))


@pytest.mark.parametrize(
    ("comparator", "low", "high"),
    [
        (None, Decimal("4.5"), Decimal("5.5")),
        ("<", -INFINITY, Decimal(5)),
        ("<=", -INFINITY, Decimal(5)),
        (">", Decimal(5), INFINITY),
        (">=", Decimal(5), INFINITY),
    ],
)
def test_quantities(
    extractor: Extractor, comparator: str | None, low: Decimal, high: Decimal
) -> None:
    quantity = {"value": 5, "system": UCUM, "code": "mg", "unit": "milligram"}
    if comparator:
        quantity["comparator"] = comparator
    resource = observation(valueQuantity=quantity)
    assert values(extractor, "value-quantity", resource) == [
        QuantityValue(Decimal(5), low, high, UCUM, "mg", "milligram")
    ]
    index = extractor.extract(resource)
    assert index.numbers == [(extractor.hash("value-quantity"), float(low), float(high))]


def test_a_quantity_without_a_number_has_no_value(extractor: Extractor) -> None:
    resource = observation(valueQuantity={"unit": "mg"})
    assert values(extractor, "value-quantity", resource) == []
    assert extractor.extract(resource).numbers == []


def test_other_shapes_of_quantity(extractor: Extractor) -> None:
    condition = {"resourceType": "Condition", "onsetRange": {"low": {"value": 40, "code": "a"}}}
    assert values(extractor, "onset-age", condition) == [
        QuantityValue(None, Decimal("39.5"), INFINITY, None, "a", None)
    ]
    aged = {"resourceType": "Condition", "onsetAge": {"value": 40, "unit": "years"}}
    assert [v.unit for v in values(extractor, "onset-age", aged)] == ["years"]
    assert values(extractor, "onset-age", {"resourceType": "Condition", "onsetRange": {}}) == []
    invoice = {"resourceType": "Invoice", "totalNet": {"value": 7, "currency": "GBP"}}
    [money] = values(extractor, "totalnet", invoice)
    assert (money.system, money.code) == ("urn:iso:std:iso:4217", "GBP")


def test_samples_reach_from_least_to_greatest(extractor: Extractor) -> None:
    sampled = {
        "origin": {"value": 10, "code": "mV"},
        "factor": Decimal("0.5"),
        "data": "2 E 8 -4 U",
    }
    [found] = values(extractor, "value-quantity", observation(valueSampledData=sampled))
    assert (found.low, found.high, found.code) == (Decimal("7.95"), Decimal("14.05"), "mV")
    empty = {"origin": {"value": 0}, "data": "E"}
    assert values(extractor, "value-quantity", observation(valueSampledData=empty)) == []


def test_strings(extractor: Extractor) -> None:
    name = {"text": "Dr Zoë", "family": "Ö", "given": ["Zoë"], "prefix": ["Dr"], "suffix": ["MBE"]}
    patient = {"resourceType": "Patient", "name": [name]}
    assert values(extractor, "name", patient) == [
        StringValue(text) for text in ("Dr Zoë", "Ö", "Zoë", "Dr", "MBE")
    ]
    assert values(extractor, "phonetic", patient) == values(extractor, "name", patient)
    address = {"line": ["1"], "postalCode": "YO1", "use": "home"}
    housed = {"resourceType": "Patient", "address": [address]}
    assert values(extractor, "address", housed) == [StringValue("YO1"), StringValue("1")]


def test_composites_keep_the_parts_of_one_element_together(extractor: Extractor) -> None:
    resource = observation(
        component=[
            {"code": {"coding": [{"code": "a"}]}, "valueQuantity": {"value": 1}},
            {"code": {"coding": [{"code": "b"}]}, "valueQuantity": {"value": 2}},
            {"code": {"coding": [{"code": "c"}]}},
        ]
    )
    found = values(extractor, "component-code-value-quantity", resource)
    assert [(v.parts[0][0].code, v.parts[1][0].value) for v in found] == [
        ("a", Decimal(1)),
        ("b", Decimal(2)),
    ]
    assert all(isinstance(value, CompositeValue) for value in found)
    dated = observation(code={"coding": [{"code": "x"}]}, valueDateTime="2026-01-01")
    [composite] = values(extractor, "code-value-date", dated)
    assert isinstance(composite.parts[1][0], DateValue)


def test_components_may_look_at_the_whole_resource(extractor: Extractor) -> None:
    sequence = {
        "resourceType": "MolecularSequence",
        "referenceSeq": {
            "chromosome": {"coding": [{"code": "7"}]},
            "referenceSeqId": {"coding": [{"code": "NC_7"}]},
        },
        "variant": [{"start": 5, "end": 9}],
    }
    for code in ("chromosome-variant-coordinate", "referenceseqid-variant-coordinate"):
        [found] = values(extractor, code, sequence)
        assert [len(part) for part in found.parts] == [1, 1, 1]


def test_a_wider_parameter_reads_all_its_places(extractor: Extractor) -> None:
    resource = observation(
        code={"coding": [{"code": "panel"}]},
        component=[{"code": {"coding": [{"code": "part"}]}}],
    )
    codes = [value.code for value in values(extractor, "combo-code", resource)]
    assert sorted(codes) == ["panel", "part"]
