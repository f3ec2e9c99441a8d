from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bevan.apps.care_record.presenters import (
    lists,
    person,
    plans,
    results,
    sections,
    sources,
    summary,
    timeline,
    vitals,
)
from bevan.apps.care_record.presenters.absence import states
from bevan.apps.care_record.presenters.allergies import allergy_states
from bevan.apps.care_record.presenters.document import document
from bevan.fhir.codes import code
from tests.apps.care_record import build
from tests.apps.care_record.build import GP, HOSPITAL, PERSON


def observed(key: str, day: str, **value: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": key, "status": "final", "meta": {"source": HOSPITAL},
        "code": code(f"observable.{key}").concept(), "effectiveDateTime": day, **value,
    }  # fmt: skip


def quantity(value: Any, unit: str) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, "code": unit}}


class TestBanner:
    def test_in_its_order(self) -> None:
        flag = {"resourceType": "Flag", "status": "active", "code": {"text": "hearing aids"}}
        plan = {"resourceType": "CarePlan", "status": "active", "title": "ReSPECT plan"}
        shown = person.banner(build.chart(
            allergies=[build.allergy(reaction=[build.reaction("reaction.wheezing")])],
            flags=[flag, {**flag, "status": "inactive", "code": {"text": "gone"}}], plans=[plan],
        ))  # fmt: skip
        assert shown.name == "PEMBERTON, Dorothy (Mrs)"
        assert (shown.born, shown.age, shown.sex) == ("14 March 1948", "78 years", "Female")
        assert shown.nhs_number == "999 012 3454"
        assert dict(shown.facts)["GP"] == "Dr Leila Haddad, Mill Lane Surgery"
        assert dict(shown.facts)["Likes to be called"] == "Dot"
        assert [tag.text for tag in shown.tags] == [
            "Allergy: penicillin – wheezing", "Hearing aids", "ReSPECT plan",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("lists", "withheld", "text"),
        [
            ([], (), "Allergies not recorded"),
            ([build.allergy("allergy.no-known-allergy")], (), "No known allergies"),
            ([], ("allergies",), "Allergies: something is withheld"),
        ],
    )
    def test_no_allergy_is_never_silence(
        self, lists: list[dict[str, Any]], withheld: tuple[str, ...], text: str
    ) -> None:
        made = build.chart(allergies=lists, withheld=withheld)
        assert [tag.text for tag in person.allergy_tags(made)] == [text]

    def test_allergies_are_never_cut_and_other_tags_are(self) -> None:
        keys = ("penicillin", "eggs", "aspirin", "peanut", "codeine", "seafood", "naproxen")
        told = [build.allergy(f"allergen.{key}", id=key) for key in keys]
        plan = {"resourceType": "CarePlan", "status": "active", "title": "Plan"}
        shown = person.banner(build.chart(allergies=told, plans=[plan]))
        assert shown.shown == shown.critical == 7 and shown.more == 1

    def test_restricted_people_show_no_place(self) -> None:
        hidden = build.patient(meta={"security": [{"code": "R"}]})
        made = build.chart(person=hidden, allergies=[build.allergy()])
        shown = person.banner(made)
        assert shown.facts == () and "Restricted" in shown.tags[0].text
        words = " ".join(fact.text for fact in person.details(made))
        assert "Tannery" not in words and "Haddad" not in words
        (row,) = person.found_people([hidden], date(2026, 11, 24))
        assert row.address == ""

    def test_the_dead_and_the_merged(self) -> None:
        gone = build.patient(deceasedDateTime="2026-10-09T07:15:00+01:00")
        shown = person.banner(build.chart(person=gone))
        assert shown.tags[0].text == "Died 9 October 2026"
        merged = build.patient(link=[{"type": "replaced-by", "other": {"reference": "Patient/y"}}])
        assert person.replaced_by(merged) == "/record/y"

    def test_a_person_about_whom_nothing_is_known(self) -> None:
        shown = person.banner(build.chart(person={"resourceType": "Patient", "id": "x"}))
        assert (shown.name, shown.nhs_number, shown.checked) == ("Name not known", "not known", "")
        assert shown.age == "age not known"


class TestStates:
    def test_the_words_are_kept_apart(self) -> None:
        whole = build.chart()
        assert [one.kind for one in states(whole, ("problems",), 0)] == ["missing"]
        assert states(whole, ("problems",), 1) == ()
        held = states(build.chart(withheld=("problems",)), ("problems",), 0)
        assert [one.kind for one in held] == ["held"]
        broken = build.chart(sending=build.senders(failed="timed out"))
        said = states(broken, ("problems",), 0)
        assert [one.kind for one in said] == ["failed"]
        assert "Thornbeck General" not in said[0].text and "Last heard 10:42" in said[0].text

    def test_withheld_gives_nothing_away(self) -> None:
        (held,) = states(build.chart(withheld=("problems",)), ("problems",), 3)
        assert not any(character.isdigit() for character in held.lead + held.text)

    def test_allergies_empty_contradicted_and_said_none(self) -> None:
        none = build.allergy("allergy.no-known-allergy", id="n")
        assert [s.kind for s in allergy_states(build.chart())] == ["missing"]
        (said,) = allergy_states(build.chart(allergies=[none]))
        assert said.kind == "none" and "Mill Lane Surgery on 3 October 2026" in said.text
        both = allergy_states(build.chart(allergies=[none, build.allergy()]))
        assert [s.lead for s in both] == ["This contradicts the list:"]
        ended = allergy_states(build.chart(allergies=[build.allergy(state="resolved")]))
        assert [s.lead for s in ended] == ["None in force."]


class TestLists:
    def test_every_entry_says_whose_and_when(self) -> None:
        made = build.chart(allergies=[build.allergy()], medicines=[build.medicine("X", "1")])
        current = lists.medicine_entries(made, lists.medicine_list(made).current)
        for shown in (*lists.allergy_groups(made), *current):
            assert shown.source == "Mill Lane Surgery" and shown.date.endswith("Oct 2026")

    def test_problems_active_and_past(self) -> None:
        def problem(id: str, state: str, **more: Any) -> dict[str, Any]:
            return {"resourceType": "Condition", "id": id, "meta": {"source": GP},
                    "code": {"text": id},
                    "clinicalStatus": build.status("condition", "clinical", state),
                    **more}  # fmt: skip

        wrong = build.status("condition", "ver-status", "entered-in-error")
        made = build.chart(problems=[
            problem("old", "active", onsetDateTime="2004"), problem("new", "active",
            onsetDateTime="2026-11-19"), problem("over", "resolved"),
            problem("wrong", "active", verificationStatus=wrong),
        ])  # fmt: skip
        assert [(e.name, e.since) for e in lists.problems(made)] == [
            ("new", "since 19 Nov 2026"), ("old", "since 2004"),
        ]  # fmt: skip
        assert [e.name for e in lists.problems(made, past=True)] == ["over"]
        assert [link.label for link in lists.problems(made)[0].actions] == [
            "Change", "Recorded by mistake",
        ]  # fmt: skip

    def test_medicines_say_what_changed(self) -> None:
        told = [build.medicine("New", "1 a day", id="n", start="2026-11-20", end="2026-11-24"),
                build.medicine("Stopped", "1 a day", id="s", state="stopped",
                               statusReason={"text": "Rash"})]  # fmt: skip
        made = build.chart(medicines=told)
        found = lists.medicine_list(made)
        (new,) = lists.medicine_entries(made, found.current)
        assert [tag.text for tag in new.tags] == ["New"]
        assert new.lines == ("1 a day, ends 24 Nov 2026",)
        assert lists.medicine_entries(made, found.past)[0].small == "Stopped: Rash"

    def test_vaccinations_appointments_procedures(self) -> None:
        shot = {
            "resourceType": "Immunization",
            "id": "i",
            "status": "not-done",
            "vaccineCode": {"text": "Flu"},
            "occurrenceDateTime": "2026-10-01",
            "meta": {},
            "protocolApplied": [{"targetDisease": [{"text": "Influenza"}]}],
            "lotNumber": "B1",
        }
        visit = {"resourceType": "Appointment", "id": "v", "status": "booked", "meta": {},
                 "start": "2026-11-24T14:00:00Z", "description": "Nurse visit"}  # fmt: skip
        done = {"resourceType": "Procedure", "id": "p", "status": "completed", "meta": {},
                "code": {"text": "Stent"}, "performedDateTime": "2018-05-14"}  # fmt: skip
        missed = {**visit, "id": "w", "status": "noshow", "start": "2026-01-02T09:00:00Z"}
        made = build.chart(vaccinations=[shot], appointments=[visit, missed], procedures=[done])
        (given,) = lists.vaccinations(made)
        assert given.small == "Influenza · Batch B1" and given.tags[0].text == "Not given"
        (coming,) = lists.appointments(made, coming=True)
        assert (coming.name, coming.date) == ("Nurse visit", "Today 14:00")
        assert lists.appointments(made, coming=False)[0].tags[0].text == "Not attended"
        assert lists.procedures(made)[0].date == "14 May 2018"


class TestResults:
    def test_rows_and_figures(self) -> None:
        told = [build.result(value, f"2026-0{n + 1}-01", note=[{"text": "fasting"}])
                for n, value in enumerate((72, 66, 61))]  # fmt: skip
        made = build.chart(laboratory=told)
        (series,) = results.series_of(made)
        assert results.title(series) == "HbA1c"
        (row,) = results.rows(made, [series], [series.key])
        assert row.chosen and row.href.endswith(f"/results/{series.key}")
        shown = results.figure(made, series)
        assert shown.lead == "61 on 1 March 2026: high."
        assert shown.say == "Down 11 since January 2026. fasting"
        assert [r.cells[1] for r in shown.rows] == ["61", "66", "72"]

    def test_one_value_is_no_trend_and_stays_out_of_the_charts(self) -> None:
        made = build.chart(laboratory=[build.result(61, "2026-01-01")])
        (series,) = results.series_of(made)
        assert results.figure(made, series).chart is None
        assert results.trend(series).words == "1 value, no trend"

    @pytest.mark.parametrize(
        ("key", "name"),
        [("serum-potassium-level", "Potassium"), ("hba1c", "HbA1c")],
    )
    def test_names_lose_what_laboratories_add(self, key: str, name: str) -> None:
        told = [build.result(5, "2026-01-01", key=f"observable.{key}")]
        (one,) = results.series_of(build.chart(laboratory=told))
        assert results.title(one) == name


class TestVitals:
    DAY = "2026-11-24T10:31:00Z"

    def chart(self, **more: Any) -> Any:
        parts = [{"code": code("observable.news2-systolic").concept(), **quantity(3, "{score}")},
                 {"code": code("observable.news2-oxygen-scale-2").concept(),
                  **quantity(2, "{score}")}]  # fmt: skip
        pressure = [{"code": {"text": "sys"}, **quantity(88, "mm[Hg]")},
                    {"code": {"text": "dia"}, **quantity(50, "mm[Hg]")}]  # fmt: skip
        return build.chart(vitals=[
            observed("oxygen-saturation", self.DAY, **quantity(85, "%")),
            observed("blood-pressure", self.DAY, component=pressure),
            observed("acvpu", self.DAY, valueCodeableConcept=code(
                "finding.acute-confusion").concept()),
            observed("news2", self.DAY, **quantity(6, "{ScoreOf}"), component=parts),
            observed("news2", "2026-11-24T08:12:00Z", **quantity(3, "{ScoreOf}")),
            observed("body-weight", "2025-02-11", **quantity(71.4, "kg")),
        ])  # fmt: skip

    def test_latest_set(self) -> None:
        found = vitals.vitals(self.chart())
        assert found is not None and found.score is not None
        assert (found.score.figure, found.score.word) == ("6", "Medium")
        assert found.score.single == "3 in blood pressure" and found.scale == "Oxygen on scale 2"
        assert found.change == "up 3 from 3 at 08:12"
        said = {sign.label: (sign.figure, sign.unit) for sign in found.signs}
        assert said["Oxygen level"] == ("85", "%")
        assert said["Blood pressure"] == ("88/50", "mmHg")
        assert said["Alertness"] == ("New confusion", "")
        assert said["Pulse"] == ("Not recorded", "")
        sides = {sign.label: sign.side for sign in found.signs}
        assert sides["Oxygen level"] == "low" and sides["Blood pressure"] == "low"
        assert sides["Alertness"] == "", "its words say it"

    def test_sets_and_other_measurements(self) -> None:
        rows = vitals.sets(self.chart())
        assert [row.cells[0].text for row in rows] == ["Today 10:31", "Today 08:12"]  # type: ignore[union-attr]
        assert "not taken" in rows[0].cells
        (weight,) = vitals.others(self.chart())
        assert weight.cells[1] == "71.4 kg"

    def test_an_old_score_says_so_and_none_is_none(self) -> None:
        old = build.chart(vitals=[observed("news2", "2026-11-20T10:00:00Z",
                                           **quantity(9, "{ScoreOf}"))])  # fmt: skip
        found = vitals.vitals(old)
        assert found is not None and found.score is not None and found.score.kind == "old"
        assert vitals.vitals(build.chart()) is None


def test_timeline_days_and_months() -> None:
    def encounter(id: str, start: str) -> dict[str, Any]:
        return {"resourceType": "Encounter", "id": id, "status": "finished", "meta": {"source": GP},
                "class": {"code": "AMB"}, "period": {"start": start}}  # fmt: skip

    made = build.chart(
        encounters=[
            encounter("a", "2026-11-24T08:30:00Z"),
            encounter("b", "2026-10-03"),
            encounter("c", "2026-10-01"),
        ]
    )
    every = timeline.contacts_of(made)
    shown = timeline.days(every, made.today)
    assert [(day.title, day.count) for day in shown] == [
        ("Today, Tuesday 24 November 2026", "1 contact"), ("October 2026", "2 contacts"),
    ]  # fmt: skip
    assert shown[0].contacts[0].time == "08:30" and shown[1].contacts[0].time == "3 Oct"
    assert "Not connected" in str(timeline.lanes(made, every))
    assert len(timeline.chosen(every, "gp", date(2026, 10, 2))) == 2


def test_plans_and_about_me() -> None:
    plan = {"resourceType": "CarePlan", "id": "p", "status": "active", "title": "Urgent care plan",
            "meta": {"source": HOSPITAL, "versionId": "5"}, "created": "2026-11-24T10:38:00Z",
            "description": "Treat at home", "author": {"display": "Dr Ama Osei"},
            "period": {"end": "2026-12-01"}}  # fmt: skip
    about = {"resourceType": "Composition", "id": "c", "status": "final", "title": "About Me",
             "meta": {"source": GP}, "date": "2026-11-02",
             "section": [{"title": "Please do", "text": {"div": "<p>Face me</p>"}}]}  # fmt: skip
    made = build.chart(plans=[plan, {**plan, "id": "q", "status": "revoked"}], about=[about])
    (shown,) = plans.plans(made)
    assert shown.meta == "Version 5 · Thornbeck General · Today 10:38"
    assert shown.foot == "Dr Ama Osei. Review by 1 Dec 2026"
    assert [p.id for p in plans.plans(made, standing=False)] == ["q"]
    paper = plans.about(made)
    assert paper is not None and [(p.label, p.text) for p in paper.parts] == [
        ("Please do", "Face me")
    ]
    assert plans.about(build.chart()) is None


def test_sections_count_what_the_pages_show() -> None:
    told = [build.allergy(), build.allergy(id="dup", source=HOSPITAL)]
    found = {item.label: item for group in sections.sections(build.chart(allergies=told), "results")
             for item in group.items}  # fmt: skip
    assert found["Allergies"].count == "1" and found["Results"].here
    assert found["Summary"].href == f"/record/{PERSON}"


def test_sources_say_who_sent_and_who_fails() -> None:
    made = build.chart(allergies=[build.allergy()], sending=build.senders(failed="timed out"))
    rows = {row.name: row for row in sources.source_rows(made)}
    assert rows["Mill Lane Surgery"].sent == "2 entries shown"
    assert rows["Thornbeck General"].tag.text == "Can't be shown"


def test_documents_show_text_or_say_why_not() -> None:
    given = {
        "resourceType": "DocumentReference",
        "id": "d",
        "meta": {"source": GP},
        "type": {"text": "Letter"},
        "date": "2026-11-20",
        "content": [{"attachment": {"contentType": "text/plain", "data": "RGVhciBEb3Q="}}],
    }
    assert document(build.chart(), given).text == "Dear Dot"
    for data in ("%%%", "/w=="):
        given["content"] = [{"attachment": {"contentType": "text/plain", "data": data}}]
        assert document(build.chart(), given).text is None
    given["content"] = [{"attachment": {"contentType": "application/pdf"}}]
    assert document(build.chart(), given).kind == "application/pdf"


def test_summary_of_somebody_with_nothing() -> None:
    page = summary.summary(build.chart())
    assert page.alert is None and page.vitals is None and page.plan is None
    for part in (page.problems, page.medicines, page.allergies):
        assert [state.kind for state in part.states] == ["missing"]
