from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.apps.care_record.forms import about_me, partial_date
from bevan.apps.care_record.forms.catalogue import FORMS, form_of
from bevan.apps.care_record.forms.field import LONGEST, Form
from bevan.fhir import definitions
from bevan.fhir.validation import Validator
from tests.apps.care_record import build
from tests.apps.care_record.build import PERSON

ALLERGY, PROBLEM = FORMS["allergy"], FORMS["problem"]
ABOUT_ME, CARE_PLAN = FORMS["about-me"], FORMS["care-plan"]
FILLED = {
    "allergy": {"substance": "Penicillin", "reaction": "Wheezing", "severity": "severe",
                "certainty": "confirmed", "status": "active", "onset": "June 1987",
                "note": "A & E"},
    "problem": {"problem": "Chronic obstructive lung disease", "status": "active",
                "certainty": "confirmed", "onset": "2016", "ended": "", "note": ""},
    "about-me": {name: "" for name, _ in about_me.HEADINGS} | {"do": "Face me.\nWait <here>."},
    "care-plan": {"title": "Urgent care plan", "status": "active", "aim": "",
                  "step.0": "Home first", "step.1": "The ward", "step.2": "",
                  "review": "1 December 2026", "note": "Dot"},
}  # fmt: skip


@pytest.fixture(scope="module")
def validator() -> Validator:
    return Validator(definitions.load())


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_what_a_form_writes_is_valid_and_reads_back(form: Form, validator: Validator) -> None:
    wanted = FILLED[form.name]
    assert form.checked(wanted, None) == {}
    made = form.applied(form.blank(PERSON), wanted)
    if form is ABOUT_ME:
        made["date"] = "2026-11-24T10:42:00Z"
    assert validator.issues(made) == []
    again = form.parts(made)
    assert {name: again[name] for name in wanted if wanted[name]} == {
        name: text for name, text in wanted.items() if text
    }
    assert form.applied(made, again) == made, "saving without a change changes nothing"
    assert validator.issues(form.with_error(made)) == []


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_an_empty_form_is_told_what_is_missing(form: Form) -> None:
    parts = form.read({}, None)
    faults = form.checked(parts, None)
    assert faults and set(faults) <= set(parts)


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_lengths_and_choices_are_checked(form: Form) -> None:
    long = FILLED[form.name] | dict.fromkeys(FILLED[form.name], "x" * (LONGEST + 1))
    faults = form.checked(long, None)
    assert all(name in faults for name in FILLED[form.name])


def test_mistakes_lose_their_clinical_status() -> None:
    wrong = ALLERGY.with_error(build.allergy())
    assert "clinicalStatus" not in wrong
    assert wrong["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert CARE_PLAN.with_error({"status": "active"})["status"] == "entered-in-error"


class TestAllergy:
    def test_codes_only_for_words_of_the_table(self) -> None:
        coded = ALLERGY.applied(ALLERGY.blank(PERSON), FILLED["allergy"])
        assert coded["code"]["coding"][0]["display"] == "Penicillin"
        own = ALLERGY.applied(
            ALLERGY.blank(PERSON), FILLED["allergy"] | {"substance": "Grandma's tea"}
        )
        assert own["code"] == {"text": "Grandma's tea"}

    def test_untouched_elements_survive(self) -> None:
        told = build.allergy(
            extension=[{"url": "urn:kept", "valueBoolean": True}],
            reaction=[
                build.reaction("reaction.wheezing", "mild"),
                build.reaction("reaction.nausea"),
            ],
        )
        parts = ALLERGY.parts(told) | {"severity": "severe"}
        made = ALLERGY.applied(told, parts)
        assert made["extension"] == told["extension"] and made["code"] == told["code"]
        assert [one["manifestation"] for one in made["reaction"]] == [
            one["manifestation"] for one in told["reaction"]
        ]
        assert made["reaction"][0]["severity"] == "severe"

    def test_emptied_parts_go(self) -> None:
        told = ALLERGY.applied(ALLERGY.blank(PERSON), FILLED["allergy"])
        empty = ALLERGY.parts(told) | {"reaction": "", "severity": "", "note": "", "onset": ""}
        made = ALLERGY.applied(told, empty)
        assert not {"reaction", "note", "onsetDateTime"} & set(made)


def test_what_goes_on_has_no_end() -> None:
    parts = FILLED["problem"] | {"ended": "2026"}
    assert "ended" in PROBLEM.checked(parts, None)
    assert PROBLEM.checked(parts | {"status": "resolved"}, None) == {}


class TestAboutMe:
    def test_own_words_are_escaped_and_come_back(self) -> None:
        made = ABOUT_ME.applied(ABOUT_ME.blank(PERSON), FILLED["about-me"])
        (section,) = made["section"]
        assert "&lt;here&gt;" in section["text"]["div"] and section["title"] == "Please do"

    def test_sections_that_we_do_not_know_stay(self) -> None:
        extra = {"title": "My garden", "text": {"status": "additional", "div": "<div>Roses</div>"}}
        twice = {"title": "Please do", "text": {"status": "additional", "div": "<div>More</div>"}}
        told = ABOUT_ME.applied(ABOUT_ME.blank(PERSON), FILLED["about-me"])
        told["section"] += [extra, twice]
        parts = ABOUT_ME.parts(told)
        assert "Roses" in parts.values() and "More" in parts.values()
        made = ABOUT_ME.applied(told, parts | {"people": "Ruth"})
        assert extra in made["section"] and twice in made["section"]
        assert {f.label for f in ABOUT_ME.fields(told)} >= {"My garden"}

    def test_it_is_known_by_type_or_title(self) -> None:
        assert about_me.is_about_me({"title": "About me"})
        assert about_me.is_about_me(ABOUT_ME.blank(PERSON))
        assert not about_me.is_about_me({"title": "Discharge summary"})

    @given(
        st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P", "S"]), max_size=60)
    )
    def test_any_words_survive(self, text: str) -> None:
        wanted = FILLED["about-me"] | {"worth": text}
        made = ABOUT_ME.applied(ABOUT_ME.blank(PERSON), wanted)
        assert ABOUT_ME.parts(made)["worth"] == text


class TestCarePlan:
    def test_steps_keep_their_place_and_codes(self) -> None:
        told = {
            **CARE_PLAN.blank(PERSON), "title": "Plan", "status": "active",
            "period": {"start": "2026-01-01"},
            "activity": [
                {"detail": {"code": {"text": "If worse"}, "status": "scheduled"}},
                {"reference": {"reference": "Task/1"}},
                {"detail": {"status": "scheduled", "description": "B"}},
            ],
        }  # fmt: skip
        parts = CARE_PLAN.parts(told)
        labels = {f.name: f.label for f in CARE_PLAN.fields(told)}
        assert (labels["step.0"], labels["step.2"]) == ("If worse", "Step 3")
        made = CARE_PLAN.applied(told, parts | {"step.2": "", "review": "2026-12"})
        assert made["activity"][1] == told["activity"][1]
        assert "description" not in made["activity"][2]["detail"]
        assert made["period"] == {"start": "2026-01-01", "end": "2026-12"}


class TestPartialDates:
    @pytest.mark.parametrize(
        ("text", "made"),
        [("9 June 2014", "2014-06-09"), ("June 2014", "2014-06"), ("2014", "2014"),
         ("9 jun 2014", "2014-06-09"), ("2014-06-09", "2014-06-09")],
    )  # fmt: skip
    def test_as_people_write_them(self, text: str, made: str) -> None:
        assert partial_date.to_fhir(text) == made
        assert partial_date.fault(text) == ""

    @pytest.mark.parametrize("text", ["31 June 2014", "9 Juno 2014", "yesterday", "14", "09/06/14"])
    def test_what_no_calendar_has(self, text: str) -> None:
        assert partial_date.fault(text) == partial_date.FAULT

    def test_nothing_is_no_fault(self) -> None:
        assert partial_date.fault("") == ""


def test_forms_by_type() -> None:
    assert form_of("Condition") is PROBLEM
    assert form_of("Observation") is None
