"""Who a row is about, for every type: nobody's row is open by omission, nobody's is mistaken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.definitions import Definitions
from bevan.fhir.subject import NOBODY, UNKNOWN, About, who
from bevan.fhir.tables.subjects import (
    ALSO,
    FALLBACKS,
    OPEN,
    OPEN_UNLESS,
    REFUSED,
    SPECIAL,
    SUBJECTS,
)

BASE = "https://record.example/fhir"
UUID = "0b5a3a5e-6d0e-4a51-9c0c-9d0d3f2f6b11"
REFERENCE = {"reference": "Patient/dot"}


def resource(kind: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": kind, **{name.rstrip("_"): value for name, value in elements.items()}}


def at(definitions: Definitions, kind: str, path: str, value: Any) -> dict[str, Any]:
    """A resource with a value at a path, arrays where R4 has them."""
    found: dict[str, Any] = {"resourceType": kind}
    node, type_name = found, kind
    *parents, last = path.split(".")
    for name in parents:
        element = definitions.types[type_name].elements[name]
        inner: dict[str, Any] = {}
        node[name] = [inner] if element.many else inner
        node, type_name = inner, element.types[0]
    element = definitions.types[type_name].elements[last]
    node[last] = [value] if element.many else value
    return found


# The table ---------------------------------------------------------------------------------------


def test_every_type_stands_in_exactly_one_place(definitions: Definitions) -> None:
    placed = [*OPEN, *OPEN_UNLESS, *SUBJECTS, *SPECIAL, *REFUSED]
    assert len(placed) == len(set(placed)) == 146
    assert set(placed) == set(definitions.resource_types)


def test_what_hl7_grades_as_a_patients_is_never_open(definitions: Definitions) -> None:
    for kind in OPEN:
        assert definitions.types[kind].security in ("anonymous", "business", "individual")


def test_what_is_in_the_patient_compartment_is_never_open(definitions: Definitions) -> None:
    assert not OPEN & {k for k, p in definitions.compartments["Patient"].items() if p}


def test_no_open_type_has_an_element_for_a_patient(definitions: Definitions) -> None:
    for kind in OPEN:
        for element in definitions.types[kind].elements.values():
            assert "Patient" not in element.targets, f"{kind}.{element.name}"


@pytest.mark.parametrize("table", [SUBJECTS, ALSO, FALLBACKS, OPEN_UNLESS])
def test_every_place_exists_and_holds_references(definitions: Definitions, table: Any) -> None:
    for kind, paths in table.items():
        for path in paths:
            *parents, last = path.split(".")
            node = definitions.types[kind]
            for name in parents:
                node = definitions.types[node.elements[name].types[0]]
            assert "Reference" in node.elements[last].types, f"{kind}.{path}"


def test_r4s_own_patient_parameter_is_followed(definitions: Definitions) -> None:
    """Wherever R4 lets one search by ``patient``, that patient is whom the row is about."""
    apart = {"Invoice", "Patient", "Person", "Group"}
    for parameter in definitions.parameters:
        if parameter.code != "patient" or not parameter.url.startswith(
            "http://hl7.org/fhir/Search"
        ):
            continue
        for part in parameter.expression.split("|"):
            path = part.strip().partition(".where")[0]
            kind, _, element = path.partition(".")
            if kind in apart or kind not in SUBJECTS or " as " in part:
                continue
            places = SUBJECTS[kind] + ALSO.get(kind, ())
            assert element in places, f"{kind}.{element}"


# Every type --------------------------------------------------------------------------------------


def _places() -> list[tuple[str, str]]:
    return sorted((k, p) for t in (SUBJECTS, ALSO, FALLBACKS, OPEN_UNLESS) for k in t for p in t[k])


@pytest.mark.parametrize(("kind", "path"), _places())
def test_the_patient_in_each_place_is_found(definitions: Definitions, kind: str, path: str) -> None:
    assert who(at(definitions, kind, path, REFERENCE)) == About(("dot",))


@pytest.mark.parametrize(("kind", "path"), _places())
def test_a_patient_known_by_identifier_only_is_nobody_we_know(
    definitions: Definitions, kind: str, path: str
) -> None:
    reference = {"type": "Patient", "identifier": {"value": "999 012 3454"}}
    assert who(at(definitions, kind, path, reference)) == UNKNOWN


@pytest.mark.parametrize(("kind", "path"), _places())
def test_another_servers_patient_is_never_ours(
    definitions: Definitions, kind: str, path: str
) -> None:
    reference = {"reference": "https://elsewhere.example/fhir/Patient/dot"}
    assert who(at(definitions, kind, path, reference), base=BASE) == UNKNOWN


def test_an_empty_resource_is_open_only_where_the_table_says_so(definitions: Definitions) -> None:
    for kind in definitions.resource_types:
        assert who(resource(kind)) == (NOBODY if kind in OPEN else UNKNOWN), kind


def test_what_is_no_type_is_about_somebody_unknown() -> None:
    for odd in ({}, {"resourceType": "Nonsense"}, {"resourceType": "DomainResource"}):
        assert who(odd) == UNKNOWN


_leaves = st.none() | st.integers() | st.text(max_size=3) | st.just("Patient/x")
_names = st.sampled_from(
    ["reference", "subject", "patient", "entry", "item", "resource", "fullUrl",
     "contained", "actor", "participant", "resourceType", "member", "entity"]
)  # fmt: skip


def _nodes(depth: int) -> st.SearchStrategy[Any]:
    if depth == 0:
        return _leaves
    inner = _nodes(depth - 1)
    return _leaves | st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4)


_tops = st.sampled_from(["subject", "patient", "entry", "for", "actor", "participant", "contained"])


@given(chosen=st.integers(min_value=0), rest=st.dictionaries(_tops, _nodes(4)))
def test_no_shape_breaks_it_or_opens_it(
    definitions: Definitions, chosen: int, rest: dict[str, Any]
) -> None:
    kind = definitions.resource_types[chosen % len(definitions.resource_types)]
    about = who(rest | {"resourceType": kind})
    assert isinstance(about, About)
    assert not about.open or kind in OPEN or kind in OPEN_UNLESS
    assert not (about.open and (about.people or about.via))


# References --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Patient/dot",
        "Patient/dot/_history/3",
        f"{BASE}/Patient/dot",
        f"{BASE}/Patient/dot/_history/3",
    ],
)
def test_our_patient_is_known_however_referred_to(text: str) -> None:
    for kind, element in (("Observation", "subject"), ("Immunization", "patient")):
        found = who(resource(kind, **{element: {"reference": text}}), base=BASE + "/")
        assert found == About(("dot",))


@pytest.mark.parametrize(
    "text",
    [
        f"{BASE}x/Patient/dot",
        "https://record.example/Patient/dot",
        "Patient?identifier=x",
        "Patient/",
        "urn:oid:1.2.3",
    ],
)
def test_what_only_looks_like_our_patient_is_not(text: str) -> None:
    about = who(resource("Immunization", patient={"reference": text}), base=BASE)
    assert "dot" not in about.people
    assert not about.open


def test_without_our_address_no_absolute_reference_is_ours() -> None:
    text = f"{BASE}/Patient/dot"
    assert who(resource("Observation", subject={"reference": text})) == UNKNOWN


def test_a_uuid_is_a_patient_where_only_a_patient_can_be() -> None:
    reference = {"reference": f"urn:uuid:{UUID}"}
    assert who(resource("Immunization", patient=reference)) == About((UUID,))
    assert who(resource("Observation", subject=reference)) == UNKNOWN
    typed = reference | {"type": "Patient"}
    assert who(resource("Observation", subject=typed)) == About((UUID,))


@pytest.mark.parametrize("row", ["Group/ward", "RelatedPerson/may", "Device/pump"])
def test_another_row_as_subject_is_named_for_the_record_to_follow(row: str) -> None:
    assert who(resource("Observation", subject={"reference": row})) == About(via=(row,))


@pytest.mark.parametrize("row", ["Location/w1", "Practitioner/p", "Organization/o", "Substance/s"])
def test_a_row_about_no_person_as_subject_opens_nothing(row: str) -> None:
    assert who(resource("Observation", subject={"reference": row})) == UNKNOWN


def test_a_contained_patient_is_nobody_we_know() -> None:
    inner = resource("Patient", id="p")
    found = resource("Observation", subject={"reference": "#p"}, contained=[inner])
    assert who(found) == UNKNOWN


def test_a_contained_row_leads_to_its_people() -> None:
    group = resource(
        "Group", id="g", member=[{"entity": {"reference": f"Patient/{n}"}} for n in "ab"]
    )
    found = resource("Observation", subject={"reference": "#g"}, contained=[group])
    assert who(found) == About(("a", "b"))
    loop = resource("Group", id="g", member=[{"entity": {"reference": "#g"}}])
    assert who(resource("Observation", subject={"reference": "#g"}, contained=[loop])) == UNKNOWN
    assert who(resource("Observation", subject={"reference": "#x"}, contained=[group])) == UNKNOWN


# Types with rules of their own -------------------------------------------------------------------


def test_a_patient_is_about_itself() -> None:
    assert who(resource("Patient", id="dot")) == About(("dot",))
    assert who(resource("Patient")) == UNKNOWN
    linked = resource("Patient", id="dot", link=[{"other": {"reference": "Patient/may"}}])
    assert who(linked) == About(("dot",))


def test_authors_recipients_and_payees_do_not_count() -> None:
    may = {"reference": "Patient/may"}
    assert who(resource("Observation", subject=REFERENCE, performer=[may])) == About(("dot",))
    assert who(resource("Claim", patient=REFERENCE, payee={"party": may})) == About(("dot",))
    assert who(resource("Composition", subject=REFERENCE, author=[may])) == About(("dot",))
    assert who(resource("Observation", performer=[may])) == UNKNOWN


def test_a_task_is_about_whom_it_is_for_else_about_its_focus() -> None:
    focus = {"reference": "ServiceRequest/s/_history/2"}
    assert who(resource("Task", for_=REFERENCE, focus=focus)) == About(("dot",))
    assert who(resource("Task", focus=focus)) == About(via=("ServiceRequest/s",))


def test_an_appointment_is_about_every_patient_in_it() -> None:
    actors = ["Patient/a", "Practitioner/p", "Patient/b", "Device/scanner", "Patient/a"]
    found = resource("Appointment", participant=[{"actor": {"reference": a}} for a in actors])
    assert who(found) == About(("a", "b"))
    carer = resource("Appointment", participant=[{"actor": {"reference": "RelatedPerson/r"}}])
    assert who(carer) == About(via=("RelatedPerson/r",))


def test_a_communication_is_about_its_subject_and_topics_not_its_readers() -> None:
    may, ned = {"reference": "Patient/may"}, {"reference": "Patient/ned"}
    found = resource("Communication", subject=REFERENCE, about=[may], recipient=[ned])
    assert who(found) == About(("dot", "may"))
    assert who(resource("Communication", recipient=[ned], sender=may)) == About(("ned", "may"))


def test_a_list_is_about_its_subject_and_the_patients_on_it() -> None:
    items = [{"item": {"reference": r}} for r in ("Patient/may", "Condition/c")]
    assert who(resource("List", subject=REFERENCE, entry=items)) == About(("dot", "may"))
    assert who(resource("List", entry=items)) == About(("may",), via=("Condition/c",))
    assert who(resource("List", entry=[{"item": {"display": "a bed"}}])) == UNKNOWN


def test_a_group_is_about_its_members_and_a_description_about_nobody() -> None:
    members = [{"entity": {"reference": f"Patient/{n}"}} for n in "ab"]
    assert who(resource("Group", actual=True, member=members)) == About(("a", "b"))
    assert who(resource("Group", actual=False, type="person")) == NOBODY
    assert who(resource("Group", actual=True, type="person", quantity=9)) == UNKNOWN


def test_provenance_and_audit_are_about_what_they_name() -> None:
    targets = [{"reference": "Patient/dot/_history/1"}, {"reference": "Condition/c"}]
    assert who(resource("Provenance", target=targets)) == About(("dot",), via=("Condition/c",))
    event = resource("AuditEvent", entity=[{"what": REFERENCE}, {"what": {"reference": "List/l"}}])
    assert who(event) == About(("dot",))
    other = resource("AuditEvent", entity=[{"what": {"reference": "List/l"}}])
    assert who(other) == About(via=("List/l",))


def test_a_clinics_schedule_is_open_and_a_patients_is_not() -> None:
    def schedule(*actors: str) -> About:
        return who(resource("Schedule", actor=[{"reference": actor} for actor in actors]))

    assert schedule("Practitioner/p", "Location/l") == NOBODY
    assert schedule("Practitioner/p", "Patient/dot") == About(("dot",))
    assert schedule("Device/d") == About(via=("Device/d",))


def test_an_open_row_with_somebody_inside_is_not_open() -> None:
    inside = resource("Patient", id="p")
    assert who(resource("Organization", contained=[inside])) == UNKNOWN
    assert who(resource("Medication", contained=[resource("Organization", id="o")])) == NOBODY


# Bundles -----------------------------------------------------------------------------------------


def bundle(kind: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return resource("Bundle", type=kind, entry=list(entries))


def entry(found: dict[str, Any], url: str = "") -> dict[str, Any]:
    return {"resource": found} | ({"fullUrl": url} if url else {})


def test_a_document_is_about_its_subject() -> None:
    composition = resource("Composition", subject={"reference": f"urn:uuid:{UUID}"})
    patient = entry(resource("Patient", id="whatever"), f"urn:uuid:{UUID}")
    note = entry(resource("Basic"), "urn:uuid:1")
    assert who(bundle("document", entry(composition, "urn:uuid:2"), patient, note)) == About(
        (UUID,)
    )


def test_a_document_about_somebody_unknown_stays_unknown() -> None:
    composition = entry(resource("Composition", subject={"display": "Dot"}))
    observation = entry(resource("Observation", subject=REFERENCE))
    assert who(bundle("document", composition, observation)) == UNKNOWN


def test_a_document_of_another_server_is_not_about_our_patient_of_the_same_id() -> None:
    composition = entry(
        resource("Composition", subject=REFERENCE), "https://elsewhere.example/fhir/Composition/1"
    )
    assert who(bundle("document", composition), base=BASE) == UNKNOWN
    ours = entry(resource("Composition", subject=REFERENCE), f"{BASE}/Composition/1")
    assert who(bundle("document", ours), base=BASE) == About(("dot",))


def test_a_stranger_in_a_bundle_hides_it_all() -> None:
    known = entry(resource("Observation", subject=REFERENCE))
    stranger = entry(resource("Patient", id="x"), "https://elsewhere.example/fhir/Patient/x")
    for kind in ("collection", "message", "document"):
        assert who(bundle(kind, known, stranger), base=BASE) == UNKNOWN


def test_a_collection_is_about_everybody_in_it() -> None:
    may = entry(resource("Observation", subject={"reference": "Patient/may"}))
    dot = entry(resource("Observation", subject=REFERENCE))
    place = entry(resource("Location"))
    assert who(bundle("collection", dot, may, place)) == About(("dot", "may"))
    assert who(bundle("collection", dot, entry(resource("Observation")))) == UNKNOWN
    assert who(bundle("collection", place)) == UNKNOWN
    assert who(bundle("collection")) == UNKNOWN


def test_references_between_entries_need_no_record() -> None:
    observation = entry(resource("Observation", subject=REFERENCE), "urn:uuid:1")
    origin = entry(resource("Provenance", target=[{"reference": "urn:uuid:1"}]), "urn:uuid:2")
    assert who(bundle("collection", observation, origin)) == About(("dot",))


def test_a_message_is_about_the_people_in_it() -> None:
    header = entry(resource("MessageHeader", focus=[{"reference": "Task/t"}]))
    task = entry(resource("Task", for_=REFERENCE))
    assert who(bundle("message", header, task)) == About(("dot",), via=("Task/t",))


@pytest.mark.shared
def test_the_examples_are_about_those_whom_they_name(examples: dict[str, Any]) -> None:
    open_types = {found["resourceType"] for found in examples.values() if who(found).open}
    assert open_types <= OPEN | {"Schedule", "Group", "VerificationResult"}
    known = [name for name, found in examples.items() if who(found) != UNKNOWN]
    assert len(known) > 370
    assert who(examples["AllergyIntolerance-example.json"]) == About(("example",))
