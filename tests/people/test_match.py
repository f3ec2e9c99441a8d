"""`Patient/$match`: graded, scored, under the caller's Scope."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bevan.people.nhs_number import ENGLAND, STATUS, SYSTEM
from bevan.record.scope import Actor, Scope, compartment, system
from tests.support.sites import Serving, serving

SCOPE: Scope = system("a test's own writes", Actor("system", "tests", "tests"))
DOT, OTHER = "9990123454", "9990000018"


def person(
    id: str = "",
    family: str = "Pemberton",
    given: str = "Dorothy",
    born: str = "1948-03-14",
    number: str = "",
    status: str = "01",
    postcode: str = "BV3 7QT",
    **more: Any,
) -> dict[str, Any]:
    """A Patient with what a match looks at."""
    coding = {"system": ENGLAND, "code": status}
    extension = [{"url": STATUS, "valueCodeableConcept": {"coding": [coding]}}]
    numbers = [{"extension": extension, "system": SYSTEM, "value": number}] if number else []
    return {
        "resourceType": "Patient",
        **({"id": id} if id else {}),
        **({"identifier": numbers} if numbers else {}),
        "name": [{"family": family, "given": [given]}],
        "gender": "female",
        "birthDate": born,
        "address": [{"postalCode": postcode}],
        **more,
    }


@pytest.fixture
async def served(database: str) -> AsyncIterator[Serving]:
    async with serving(database) as found:
        for each in (
            person("dot", number=DOT),
            person("dan", given="Daniel", born="1971-11-02", gender="male"),
            person("tom", "Brindle", "Tomasz", "1978-09-05", postcode="HW2 5RP", gender="male"),
            person("obrien", "O'Brien-Lee", "Zoë", "1990-05-17", postcode="BV9 9AA"),
            person("ann", "Asher", "Ann", "2015-06-01", number=OTHER, postcode="BV1 1AA"),
        ):
            await found.made.record.update(SCOPE, each)
        yield found


async def ask(served: Serving, patient: dict[str, Any], **more: Any) -> Any:
    parameters = [{"name": "resource", "resource": patient}]
    parameters += [{"name": name, value[0]: value[1]} for name, value in more.items()]
    body = {"resourceType": "Parameters", "parameter": parameters}
    return await served.send("POST", "/Patient/$match", body)


async def graded(served: Serving, patient: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    answer = await ask(served, patient, **more)
    assert answer.status_code == 200, answer.text
    bundle = answer.json()
    entries = bundle.get("entry", [])
    assert bundle["type"] == "searchset" and bundle["total"] == len(entries)
    for each in entries:
        assert each["fullUrl"] == f"http://bevan.test/fhir/Patient/{each['resource']['id']}"
        assert 0 <= each["search"]["score"] <= 1 and each["search"]["mode"] == "match"
    return [
        (each["resource"]["id"], each["search"]["extension"][0]["valueCode"]) for each in entries
    ]


async def test_number_name_and_birth_date_together_are_certain(served: Serving) -> None:
    assert await graded(served, person(number=DOT)) == [("dot", "certain")]


async def test_everything_but_the_number_is_probable_never_certain(served: Serving) -> None:
    assert await graded(served, person()) == [("dot", "probable")]


async def test_a_number_alone_with_somebody_elses_details_is_not_certain(served: Serving) -> None:
    stranger = person(family="Quaintrell", given="Oliver", born="1988-05-25", number=DOT)
    assert [grade for _, grade in await graded(served, stranger)] != ["certain"]


async def test_a_slip_in_name_and_day_and_month_swapped_is_still_found(served: Serving) -> None:
    slip = person(family="Brindal", given="Thomas", born="1978-05-09", postcode="HW2 5RP")
    found = await graded(served, {**slip, "gender": "male"})
    assert [id for id, _ in found] == ["tom"]
    assert found[0][1] in ("probable", "possible")


async def test_a_twin_is_never_more_than_possible(served: Serving) -> None:
    twin = person(family="Asher", given="Beth", born="2015-06-01", postcode="BV1 1AA")
    assert all(grade == "possible" for _, grade in await graded(served, twin))


async def test_another_verified_number_is_certainly_somebody_else(served: Serving) -> None:
    assert ("dot", "certainly-not") in await graded(served, person(number=OTHER))


async def test_marks_and_accents_do_not_matter(served: Serving) -> None:
    found = await graded(
        served, person(family="OBRIEN-LEE", given="zoe", born="1990-05-17", postcode="bv99aa")
    )
    assert found == [("obrien", "probable")]
    exact = person(family="O'Brien-Lee", given="Zoe", born="1990-05-17", postcode="BV9 9AA")
    assert await graded(served, exact) == [("obrien", "probable")]


async def test_only_certain_matches_gives_one_or_nobody(served: Serving) -> None:
    only = {"onlyCertainMatches": ("valueBoolean", True)}
    assert await graded(served, person(number=DOT), **only) == [("dot", "certain")]
    assert await graded(served, person(), **only) == []
    await served.made.record.update(SCOPE, person("dot-2", number=DOT))
    assert await graded(served, person(number=DOT), **only) == []


async def test_no_more_than_asked_for(served: Serving) -> None:
    await served.made.record.update(SCOPE, person("dot-2", number=DOT))
    count = {"count": ("valueInteger", 1)}
    assert len(await graded(served, person(number=DOT), **count)) == 1


async def test_the_survivor_answers_for_a_merged_record(served: Serving) -> None:
    link = [{"other": {"reference": "Patient/tom"}, "type": "replaced-by"}]
    second = person("tim", "Brindal", "Thomas", "1978-05-09", postcode="HW2 5RP")
    await served.made.record.update(SCOPE, {**second, "active": False, "link": link})
    found = await graded(served, person(family="Brindal", given="Thomas", born="1978-05-09",
                                        postcode="HW2 5RP"))  # fmt: skip
    assert [id for id, _ in found] == ["tom"]


async def test_nobody_outside_the_scope_is_found(served: Serving) -> None:
    from bevan.fhir.operation import Invocation
    from bevan.people.match import Match
    from bevan.people.model import load
    from bevan.record.scope import Ticket

    ticket = Ticket("1", "direct care", Actor("practitioner", "n", "N"), served.made.clock.now())
    own = Scope(ticket, None, frozenset({compartment("tom")}))
    match = Match(served.made.record, load())
    assert await match.find(own, person(number=DOT)) == []
    answer = await match.run(own, Invocation("http://x", body=person(number=DOT)))
    assert answer.resource == {"resourceType": "Bundle", "type": "searchset", "total": 0}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"resourceType": "Parameters"}, "Parameters.parameter"),
        (
            {
                "resourceType": "Parameters",
                "parameter": [{"name": "resource", "resource": {"resourceType": "Person"}}],
            },
            "Parameters.parameter.resource",
        ),
        ({"resourceType": "Patient", "birthDate": "1948-03-14"}, "Parameters.parameter.resource"),
        (person(number="9990123455"), "Patient.identifier[0].value"),
    ],
)
async def test_what_can_not_be_matched_is_refused_with_its_place(
    served: Serving, body: dict[str, Any], path: str
) -> None:
    answer = await served.send("POST", "/Patient/$match", body)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["expression"] == [path]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", ("valueInteger", 0)),
        ("count", ("valueString", "x")),
        ("onlyCertainMatches", ("valueString", "true")),
    ],
)
async def test_a_parameter_of_another_kind_is_refused(
    served: Serving, name: str, value: tuple[str, Any]
) -> None:
    assert (await ask(served, person(), **{name: value})).status_code == 400
