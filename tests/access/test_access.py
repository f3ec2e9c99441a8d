"""From an actor and a purpose to a Scope; anything unknown reaches nobody."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from bevan.access import Access, rules
from bevan.kernel.clock import FixedClock
from bevan.record.scope import NOT_FOR_PATIENT, SEALED, SEALED_AND_LOCKED, Actor, Scope, compartment
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
    assert scope.holders == (compartment("gp"), compartment("dr"))
    assert scope.patients is None and scope.reads is None and scope.writes is None
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


def test_ambulance_staff_reach_the_region(access: Access) -> None:
    scope = access.scope(replace(GP, role="Paramedic"), purpose="direct-care")
    assert scope.holders is None and scope.patients is None
    assert scope.hidden & SEALED


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
