"""Content decides: the same answer by the long way and by the short one, and for each prefix."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction import DateValue, Extractor, NumberValue, QuantityValue
from bevan.fhir.extraction.quantities import number as stored
from bevan.fhir.parameters import Registry
from bevan.fhir.search import values
from bevan.fhir.search.comparisons import approximate, date_matches, number_matches
from bevan.fhir.search.grammar import parse
from bevan.fhir.search.matching import predicate
from bevan.fhir.search.query import Match
from bevan.fhir.search.shortcuts import places, shortcut

NOW = 1_795_512_600_000_000


def match(registry: Registry, type: str, query: str) -> Match:
    (found,) = parse(registry, type, query).conditions
    assert isinstance(found, Match)
    return found


def holds(extractor: Extractor, resource: dict[str, Any], query: str) -> bool:
    asked = match(extractor.registry, resource["resourceType"], query)
    long = predicate(extractor, asked, NOW)(resource)
    short = shortcut(asked, places(extractor.registry.definitions, asked.parameter))
    assert short is None or short(resource) is long
    return long


OBSERVATION = {
    "resourceType": "Observation",
    "id": "o",
    "meta": {"profile": ["http://p.example/x|1"], "tag": [{"system": "s", "code": "t"}]},
    "identifier": [
        {"system": "s", "value": "1", "type": {"coding": [{"system": "t", "code": "m"}]}}
    ],
    "status": "final",
    "category": [{"coding": [{"system": "c", "code": "v"}]}, {"text": "Vitals"}],
    "code": {"coding": [{"system": "l", "code": "a"}, {"code": "b"}], "text": "Heart rate"},
    "subject": {"reference": "Patient/p", "identifier": {"system": "s", "value": "9"}},
    "effectivePeriod": {"start": "2024-02-10", "end": "2024-02-20"},
    "valueQuantity": {"value": Decimal("5.4"), "unit": "kilo", "system": "u", "code": "kg"},
    "component": [{"code": {"coding": [{"system": "l", "code": "z"}]}, "valueString": "x"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("code=a", True), ("code=l|a", True), ("code=|a", False), ("code=|b", True),
        ("code=b,zz", True), ("code=x", False), ("code=l|", True), ("code=x|", False),
        ("code:not=a", False), ("code:not=x", True), ("code:not=x,a", False),
        ("code:text=heart", True), ("code:text=rate", False), ("category:text=vit", True),
        ("category=c|v", True), ("combo-code=z", True), ("component-code=z", True),
        ("status=final", True), ("status=http://hl7.org/fhir/observation-status|final", True),
        ("identifier=s|1", True), ("identifier=1", True), ("identifier=s|2", False),
        ("identifier:of-type=t|m|1", True), ("identifier:of-type=t|x|1", False),
        ("subject=Patient/p", True), ("subject=p", True), ("subject:Group=p", False),
        ("patient=p", True), ("patient=q", False), ("subject:identifier=s|9", True),
        ("subject:identifier=9", True), ("subject:identifier=t|9", False),
        ("date=2024-02", True), ("date=2024-02-12", False), ("date=gt2024-02-19", True),
        ("value-quantity=5.4", True), ("value-quantity=5.4|u|kg", True),
        ("value-quantity=5.4|x|kg", False), ("value-quantity=5||kilo", True),
        ("value-quantity=5|u|kilo", False), ("value-quantity=gt5.4", False),
        ("code-value-quantity=l|a$5.4", True), ("code-value-quantity=l|x$5.4", False),
        ("encounter:missing=true", True), ("code:missing=true", False),
        ("code:missing=false", True), ("_profile=http://p.example/x", True),
        ("_profile:below=http://p.example", True), ("_tag=s|t", True), ("_tag:not=s|t", False),
        ("data-absent-reason:missing=true", True), ("component-code=l|zz", False),
    ],
)  # fmt: skip
def test_one_resource(extractor: Extractor, query: str, answer: bool) -> None:
    assert holds(extractor, OBSERVATION, query) is answer


CODING = st.fixed_dictionaries(
    {}, optional={"system": st.sampled_from(["l", "s"]), "code": st.sampled_from(["a", "b"])}
)
CONCEPT = st.fixed_dictionaries({}, optional={"coding": st.lists(CODING), "text": st.just("a")})
IDENTIFIER = st.fixed_dictionaries(
    {}, optional={"system": st.sampled_from(["l", "s"]), "value": st.sampled_from(["a", "b"])}
)
RESOURCE = st.fixed_dictionaries(
    {"resourceType": st.just("Observation")},
    optional={
        "code": CONCEPT,
        "category": st.lists(CONCEPT),
        "identifier": st.lists(IDENTIFIER),
        "method": CONCEPT,
    },
)
WANTED = st.lists(
    st.sampled_from(["a", "b", "l|a", "s|a", "|a", "s|b", "zz"]), min_size=1, max_size=3
)


@given(RESOURCE, st.sampled_from(["code", "category", "identifier", "method"]), WANTED)
def test_the_short_way_says_what_the_long_way_says(
    extractor: Extractor, resource: dict[str, Any], name: str, wanted: list[str]
) -> None:
    asked = match(extractor.registry, "Observation", f"{name}={','.join(wanted)}")
    short = shortcut(asked, places(extractor.registry.definitions, asked.parameter))
    assert short is not None
    assert short(resource) is predicate(extractor, asked, NOW)(resource)


@pytest.mark.parametrize(
    "query", ["code:not=a", "code=l|", "status=final", "subject=p", "date=2024"]
)
def test_there_is_no_short_way_for_everything(
    definitions: Definitions, registry: Registry, query: str
) -> None:
    asked = match(registry, "Observation", query)
    assert shortcut(asked, places(definitions, asked.parameter)) is None


SPANS = st.tuples(st.integers(0, 20), st.integers(1, 20)).map(
    lambda t: DateValue(t[0], t[0] + t[1])
)
WHEN = st.tuples(st.integers(0, 20), st.integers(1, 20))


@given(SPANS, WHEN)
def test_prefixes_of_dates_hang_together(found: DateValue, when: tuple[int, int]) -> None:
    low, high = when[0], when[0] + when[1]

    def says(prefix: values.Prefix) -> bool:
        return date_matches(values.Moment(prefix, low, high), found, NOW)

    assert says("ne") is not says("eq")
    assert says("ge") is (says("gt") or says("eq"))
    assert says("le") is (says("lt") or says("eq"))
    assert not says("sa") or says("gt")
    assert not says("eb") or says("lt")
    assert not (says("sa") and says("eb"))
    assert not (says("eq") and (says("gt") or says("lt")))
    assert not says("eq") or says("ap")


NUMBERS = st.decimals(-50, 50, places=2, allow_nan=False)


@given(NUMBERS, NUMBERS)
def test_prefixes_of_numbers_hang_together(held: Decimal, asked: Decimal) -> None:
    def says(prefix: str) -> bool:
        return number_matches(values.number(f"{prefix}{asked:f}"), stored(held))

    assert says("ne") is not says("eq")
    assert says("gt") is (held > asked) and says("sa") is says("gt")
    assert says("lt") is (held < asked) and says("eb") is says("lt")
    assert says("ge") is not says("lt")
    assert says("le") is not says("gt")
    assert not says("eq") or says("ap")
    assert (held == asked) <= says("eq")


def test_a_value_that_is_a_range(extractor: Extractor) -> None:
    found = QuantityValue(None, Decimal(2), Decimal(8), None, None, None)
    for text, answer in (
        ("5", False), ("1e1", False), ("ne5", True), ("gt7", True), ("gt8", False), ("lt3", True),
        ("lt2", False), ("le2", True), ("ge7.9", True), ("sa1", True), ("sa2", False),
        ("eb8", True), ("eb7", False), ("ap5", True), ("ap20", False),
    ):  # fmt: skip
        assert number_matches(values.number(text), found) is answer, text


def test_a_value_with_a_comparator_has_no_other_end() -> None:
    found = QuantityValue(Decimal(5), Decimal(5), Decimal("Infinity"), None, None, None)
    assert number_matches(values.number("gt100"), found)
    assert not number_matches(values.number("5"), found)
    assert not number_matches(values.number("lt5"), found)


def test_the_precision_written_decides_what_is_equal() -> None:
    held = NumberValue(Decimal("5.4"), Decimal("5.35"), Decimal("5.45"))
    assert number_matches(values.number("5"), held)
    assert number_matches(values.number("5.4"), held)
    assert number_matches(values.number("5.40"), held)
    assert not number_matches(values.number("5.5"), held)


def test_about_now_is_narrow_and_long_ago_is_wide() -> None:
    day = 86_400_000_000
    assert approximate(values.Moment("ap", NOW, NOW + day), NOW) == (NOW, NOW + day)
    past = values.Moment("ap", NOW - 101 * day, NOW - 100 * day)
    assert approximate(past, NOW) == (NOW - 111 * day, NOW - 90 * day)
