"""Whatever is asked, and however: what a scope doesn't show isn't there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from prove.search.oracle import Oracle
from prove.search.questions import confined, query
from prove.search.views import view

from bevan.record.scope import RESTRICTED, SEALED, SEALED_AND_LOCKED, Scope, compartment
from tests.record.search.conftest import HOLDER, NOW, World, flat, included, matches

HOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
KNOWN = ("patient-0", "patient-2", "patient-3", "patient-5")
MASK = {
    "Patient": frozenset({"address", "managingOrganization", "name"}),
    "Observation": frozenset({"value[x]", "encounter", "category"}),
    "Encounter": frozenset({"serviceProvider", "period"}),
}
TAKEN = {
    "Patient": MASK["Patient"],
    "Observation": {"encounter", "category", "valueQuantity", "valueString", "valueDateTime",
                    "valueCodeableConcept"},
    "Encounter": MASK["Encounter"],
}  # fmt: skip
TYPES = ("Patient", "Observation", "Organization")
KEYS = frozenset(map(compartment, KNOWN))

# name → (what the scope says, what the oracle is shown)
SCOPES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "relationships": ({"holders": (HOLDER,)}, {"people": KNOWN}),
    "people": ({"patients": KEYS}, {"people": KNOWN}),
    "labels": ({"hidden": RESTRICTED}, {"hidden": True}),
    "types": ({"reads": frozenset(TYPES)}, {"types": TYPES}),
    "mask": ({"masked": MASK}, {"masked": TAKEN}),
    "covert": (
        {"masked": MASK, "covert": frozenset({compartment("patient-1"), compartment("patient-2")})},
        {"masked": TAKEN, "covert": ("patient-1", "patient-2")},
    ),
    "all together": (
        {"holders": (HOLDER,), "patients": KEYS, "hidden": RESTRICTED, "masked": MASK},
        {"people": KNOWN, "hidden": True, "masked": TAKEN},
    ),
}


@pytest.fixture(scope="module")
def related(worlds: dict[int, World]) -> dict[int, World]:
    for each in worlds.values():
        each.relate(*KNOWN)
        each.sql(
            "insert into relationship (holder, patient, kind, since, until) "
            "values ($1, $2, 'gp', '2020-01-01', '2021-01-01')",
            HOLDER,
            compartment("patient-4"),
        )
    return worlds


@pytest.mark.parametrize(
    ("bits", "name"), [*((64, name) for name in SCOPES), (16, "covert"), (16, "all together")]
)
@HOW
@given(asked=query())
def test_search_sees_only_what_the_scope_shows(
    related: dict[int, World], bits: int, name: str, asked: tuple[str, str]
) -> None:
    world = related[bits]
    said, shown = SCOPES[name]
    scope = world.scope(**said)
    type, text = asked
    wanted = Oracle(list(view(world.resources, **shown)), NOW).search(type, text)
    assert flat(world.walk(type, text, scope)) == wanted
    bundle = world.bundle(type, f"{text}&_total=accurate", scope)
    assert bundle["total"] == len(wanted)


@pytest.mark.parametrize("name", list(SCOPES))
@settings(parent=HOW, max_examples=40)
@given(asked=confined())
def test_compartments_hold_only_what_the_scope_shows(
    related: dict[int, World], name: str, asked: tuple[str, str, str]
) -> None:
    world = related[64]
    said, shown = SCOPES[name]
    scope = world.scope(**said)
    within, type, text = asked
    wanted = Oracle(list(view(world.resources, **shown)), NOW).search(type, text, within)
    place = tuple(within.split("/"))
    assert flat(world.walk(type, text, scope, within=place)) == wanted
    bundle = world.bundle(type, f"{text}&_total=accurate", scope, within=place)
    assert bundle["total"] == len(wanted)


OBSERVATION = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://l.example", "code": "a"}]},
}


@pytest.fixture
def two(world: World) -> World:
    """Two people, one of whom HOLDER knows, with two observations each."""
    world.put(
        {"resourceType": "Organization", "id": "org", "name": "North"},
        {"resourceType": "Patient", "id": "known", "name": [{"family": "Known"}],
         "managingOrganization": {"reference": "Organization/org"}},
        {"resourceType": "Patient", "id": "unknown", "name": [{"family": "Unknown"}],
         "managingOrganization": {"reference": "Organization/org"},
         "link": [{"other": {"reference": "Patient/known"}, "type": "seealso"}]},
    )  # fmt: skip
    for person in ("known", "unknown"):
        for number in range(2):
            world.put(
                {**OBSERVATION, "id": f"{person}-{number}",
                 "subject": {"reference": f"Patient/{person}"}}
            )  # fmt: skip
    world.relate("known")
    return world


def knowing(world: World, **more: Any) -> Scope:
    return world.scope(holders=(HOLDER,), **more)


def test_a_person_who_may_not_be_seen_is_as_one_who_is_not_there(two: World) -> None:
    scope = knowing(two)
    for name in ("unknown", "nobody"):
        bundle = two.bundle("Observation", f"patient={name}&_total=accurate", scope)
        assert "entry" not in bundle and bundle["total"] == 0 and "meta" not in bundle


def test_a_chain_passes_only_through_what_may_be_seen(two: World) -> None:
    scope = knowing(two)
    assert two.ids("Observation", "patient.family=unknown", scope) == []
    assert two.ids("Observation", "patient.family=known", scope) == ["known-0", "known-1"]
    assert two.ids("Observation", "patient.family=unknown") == ["unknown-0", "unknown-1"]


def test_a_reverse_chain_counts_only_what_may_be_seen(two: World) -> None:
    scope = knowing(two)
    assert two.ids("Organization", "_has:Patient:organization:family=unknown", scope) == []
    assert two.ids("Organization", "_has:Patient:organization:family=unknown") == ["org"]
    assert two.ids("Patient", "_has:Observation:patient:code=a", scope) == ["known"]
    assert two.ids("Patient", "_has:Patient:link:family=unknown", scope) == []


def test_nothing_is_included_that_may_not_be_seen(two: World) -> None:
    scope = knowing(two)
    bundle = two.bundle("Organization", "_revinclude=Patient:organization", scope)
    assert included(bundle) == ["known"]
    bundle = two.bundle("Organization", "_revinclude=Patient:organization")
    assert included(bundle) == ["known", "unknown"]
    mine = two.scope(patients=frozenset({compartment("unknown")}))
    assert included(two.bundle("Patient", "_include=Patient:link", mine)) == []
    assert included(two.bundle("Patient", "_include=*", mine)) == ["org"]


def test_a_type_that_may_not_be_read_is_neither_found_nor_passed_nor_included(two: World) -> None:
    scope = two.scope(reads=frozenset({"Observation", "Organization"}))
    assert two.ids("Patient", "", scope) == []
    assert two.ids("Observation", "patient.family=known", scope) == []
    assert two.ids("Organization", "_has:Patient:organization:_id=known", scope) == []
    assert included(two.bundle("Observation", "_include=Observation:patient", scope)) == []
    assert included(two.bundle("Organization", "_revinclude=*", scope)) == []
    everything = two.bundle(None, "_count=100", scope)
    assert {entry["resource"]["resourceType"] for entry in everything["entry"]} == {
        "Observation", "Organization",
    }  # fmt: skip
    assert two.ids(None, "_type=Patient", scope) == []


def test_no_text_of_a_caller_becomes_a_type(two: World) -> None:
    planner = two.searcher._planner
    with pytest.raises(ValueError, match="resource type"):
        planner.plan(two.everything, "Patient' or true --", (), 0)


def test_totals_of_every_kind_obey_the_scope(two: World) -> None:
    scope = knowing(two)
    for text in ("_summary=count", "_count=0", "_count=1&_total=accurate"):
        assert two.bundle("Observation", text, scope)["total"] == 2
        assert two.bundle("Observation", text)["total"] == 4


def test_a_masked_reference_is_not_followed(two: World) -> None:
    scope = two.scope(masked={"Patient": frozenset({"managingOrganization"})})
    assert included(two.bundle("Patient", "_include=Patient:organization", scope)) == []
    assert included(two.bundle("Organization", "_revinclude=Patient:organization", scope)) == []
    assert two.ids("Patient", "organization=Organization/org", scope) == []
    assert two.ids("Patient", "organization.name=North", scope) == []
    assert two.ids("Patient", "organization:missing=true", scope) == ["known", "unknown"]


def test_a_covert_persons_reference_is_not_followed_and_others_are(two: World) -> None:
    scope = two.scope(
        masked={"Patient": frozenset({"managingOrganization"})},
        covert=frozenset({compartment("unknown")}),
    )
    assert two.ids("Patient", "organization.name=North", scope) == ["known"]
    bundle = two.bundle("Organization", "_revinclude=Patient:organization", scope)
    assert included(bundle) == ["known"]
    assert two.ids("Organization", "_has:Patient:organization:_id=unknown", scope) == []
    alone = two.bundle("Patient", "_id=unknown&_include=Patient:organization", scope)
    assert included(alone) == []
    assert "managingOrganization" not in alone["entry"][0]["resource"]


def test_order_by_what_is_masked_is_no_order(two: World) -> None:
    scope = two.scope(masked={"Patient": frozenset({"name"})})
    assert two.ids("Patient", "_sort=-family", scope) == ["known", "unknown"]
    assert two.ids("Patient", "_sort=-family") == ["unknown", "known"]


def test_what_is_masked_is_not_shown(two: World) -> None:
    scope = two.scope(masked={"Patient": frozenset({"name"})})
    (entry, _) = two.bundle("Patient", "", scope)["entry"]
    assert "name" not in entry["resource"]


SEAL = "https://bevan.example/fhir/CodeSystem/seal"


def labelled(world: World, id: str, system: str, code: str) -> None:
    world.put(
        {**OBSERVATION, "id": id, "subject": {"reference": "Patient/known"},
         "meta": {"security": [{"system": system, "code": code}]}}
    )  # fmt: skip


def test_what_is_kept_back_is_told_in_general_terms_only(two: World) -> None:
    scope = knowing(two, hidden=SEALED | SEALED_AND_LOCKED)
    assert "meta" not in two.bundle("Observation", "patient=known", scope)
    labelled(two, "sealed", SEAL, "sealed")
    for text in ("patient=known", "patient=known&code=zzz", "patient=known&_summary=count"):
        bundle = two.bundle("Observation", text, scope)
        assert bundle["meta"]["security"][0]["code"] == "REDACTED"
        (outcome,) = [e for e in bundle["entry"] if e["search"]["mode"] == "outcome"]
        assert outcome["resource"]["issue"][0]["code"] == "suppressed"
    assert matches(two.bundle("Observation", "patient=known", scope)) == ["known-0", "known-1"]
    assert "meta" not in two.bundle("Condition", "patient=known", scope)
    assert "meta" not in two.bundle("Observation", "patient=unknown", scope)


def test_what_is_sealed_and_locked_is_told_in_no_way(two: World) -> None:
    scope = knowing(two, hidden=SEALED | SEALED_AND_LOCKED)
    labelled(two, "locked", SEAL, "sealed-and-locked")
    bundle = two.bundle("Observation", "patient=known", scope)
    assert "meta" not in bundle and len(bundle["entry"]) == 2


def test_rows_about_several_people_need_all_of_them(two: World) -> None:
    def participants(*names: str) -> list[dict[str, Any]]:
        return [{"actor": {"reference": f"Patient/{name}"}, "status": "accepted"} for name in names]

    for id, names in (("both", ("known", "unknown")), ("one", ("known",))):
        two.put(
            {"resourceType": "Appointment", "id": id, "status": "booked",
             "start": "2026-01-01T10:00:00Z", "end": "2026-01-01T10:10:00Z",
             "participant": participants(*names)}
        )  # fmt: skip
    scope = knowing(two)
    assert two.ids("Appointment", "", scope) == ["one"]
    assert two.ids("Appointment", "patient=Patient/known", scope) == ["one"]
    assert two.ids("Appointment", "patient=Patient/known") == ["both", "one"]


def test_a_row_about_somebody_unknown_is_for_the_system_only(two: World) -> None:
    two.put({**OBSERVATION, "id": "whose", "subject": {"display": "somebody"}})
    assert "whose" in two.ids("Observation", "_count=100")
    assert "whose" not in two.ids("Observation", "_count=100", two.scope())
    assert two.bundle("Observation", "_summary=count", two.scope())["total"] == 4


def test_deleted_resources_are_not_found(two: World) -> None:
    two.delete("Observation", "known-0")
    assert two.ids("Observation", "patient=known") == ["known-1"]
    assert two.bundle("Observation", "_summary=count")["total"] == 3
    assert two.ids("Patient", "_has:Observation:patient:_id=known-0") == []


Audit = Callable[[], list[tuple[Any, ...]]]


@pytest.fixture
def audit(two: World) -> Audit:
    two.sql("delete from audit")
    keys = {compartment(name): name for name in ("known", "unknown", "nobody")}

    def read() -> list[tuple[Any, ...]]:
        rows = two.sql(
            "select patient, action::text, outcome::text, entries, type, query, request"
            " from audit order by patient"
        )
        two.sql("delete from audit")
        return [(keys.get(row[0]), *row[1:]) for row in rows]

    return read


def test_every_person_shown_has_an_audit_entry(two: World, audit: Audit) -> None:
    scope = two.scope()
    two.ids("Observation", "code=a", scope)
    found = sorted(audit(), key=repr)
    assert {row[:5] for row in found} == {
        ("known", "s", "+", 2, "Observation"), ("unknown", "s", "+", 2, "Observation"),
    }  # fmt: skip
    assert sorted(str(row[5]) for row in found) == ["None", "code=a"]
    assert {row[6] for row in found} == {"request-1"}


def test_only_who_is_shown_is_in_the_audit(two: World, audit: Audit) -> None:
    two.ids("Observation", "code=a&_count=1", two.scope())
    assert [row[:4] for row in audit()] == [("known", "s", "+", 1)]
    two.ids("Observation", "code=a", knowing(two))
    assert [row[:4] for row in audit()] == [("known", "s", "+", 2)]


def test_who_comes_along_is_in_the_audit(two: World, audit: Audit) -> None:
    two.bundle("Organization", "_revinclude=Patient:organization", two.scope())
    assert sorted(str(row[0]) for row in audit()) == ["None", "known", "unknown"]


def test_not_there_and_not_allowed_leave_the_same_audit(two: World, audit: Audit) -> None:
    for name in ("unknown", "nobody"):
        two.ids("Observation", f"patient={name}", knowing(two))
        assert [row[:5] for row in audit()] == [(name, "s", "-", 0, "Observation")]


def test_a_count_leaves_an_audit_too(two: World, audit: Audit) -> None:
    two.bundle("Observation", "patient=known&_summary=count", two.scope())
    assert [row[:4] for row in audit()] == [("known", "s", "+", 2)]
