from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.apps.care_record.rules import (
    absence,
    allergies,
    attribution,
    concepts,
    contacts,
    entries,
    medicines,
    news2,
    nhs_number,
    results,
    senders,
)
from bevan.apps.care_record.rules.merge import merge
from bevan.fhir.codes import code
from bevan.people.nhs_number import check_digit
from tests.apps.care_record import build
from tests.apps.care_record.build import GP, HOSPITAL, NOW

TODAY = date(2026, 11, 24)


class TestConcepts:
    def test_words_prefer_what_the_person_chose(self) -> None:
        coded = {"coding": [{"code": "1", "display": "One"}, {"code": "2", "display": "Two",
                                                              "userSelected": True}]}  # fmt: skip
        assert concepts.words(coded) == "Two"
        assert concepts.words({**coded, "text": "Own words"}) == "Own words"
        bare = code("allergen.penicillin").coding() | {"display": ""}
        assert concepts.words({"coding": [bare]}) == "Penicillin", "from the code table"
        assert concepts.words({"coding": [{"system": "urn:x", "code": "9"}]}) == "9"
        assert concepts.words(None) == "Not named"

    def test_dictionary_and_snomed_identifiers_are_one(self) -> None:
        one, other = ({"coding": [{"system": s, "code": "42"}]}
                      for s in (concepts.DMD, concepts.SNOMED))  # fmt: skip
        assert concepts.keys(one) == concepts.keys(other)

    @pytest.mark.parametrize("text", ["Penicillin", "Allergy to penicillin", "penicillins"])
    def test_plain_names(self, text: str) -> None:
        assert concepts.plain_name(text) == "penicillin"


class TestAllergies:
    def test_duplicates_stand_together_whatever_their_order(self) -> None:
        told = [
            build.allergy(id="gp"),
            build.allergy("allergy-finding.allergy-to-penicillin", id="hospital", source=HOSPITAL,
                          reaction=[build.reaction("reaction.anaphylactic-reaction", "severe")]),
            build.allergy("allergen.trimethoprim", id="other"),
        ]  # fmt: skip
        for order in permutations(told):
            found = allergies.reconciled(order)
            assert [group.chief["id"] for group in found.groups] == ["hospital", "other"]
            assert [one["id"] for one in found.groups[0].others] == ["gp"], "no source is dropped"

    def test_entered_in_error_is_nowhere(self) -> None:
        wrong = build.allergy(certainty="entered-in-error")
        found = allergies.reconciled([wrong])
        assert not (found.groups or found.past or found.none_known)

    def test_ended_and_refuted_stand_apart(self) -> None:
        told = [build.allergy(id="a", state="resolved"),
                build.allergy("allergen.eggs", id="b", certainty="refuted")]  # fmt: skip
        found = allergies.reconciled(told)
        assert not found.groups and len(found.past) == 2

    def test_no_known_allergies_only_as_somebodys_statement(self) -> None:
        none = build.allergy("allergy.no-known-allergy")
        assert allergies.reconciled([]).none_known == ()
        alone = allergies.reconciled([none])
        assert alone.none_known == (none,) and not alone.groups and not alone.conflict
        assert allergies.reconciled([none, build.allergy()]).conflict
        taken_back = build.allergy("allergy.no-known-allergy", state="inactive")
        assert not allergies.reconciled([taken_back]).none_known

    def test_words_for_reactions_and_severity(self) -> None:
        told = build.allergy(reaction=[
            build.reaction("reaction.eruption-of-skin", "mild"),
            build.reaction("reaction.wheezing", "severe"),
        ])  # fmt: skip
        assert allergies.reactions(told) == "Eruption of skin, Wheezing"
        assert allergies.severity(told) == "severe"
        assert allergies.severity(build.allergy(criticality="high")) == "high risk"


class TestMedicines:
    def test_one_row_a_product_with_every_running_source(self) -> None:
        ids = (concepts.DMD, "42084911000001109")
        told = [
            build.medicine("Metformin 500mg tablets", "Take one twice a day", codes=ids),
            build.medicine("Metformin 500 mg", "500 mg twice a day", id="h", source=HOSPITAL,
                           start="2026-11-20", codes=(concepts.SNOMED, ids[1])),
            build.medicine("Ramipril 5mg capsules", "One a day", id="r"),
        ]  # fmt: skip
        found = medicines.reconciled(told, TODAY)
        assert [one.chief["id"] for one in found.current] == ["h", "r"]
        assert [one["id"] for one in found.current[0].others] == ["m1"]
        assert found.current[0].doses_differ

    @pytest.mark.parametrize(
        ("one", "other", "differ"),
        [
            ("2 puffs as required", "Two puffs when needed", False),
            ("1 a day", "One once a day", True),
            ("5 mg", "10 mg", True),
            ("", "10 mg", False),
        ],
    )
    def test_doses_differ_in_figures_not_in_words(self, one: str, other: str, differ: bool) -> None:
        told = [build.medicine("X", one), build.medicine("X", other, id="m2")]
        assert medicines.reconciled(told, TODAY).current[0].doses_differ is differ

    def test_what_ended_or_stopped_is_past(self) -> None:
        told = [
            build.medicine("A", "1", id="over", end="2026-11-23"),
            build.medicine("B", "1", id="last-day", end="2026-11-24"),
            build.medicine("C", "1", id="stopped", state="stopped"),
            build.medicine("D", "1", id="wrong", state="entered-in-error"),
            build.medicine("E", "1", id="plan", intent="plan"),
        ]
        found = medicines.reconciled(told, TODAY)
        assert [one.chief["id"] for one in found.current] == ["last-day"]
        assert {one.chief["id"] for one in found.past} == {"over", "stopped"}
        assert medicines.stopped_lately(found.past[0], TODAY)

    def test_new_within_two_weeks(self) -> None:
        for days, new in ((0, True), (14, True), (15, False), (-1, False)):
            start = (TODAY - timedelta(days=days)).isoformat()
            assert medicines.is_new(build.medicine("A", "1", start=start), TODAY) is new


class TestResults:
    def test_series_in_order_without_errors_and_by_unit(self) -> None:
        told = [
            build.result(61, "2026-10-03"),
            build.result(58, "2025-10-10"),
            build.result(99, "2026-01-01", state="entered-in-error"),
            build.result(7.1, "2020-01-01", unit="%"),
        ]
        found = {one.unit: one for one in results.series(told)}
        assert [reading.value for reading in found["mmol/mol"].readings] == [58, 61]
        assert len(found["%"].readings) == 1

    def test_codings_that_overlap_are_one_test(self) -> None:
        both = build.result(60, "2026-02-01")
        both["code"] = {"coding": [{"system": "s", "code": "1"}, {"system": "t", "code": "2"}]}
        one, other = build.result(61, "2026-03-01"), build.result(62, "2026-04-01")
        one["code"], other["code"] = ({"coding": [c]} for c in both["code"]["coding"])
        assert len(results.series([both, one, other])) == 1

    @pytest.mark.parametrize(
        ("values", "kind", "text"),
        [
            ((58, 61), "out", "High"),
            ((118, 61), "out", "High, falling"),
            ((50, 40), "out", "Low, falling"),
            ((61, 50), "in", "In range"),
        ],
    )
    def test_verdicts(self, values: tuple[int, ...], kind: str, text: str) -> None:
        told = [build.result(v, f"2026-0{n + 1}-01") for n, v in enumerate(values)]
        said = results.verdict(results.series(told)[0])
        assert (said.kind, said.text) == (kind, text)

    def test_laboratory_says_before_we_do(self) -> None:
        flagged = build.result(50, "2026-01-01", interpretation=[{"coding": [{"code": "H"}]}])
        assert results.side_of(results.reading(flagged)) == 1
        bare = build.result(50, "2026-01-01", low=None, high=None)
        assert results.verdict(results.series([bare])[0]).text == "No range given"

    def test_changes_and_ranges_in_words(self) -> None:
        told = [build.result(40, "2026-01-01"), build.result(38, "2026-02-01")]
        assert results.change(results.series(told)[0]) == "2 lower"
        assert results.change(results.series(told[:1])[0]) == ""
        said = [results.range_text(*r) for r in ((48, 58), (None, 5), (45, None), (0, 3))]
        assert said == ["48 to 58", "up to 5", "45 or more", "up to 3"]


class TestNews2:
    @pytest.mark.parametrize(
        ("total", "three", "word"),
        [(0, False, "Low"), (4, False, "Low"), (3, True, "Low-medium"), (5, False, "Medium"),
         (6, True, "Medium"), (7, False, "High"), (20, True, "High")],
    )  # fmt: skip
    def test_words(self, total: int, three: bool, word: str) -> None:
        assert news2.word(total, three) == word


class TestMerge:
    PARTS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "y", "z"]))

    def test_fates(self) -> None:
        base = {"same": "1", "mine": "1", "theirs": "1", "both": "1", "clash": "1"}
        theirs = base | {"theirs": "2", "both": "3", "clash": "4"}
        mine = base | {"mine": "5", "both": "3", "clash": "6"}
        found = merge(base, theirs, mine)
        assert found.fates == {name: name for name in base}
        assert found.settled({"clash": "7"}) == {
            "same": "1", "mine": "5", "theirs": "2", "both": "3", "clash": "7",
        }  # fmt: skip
        with pytest.raises(KeyError):
            found.settled({})

    def test_white_space_is_no_change(self) -> None:
        assert merge({"a": "one two"}, {"a": "one  two\n"}, {"a": "one two"}).clashes == ()

    @given(PARTS, PARTS, PARTS)
    def test_nothing_that_one_side_changed_is_lost(
        self, base: dict[str, str], theirs: dict[str, str], mine: dict[str, str]
    ) -> None:
        found = merge(base, theirs, mine)
        done = found.settled(dict.fromkeys(found.clashes, "chosen"))
        for name in {*base, *theirs, *mine}:
            three = [side.get(name, "") for side in (base, theirs, mine)]
            if three[1] == three[0]:
                assert done[name] == three[2]
            elif three[2] == three[0] or three[1] == three[2]:
                assert done[name] == three[1]
            else:
                assert done[name] == "chosen" and name in found.clashes


class TestNhsNumber:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("999 012 3454", "number"),
            ("999-012-3454", "number"),
            ("9990123455", "wrong-digit"),
            ("999 012 345", "wrong-length"),
            ("0000000000", "wrong-range"),
            ("3213213217", "wrong-range"),
            ("9990000000", "wrong-digit"),
            ("Pemberton", "name"),
            ("9990 Pemberton", "name"),
            ("٣٤٥", "name"),
        ],
    )
    def test_typed(self, text: str, kind: str) -> None:
        assert nhs_number.typed(text).kind == kind

    @pytest.mark.parametrize(
        ("stem", "digit"),
        [("943476591", 9), ("987654321", 0), ("123456788", 1), ("999000000", None)],
    )
    def test_check_digit(self, stem: str, digit: int | None) -> None:
        assert check_digit(stem) == digit

    @given(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True), st.integers(0, 8), st.integers(1, 9))
    def test_one_wrong_digit_is_always_noticed(self, stem: str, place: int, by: int) -> None:
        digit = check_digit(stem)
        if digit is None:
            return
        wrong = str((int(stem[place]) + by) % 10)
        slip = stem[:place] + wrong + stem[place + 1 :] + str(digit)
        assert nhs_number.typed(slip).kind == "wrong-digit"


class TestAbsence:
    def test_none_only_when_every_source_answered(self) -> None:
        whole = build.senders()
        assert absence.absence(0, False, whole, [], NOW).none
        assert not absence.absence(1, False, whole, [GP], NOW).none
        assert not absence.absence(0, True, whole, [], NOW).none
        broken = build.senders(failed="no answer")
        found = absence.absence(0, False, broken, [], NOW)
        assert not found.none and [one.uri for one in found.failed] == [HOSPITAL]

    def test_silent_sources_only_where_they_matter(self) -> None:
        silent = build.senders(heard=NOW - timedelta(hours=25))
        assert [one.uri for one in absence.absence(1, False, silent, [GP], NOW).late] == [GP]
        assert not absence.absence(1, False, silent, [HOSPITAL], NOW).late


class TestSenders:
    def test_whose_entry_it_is(self) -> None:
        known = build.senders()
        assert known.name(build.allergy()) == "Mill Lane Surgery"
        local = {"meta": {"source": senders.local_source("o-hospital")}}
        assert known.custodian(local) == "o-hospital" and known.name(local) == "Thornbeck General"
        assert known.name({"meta": {}}) == "Source not recorded"

    @pytest.mark.parametrize(
        ("type", "name", "kind"),
        [("General practice", "Any", "gp"), ("Mental health services", "Community", "mental"),
         ("", "Vale Ambulance Service", "ambulance"), ("Adult social care", "", "social"),
         ("", "Harbour Street", "other")],
    )  # fmt: skip
    def test_settings(self, type: str, name: str, kind: str) -> None:
        assert senders.kind_of(type, name) == kind


class TestAttribution:
    WRITER = attribution.Writer("p", "Priya Nair", "o-hospital", "Thornbeck General")

    def task(self, version: int, **more: object) -> dict[str, object]:
        made = attribution.notice_task("Condition/c", version, build.PERSON,
                                       ("o-gp", "Mill Lane Surgery"), self.WRITER, "COPD",
                                       "2026-11-24T10:42:00+00:00")  # fmt: skip
        return {**made, "id": f"t{version}", **more}

    def test_the_newest_open_notice_counts(self) -> None:
        told = [self.task(2), self.task(4), self.task(5, status="completed"),
                self.task(6, code={"text": "Something else"})]  # fmt: skip
        found = attribution.notices(told)["Condition/c"]
        assert (found.version, found.by) == (4, "Priya Nair")
        assert attribution.closed(found.task, "Settled")["status"] == "completed"

    def test_a_focus_without_version_is_no_notice(self) -> None:
        assert not attribution.notices([self.task(2, focus={"reference": "Condition/c"})])


class TestContacts:
    def encounter(self, **more: object) -> dict[str, object]:
        return {
            "resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"},
            "meta": {"source": GP}, "period": {"start": "2026-10-03T09:20:00+01:00"}, **more,
        }  # fmt: skip

    def test_in_words(self) -> None:
        vague = code("encounter-type.patient-encounter-procedure").concept()
        told = self.encounter(type=[vague], reasonCode=[{"text": "Diabetes review. Feet checked"}],
                              participant=[{"individual": {"display": "Jo Baptiste"}}])  # fmt: skip
        (found,) = contacts.contacts([told], build.senders())
        assert (found.what, found.detail) == ("Diabetes review", "Feet checked. Visit.")
        assert (found.kind, found.who, found.clock) == ("gp", "Mill Lane Surgery · Jo Baptiste",
                                                        "09:20")  # fmt: skip

    def test_type_before_reason_and_stays_have_an_end(self) -> None:
        told = self.encounter(
            type=[code("encounter-type.home-visit").concept()], reasonCode=[{"text": "Falls"}],
            period={"start": "2026-03-05", "end": "2026-03-13"},
        )  # fmt: skip
        (found,) = contacts.contacts([told], build.senders())
        assert (found.what, found.end) == ("Home visit", date(2026, 3, 13))

    @pytest.mark.parametrize("state", ["cancelled", "planned", "entered-in-error"])
    def test_what_did_not_happen_is_left_out(self, state: str) -> None:
        assert contacts.contacts([self.encounter(status=state)], build.senders()) == []
        assert contacts.contacts([self.encounter(period={})], build.senders()) == []


class TestEntries:
    def test_when_is_the_clinical_date(self) -> None:
        assert entries.when({"issued": "2026-02-02", "effectiveDateTime": "2026-02-01"}) == (
            "2026-02-01")  # fmt: skip
        assert entries.when({}) == ""

    def test_versions_and_targets(self) -> None:
        assert entries.version({"meta": {"versionId": "12"}}) == 12
        assert entries.version({}) == 0
        assert entries.target({"reference": "Patient/x/_history/2"}) == "x"
        assert entries.notes({"note": [{"text": "a"}, {"text": "b"}]}) == "a\nb"
