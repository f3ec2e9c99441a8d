"""Scopes, compartments and labels."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bevan.kernel.identifiers import uuid7
from bevan.record import scope
from bevan.record.arguments import Arguments
from bevan.record.scope import Actor, compartment, labels, system
from bevan.record.visibility import allowed, literal, visible, visible_about
from tests.record.people import ENGINE, limited, only, sealed


def test_a_uuid_is_its_own_compartment() -> None:
    for id in (uuid7(), "3f2504e0-4f89-41d3-9a0c-0305e82c3301"):
        assert compartment(id) == UUID(id)


@given(some.text(alphabet="0123456789abcdef-ABCDEF.", max_size=64))
def test_other_ids_are_hashed_to_version_8(id: str) -> None:
    key = compartment(id)
    if str(key) != id:
        assert key.version == 8
    assert compartment(id) == key


def test_nobody_can_choose_a_hash() -> None:
    hashed = compartment("p1")
    assert hashed.version == 8 and compartment(str(hashed)) != hashed
    # The same UUID spelt otherwise is another id.
    id = uuid7()
    assert compartment(id.upper()) != compartment(id)


def test_labels_are_bits() -> None:
    assert labels({}) == 0
    assert labels({"meta": {}}) == 0
    assert labels({"meta": {"security": [{"system": "x", "code": "R"}, {}]}}) == 0
    restricted = {"system": scope.CONFIDENTIALITY, "code": "R"}
    handling = {"system": scope.ACT_CODE, "code": "NOPAT"}
    assert labels({"meta": {"security": [restricted, handling]}}) == 5
    assert labels(sealed({})) == scope.SEALED_AND_LOCKED
    bits = list(scope.LABELS.values())
    assert len(set(bits)) == len(bits) and all(bit.bit_count() == 1 for bit in bits)


def test_a_bundle_has_the_labels_of_what_is_in_it() -> None:
    inner = {"resourceType": "Bundle", "entry": [{"resource": sealed({})}]}
    outer = {"resourceType": "Bundle", "entry": [{}, {"resource": inner}]}
    assert labels(outer) == scope.SEALED_AND_LOCKED
    assert labels({"resourceType": "Bundle"}) == 0


def test_a_system_scope_names_its_purpose() -> None:
    made = system("Nightly check", ENGINE)
    assert made.system and made.holders is None and made.ticket.purpose == "Nightly check"
    with pytest.raises(ValueError, match="purpose"):
        system("  ", ENGINE)
    assert made.may_read("Patient") and made.may_write("Patient")


def test_a_scope_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        system("x", Actor("system", "a", "b")).hidden = 1  # type: ignore[misc]


def test_conditions_name_only_what_limits() -> None:
    arguments = Arguments()
    assert visible(system("x", ENGINE), "r", arguments.bind) == "true"
    assert visible_about(system("x", ENGINE), "r", "$1", arguments.bind) == "true"
    assert allowed(system("x", ENGINE), "p", arguments.bind) is None
    assert arguments.values == []
    assert "labels" in visible(only("p", hidden=3), "r", arguments.bind)
    assert "select" in visible_about(limited("o", hidden=1), "r", "$1", arguments.bind)
    assert literal(None) is None and literal([]) == "{}"


def test_a_mask_stays_for_those_it_is_for_and_while_nobody_knows_whom() -> None:
    hers, his = compartment("hers"), compartment("his")
    mask = {"Patient": frozenset({"address"})}
    whole = system("a test", ENGINE)
    one = replace(whole, masked=mask, covert=frozenset({hers}))
    assert one.about(hers) is one
    assert one.about(his).masked == {} and one.about(his).ticket is one.ticket
    unknown = replace(whole, masked=mask, covert=None)
    assert unknown.about(his) is unknown
    assert whole.about(his) is whole
