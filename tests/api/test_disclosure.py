"""Over all 146 types: what is about a person is seen only under a Scope that allows it.

Each type gets its smallest valid resource with every reference that may lead to a person leading
to one the asking clinician has no relationship with. Then every way of asking has to answer as if
nothing were there, to the byte. What is about nobody is listed here by name: a type that becomes
open by omission fails the test.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bevan.fhir.subject import who
from bevan.record.errors import RecordError
from bevan.record.scope import Scope
from bevan.site.composition import standard
from tests.support import demo
from tests.support.instances import Instances
from tests.support.sites import Serving

TYPES = tuple(sorted(standard(64).definitions.resource_types))
SECRET, KNOWN = "0b7a7b1e-0000-4000-8000-0000000005ec", "0b7a7b1e-0000-4000-8000-000000000c0b"
ABSENT = "0b7a7b1e-0000-4000-8000-0000000000aa"
PRACTICE = demo.person("leila-haddad").roles[0].organisation

# About no person: organisations and staff, places, goods, definitions and terminology.
_OPEN = """
    ActivityDefinition CapabilityStatement CatalogEntry ChargeItemDefinition CodeSystem
    CompartmentDefinition ConceptMap DeviceDefinition EffectEvidenceSynthesis Endpoint
    EventDefinition Evidence EvidenceVariable ExampleScenario GraphDefinition HealthcareService
    ImplementationGuide InsurancePlan Library Location Measure Medication MedicationKnowledge
    MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication
    MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction
    MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical
    MedicinalProductUndesirableEffect MessageDefinition NamingSystem ObservationDefinition
    OperationDefinition Organization OrganizationAffiliation PlanDefinition Practitioner
    PractitionerRole Questionnaire ResearchDefinition ResearchElementDefinition ResearchStudy
    RiskEvidenceSynthesis SearchParameter Slot SpecimenDefinition StructureDefinition StructureMap
    Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation
    SubstanceSourceMaterial SubstanceSpecification TerminologyCapabilities TestReport TestScript
    ValueSet
"""
OPEN = frozenset(_OPEN.split())


def identity(type: str) -> str:
    """The id of the type's resource about the secret person."""
    return SECRET if type == "Patient" else f"secret-{type}"


@pytest_asyncio.fixture(loop_scope="module")
async def clinic(served: Serving) -> AsyncIterator[Serving]:
    """All 146 resources are in; the client is a clinician who knows one other person."""
    make = Instances(served.made.definitions)
    staged = [
        {"resourceType": "Organization", "id": PRACTICE, "name": "Mill Lane Surgery"},
        {
            "resourceType": "Patient",
            "id": KNOWN,
            "generalPractitioner": [{"reference": f"Organization/{PRACTICE}"}],
        },
        make.about("Appointment", "example", SECRET),
        *(make.about(type, identity(type), SECRET) for type in TYPES),
    ]
    entries = [
        {
            "resource": resource,
            "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
        }
        for resource in staged
    ]
    # Whom an answer is about may depend on what it answers: that goes in first.
    first = ("Patient", "Appointment", "Group")
    entries.sort(key=lambda each: each["resource"]["resourceType"] not in first)
    answer = await served.send(
        "POST", "/", {"resourceType": "Bundle", "type": "batch", "entry": entries}
    )
    assert answer.status_code == 200, answer.text
    refused = [
        (entry["request"]["url"], given["response"])
        for entry, given in zip(entries, answer.json()["entry"], strict=True)
        if not given["response"]["status"].startswith("20")
    ]
    assert refused == []
    await served.made.projection.catch_up()
    await served.made.identity.seed(demo.people())
    cookie, _ = await served.made.identity.sign_in("leila-haddad")
    bearer = served.client.headers.pop("authorization")
    served.client.cookies.set("bevan", cookie)
    yield served
    served.client.headers["authorization"] = bearer


async def get(served: Serving, path: str) -> Any:
    return await served.send("GET", path)


def shown(answer: Any) -> set[str]:
    """The addresses that a Bundle shows, without the base."""
    return {
        f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        for entry in answer.json().get("entry", ())
        if entry.get("search", {}).get("mode") != "outcome"
    }


def test_the_listed_types_are_about_nobody_and_no_other_is() -> None:
    make = Instances(standard(64).definitions)
    found = {type for type in TYPES if who(make.about(type, "x", SECRET)).open}
    assert found == OPEN
    assert len(TYPES) == 146


async def test_every_type_by_every_way_of_reading(clinic: Serving) -> None:
    faults: list[str] = []
    for type in TYPES:
        faults += await _reading(clinic, type)
    assert faults == []


async def _reading(served: Serving, type: str) -> list[str]:
    id = identity(type)
    faults = []
    hidden = type not in OPEN
    for path in ("{}/{}", "{}/{}/_history/1", "{}/{}/_history"):
        real = await get(served, "/" + path.format(type, id))
        absent = await get(served, "/" + path.format(type, ABSENT))
        alike = (real.status_code, real.content) == (absent.status_code, absent.content)
        if hidden != alike or (hidden and real.status_code != 404):
            faults.append(f"GET {path.format(type, id)}: {real.status_code}")
    for path in ("{}?_id={}", "{}?_id={}&_total=accurate&_summary=count", "{}/_history", "{}"):
        answer = await get(served, "/" + path.format(type, id))
        found = answer.status_code != 200 or id in answer.text.replace(f"_id={id}", "")
        total = answer.json().get("total", 0) if "total" in path else None
        if hidden and (found or total):
            faults.append(f"GET {path.format(type, id)}: {answer.status_code}, {total}")
        if not hidden and total == 0:
            faults.append(f"GET {path.format(type, id)} hides what is open")
    return faults


async def test_the_secret_person_is_in_no_answer_about_everything(clinic: Serving) -> None:
    for path in (
        "/_history?_count=1000",
        f"/?_id={SECRET}",
        f"/Observation?subject=Patient/{SECRET}",
        f"/Observation?patient={SECRET}&_include=*",
        "/Patient?_revinclude=*&_count=1000",
        "/Organization?_revinclude=*&_count=1000",
        f"/Practitioner?_has:Observation:performer:subject=Patient/{SECRET}",
        f"/Patient?_has:Observation:patient:status=registered&_id={SECRET}",
        "/Observation?patient.gender:missing=true",
        f"/Encounter?patient._id={SECRET}",
        "/Patient?_sort=birthdate",
    ):
        answer = await get(clinic, path)
        assert answer.status_code in (200, 400), (path, answer.text)
        text = answer.text.replace(path.partition("?")[2], "")
        entries = json.dumps(answer.json().get("entry", []))
        people = {name for name in shown(answer) if not _is_open(name)}
        assert people <= {f"Patient/{KNOWN}"}, path
        assert '"secret-Observation"' not in entries, path
        assert text


def _is_open(name: str) -> bool:
    return name.partition("/")[0] in OPEN


async def test_the_known_person_is_seen(clinic: Serving) -> None:
    assert (await get(clinic, f"/Patient/{KNOWN}")).status_code == 200
    assert f"Patient/{KNOWN}" in shown(await get(clinic, "/Patient"))


async def test_no_type_can_be_changed_by_any_way_of_writing(clinic: Serving) -> None:
    made = clinic.made
    _, session = await made.identity.sign_in("leila-haddad")
    scope = made.access.scope(session.actor, purpose="direct-care")
    make = Instances(made.definitions)
    faults: list[str] = []
    for type in TYPES:
        if type not in OPEN:
            faults += await _writing(clinic, scope, type, make.about(type, identity(type), SECRET))
    assert faults == []


async def _writing(served: Serving, scope: Scope, type: str, resource: dict[str, Any]) -> list[str]:
    record, id = served.made.record, identity(type)
    changed = resource | {"language": "en"}
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": changed, "request": {"method": "PUT", "url": f"{type}/{id}"}}],
    }
    faults = []
    for name, write in (
        ("update", record.update(scope, changed)),
        ("update if-match", record.update(scope, changed, if_match=1)),
        (
            "patch",
            record.patch(scope, type, id, [{"op": "add", "path": "/language", "value": "en"}]),
        ),
        ("delete", record.delete(scope, type, id)),
        ("transaction", record.bundle(scope, bundle)),
        ("update where", record.update_where(scope, type, f"_id={id}", changed)),
        ("delete where", record.delete_where(scope, type, f"_id={id}")),
    ):
        try:
            answer = await write
        except RecordError as fault:
            if "language" in str(fault) or fault.status in (500, 503):
                faults.append(f"{name} {type}: {fault.status} {fault}")
        else:
            faults.append(f"{name} {type}: {answer!r:.80}")
    system = made_system(served)
    still = await record.read(system, type, id)
    if still is None or still.deleted or still.version != 1:
        faults.append(f"{type} was changed")
    return faults


def made_system(served: Serving) -> Scope:
    """A Scope that sees everything, to look at what really stands."""
    from bevan.record.scope import Actor, system

    return system("checking in a test", Actor("system", "tests", "tests"))


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
async def test_nothing_is_answered_without_credentials(clinic: Serving, method: str) -> None:
    clinic.client.cookies.clear()
    for type in TYPES:
        for path in (f"/{type}/{identity(type)}", f"/{type}", f"/{type}/_search", "/"):
            answer = await clinic.send(method, path, b"{}" if method != "GET" else None)
            assert answer.status_code in (401, 405), (method, path)
            assert SECRET not in answer.text
