"""Resources that break one invariant each, and how."""

from __future__ import annotations

from typing import Any

UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem/"
SUBJECT = {"reference": "Patient/dot"}
CODE = {"text": "something"}


def concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": HL7 + system, "code": code}]}


def observation(**rest: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": CODE, **rest}


def patient(**rest: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", **rest}


def condition(**rest: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "subject": SUBJECT, **rest}


def allergy(**rest: Any) -> dict[str, Any]:
    return {"resourceType": "AllergyIntolerance", "patient": SUBJECT, **rest}


def appointment(**rest: Any) -> dict[str, Any]:
    participant = {"actor": SUBJECT, "status": "accepted"}
    base = {"resourceType": "Appointment", "status": "proposed", "participant": [participant]}
    return {**base, **rest}


def quantity(**value: Any) -> dict[str, Any]:
    return observation(valueQuantity=value)


def timing(**repeat: Any) -> dict[str, Any]:
    return observation(effectiveTiming={"repeat": repeat})


def bundle(kind: str, *entries: Any, **rest: Any) -> dict[str, Any]:
    found = {"resourceType": "Bundle", "type": kind, **rest}
    return {**found, "entry": list(entries)} if entries else found


def listed(**rest: Any) -> dict[str, Any]:
    return {"resourceType": "List", "status": "current", "mode": "working", **rest}


def questionnaire(*items: Any) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "status": "active", "item": list(items)}


def item(kind: str = "string", link: str = "1", **rest: Any) -> dict[str, Any]:
    return {"linkId": link, "type": kind, **rest}


def family(**rest: Any) -> dict[str, Any]:
    base = {"resourceType": "FamilyMemberHistory", "status": "completed", "patient": SUBJECT}
    return {**base, "relationship": CODE, **rest}


def extended(**value: Any) -> dict[str, Any]:
    return patient(extension=[{"url": "http://example.org/x", **value}])


START, LATER = "2026-11-24T09:00:00Z", "2026-11-24T10:00:00Z"
AGE = {"value": 7, "system": UCUM, "code": "a"}
ENTRY: dict[str, Any] = {"resource": patient()}
GET = {"request": {"method": "GET", "url": "Patient"}}
ORGANISATION: dict[str, Any] = {"resourceType": "Organization", "name": "x"}
DOSE = {"value": 1, "unit": "tablet"}
GOAL: dict[str, Any] = {
    "resourceType": "Goal", "lifecycleStatus": "active", "description": CODE, "subject": SUBJECT,
}  # fmt: skip
DISPENSE: dict[str, Any] = {
    "resourceType": "MedicationDispense", "status": "completed", "medicationCodeableConcept": CODE,
}  # fmt: skip
ADMINISTRATION: dict[str, Any] = {
    "resourceType": "MedicationAdministration", "status": "completed", "subject": SUBJECT,
    "medicationCodeableConcept": CODE, "effectiveDateTime": "2026",
}  # fmt: skip
CONSENT: dict[str, Any] = {
    "resourceType": "Consent", "status": "active", "scope": CODE, "category": [CODE],
    "patient": SUBJECT,
}  # fmt: skip
COMPOSITION: dict[str, Any] = {
    "resourceType": "Composition", "status": "final", "type": CODE, "date": "2026", "title": "x",
    "author": [{"display": "x"}],
}  # fmt: skip
REQUEST: dict[str, Any] = {
    "resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": SUBJECT,
}  # fmt: skip
VALUE_SET: dict[str, Any] = {"resourceType": "ValueSet", "status": "active"}
DOCUMENT: dict[str, Any] = {
    "identifier": {"system": "urn:x", "value": "1"}, "timestamp": START,
}  # fmt: skip
IN_ERROR = concept("allergyintolerance-verification", "entered-in-error")

KEPT_AND_BROKEN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("ext-1", extended(valueString="x"), extended(valueString="x", extension=[
        {"url": "y", "valueBoolean": True}])),
    ("ext-1", extended(extension=[{"url": "y", "valueBoolean": True}]), extended()),
    ("qty-3", quantity(value=1, system=UCUM, code="mm"), quantity(value=1, code="mm")),
    ("age-1", family(ageAge=AGE), family(ageAge={"value": 7})),
    ("age-1", family(ageAge=AGE), family(ageAge={**AGE, "value": 0})),
    ("age-1", family(ageAge=AGE), family(ageAge={**AGE, "system": "urn:x"})),
    ("cnt-3", extended(valueCount={"value": 1, "system": UCUM, "code": "1"}),
     extended(valueCount={"value": 1, "system": UCUM, "code": "2"})),
    ("dis-1", extended(valueDistance={"value": 1, "system": UCUM, "code": "m"}),
     extended(valueDistance={"value": 1})),
    ("drt-1", extended(valueDuration={"value": 1, "system": UCUM, "code": "h"}),
     extended(valueDuration={"value": 1, "system": "urn:x", "code": "h"})),
    ("per-1", observation(effectivePeriod={"start": START, "end": LATER}),
     observation(effectivePeriod={"start": LATER, "end": START})),
    ("per-1", observation(effectivePeriod={"start": "2026-11-24", "end": START}),
     observation(effectivePeriod={"start": "2027", "end": START})),
    ("per-1", observation(effectivePeriod={"start": "2026-11-24T10:00:00+02:00", "end": START}),
     observation(effectivePeriod={"start": "2026-11-24T10:00:00-02:00", "end": START})),
    ("rng-2", observation(valueRange={"low": {"value": 1}, "high": {"value": 2}}),
     observation(valueRange={"low": {"value": 3}, "high": {"value": 2}})),
    ("rat-1", observation(valueRatio={"numerator": {"value": 1}, "denominator": {"value": 2}}),
     observation(valueRatio={"numerator": {"value": 1}})),
    ("cpt-2", patient(telecom=[{"system": "phone", "value": "1"}]),
     patient(telecom=[{"value": "1"}])),
    ("att-1", patient(photo=[{"contentType": "image/png", "data": "AAAA"}]),
     patient(photo=[{"data": "AAAA"}])),
    ("tim-1", timing(duration=1, durationUnit="h"), timing(duration=1)),
    ("tim-2", timing(period=1, periodUnit="h"), timing(period=1)),
    ("tim-4", timing(duration=0, durationUnit="h"), timing(duration=-1, durationUnit="h")),
    ("tim-5", timing(period=0, periodUnit="h"), timing(period=-1, periodUnit="h")),
    ("tim-6", timing(period=1, periodUnit="h", periodMax=2), timing(periodMax=2, periodUnit="h")),
    ("tim-7", timing(duration=1, durationUnit="h", durationMax=2),
     timing(durationMax=2, durationUnit="h")),
    ("tim-8", timing(count=1, countMax=2), timing(countMax=2)),
    ("tim-9", timing(when=["MORN"], offset=5), timing(when=["C"], offset=5)),
    ("tim-9", timing(when=["MORN"], offset=5), timing(offset=5)),
    ("tim-10", timing(when=["MORN"]), timing(when=["MORN"], timeOfDay=["10:00:00"])),
    ("ait-1", allergy(verificationStatus=IN_ERROR), allergy()),
    ("ait-2", allergy(clinicalStatus=concept("allergyintolerance-clinical", "active")),
     allergy(clinicalStatus=concept("allergyintolerance-clinical", "active"),
             verificationStatus=IN_ERROR)),
    ("app-1", appointment(), appointment(participant=[{"status": "accepted"}])),
    ("app-2", appointment(start=START, end=LATER), appointment(start=START)),
    ("app-3", appointment(status="waitlist"), appointment(status="booked")),
    ("app-4", appointment(status="cancelled", cancelationReason=CODE),
     appointment(cancelationReason=CODE)),
    ("cmp-1", {**COMPOSITION, "section": [{"entry": [SUBJECT]}]},
     {**COMPOSITION, "section": [{"title": "x"}]}),
    ("cmp-2", {**COMPOSITION, "section": [{"entry": [SUBJECT]}]},
     {**COMPOSITION, "section": [{"entry": [SUBJECT], "emptyReason": CODE}]}),
    ("con-1", condition(stage=[{"summary": CODE}]), condition(stage=[{"type": CODE}])),
    ("con-2", condition(evidence=[{"code": [CODE]}]), condition(evidence=[{"id": "x", "extension": [
        {"url": "http://example.org/x", "valueBoolean": True}]}])),
    ("con-4", condition(abatementString="x", clinicalStatus=concept("condition-clinical",
                                                                     "resolved")),
     condition(abatementString="x", clinicalStatus=concept("condition-clinical", "active"))),
    ("con-5", condition(verificationStatus=concept("condition-ver-status", "entered-in-error")),
     condition(verificationStatus=concept("condition-ver-status", "entered-in-error"),
               clinicalStatus=concept("condition-clinical", "active"))),
    ("ppc-1", {**CONSENT, "policyRule": CODE}, CONSENT),
    ("fhs-1", family(ageString="7"), family(ageString="7", bornString="x")),
    ("fhs-2", family(ageString="7", estimatedAge=True), family(estimatedAge=True)),
    ("gol-1", {**GOAL, "target": [{"measure": CODE, "detailString": "x"}]},
     {**GOAL, "target": [{"detailString": "x"}]}),
    ("grp-1", {"resourceType": "Group", "type": "person", "actual": True,
               "member": [{"entity": SUBJECT}]},
     {"resourceType": "Group", "type": "person", "actual": False, "member": [{"entity": SUBJECT}]}),
    ("lst-1", listed(emptyReason=CODE), listed(emptyReason=CODE, entry=[{"item": SUBJECT}])),
    ("lst-2", listed(mode="changes", entry=[{"item": SUBJECT, "deleted": True}]),
     listed(entry=[{"item": SUBJECT, "deleted": True}])),
    ("lst-3", listed(entry=[{"item": SUBJECT, "date": "2026"}]),
     listed(mode="snapshot", entry=[{"item": SUBJECT, "date": "2026"}])),
    ("lnk-1", {"resourceType": "Linkage", "item": [{"type": "source", "resource": SUBJECT},
                                                   {"type": "alternate", "resource": SUBJECT}]},
     {"resourceType": "Linkage", "item": [{"type": "source", "resource": SUBJECT}]}),
    ("mad-1", {**ADMINISTRATION, "dosage": {"dose": DOSE}},
     {**ADMINISTRATION, "dosage": {"text": "x"}}),
    ("mdd-1", {**DISPENSE, "whenPrepared": START, "whenHandedOver": LATER},
     {**DISPENSE, "whenPrepared": LATER, "whenHandedOver": START}),
    ("msq-3", {"resourceType": "MolecularSequence", "coordinateSystem": 1},
     {"resourceType": "MolecularSequence", "coordinateSystem": 2}),
    ("obs-3", observation(referenceRange=[{"text": "x"}]), observation(referenceRange=[
        {"type": CODE}])),
    ("obs-6", observation(dataAbsentReason=CODE), observation(dataAbsentReason=CODE,
                                                              valueString="x")),
    ("obs-7", observation(component=[{"code": concept("x", "1")}], valueString="x"),
     {**observation(component=[{"code": concept("x", "1")}], valueString="x"),
      "code": concept("x", "1")}),
    ("org-1", ORGANISATION, {"resourceType": "Organization", "active": True}),
    ("org-2", {**ORGANISATION, "address": [{"use": "work"}]},
     {**ORGANISATION, "address": [{"use": "home"}]}),
    ("org-3", {**ORGANISATION, "telecom": [{"use": "work"}]},
     {**ORGANISATION, "telecom": [{"use": "home"}]}),
    ("pat-1", patient(contact=[{"name": {"text": "x"}}]), patient(contact=[{"gender": "male"}])),
    ("prr-1", {**REQUEST, "code": CODE, "orderDetail": [CODE]}, {**REQUEST, "orderDetail": [CODE]}),
    ("sqty-1", observation(valueRange={"low": {"value": 1}}),
     observation(valueRange={"low": {"value": 1, "comparator": "<"}})),
    ("bdl-1", bundle("searchset", total=1), bundle("collection", total=1)),
    ("bdl-2", bundle("searchset", {**ENTRY, "search": {"mode": "match"}}),
     bundle("collection", {**ENTRY, "search": {"mode": "match"}})),
    ("bdl-3", bundle("batch", GET), bundle("batch", ENTRY)),
    ("bdl-3", bundle("collection", ENTRY), bundle("collection", {**ENTRY, **GET})),
    ("bdl-4", bundle("batch-response", {"response": {"status": "200"}}),
     bundle("batch-response", ENTRY)),
    ("bdl-5", bundle("collection", ENTRY), bundle("collection", {"fullUrl": "urn:x:1"})),
    ("bdl-7", bundle("collection", {**ENTRY, "fullUrl": "urn:x:1"}),
     bundle("collection", *[{**ENTRY, "fullUrl": "urn:x:1"}] * 2)),
    ("bdl-8", bundle("collection", {**ENTRY, "fullUrl": "http://x/Patient/1"}),
     bundle("collection", {**ENTRY, "fullUrl": "http://x/Patient/1/_history/1"})),
    ("bdl-9", bundle("document", {"resource": COMPOSITION}, **DOCUMENT),
     bundle("document", {"resource": COMPOSITION}, timestamp=START)),
    ("bdl-10", bundle("document", {"resource": COMPOSITION}, **DOCUMENT),
     bundle("document", {"resource": COMPOSITION}, identifier=DOCUMENT["identifier"])),
    ("bdl-11", bundle("document", {"resource": COMPOSITION}, **DOCUMENT),
     bundle("document", ENTRY, **DOCUMENT)),
    ("bdl-12", bundle("collection", ENTRY), bundle("message", ENTRY)),
    ("inv-1", {"resourceType": "Parameters", "parameter": [{"name": "x", "valueString": "y"}]},
     {"resourceType": "Parameters", "parameter": [{"name": "x"}]}),
    ("inv-1", {"resourceType": "Parameters", "parameter": [{"name": "x", "resource": patient()}]},
     {"resourceType": "Parameters", "parameter": [
         {"name": "x", "resource": patient(), "valueString": "y"}]}),
    ("que-1", questionnaire(item("group", item=[item(link="2")])), questionnaire(item("group"))),
    ("que-2", questionnaire(item(), item(link="2")), questionnaire(item(), item())),
    ("que-3", questionnaire(item("display")), questionnaire(item("display", code=[{"code": "x"}]))),
    ("que-4", questionnaire(item("choice", answerValueSet="urn:x")),
     questionnaire(item("choice", answerValueSet="urn:x", answerOption=[{"valueString": "x"}]))),
    ("que-5", questionnaire(item("choice", answerValueSet="urn:x")),
     questionnaire(item("boolean", answerValueSet="urn:x"))),
    ("que-6", questionnaire(item("display")), questionnaire(item("display", required=True))),
    ("que-7", questionnaire(item(enableWhen=[
        {"question": "2", "operator": "exists", "answerBoolean": True}])),
     questionnaire(item(enableWhen=[
         {"question": "2", "operator": "exists", "answerString": "x"}]))),
    ("que-8", questionnaire(item(initial=[{"valueString": "x"}])),
     questionnaire(item("display", initial=[{"valueString": "x"}]))),
    ("que-9", questionnaire(item(readOnly=True)), questionnaire(item("display", readOnly=True))),
    ("que-10", questionnaire(item(maxLength=3)), questionnaire(item("date", maxLength=3))),
    ("que-11", questionnaire(item("choice", answerOption=[{"valueString": "x"}])),
     questionnaire(item("choice", answerOption=[{"valueString": "x"}], initial=[
         {"valueString": "x"}]))),
    ("que-12", questionnaire(item(enableBehavior="all", enableWhen=[
        {"question": "2", "operator": "=", "answerString": "x"}] * 3)),
     questionnaire(item(enableWhen=[
         {"question": "2", "operator": "=", "answerString": "x"}] * 3))),
    ("que-13", questionnaire(item(repeats=True, initial=[{"valueString": "x"}] * 2)),
     questionnaire(item(initial=[{"valueString": "x"}] * 2))),
    ("qrs-1", {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [
        {"linkId": "1", "item": [{"linkId": "2"}]}]},
     {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [
         {"linkId": "1", "item": [{"linkId": "2"}], "answer": [{"valueString": "x"}]}]}),
    ("csd-1", {"resourceType": "CodeSystem", "status": "active", "content": "complete",
               "concept": [{"code": "a", "concept": [{"code": "b"}]}]},
     {"resourceType": "CodeSystem", "status": "active", "content": "complete",
      "concept": [{"code": "a", "concept": [{"code": "a"}]}]}),
    ("vsd-1", {**VALUE_SET, "compose": {"include": [{"system": "urn:x"}]}},
     {**VALUE_SET, "compose": {"include": [{"version": "1"}]}}),
    ("vsd-2", {**VALUE_SET, "compose": {"include": [{"system": "urn:x", "concept": [
        {"code": "a"}]}]}},
     {**VALUE_SET, "compose": {"include": [{"valueSet": ["urn:x"], "concept": [{"code": "a"}]}]}}),
]  # fmt: skip
