"""Responses beside their questionnaire."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.conformance import Library
from bevan.fhir.definitions import Definitions
from tests.fhir.profiles.building import URL, Trial

GENDER = "http://hl7.org/fhir/administrative-gender"
GENDERS = "http://hl7.org/fhir/ValueSet/administrative-gender"
TEA, COFFEE = (
    {"system": URL + "drinks", "code": "tea"},
    {"system": URL + "drinks", "code": "coffee"},
)


def question(link: str, type: str, **more: Any) -> dict[str, Any]:
    return {"linkId": link, "type": type, **more}


QUESTIONNAIRE = {
    "resourceType": "Questionnaire", "url": URL + "q", "status": "active",
    "item": [
        question("name", "string", required=True, maxLength=4),
        question("smokes", "boolean", item=[question("since", "date")]),
        question("drink", "choice", answerOption=[{"valueCoding": TEA}, {"valueCoding": COFFEE}]),
        question("gender", "choice", answerValueSet=GENDERS),
        question("taxon", "choice", answerValueSet=URL + "nowhere"),
        question("other", "open-choice", answerOption=[{"valueCoding": TEA}]),
        question("pets", "string", repeats=True),
        question("if", "string", required=True,
                 enableWhen=[{"question": "smokes", "operator": "exists", "answerBoolean": True}]),
        question("home", "group", item=[question("town", "string")]),
        question("hello", "display"),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def trial(definitions: Definitions, library: Library) -> Trial:
    return Trial(definitions, library, QUESTIONNAIRE)


def item(link: str, *values: Any, **more: Any) -> dict[str, Any]:
    own = {"answer": [each if isinstance(each, dict) else {"valueString": each} for each in values]}
    return {"linkId": link, **(own if values else {}), **more}


NAMED = item("name", "Wren")


def response(*items: dict[str, Any], status: str = "completed", **more: Any) -> dict[str, Any]:
    own: dict[str, Any] = {"item": list(items)} if items else {}
    return {"resourceType": "QuestionnaireResponse", "questionnaire": URL + "q", "status": status,
            **own, **more}  # fmt: skip


def coded(code: str, system: str) -> dict[str, Any]:
    return {"valueCoding": {"system": system, "code": code, "display": "x"}}


FIRST = "QuestionnaireResponse.item[1]"
SINCE = {"valueBoolean": True, "item": [item("since", {"valueDate": "2020"})]}
CASES: list[tuple[dict[str, Any], list[str]]] = [
    (response(NAMED), []),
    (response(), ["QuestionnaireResponse"]),
    (response(status="in-progress"), []),
    (response(item("name", "Wrens")), ["QuestionnaireResponse.item[0].answer[0].valueString"]),
    (response(NAMED, item("unknown", "x")), [FIRST]),
    (response(NAMED, item("smokes", SINCE)), []),
    (response(NAMED, item("since", {"valueDate": "2020"})), [FIRST]),
    (response(NAMED, item("smokes", "yes")), [f"{FIRST}.answer[0].valueString"]),
    (response(NAMED, item("drink", coded("tea", URL + "drinks"))), []),
    (response(NAMED, item("drink", coded("ale", URL + "drinks"))),
     [f"{FIRST}.answer[0].valueCoding"]),
    (response(NAMED, item("gender", coded("male", GENDER))), []),
    (response(NAMED, item("gender", coded("male", URL + "x"))),
     [f"{FIRST}.answer[0].valueCoding"]),
    (response(NAMED, item("taxon", coded("x", URL + "x"))), []),
    (response(NAMED, item("other", "cider")), []),
    (response(NAMED, item("other", coded("ale", URL + "drinks"))), []),
    (response(NAMED, item("pets", "cat", "dog")), []),
    (response(item("name", "a", "b")), ["QuestionnaireResponse.item[0]"]),
    (response(NAMED, item("home", item=[item("town", "Brecon")])), []),
    (response(NAMED, item("home", "x")), [FIRST]),
    (response(NAMED, item("hello", "x")), [FIRST]),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "places"), CASES, ids=lambda each: str(each)[-60:])
def test_answers(trial: Trial, resource: dict[str, Any], places: list[str]) -> None:
    assert [place for place, _ in trial.found(resource)] == places


def test_what_cant_be_decided_is_told(trial: Trial) -> None:
    strange = response(NAMED, item("taxon", coded("x", URL + "x")))
    assert (f"{FIRST}.answer[0].valueCoding", "answerValueSet") in trial.found(
        strange, severity="information"
    )
    unloaded = response(questionnaire=URL + "none")
    told = trial.texts(unloaded, severity="information")
    assert told == ["Not checked: the questionnaire is not loaded"]


def test_a_questionnaire_may_be_contained(trial: Trial) -> None:
    inside = {**QUESTIONNAIRE, "id": "q"}
    resource = response(item("unknown"), NAMED, questionnaire="#q", contained=[inside])
    assert ("QuestionnaireResponse.item[0]", "linkId") in trial.found(resource)
