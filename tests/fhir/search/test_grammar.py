"""What a query string means, and what is refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.parameters import Registry
from bevan.fhir.search.grammar import parse
from bevan.fhir.search.query import Chain, Has, Include, Match, Query
from bevan.fhir.search.refusal import SearchRefused
from bevan.fhir.search.values import (
    Composite,
    Moment,
    Quantity,
    Reference,
    Text,
    Token,
    TypedIdentifier,
)


def one(registry: Registry, type: str, query: str) -> Match:
    (condition,) = parse(registry, type, query).conditions
    assert isinstance(condition, Match)
    return condition


def refusal(registry: Registry, type: str | None, query: str) -> list[str]:
    with pytest.raises(SearchRefused) as caught:
        parse(registry, type, query)
    return [issue.text for issue in caught.value.issues]


def test_an_empty_query_asks_for_everything(registry: Registry) -> None:
    assert parse(registry, "Patient", "") == Query("Patient")


def test_commas_are_or_and_repetition_is_and(registry: Registry) -> None:
    query = parse(registry, "Observation", "code=a,b&code=c")
    assert [condition.values for condition in query.conditions if isinstance(condition, Match)] == [
        (Token(None, "a"), Token(None, "b")),
        (Token(None, "c"),),
    ]


def test_percent_encoding_and_plus_are_decoded(registry: Registry) -> None:
    found = one(registry, "Patient", "name=Anne+Marie%20%2B%C3%A9")
    assert found.values == (Text("Anne Marie +é"),)


def test_an_encoded_comma_still_separates(registry: Registry) -> None:
    # R4 3.1.1.4.2: only the backslash takes a comma's meaning away.
    assert len(one(registry, "Patient", "name=a%2Cb").values) == 2
    assert one(registry, "Patient", r"name=a%5C,b").values == (Text("a,b"),)


@pytest.mark.parametrize(
    ("type", "name", "kind"),
    [
        ("Patient", "name=x", Text),
        ("Observation", "code=x", Token),
        ("Observation", "subject=Patient/x", Reference),
        ("Observation", "date=2026", Moment),
        ("Observation", "value-quantity=5", Quantity),
        ("Observation", "code-value-quantity=x$5", Composite),
        ("Patient", "_id=x", Token),
        ("Patient", "_lastUpdated=2026", Moment),
        ("Patient", "identifier:of-type=a|b|c", TypedIdentifier),
        ("Observation", "subject:identifier=s|1", Token),
        ("Observation", "code:text=heart", Text),
    ],
)
def test_each_kind_of_value(registry: Registry, type: str, name: str, kind: type) -> None:
    assert isinstance(one(registry, type, name).values[0], kind)


def test_the_parts_of_a_composite_are_of_their_own_kinds(registry: Registry) -> None:
    (value,) = one(registry, "Observation", "code-value-quantity=http://l|a$gt5.4||mg").values
    assert isinstance(value, Composite)
    code, amount = value.parts
    assert code == Token("http://l", "a")
    assert isinstance(amount, Quantity) and amount.number.prefix == "gt" and amount.unit == "mg"
    assert refusal(registry, "Observation", "code-value-quantity=a")
    assert refusal(registry, "Observation", "code-value-quantity=a$1$2")


def test_missing(registry: Registry) -> None:
    found = one(registry, "Patient", "gender:missing=true")
    assert found.modifier == "missing" and found.missing
    assert not one(registry, "Patient", "gender:missing=false").missing
    assert refusal(registry, "Patient", "gender:missing=maybe") == [
        "“gender:missing” is true or false."
    ]


def test_a_type_as_modifier(registry: Registry) -> None:
    assert one(registry, "Observation", "subject:Patient=x").values == (
        Reference("Patient", "x", ""),
    )
    assert one(registry, "Observation", "subject=Patient/x").values == (
        Reference("Patient", "x", ""),
    )
    assert one(registry, "Observation", "subject=x").values == (Reference("", "x", ""),)
    assert refusal(registry, "Observation", "subject:Practitioner=x")
    assert refusal(registry, "Observation", "subject:Patient=Group/x")


def test_a_reference_to_one_type_only_needs_no_type(registry: Registry) -> None:
    assert one(registry, "Observation", "patient=x").values == (Reference("Patient", "x", ""),)


def test_a_chain(registry: Registry) -> None:
    (chain,) = parse(registry, "Observation", "patient.name=x").conditions
    assert isinstance(chain, Chain)
    ((type, inner),) = chain.branches
    assert type == "Patient" and isinstance(inner, Match) and inner.parameter.code == "name"


def test_a_chain_of_three(registry: Registry) -> None:
    (chain,) = parse(registry, "Observation", "patient.organization.partof.name=x").conditions
    depth = 0
    while isinstance(chain, Chain):
        depth += 1
        ((_, chain),) = chain.branches
    assert depth == 3 and isinstance(chain, Match)


def test_an_untyped_chain_goes_where_the_name_is_known(registry: Registry) -> None:
    (chain,) = parse(registry, "Observation", "subject.family=x").conditions
    assert isinstance(chain, Chain) and [type for type, _ in chain.branches] == ["Patient"]
    (chain,) = parse(registry, "Observation", "subject.identifier=x").conditions
    assert isinstance(chain, Chain)
    assert {type for type, _ in chain.branches} == {"Patient", "Group", "Device", "Location"}


def test_a_chain_with_a_type(registry: Registry) -> None:
    (chain,) = parse(registry, "Observation", "subject:Patient.name:exact=x").conditions
    assert isinstance(chain, Chain)
    ((_, inner),) = chain.branches
    assert isinstance(inner, Match) and inner.modifier == "exact"


def test_a_chain_that_leads_to_too_many_types_asks_for_one(registry: Registry) -> None:
    (text,) = refusal(registry, "Provenance", "target.identifier=x")
    assert "name one, as in target:" in text


def test_bad_chains(registry: Registry) -> None:
    assert "nothing can follow" in refusal(registry, "Observation", "code.name=x")[0]
    assert "foo" in refusal(registry, "Observation", "patient.foo=x")[0]
    assert refusal(registry, "Observation", "patient.birthdate=yesterday")
    assert "at most 8 links" in refusal(registry, "Location", "partof." * 10 + "name=x")[0]


@pytest.mark.parametrize(
    "key", ["focus:X'", "focus:X'._id", "focus:X'._has:Provenance:target:_id", "focus:resource.x"]
)
def test_a_target_that_is_no_type_is_refused(registry: Registry, key: str) -> None:
    assert refusal(registry, "Observation", f"{key}=1")


def test_a_search_on_what_is_no_type_is_refused(registry: Registry) -> None:
    for type in ("Nothing", "Resource", "HumanName", "Patient' or true --"):
        with pytest.raises(SearchRefused):
            parse(registry, type, "")
        with pytest.raises(SearchRefused):
            parse(registry, type, "", lenient=True)


def test_a_reverse_chain(registry: Registry) -> None:
    (has,) = parse(registry, "Patient", "_has:Observation:patient:code=x").conditions
    assert isinstance(has, Has) and has.type == "Observation"
    assert isinstance(has.condition, Match) and has.condition.parameter.code == "code"


def test_reverse_chains_nest_and_follow_chains(registry: Registry) -> None:
    (has,) = parse(
        registry, "Patient", "_has:Observation:patient:_has:Provenance:target:agent=x"
    ).conditions
    assert isinstance(has, Has) and isinstance(has.condition, Has)
    (chain,) = parse(registry, "Encounter", "patient._has:Group:member:_id=x").conditions
    assert isinstance(chain, Chain) and isinstance(chain.branches[0][1], Has)


@pytest.mark.parametrize(
    "key",
    [
        "_has:Observation:patient",
        "_has:Observation",
        "_has",
        "_has:Nothing:patient:code",
        "_has:Observation:code:code",
        "_has:Observation:encounter:code",
    ],
)
def test_bad_reverse_chains(registry: Registry, key: str) -> None:
    assert refusal(registry, "Patient", f"{key}=x")


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("foo=1", "foo"),
        ("gender:exact=x", ":exact"),
        ("name:not=x", ":not"),
        ("birthdate:contains=2000", ":contains"),
        ("birthdate=nn2000", "birthdate"),
        ("birthdate=2000,x", "Value 2"),
        ("gender=", "gender"),
        ("_text=x", "_text"),
        ("_content=x", "_content"),
        ("_filter=x", "_filter"),
        ("_query=x", "_query"),
        ("_list=$current-problems", "functional list"),
        ("_list=", "_list"),
        ("near=1|2", "near"),
        ("gender:in=a b", "gender:in"),
        ("_count=x", "_count"),
        ("_count=-1", "_count"),
        ("_count=1&_count=2", "_count"),
        ("_count:exact=1", ":exact"),
        ("_total=some", "_total"),
        ("_summary=yes", "_summary"),
        ("_sort=foo", "foo"),
        ("_sort=-", "search parameter"),
        ("_sort=name,gender,birthdate,family,given,phone", "5"),
        ("_include=Patient", "_include"),
        ("_include=Patient:name", "name"),
        ("_include=Nothing:x", "Nothing"),
        ("_include:recurse=Patient:link", ":recurse"),
        ("_include=Patient:link:Observation", "Observation"),
        ("_contained=true", "_contained"),
        ("_type=Patient", "_type"),
        ("_elements=a-b", "_elements"),
        ("address:in=x", ":in"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(
    registry: Registry, query: str, word: str
) -> None:
    assert word in " ".join(refusal(registry, "Patient", query))


def test_every_fault_is_told_at_once_and_located(registry: Registry) -> None:
    with pytest.raises(SearchRefused) as caught:
        parse(registry, "Patient", "foo=1&bar=2&name=x&birthdate=y")
    assert [issue.expression for issue in caught.value.issues] == [
        "http.foo", "http.bar", "http.birthdate",
    ]  # fmt: skip


def test_no_refusal_repeats_a_value(registry: Registry) -> None:
    for query in (
        "birthdate=9990123454x",
        "identifier=a|b|9990123454",
        "_sort=name&gender=\\9990123454",
    ):
        assert "9990123454" not in " ".join(refusal(registry, "Patient", query))


def test_a_lenient_reading_leaves_out_and_says_so(registry: Registry) -> None:
    query = parse(registry, "Patient", "foo=1&name=x&gender:bar=y&_count=5", lenient=True)
    assert len(query.conditions) == 1 and query.count == 5
    assert query.pairs == (("name", "x"), ("_count", "5"))
    assert [issue.severity for issue in query.ignored] == ["warning", "warning"]
    assert "foo" in query.ignored[0].text


def test_result_parameters(registry: Registry) -> None:
    query = parse(
        registry,
        "Observation",
        "_sort=-date,_id&_count=7&_total=accurate&_elements=code,Observation.value&_summary=false",
    )
    assert [(s.parameter.code, s.descending) for s in query.sort] == [
        ("date", True),
        ("_id", False),
    ]
    assert (query.count, query.total, query.elements) == (7, "accurate", ("code", "value"))


def test_a_page_has_at_most_a_thousand(registry: Registry) -> None:
    assert parse(registry, "Patient", "_count=5000").count == 1000
    assert parse(registry, "Patient", "_count=0").count == 0


def test_includes(registry: Registry) -> None:
    query = parse(
        registry,
        "Observation",
        "_include=Observation:subject:Patient&_include:iterate=Patient:organization"
        "&_revinclude=Provenance:target&_include=*&_include=Observation:*",
    )
    subject = registry.find("Observation", "subject")
    assert query.includes[0] == Include("Observation", subject, "Patient", False, False)
    assert query.includes[1].iterate and not query.includes[1].reverse
    assert query.includes[2].reverse and query.includes[2].source == "Provenance"
    assert query.includes[3] == Include("Observation", None, "", False, False)
    assert query.includes[4] == Include("Observation", None, "", False, False)


def test_a_search_on_all_types_knows_what_all_types_share(registry: Registry) -> None:
    query = parse(registry, None, "_id=x&_lastUpdated=gt2026&_tag=a|b&_type=Patient,Observation")
    assert len(query.conditions) == 3 and query.types == ("Patient", "Observation")
    assert "all types" in refusal(registry, None, "name=x")[0]
    assert refusal(registry, None, "_type=Nonsense")


def test_what_the_http_layer_answers_is_passed_over(registry: Registry) -> None:
    assert parse(registry, "Patient", "_format=json&_pretty=true").pairs == ()


@pytest.mark.parametrize(
    "query",
    [
        "name=%ff",
        "name=a%00b",
        "&".join(["name=x"] * 201),
        "&".join(["name=" + ",".join("x" * 600)] * 20),
    ],
)
def test_unreadable_query_strings(registry: Registry, query: str) -> None:
    assert refusal(registry, "Patient", query)


def test_too_many_values(registry: Registry) -> None:
    assert "1000" in refusal(registry, "Patient", "_id=" + ",".join(["x"] * 1001))[0]


@given(st.text(alphabet="abc=&:.,|$\\_-%+ 0129é\0", max_size=60))
def test_nothing_but_a_refusal_is_ever_raised(registry: Registry, query: str) -> None:
    for type in ("Patient", "Observation", None):
        try:
            parse(registry, type, query)
        except SearchRefused as refused:
            assert refused.issues
        assert parse(registry, type, "", lenient=True).conditions == ()


@given(st.text(alphabet="abc=&:.,|$\\_-%+ 0129é", max_size=60))
def test_a_lenient_reading_of_readable_text_refuses_nothing(registry: Registry, query: str) -> None:
    try:
        parse(registry, "Patient", query, lenient=True)
    except SearchRefused as refused:
        assert refused.issues[0].expression == "http.query"


def test_every_parameter_of_every_type_can_be_asked_for(registry: Registry) -> None:
    samples = {
        "token": "a|b",
        "string": "x",
        "reference": "Patient/x",
        "date": "2026",
        "number": "5",
        "quantity": "5",
        "uri": "http://x.example",
    }
    for type in registry.definitions.resource_types:
        for code, parameter in registry.of(type).items():
            if parameter.type == "composite":
                text = "$".join(samples[c.type] for c in parameter.components)
            elif parameter.type in samples:
                text = samples[parameter.type]
            else:
                continue
            if parameter.type == "reference":
                text = "http://x.example/y"
            assert len(parse(registry, type, f"{code}={text}").conditions) == 1, (type, code)
