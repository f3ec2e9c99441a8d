"""What in a resource gives whom a reason to see a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bevan.access.relationships import Held, held
from bevan.record.scope import compartment

ENDS = {"encounter-days": 90, "episode-days": 30, "team-days": 10}
CHANGED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ALWAYS = datetime(1900, 1, 1, tzinfo=UTC)


def relations(resource: dict[str, Any]) -> list[Held]:
    return held(resource, ENDS, CHANGED)


def reference(text: str) -> dict[str, str]:
    return {"reference": text}


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_registration_with_a_practice_and_a_doctor() -> None:
    patient = {
        "resourceType": "Patient",
        "id": "p",
        "generalPractitioner": [reference("Organization/gp"), reference("Practitioner/dr")],
        "managingOrganization": reference("Organization/trust"),
    }
    assert relations(patient) == [
        Held(compartment(holder), compartment("p"), "registration", ALWAYS, None)
        for holder in ("gp", "dr", "trust")
    ]


def test_an_open_encounter_has_no_end() -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "in-progress",
        "subject": reference("Patient/p"),
        "serviceProvider": reference("Organization/trust"),
        "period": {"start": "2026-11-20T10:00:00Z"},
    }
    assert relations(encounter) == [
        Held(compartment("trust"), compartment("p"), "encounter", at(2026, 11, 20, 10), None)
    ]


def test_a_finished_encounter_counts_for_some_days_more() -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "subject": reference("Patient/p"),
        "serviceProvider": reference("Organization/trust"),
        "period": {"start": "2026-06-01T10:00:00+01:00", "end": "2026-06-01T11:00:00+01:00"},
    }
    [found] = relations(encounter)
    assert found.since == at(2026, 6, 1, 9)
    assert found.until == at(2026, 6, 1, 10) + timedelta(days=90)


def test_finished_without_an_end_ends_when_it_was_said() -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "subject": reference("Patient/p"),
        "serviceProvider": reference("Organization/trust"),
    }
    [found] = relations(encounter)
    assert (found.since, found.until) == (ALWAYS, CHANGED + timedelta(days=90))


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "planned"])
def test_what_is_void_or_not_yet_gives_nothing(status: str) -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e",
        "status": status,
        "subject": reference("Patient/p"),
        "serviceProvider": reference("Organization/trust"),
    }
    assert relations(encounter) == []


def test_an_inactive_patient_is_registered_nowhere() -> None:
    patient = {
        "resourceType": "Patient",
        "id": "p",
        "active": False,
        "generalPractitioner": [reference("Organization/gp")],
    }
    assert relations(patient) == []


def test_an_episode_of_care_with_its_manager() -> None:
    episode = {
        "resourceType": "EpisodeOfCare",
        "id": "e",
        "status": "active",
        "patient": reference("Patient/p"),
        "managingOrganization": reference("Organization/home"),
        "careManager": reference("Practitioner/nurse"),
        "period": {"start": "2026-03", "end": "2026-04"},
    }
    since = at(2026, 3, 1)
    # April ends with British summer time in force: midnight is 23:00 in UTC.
    until = at(2026, 4, 30, 23) + timedelta(days=30)
    assert relations(episode) == [
        Held(compartment(holder), compartment("p"), "episode", since, until)
        for holder in ("home", "nurse")
    ]


def test_a_team_and_its_members_each_with_their_own_time() -> None:
    team = {
        "resourceType": "CareTeam",
        "id": "t",
        "status": "active",
        "subject": reference("Patient/p"),
        "managingOrganization": [reference("Organization/mh")],
        "period": {"start": "2026-01-01"},
        "participant": [
            {
                "member": reference("Practitioner/a"),
                "onBehalfOf": reference("Organization/council"),
            },
            {"member": reference("Practitioner/b"), "period": {"end": "2026-02-01"}},
            {"member": reference("RelatedPerson/daughter")},
            {"member": reference("Patient/p")},
        ],
    }
    person, since = compartment("p"), at(2026, 1, 1)
    over = at(2026, 2, 2) + timedelta(days=10)
    assert relations(team) == [
        Held(compartment("mh"), person, "team", since, None),
        Held(compartment("a"), person, "team", since, None),
        Held(compartment("council"), person, "team", since, None),
        Held(compartment("b"), person, "team", since, over),
    ]


@pytest.mark.parametrize(
    "subject",
    [
        None,
        {"reference": "Group/g"},
        {"reference": "https://elsewhere.example/Patient/p"},
        {"reference": "#p"},
        {"reference": "Patient/"},
        {"identifier": {"value": "1"}},
        {"reference": 3},
        "Patient/p",
    ],
)
def test_without_a_known_person_there_is_no_relation(subject: object) -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "in-progress",
        "subject": subject,
        "serviceProvider": reference("Organization/trust"),
    }
    assert relations(encounter) == []


def test_a_reference_to_a_version_means_the_resource() -> None:
    patient = {
        "resourceType": "Patient",
        "id": "p",
        "generalPractitioner": [reference("Organization/gp/_history/2")],
    }
    assert [each.holder for each in relations(patient)] == [compartment("gp")]


@pytest.mark.parametrize("end", ["9999-12-31", "9999", "9999-12-31T23:59:59Z"])
def test_a_far_away_end_is_far_away(end: str) -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "in-progress",
        "subject": reference("Patient/p"),
        "serviceProvider": reference("Organization/trust"),
        "period": {"end": end},
    }
    [found] = relations(encounter)
    assert found.until is not None and found.until.year >= 9999


def test_other_types_give_nothing() -> None:
    assert relations({"resourceType": "Observation", "subject": reference("Patient/p")}) == []
    assert relations({}) == []
