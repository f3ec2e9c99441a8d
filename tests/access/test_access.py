"""From an actor and a purpose to a Scope; anything unknown reaches nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from uuid import UUID

import pytest

from bevan.access import Access, rules
from bevan.access.access import proxy_key, seat
from bevan.kernel.clock import FixedClock
from bevan.record.scope import (
    NOT_FOR_PATIENT,
    RESTRICTED,
    SEALED,
    SEALED_AND_LOCKED,
    Actor,
    Scope,
    compartment,
)
from tests.conftest import TODAY

GP = Actor("practitioner", "dr", "Dr Leila Haddad", "GP", "gp", "Mill Lane Surgery")
DOT = Actor("patient", "dot", "Dot Pemberton")
LAB = Actor("system", "lab", "lab")
SECRET = compartment("claire")


class Known:
    """A list of restricted people that is known, or isn't."""

    def __init__(self, people: frozenset[UUID] | None) -> None:
        self._people = people

    def people(self) -> frozenset[UUID] | None:
        return self._people


@pytest.fixture
def access() -> Access:
    return Access(rules.load(), FixedClock(TODAY), Known(frozenset({SECRET})))


def reaches_nobody(scope: Scope) -> bool:
    return (
        scope.patients == frozenset()
        and scope.holders == ()
        and scope.reads == scope.writes == frozenset()
        and not scope.system
    )


def test_staff_hold_the_relationships_of_their_organisation_and_their_own(access: Access) -> None:
    scope = access.scope(GP, purpose="direct-care")
    assert scope.holders == (compartment("gp"), compartment("dr"), seat(GP))
    assert scope.patients is None and scope.reads is None
    assert scope.writes is not None and "AllergyIntolerance" in scope.writes
    assert not {"Patient", "Encounter", "CareTeam", "Consent", "AuditEvent"} & scope.writes
    assert not scope.refusals and scope.marks & SEALED and not scope.marks & RESTRICTED
    assert scope.hidden & SEALED and scope.hidden & SEALED_AND_LOCKED
    assert not scope.system
    ticket = scope.ticket
    assert (ticket.actor, ticket.purpose, ticket.at) == (GP, "direct-care", TODAY)
    assert ticket.request


def test_a_scope_can_be_narrowed_but_never_widened(access: Access) -> None:
    scope = access.scope(
        GP,
        purpose="direct-care",
        patient="p",
        reads=frozenset({"Patient"}),
        writes=frozenset(),
        request="r-1",
    )
    assert scope.patients == {compartment("p")} and scope.holders is not None
    assert scope.reads == {"Patient"} and scope.writes == frozenset()
    assert scope.ticket.request == "r-1"
    clerk = replace(GP, role="Privacy officer")
    wider = access.scope(clerk, purpose="direct-care", reads=frozenset({"Patient", "Location"}))
    assert wider.reads == {"Location"}
    assert access.scope(clerk, purpose="direct-care", patient="p").patients == frozenset()


@pytest.mark.parametrize(
    ("actor", "purpose"),
    [
        (GP, "curiosity"),
        (GP, ""),
        (replace(GP, role="Astronaut"), "direct-care"),
        (replace(GP, role=""), "direct-care"),
        (replace(GP, organisation=""), "direct-care"),
        (Actor("device", "d", "Pump", "GP", "gp"), "direct-care"),
        (LAB, "direct-care"),
    ],
)
def test_anything_unknown_reaches_nobody(access: Access, actor: Actor, purpose: str) -> None:
    assert reaches_nobody(access.scope(actor, purpose=purpose))


def test_a_seat_is_one_person_at_one_organisation() -> None:
    assert seat(GP) == seat(replace(GP, role="Nurse", name="other"))
    assert len({seat(GP), seat(replace(GP, organisation="trust")), seat(replace(GP, id="x"))}) == 3


def test_ambulance_staff_need_a_link_or_an_emergency_like_others(access: Access) -> None:
    scope = access.scope(replace(GP, role="Paramedic"), purpose="direct-care")
    assert scope.holders and scope.patients is None
    assert scope.hidden & SEALED


def test_one_acts_for_one_named_person(access: Access) -> None:
    assert access.scope(DOT, purpose="acting-for").patients == frozenset()
    scope = access.scope(DOT, purpose="acting-for", patient="child")
    assert scope.patients == {compartment("child")} and scope.holders == (proxy_key("dot"),)
    assert scope.hidden & SEALED and scope.writes == frozenset()
    assert reaches_nobody(access.scope(GP, purpose="acting-for", patient="child"))


@pytest.mark.parametrize("purpose", ["direct-care", "research", "covid-19"])
def test_a_citizen_has_the_citizens_rule_for_their_own_purposes_only(
    access: Access, purpose: str
) -> None:
    assert reaches_nobody(access.scope(DOT, purpose=purpose))


def test_a_purpose_counts_while_its_instrument_is_in_force(access: Access) -> None:
    analyst = replace(GP, role="Public health analyst")
    during = datetime(2021, 5, 1, tzinfo=UTC)
    scope = access.scope(analyst, purpose="covid-19", at=during)
    assert scope.holders is None and scope.reads is not None and "Patient" not in scope.reads
    assert reaches_nobody(access.scope(analyst, purpose="covid-19"))
    feed = access.client_scope(LAB, purpose="covid-19", reads=None, writes=None, at=during)
    assert feed.holders is None and feed.writes == frozenset() and not feed.system
    assert reaches_nobody(access.client_scope(LAB, purpose="covid-19", reads=None, writes=None))


def test_who_refused_a_use_is_left_out_of_it() -> None:
    read = json.loads(files("bevan.access").joinpath("rules.json").read_text("utf-8"))
    read["purposes"]["planning"]["instruments"] = []
    access = Access(rules.load(json.dumps(read).encode()), FixedClock(TODAY), Known(frozenset()))
    scope = access.client_scope(LAB, purpose="planning", reads=None, writes=None)
    assert scope.refusals == {"sharing", "national", "type-1"}
    assert access.client_scope(LAB, purpose="feed", reads=None, writes=None).refusals == frozenset()


def test_citizens_see_themselves_only(access: Access) -> None:
    scope = access.scope(DOT, purpose="own-record")
    assert scope.patients == {compartment("dot")} and scope.writes == frozenset()
    assert scope.hidden & NOT_FOR_PATIENT
    assert access.scope(DOT, purpose="own-record", patient="dot").patients == scope.patients
    assert access.scope(DOT, purpose="own-record", patient="other").patients == frozenset()
    assert access.scope(replace(DOT, id=""), purpose="own-record").patients == frozenset()


def test_a_client_sees_the_types_of_its_token(access: Access) -> None:
    scope = access.client_scope(
        LAB, purpose="results feed", reads=frozenset({"Observation"}), writes=None
    )
    assert scope.reads == {"Observation"} and scope.writes is None
    assert scope.holders is None and scope.patients is None
    assert not scope.system


def test_only_a_client_for_everything_sees_what_is_open_to_nobody(access: Access) -> None:
    every = access.client_scope(LAB, purpose="migration", reads=None, writes=None)
    reading = access.client_scope(LAB, purpose="x", reads=None, writes=frozenset())
    assert every.system and not reading.system
    assert not access.client_scope(GP, purpose="x", reads=None, writes=None).system


@pytest.mark.parametrize(("actor", "purpose"), [(GP, "x"), (DOT, "x"), (LAB, " ")])
def test_only_systems_with_a_purpose_are_clients(
    access: Access, actor: Actor, purpose: str
) -> None:
    scope = access.client_scope(actor, purpose=purpose, reads=None, writes=None)
    assert reaches_nobody(scope)


def test_whereabouts_of_restricted_people_are_masked_for_staff(access: Access) -> None:
    scope = access.scope(GP, purpose="direct-care")
    assert {"address", "telecom", "generalPractitioner"} <= scope.masked["Patient"]
    assert "serviceProvider" in scope.masked["Encounter"]
    assert scope.covert == {SECRET}


def test_nothing_is_masked_where_nobody_is_restricted(access: Access) -> None:
    assert not access.scope(GP, purpose="direct-care", patient="p").masked
    assert access.scope(GP, purpose="direct-care", patient="claire").covert == {SECRET}
    nobody = Access(rules.load(), FixedClock(TODAY), Known(frozenset()))
    assert not nobody.scope(GP, purpose="direct-care").masked


def test_while_nobody_knows_who_is_restricted_everybody_is() -> None:
    access = Access(rules.load(), FixedClock(TODAY), Known(None))
    scope = access.scope(GP, purpose="direct-care", patient="p")
    assert scope.covert is None and "address" in scope.masked["Patient"]


def test_people_know_where_they_live_and_systems_keep_the_record(access: Access) -> None:
    assert not access.scope(DOT, purpose="own-record").masked
    assert not access.client_scope(LAB, purpose="x", reads=None, writes=None).masked


def test_each_request_has_its_own_ticket(access: Access) -> None:
    requests = {access.scope(GP, purpose="direct-care").ticket.request for _ in range(100)}
    assert len(requests) == 100
