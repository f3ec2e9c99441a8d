"""The rulebook as data: what ships, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bevan.access import rules
from bevan.access.rules import EVERY_LABEL, NOTHING
from bevan.fhir.definitions import load as definitions
from bevan.kernel.errors import ConfigurationError
from bevan.record.scope import (
    HELD,
    NOT_FOR_PATIENT,
    RESTRICTED,
    SEALED,
    SEALED_AND_LOCKED,
    VERY_RESTRICTED,
    Actor,
)
from bevan.synthetic import staff


def shipped() -> dict[str, Any]:
    text = files("bevan.access").joinpath("rules.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def changed(**parts: Any) -> bytes:
    return json.dumps(shipped() | parts).encode()


def who(role: str, organisation: str = "org") -> Actor:
    return Actor("practitioner", "p", "P", role, organisation)


def test_a_role_that_no_rule_names_may_do_nothing() -> None:
    assert rules.load().rule(who("Astronaut"), "direct-care") is NOTHING
    assert rules.load().rule(who("GP", ""), "direct-care") is NOTHING
    assert NOTHING.reach == "nobody" and NOTHING.hidden == EVERY_LABEL
    assert NOTHING.reads == NOTHING.writes == frozenset()


def test_every_demo_person_has_a_rule() -> None:
    loaded = rules.load()
    assert [worker.title for worker in staff.DEMO if worker.title not in loaded.roles] == []


def test_every_care_role_needs_the_team_or_an_emergency_for_what_is_sealed() -> None:
    for rule in rules.load().rules.values():
        if rule.reach == "organisation":
            assert rule.hidden & SEALED and rule.hidden & SEALED_AND_LOCKED, rule.id
        if rule.reach in ("self", "proxy"):
            assert rule.hidden & NOT_FOR_PATIENT and rule.hidden & HELD, rule.id
        assert not rule.marks & (RESTRICTED | VERY_RESTRICTED) or rule.group == "system"


def test_staff_without_a_care_role_reach_nobody() -> None:
    loaded = rules.load()
    for role in ("Public health analyst", "Privacy officer", "Platform engineer", "R0001"):
        rule = loaded.rule(who(role), "direct-care")
        assert rule.reach == "nobody" and rule.writes == frozenset()


@pytest.mark.parametrize(
    ("role", "group"),
    [
        ("GP", "clinical"),
        ("R8000", "clinical"),
        ("S8000:G8000:R8001", "clinical"),
        ("S8001:G8002:R8014", "social-care"),
        ("S8001:G8002:R9999", ""),
        ("", ""),
    ],
)
def test_a_role_counts_by_name_and_by_code(role: str, group: str) -> None:
    assert rules.load().group(who(role)) == group


def test_a_purpose_is_for_those_it_names() -> None:
    loaded = rules.load()
    dot = Actor("patient", "dot", "Dot")
    assert loaded.rule(dot, "direct-care") is NOTHING
    assert loaded.rule(dot, "own-record").id == "person.own"
    assert loaded.rule(dot, "acting-for").id == "person.proxy"
    assert loaded.rule(who("GP"), "own-record") is NOTHING
    assert loaded.rule(who("GP"), "research") is NOTHING


def test_nobody_writes_what_makes_links_choices_or_proof() -> None:
    loaded = rules.load()
    reserved = {"Patient", "Encounter", "EpisodeOfCare", "CareTeam", "Consent", "AuditEvent",
                "Provenance", "PractitionerRole"}  # fmt: skip
    assert reserved <= loaded.reserved
    for rule in loaded.rules.values():
        if rule.group != "system":
            assert rule.writes is not None and not rule.writes & reserved, rule.id


def test_every_purpose_rests_on_both_laws() -> None:
    for purpose in rules.load().purposes.values():
        law = purpose.legal
        assert law.article6.startswith("6(1)") and law.article9.startswith("9(2)")
        assert law.confidentiality and "consent (GDPR)" not in law.confidentiality


def test_opt_outs_are_for_research_and_planning_and_not_for_care_or_outbreaks() -> None:
    purposes = rules.load().purposes
    for name in ("planning", "research"):
        assert {"national", "type-1"} <= purposes[name].refusals
    for name in ("direct-care", "communicable-disease", "covid-19", "own-record"):
        assert not {"national", "type-1"} & purposes[name].refusals, name


@pytest.mark.parametrize(
    ("day", "lawful"),
    [
        (datetime(2020, 3, 19, 23, 59, tzinfo=UTC), False),
        (datetime(2020, 3, 20, tzinfo=UTC), True),
        (datetime(2022, 6, 30, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2022, 7, 1, tzinfo=UTC), False),
        (datetime(2026, 11, 24, tzinfo=UTC), False),
    ],
)
def test_the_covid_purpose_lasts_as_long_as_its_notice(day: datetime, lawful: bool) -> None:
    assert rules.load().lawful("covid-19", day) is lawful


def test_a_purpose_whose_instrument_nobody_gave_has_none_in_force() -> None:
    loaded = rules.load()
    today = datetime(2026, 11, 24, tzinfo=UTC)
    assert not loaded.lawful("research", today) and loaded.lawful("direct-care", today)
    support = {
        "says": "x", "type": "s251", "regulation": "5", "from": "2026-01-01", "to": None
    }  # fmt: skip
    more = shipped()["instruments"] | {"s251-research": support}
    assert rules.load(changed(instruments=more)).lawful("research", today)


def test_a_deployer_brings_rules_by_a_setting(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_bytes(changed(version="region 7"))
    assert rules.load_from(file).version == "region 7"
    assert rules.load_from(None).version == shipped()["version"]
    with pytest.raises(ConfigurationError, match="can't be read"):
        rules.load_from(tmp_path / "none.json")


def test_every_type_and_element_that_rules_name_exists() -> None:
    types = definitions().types
    loaded = rules.load()
    assert loaded.masked["*"] == {"meta.source"}
    for type, elements in loaded.masked.items():
        if type == "*":
            continue
        assert elements <= set(types[type].elements), type
    assert set(types) >= rules.EVERY_TYPE == set(definitions().resource_types)
    for rule in loaded.rules.values():
        assert (rule.reads or frozenset()) <= set(types)
        assert (rule.writes or frozenset()) <= set(types)


def test_every_rule_says_what_it_means() -> None:
    read = shipped()
    parts = ("purposes", "instruments", "rules", "links", "choices")
    said = [one["says"] for part in parts for one in read[part].values()]
    said += [read["reserved"]["says"], read["emergency"]["says"]]
    assert all(text.endswith(".") and text[0].isupper() for text in said)


def rule(**parts: Any) -> dict[str, Any]:
    clinical: dict[str, Any] = shipped()["rules"]["role.clinical.care"]
    return {"role.clinical.care": clinical | parts}


def lawless(**law: str) -> dict[str, Any]:
    purposes: dict[str, Any] = shipped()["purposes"]
    care = purposes["direct-care"]
    return {**purposes, "direct-care": {**care, "legal": {**care["legal"], **law}}}


NAMED = {"names": ["GP"], "codes": []}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"{", "can't be read"),
        (changed(purposes="care"), "can't be read"),
        (changed(extra=1), "can't be read"),
        (changed(roles={"wizards": NAMED}), "no group 'wizards'"),
        (changed(roles={"clinical": NAMED, "directory": NAMED}), "'GP' twice"),
        (changed(rules=shipped()["rules"] | rule(hidden=["SECRET"])), "no label 'SECRET'"),
        (changed(rules=shipped()["rules"] | rule(marks=["SECRET"])), "no label 'SECRET'"),
        (changed(rules=shipped()["rules"] | rule(reads=["Ptient"])), "no type 'Ptient'"),
        (changed(rules=shipped()["rules"] | rule(reach="everybody")), "can't be read"),
        (changed(rules=shipped()["rules"] | rule(purposes=["fun"])), "no purpose 'fun'"),
        (
            changed(rules=shipped()["rules"] | {"again": rule()["role.clinical.care"]}),
            "says again",
        ),
        (changed(purposes=lawless(confidentiality=" ")), "both laws"),
        (changed(purposes=lawless(article6="")), "both laws"),
        (changed(reserved={"says": "x", "types": ["Ptient"]}), "no type 'Ptient'"),
    ],
)
def test_a_faulty_rulebook_is_refused_whole(text: bytes, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        rules.load(text)


def test_without_rules_for_systems_and_citizens_they_may_do_nothing() -> None:
    loaded = rules.load(changed(rules={}, roles={}))
    assert loaded.system() is NOTHING
    assert loaded.rule(Actor("patient", "dot", "Dot"), "own-record") is NOTHING
