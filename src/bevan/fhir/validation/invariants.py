"""The invariants of FHIR R4 that every write must keep, as plain functions.

Each is HL7's own rule under HL7's key, written by hand because it runs on every write. What isn't
here: rules that only grade definitions (``eld-``, ``sdf-``), advice (severity warning), and rules
that need another resource. ``txt-1`` and ``txt-2`` are in ``bevan.fhir.narrative``, ``ele-1``,
``ref-1`` and ``dom-2`` to ``dom-5`` where the walk is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from bevan.fhir import primitive

Node = Mapping[str, Any]
Test = Callable[[Node], bool]

UCUM = "http://unitsofmeasure.org"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"


def has(node: Node, name: str) -> bool:
    """True when the element exists, be it only with an extension."""
    return name in node or "_" + name in node


def has_choice(node: Node, name: str) -> bool:
    """True when ``name[x]`` exists with any type."""
    size = len(name)
    for key in node:
        underscore = key[0] == "_"
        if key.startswith(name, underscore) and key[size + underscore :][:1].isupper():
            return True
    return False


def some(*names: str) -> Test:
    """At least one of these."""
    return lambda node: any(has(node, name) for name in names)


def exactly_one(*names: str) -> Test:
    """One of these and no more."""
    return lambda node: sum(has(node, name) for name in names) == 1


def not_both(one: str, other: str) -> Test:
    """One, or the other, or neither."""
    return lambda node: not (has(node, one) and has(node, other))


def needs(one: str, other: str) -> Test:
    """The first only together with the second."""
    return lambda node: not has(node, one) or has(node, other)


def objects(node: Node, name: str) -> Iterator[Node]:
    """The objects of a repeating element, passing over what isn't one."""
    found = node.get(name)
    if isinstance(found, list):
        yield from (item for item in found if isinstance(item, dict))
    elif isinstance(found, dict):
        yield found


def coded(concept: Any, system: str, *codes: str) -> bool:
    """True when a CodeableConcept has one of these codes."""
    return isinstance(concept, dict) and any(
        coding.get("system") == system and coding.get("code") in codes
        for coding in objects(concept, "coding")
    )


def distinct(values: list[Any]) -> bool:
    """True when no value comes twice."""
    return len(values) == len({str(value) for value in values})


def number(value: Any) -> Decimal | int | None:
    """The value if it can be compared."""
    return value if isinstance(value, (Decimal, int)) and not isinstance(value, bool) else None


def _extension(node: Node) -> bool:
    nested = "extension" in node
    for key in node:
        if key.startswith(("value", "_value")):
            return not nested
    return nested


def _period(node: Node) -> bool:
    start, end = node.get("start"), node.get("end")
    if not isinstance(start, str) or not isinstance(end, str):
        return True
    if start[19:] == end[19:] and len(start) == len(end) and start <= end:
        return True
    first, last = primitive.period(start), primitive.period(end)
    return first is None or last is None or first[0] < last[1]


def _range(node: Node) -> bool:
    low, high = node.get("low"), node.get("high")
    if not isinstance(low, dict) or not isinstance(high, dict):
        return True
    if any(low.get(key) != high.get(key) for key in ("system", "code", "unit")):
        return True
    first, last = number(low.get("value")), number(high.get("value"))
    return first is None or last is None or first <= last


def _ratio(node: Node) -> bool:
    numerator, denominator = "numerator" in node, "denominator" in node
    return numerator == denominator and (numerator or "extension" in node)


def _unit_of(code_needed: bool, *codes: str) -> Test:
    def test(node: Node) -> bool:
        if code_needed and has(node, "value") and not has(node, "code"):
            return False
        if has(node, "system") and node.get("system") != UCUM:
            return False
        return not codes or "code" not in node or node["code"] in codes

    return test


def _positive(node: Node) -> bool:
    value = number(node.get("value"))
    return value is None or value > 0


def _whole(node: Node) -> bool:
    return "." not in str(node.get("value", ""))


def _duration(node: Node) -> bool:
    return not has(node, "code") or (node.get("system") == UCUM and has(node, "value"))


def _not_negative(name: str) -> Test:
    def test(node: Node) -> bool:
        value = number(node.get(name))
        return value is None or value >= 0

    return test


def _offset(node: Node) -> bool:
    when = node.get("when")
    meals = {"C", "CM", "CD", "CV"}
    return not has(node, "offset") or (isinstance(when, list) and not meals & set(map(str, when)))


def _obs_6(node: Node) -> bool:
    return not has(node, "dataAbsentReason") or not has_choice(node, "value")


def _obs_7(node: Node) -> bool:
    if "component" not in node or not has_choice(node, "value"):
        return True
    code = node.get("code")
    codings = list(objects(code, "coding")) if isinstance(code, dict) else []
    return not any(
        coding in codings
        for component in objects(node, "component")
        for inner in objects(component, "code")
        for coding in objects(inner, "coding")
    )


def _con_4(node: Node) -> bool:
    return not has_choice(node, "abatement") or coded(
        node.get("clinicalStatus"),
        _TERMINOLOGY + "condition-clinical",
        "resolved",
        "remission",
        "inactive",
    )


def _in_error(kind: str) -> Test:
    system = _TERMINOLOGY + kind
    return lambda node: coded(node.get("verificationStatus"), system, "entered-in-error")


_ALLERGY_IN_ERROR = _in_error("allergyintolerance-verification")
_CONDITION_IN_ERROR = _in_error("condition-ver-status")


def _app_3(node: Node) -> bool:
    both = has(node, "start") and has(node, "end")
    return both or node.get("status") in ("proposed", "cancelled", "waitlist")


def _app_4(node: Node) -> bool:
    return not has(node, "cancelationReason") or node.get("status") in ("no-show", "cancelled")


def _home(name: str) -> Test:
    return lambda node: all(item.get("use") != "home" for item in objects(node, name))


def _mdd_1(node: Node) -> bool:
    return _period({"start": node.get("whenPrepared"), "end": node.get("whenHandedOver")})


def _entries_only(name: str, mode: str) -> Test:
    return lambda node: (
        node.get("mode") == mode or not any(has(entry, name) for entry in objects(node, "entry"))
    )


def _qrs_1(node: Node) -> bool:
    return not ("answer" in node and "item" in node)


def _probability(node: Node) -> bool:
    value = number(node.get("probabilityDecimal"))
    return value is None or value <= 100


RULES: tuple[tuple[str, str, str, Test], ...] = (
    ("Extension", "ext-1", "An extension has a value or extensions, not both", _extension),
    ("Quantity", "qty-3", "A coded unit needs its system", needs("code", "system")),
    ("Age", "age-1", "An age has a UCUM unit and is more than 0", _unit_of(True)),
    ("Age", "age-1", "An age is more than 0", _positive),
    ("Count", "cnt-3", "A count has the UCUM unit 1", _unit_of(True, "1")),
    ("Count", "cnt-3", "A count is a whole number", _whole),
    ("Distance", "dis-1", "A distance has a UCUM unit", _unit_of(True)),
    ("Duration", "drt-1", "A duration has a UCUM unit and a value", _duration),
    ("Period", "per-1", "The start is not after the end", _period),
    ("Range", "rng-2", "The low value is not above the high one", _range),
    ("Ratio", "rat-1", "A ratio has both numerator and denominator", _ratio),
    ("ContactPoint", "cpt-2", "A value needs a system", needs("value", "system")),
    ("Attachment", "att-1", "Data needs a content type", needs("data", "contentType")),
    ("Expression", "exp-1", "An expression or a reference", some("expression", "reference")),
    ("Timing.repeat", "tim-1", "A duration needs a unit", needs("duration", "durationUnit")),
    ("Timing.repeat", "tim-2", "A period needs a unit", needs("period", "periodUnit")),
    ("Timing.repeat", "tim-4", "A duration is not negative", _not_negative("duration")),
    ("Timing.repeat", "tim-5", "A period is not negative", _not_negative("period")),
    ("Timing.repeat", "tim-6", "periodMax needs a period", needs("periodMax", "period")),
    ("Timing.repeat", "tim-7", "durationMax needs a duration", needs("durationMax", "duration")),
    ("Timing.repeat", "tim-8", "countMax needs a count", needs("countMax", "count")),
    ("Timing.repeat", "tim-9", "An offset needs a when that is not a meal", _offset),
    ("Timing.repeat", "tim-10", "timeOfDay or when, not both", not_both("timeOfDay", "when")),
    ("TriggerDefinition", "trd-1", "Data or timing, not both",
     lambda n: not (has(n, "data") and has_choice(n, "timing"))),
    ("TriggerDefinition", "trd-2", "A condition needs data", needs("condition", "data")),
    ("DataRequirement.codeFilter", "drq-1", "A path or a search parameter",
     exactly_one("path", "searchParam")),
    ("DataRequirement.dateFilter", "drq-2", "A path or a search parameter",
     exactly_one("path", "searchParam")),
    ("AllergyIntolerance", "ait-1", "A clinical status, unless entered in error",
     lambda n: _ALLERGY_IN_ERROR(n) or has(n, "clinicalStatus")),
    ("AllergyIntolerance", "ait-2", "No clinical status when entered in error",
     lambda n: not (_ALLERGY_IN_ERROR(n) and has(n, "clinicalStatus"))),
    ("Appointment", "app-2", "Start and end, or neither",
     lambda n: has(n, "start") == has(n, "end")),
    ("Appointment", "app-3", "Only proposed, cancelled or waitlisted ones lack a time", _app_3),
    ("Appointment", "app-4", "A reason for cancelling only when cancelled", _app_4),
    ("Appointment.participant", "app-1", "A type or an actor", some("type", "actor")),
    ("AppointmentResponse", "apr-1", "A type of participant or an actor",
     some("participantType", "actor")),
    ("AuditEvent.entity", "sev-1", "A name or a query, not both", not_both("name", "query")),
    ("CarePlan.activity", "cpl-3", "A reference or details, not both",
     not_both("detail", "reference")),
    ("Composition.section", "cmp-1", "Text, entries or sections", some("text", "entry", "section")),
    ("Composition.section", "cmp-2", "A reason for being empty only when empty",
     not_both("emptyReason", "entry")),
    ("Condition", "con-4", "What has abated is inactive, resolved or in remission", _con_4),
    ("Condition", "con-5", "No clinical status when entered in error",
     lambda n: not (_CONDITION_IN_ERROR(n) and has(n, "clinicalStatus"))),
    ("Condition.stage", "con-1", "A summary or an assessment", some("summary", "assessment")),
    ("Condition.evidence", "con-2", "A code or details", some("code", "detail")),
    ("Consent", "ppc-1", "A policy or a policy rule", some("policy", "policyRule")),
    ("CoverageEligibilityResponse.insurance.item", "ces-1", "A category or a product, not both",
     exactly_one("category", "productOrService")),
    ("FamilyMemberHistory", "fhs-1", "An age or a birth, not both",
     lambda n: not (has_choice(n, "age") and has_choice(n, "born"))),
    ("FamilyMemberHistory", "fhs-2", "estimatedAge needs an age",
     lambda n: has_choice(n, "age") or not has(n, "estimatedAge")),
    ("Goal.target", "gol-1", "A detail needs a measure",
     lambda n: not has_choice(n, "detail") or has(n, "measure")),
    ("Group", "grp-1", "Only an actual group has members",
     lambda n: not has(n, "member") or n.get("actual") is True),
    ("Immunization.education", "imm-1", "A document type or a reference",
     some("documentType", "reference")),
    ("ImmunizationRecommendation.recommendation", "imr-1", "A vaccine or a target disease",
     some("vaccineCode", "targetDisease")),
    ("InsurancePlan", "ipn-1", "An identifier or a name", some("identifier", "name")),
    ("Linkage", "lnk-1", "At least two items", lambda n: len(list(objects(n, "item"))) > 1),
    ("List", "lst-1", "A reason for being empty only when empty", not_both("emptyReason", "entry")),
    ("List", "lst-2", "Deleted entries only in a list of changes",
     _entries_only("deleted", "changes")),
    ("List", "lst-3", "Dated entries only in a working list", _entries_only("date", "working")),
    ("MedicationAdministration.dosage", "mad-1", "A dose or a rate",
     lambda n: has(n, "dose") or has_choice(n, "rate")),
    ("MedicationDispense", "mdd-1", "Handed over not before it was prepared", _mdd_1),
    ("MolecularSequence", "msq-3", "The coordinate system is 0 or 1",
     lambda n: n.get("coordinateSystem") in (0, 1)),
    ("Observation", "obs-6", "A reason for absence only without a value", _obs_6),
    ("Observation", "obs-7", "No value of its own where a component has the same code", _obs_7),
    ("Observation.referenceRange", "obs-3", "A low, a high or a text", some("low", "high", "text")),
    ("Organization", "org-1", "An identifier or a name", some("identifier", "name")),
    ("Organization", "org-2", "No home address", _home("address")),
    ("Organization", "org-3", "No home telephone", _home("telecom")),
    ("Patient.contact", "pat-1", "A name, telecom, address or organisation",
     some("name", "telecom", "address", "organization")),
    ("QuestionnaireResponse.item", "qrs-1", "Items beneath the item or its answer, not both",
     _qrs_1),
    ("RequestGroup.action", "rqg-1", "A resource or actions", exactly_one("resource", "action")),
    ("RiskAssessment.prediction", "ras-2", "A probability is at most 100", _probability),
    ("ServiceRequest", "prr-1", "Order details need a code", needs("orderDetail", "code")),
    ("SearchParameter", "spd-1", "An XPath needs its usage", needs("xpath", "xpathUsage")),
)  # fmt: skip
