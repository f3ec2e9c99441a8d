"""Evaluation: functions, operators, types, variables and ports, beyond what HL7's suite covers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bevan.fhir.definitions import Definitions
from bevan.fhir.path import Engine, PathFailed, PathSyntax, World

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "active": True,
    "name": [
        {"use": "official", "family": "Adeyemi", "given": ["Grace", "Ife"]},
        {"use": "nickname", "given": ["Gracie"]},
    ],
    "birthDate": "1974-12-25",
    "_birthDate": {
        "id": "b",
        "extension": [{"url": "urn:time", "valueDateTime": "1974-12-25T14:35:45Z"}],
    },
    "deceasedBoolean": False,
    "telecom": [{"system": "phone", "value": "01632 960001"}, {"system": "email", "value": "g@x"}],
    "contained": [{"resourceType": "Organization", "id": "o", "name": "Practice"}],
    "managingOrganization": {"reference": "#o"},
    "generalPractitioner": [
        {"reference": "Practitioner/1"},
        {"reference": "https://x.example/fhir/Organization/2/_history/3"},
        {"reference": "urn:uuid:1", "type": "Practitioner"},
        {"display": "somebody"},
    ],
}
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Weight"},
    "valueQuantity": {
        "value": Decimal("72.50"),
        "unit": "kg",
        "system": "http://unitsofmeasure.org",
        "code": "kg",
    },
    "component": [{"valueString": "a"}, {"valueInteger": 3}],
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name.given", ["Grace", "Ife", "Gracie"]),
        ("Patient.name[0].given[1]", ["Ife"]),
        ("name[7]", []),
        ("Observation.code", []),
        ("Resource.id", ["p"]),
        ("DomainResource.id", ["p"]),
        ("name.where(use = 'official').family", ["Adeyemi"]),
        ("name.given.last() & name.family", ["GracieAdeyemi"]),
        ("name.given.tail()", ["Ife", "Gracie"]),
        ("name.given.skip(-1).count()", [3]),
        ("name.given.take(-1).count()", [0]),
        ("name.given.exclude('Ife')", ["Grace", "Gracie"]),
        ("name.use.union('official')", ["official", "nickname"]),
        ("name.use.combine('official').count()", [3]),
        ("name.use.combine('official').isDistinct()", [False]),
        ("(1 | 2 | 2).distinct().count()", [2]),
        ("(true | false).anyTrue()", [True]),
        ("(true | false).allFalse()", [False]),
        ("(true | false).anyFalse()", [True]),
        ("birthDate.extension('urn:time').value", ["1974-12-25T14:35:45Z"]),
        ("birthDate.id", ["b"]),
        ("birthDate.hasExtension('urn:time')", [True]),
        ("birthDate.hasExtension('urn:x')", [False]),
        ("birthDate.getValue()", ["1974-12-25"]),
        ("name.getValue()", []),
        ("birthDate + 1 month", ["1975-01-25"]),
        ("birthDate > @1974", []),
        ("birthDate > @1973", [True]),
        ("birthDate = @1974-12-25", [True]),
        ("deceased", [False]),
        ("deceased.exists() and deceased != false", [False]),
        ("active and name.first()", [True]),
        ("active xor deceased", [True]),
        ("deceased implies {}", [True]),
        ("{} implies active", [True]),
        ("{} implies {}", []),
        ("active.not()", [False]),
        ("active is boolean", [True]),
        ("active is Boolean", [False]),
        ("active.is(System.Boolean)", [False]),
        ("1 is System.Integer", [True]),
        ("(1 'mg') is Quantity", [True]),
        ("'a' is FHIR.string", [False]),
        ("Patient is DomainResource", [True]),
        ("Patient.ofType(Resource).id", ["p"]),
        ("name.first() is FHIR.HumanName", [True]),
        ("contained.ofType(Organization).name", ["Practice"]),
        ("managingOrganization.resolve().name", ["Practice"]),
        ("generalPractitioner.where(resolve() is Practitioner).reference",
         ["Practitioner/1", "urn:uuid:1"]),
        ("generalPractitioner.where(resolve() is Organization).count()", [1]),
        ("telecom.exists(system = 'sms')", [False]),
        ("telecom.all(value.exists())", [True]),
        ("{}.all($this > 3)", [True]),
        ("name.select(given.count())", [2, 1]),
        ("name.given.select($index)", [0, 1, 2]),
        ("name.given.aggregate($total + $this.length(), 0)", [14]),
        ("name.given.aggregate(iif($total.empty(), $this, $total & $this))", ["GraceIfeGracie"]),
        ("telecom.value.join('; ')", ["01632 960001; g@x"]),
        ("{}.join(',')", []),
        ("type().name", ["Patient"]),
        ("name.first().type().namespace", ["FHIR"]),
        ("1.type().name", ["Integer"]),
        ("descendants().where($this is string).count() > 5", [True]),
        ("children().ofType(HumanName).count()", [2]),
        ("contact", []),
        ("'Grace' in name.given", [True]),
        ("name.given contains 'Grace'", [True]),
        ("{} in name.given", []),
        ("name.given contains {}", []),
        ("name.given ~ ('gracie' | 'ife' | 'GRACE')", [True]),
        ("name.given = ('Grace' | 'Ife' | 'Gracie')", [True]),
        ("name.given != ('Ife' | 'Grace' | 'Gracie')", [True]),
        ("name.given = 'Grace'", [False]),
        ("%resource.id", ["p"]),
        ("%context.id", ["p"]),
        ("%sct", ["http://snomed.info/sct"]),
        ("%`vs-administrative-gender`", ["http://hl7.org/fhir/ValueSet/administrative-gender"]),
        ("name.first().single().use", ["official"]),
        ("name.repeat(given)", ["Grace", "Ife", "Gracie"]),
        ("iif(active, 1)", [1]),
        ("iif(deceased, 1)", []),
        ("+1", [1]),
    ],
)  # fmt: skip
def test_on_a_patient(engine: Engine, expression: str, expected: list[Any]) -> None:
    assert engine.compile(expression, "Patient")(PATIENT) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("value.value", [Decimal("72.50")]),
        ("(value as Quantity).unit", ["kg"]),
        ("value = 72500 'g'", [True]),
        ("value ~ 72.5 'kg'", [True]),
        ("value > 70 'kg'", [True]),
        ("value > 70 'cm'", []),
        ("value.ofType(string)", []),
        ("component.value", ["a", 3]),
        ("component.value.ofType(integer)", [3]),
        ("(component.value as string)", ["a"]),
        ("code.coding.where(system = %loinc).code", ["29463-7"]),
        ("value + 500 'g'", ["73.00 'kg'"]),
        ("value * 2", ["145.00 'kg'"]),
        ("2 * value", ["145.00 'kg'"]),
        ("value / 2", ["36.25 'kg'"]),
        ("value / value", ["1 '1'"]),
        ("value + 1 'cm'", []),
        ("value / 1 'cm'", []),
        ("value / 0", []),
        ("value * 2 '1'", ["145.00 'kg'"]),
    ],
)
def test_on_an_observation(engine: Engine, expression: str, expected: list[Any]) -> None:
    assert engine.compile(expression, "Observation")(OBSERVATION) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'abc'.indexOf('c')", [2]),
        ("'abcb'.lastIndexOf('b')", [3]),
        ("'abc'.indexOf('x')", [-1]),
        ("'abc'.substring(1, 0)", [""]),
        ("'abc'.contains('b')", [True]),
        ("' a '.trim()", ["a"]),
        ("'abc'.toChars().count()", [3]),
        ("'a,b'.split(',')", ["a", "b"]),
        ("'ab'.split('')", ["a", "b"]),
        ("'2015-02-04'.replaceMatches('(\\\\d+)-(\\\\d+)-(\\\\d+)', '$3/$2/$1')", ["04/02/2015"]),
        ("'abc'.replaceMatches('', 'x')", ["abc"]),
        ("'é'.encode('hex')", ["c3a9"]),
        ("'test'.encode('base64').decode('base64')", ["test"]),
        ("'??'.encode('urlbase64').decode('urlbase64')", ["??"]),
        ("'6162'.decode('hex')", ["ab"]),
        ("'a'.encode('rot13')", []),
        ("'a'.decode('rot13')", []),
        ("'a b'.escape('url')", ["a%20b"]),
        ("'a%20b'.unescape('url')", ["a b"]),
        ("'\\\\q'.unescape('json')", ["\\q"]),
        ("5 div 2", [2]),
        ("-5 div 2", [-2]),
        ("-5 mod 3", [-2]),
        ("2.power(10)", [1024]),
        ("2.5.power(2)", [Decimal("6.25")]),
        ("(-1).power(0.5)", []),
        ("0.ln()", []),
        ("(-1).sqrt()", []),
        ("16.sqrt()", [Decimal(4)]),
        ("10.log(1)", []),
        ("1.7.truncate()", [1]),
        ("(-1.7).ceiling()", [-1]),
        ("1.55.round(1)", [Decimal("1.6")]),
        ("1 year + 1 month", []),
        ("1 day + 12 hours", ["1.5 days"]),
        ("'true'.toBoolean()", [True]),
        ("'maybe'.toBoolean()", []),
        ("1.0.toBoolean()", [True]),
        ("'2015-02-04T10:00:00Z'.toDate()", ["2015-02-04"]),
        ("@2015-02-04.toDateTime()", ["2015-02-04"]),
        ("'T10:30'.toTime()", ["10:30"]),
        ("1.toDate()", []),
        ("1.toTime()", []),
        ("'1 g'.toQuantity()", []),
        ("'1 \\'g\\''.toQuantity('mg')", ["1000 'mg'"]),
        ("'1 \\'g\\''.toQuantity('cm')", []),
        ("{}.toInteger()", []),
        ("{}.convertsToInteger()", []),
        ("true.toString()", ["true"]),
        ("@T10:30.toString()", ["10:30"]),
        ("@2015-02-04 < @2015-02-04T10:00", []),
        ("@2015-02-04 = @T10:30", [False]),
        ("@2015 ~ @2015-02", [False]),
        ("1 = 1.0", [True]),
        ("1 = '1'", [False]),
        ("true = 1", [False]),
        ("1.lowBoundary(0)", [Decimal(0)]),
        ("@2014-02.highBoundary(8)", ["2014-02-28"]),
        ("@2014.lowBoundary(6)", ["2014-01"]),
        ("@2014-01-01T08:05:30.lowBoundary(17)", ["2014-01-01T08:05:30.000+14:00"]),
        ("@T10.lowBoundary(9)", ["10:00:00.000"]),
        ("@2014.highBoundary(5)", []),
        ("'a'.highBoundary()", []),
        ("true.precision()", []),
        ("120.precision()", [3]),
        ("{}.comparable(1 'm')", []),
    ],
)
def test_without_a_resource(engine: Engine, expression: str, expected: list[Any]) -> None:
    assert engine.evaluate(expression, {}) == expected


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("nonsense", "no element nonsense"),
        ("name.nonsense", "HumanName has no element nonsense"),
        ("name.nonsense()", "no function"),
        ("name.where()", "arguments"),
        ("name.first(1)", "arguments"),
        ("name is Nonsense", "not a type"),
        ("name.ofType(System.Patient)", "not a type"),
        ("name.ofType(1)", "type must be named"),
    ],
)
def test_faults_found_when_compiling(engine: Engine, expression: str, said: str) -> None:
    with pytest.raises(PathFailed, match=said):
        engine.compile(expression, "Patient")


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("name.single()", "single"),
        ("active and name", "one value"),
        ("name.as(HumanName)", "as"),
        ("name is HumanName", "is needs one"),
        ("name.given.upper()", "one value"),
        ("name.first().upper()", "string"),
        ("1 + 'a'", "two kinds"),
        ("1 * 'a'", "two kinds"),
        ("'a' / 1", "two kinds"),
        ("'a' div 1", "two kinds"),
        ("'a' mod 1", "two kinds"),
        ("1 & 'a'", "strings"),
        ("-'a'", "number"),
        ("1 > 'a'", "order"),
        ("name.first() > 1", "HumanName"),
        ("@2015 > 1", "order"),
        ("name.given > 'a'", "one value"),
        ("name.given in name.given", "one value"),
        ("name[0].given['a']", "integer"),
        ("'a'.abs()", "number"),
        ("1.5.round(-1)", "places"),
        ("name.use.allTrue()", "boolean"),
        ("%nonsense", "no variable"),
        ("'a'.matches('(')", "regular expression"),
        ("'zz'.decode('hex')", "something else"),
        ("1.comparable(2)", "quantities"),
        ("code.memberOf('urn:x')", "terminology"),
        ("name.conformsTo('urn:x')", "one resource"),
        ("iif(1, 2, 3)", "boolean"),
        ("@2015 + 1 'mg'", "can't be added"),
    ],
)
def test_faults_found_when_evaluating(engine: Engine, expression: str, said: str) -> None:
    resource = {**PATIENT, "code": "x"}
    untyped = engine.compile(expression)
    with pytest.raises(PathFailed, match=said):
        untyped(resource if "code" not in expression else {"resourceType": "List", "code": {}})


def test_a_syntax_fault_is_told_before_anything_runs(engine: Engine) -> None:
    with pytest.raises(PathSyntax):
        engine.compile("name..given")


def test_variables(engine: Engine) -> None:
    run = engine.compile("%who.id = id and %limit > 3")
    assert run(PATIENT, {"who": PATIENT, "limit": [4]}) == [True]


def test_one_evaluation_has_one_time(definitions: Definitions) -> None:
    world = World(now=lambda: datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    engine = Engine(definitions, world)
    assert engine.evaluate("today()", {}) == ["2026-11-24"]
    assert engine.evaluate("now()", {}) == ["2026-11-24T09:30:00.000+00:00"]
    assert engine.evaluate("timeOfDay()", {}) == ["09:30:00.000"]
    assert engine.evaluate("now() = now()", {}) == [True]


def test_ports(definitions: Definitions) -> None:
    shown: list[Any] = []
    world = World(
        resolve={"Practitioner/1": {"resourceType": "Practitioner", "id": "1"}}.get,
        member_of=lambda value, type, url: url == "urn:in" if type == "code" else None,
        conforms=lambda resource, url: True if url == "urn:profile" else None,
        trace=lambda name, items: shown.append((name, items)),
    )  # fmt: skip
    engine = Engine(definitions, world)
    assert engine.evaluate("generalPractitioner.resolve().id", PATIENT) == ["1"]
    assert engine.evaluate("name.first().use.memberOf('urn:in')", PATIENT) == [True]
    assert engine.evaluate("name.first().use.memberOf('urn:out')", PATIENT) == [False]
    assert engine.evaluate("birthDate.memberOf('urn:in')", PATIENT) == []
    assert engine.evaluate("contact.memberOf('urn:in')", PATIENT) == []
    assert engine.evaluate("conformsTo('urn:profile')", PATIENT) == [True]
    assert engine.evaluate("contact.conformsTo('urn:profile')", PATIENT) == []
    assert engine.evaluate("name.use.trace('uses').count()", PATIENT) == [2]
    assert engine.evaluate("name.trace('many', given.count()).count()", PATIENT) == [2]
    assert shown[0] == ("uses", ["official", "nickname"])


def test_without_a_port_tracing_does_nothing(engine: Engine) -> None:
    assert engine.evaluate("id.trace('x')", PATIENT) == ["p"]


def test_nulls_stand_for_values_that_only_have_extensions(engine: Engine) -> None:
    patient = {
        "resourceType": "Patient",
        "name": [{"given": [None, "James"], "_given": [{"extension": [{"url": "u"}]}]}],
        "_gender": {"extension": [{"url": "u"}]},
    }
    assert engine.evaluate("name.given.select(hasValue())", patient) == [False, True]
    assert engine.evaluate("name.given.extension('u').count()", patient) == [1]
    assert engine.evaluate("gender.exists()", patient) == [True]
    assert engine.evaluate("gender.hasValue()", patient) == [False]
    assert engine.evaluate("gender = 'male'", patient) == [False]


def test_quantities_with_a_comparator_are_no_single_value(engine: Engine) -> None:
    observation = {
        "resourceType": "Observation",
        "valueQuantity": {"value": 5, "comparator": "<", "unit": "mg"},
    }
    assert engine.evaluate("value = 5 'mg'", observation) == [False]


@pytest.mark.parametrize(
    ("quantity", "expression"),
    [
        ({"value": 2, "system": "http://unitsofmeasure.org", "code": "a"}, "onset = 2 years"),
        ({"value": 3, "unit": "months"}, "onset = 3 months"),
    ],
)
def test_ages_are_calendar_durations(
    engine: Engine, quantity: dict[str, Any], expression: str
) -> None:
    condition = {"resourceType": "Condition", "onsetAge": quantity}
    assert engine.evaluate(expression, condition) == [True]
