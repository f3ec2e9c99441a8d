"""The rulebook as data: what ships, and what is refused."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from bevan.access import rules
from bevan.access.rules import EVERY_LABEL, NOTHING
from bevan.fhir.definitions import load as definitions
from bevan.kernel.errors import ConfigurationError
from bevan.record.scope import SEALED, SEALED_AND_LOCKED
from bevan.synthetic import staff


def shipped() -> dict[str, Any]:
    text = files("bevan.access").joinpath("rules.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def changed(**parts: Any) -> bytes:
    return json.dumps(shipped() | parts).encode()


def test_a_role_that_no_rule_names_may_do_nothing() -> None:
    assert rules.load().of("Astronaut") is NOTHING
    assert NOTHING.reach == "nobody" and NOTHING.hidden == EVERY_LABEL
    assert NOTHING.reads == NOTHING.writes == frozenset()


def test_every_demo_person_has_a_rule() -> None:
    loaded = rules.load()
    assert [worker.title for worker in staff.DEMO if worker.title not in loaded.roles] == []


def test_nobody_but_their_own_team_reads_what_is_sealed() -> None:
    loaded = rules.load()
    for role, rule in loaded.roles.items():
        if rule.reach != "nobody":
            assert rule.hidden & SEALED_AND_LOCKED, role
            assert bool(rule.hidden & SEALED) == (rule.group != "mental-health"), role


def test_staff_without_a_care_role_reach_nobody() -> None:
    loaded = rules.load()
    for role in ("Public health analyst", "Privacy officer", "Platform engineer"):
        rule = loaded.of(role)
        assert rule.reach == "nobody" and rule.writes == frozenset()


def test_every_type_and_element_that_rules_name_exists() -> None:
    types = definitions().types
    loaded = rules.load()
    assert loaded.masked["*"] == {"meta.source"}
    for type, elements in loaded.masked.items():
        if type == "*":
            continue
        assert elements <= set(types[type].elements), type
    for rule in (*loaded.roles.values(), loaded.citizen, loaded.system):
        assert (rule.reads or frozenset()) <= set(types)
        assert (rule.writes or frozenset()) <= set(types)


def test_every_rule_says_what_it_means() -> None:
    assert all(group["says"].endswith(".") for group in shipped()["groups"].values())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"{", "can't be read"),
        (changed(purposes="care"), "can't be read"),
        (changed(extra=1), "can't be read"),
        (changed(roles={"wizards": ["GP"]}), "no group 'wizards'"),
        (changed(roles={"clinical": ["GP", "GP"]}), "'GP' twice"),
        (
            changed(
                groups={
                    "clinical": {
                        "says": "x",
                        "reach": "organisation",
                        "hidden": ["SECRET"],
                        "reads": "all",
                        "writes": [],
                    }
                }
            ),
            "unknown label 'SECRET'",
        ),
        (
            changed(
                groups={
                    "clinical": {
                        "says": "x",
                        "reach": "everybody",
                        "hidden": [],
                        "reads": "all",
                        "writes": [],
                    }
                }
            ),
            "can't be read",
        ),
    ],
)
def test_a_faulty_rulebook_is_refused_whole(text: bytes, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        rules.load(text)


def test_without_rules_for_systems_and_citizens_they_may_do_nothing() -> None:
    loaded = rules.load(changed(groups={}, roles={}))
    assert loaded.system is NOTHING and loaded.citizen is NOTHING
