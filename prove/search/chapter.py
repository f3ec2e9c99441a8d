"""R4's chapter on search, paragraph by paragraph: what it says, a query, and what is found.

The reference is written from this table, and every row is asked of PostgreSQL and of the oracle.
Headings are the chapter's own; the sentences are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

U = "http://unitsofmeasure.org"
L, S, T = "http://l.example", "http://s.example", "http://t.example"
STATUS = "http://hl7.org/fhir/ValueSet/publication-status"
GENDER = "http://hl7.org/fhir/ValueSet/administrative-gender"


@dataclass(frozen=True)
class Row:
    """One paragraph: `found` are the ids in order, with a word in it `refused` instead.

    `within` is a resource in whose compartment to search; `comes` what is included; `alone`: the
    oracle doesn't know this, so that only the row itself says what is right.
    """

    heading: str
    says: str
    type: str
    query: str
    found: str = ""
    refused: str = ""
    within: str = ""
    comes: str = ""
    total: int | None = None
    alone: bool = False


def _concept(*codes: str, text: str = "") -> dict[str, Any]:
    coding = [dict(zip(("system", "code"), code.split("|"), strict=True)) for code in codes]
    return {**({"coding": coding} if coding else {}), **({"text": text} if text else {})}


def _patient(id: str, family: str, *given: str, **more: Any) -> dict[str, Any]:
    name = {"family": family, **({"given": list(given)} if given else {})}
    return {"resourceType": "Patient", "id": id, "name": [name], **more}


def _observation(id: str, person: str, code: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": id, "status": "final", "code": _concept(f"{L}|{code}"),
        "subject": {"reference": f"Patient/{person}"}, **more,
    }  # fmt: skip


def _measured(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": U, "code": unit}


def _typed(value: str, code: str) -> dict[str, Any]:
    return {"system": S, "value": value, "type": {"coding": [{"system": T, "code": code}]}}


def _link(to: str) -> dict[str, Any]:
    return {"reference": to}


RESOURCES: tuple[dict[str, Any], ...] = (
    {"resourceType": "Organization", "id": "trust", "name": "North Trust", "active": True},
    {"resourceType": "Organization", "id": "ward", "name": "Ward",
      "partOf": _link("Organization/trust")},
    {"resourceType": "Practitioner", "id": "gp", "name": [{"family": "Okafor"}],
      "gender": "female"},
    _patient("ann", "Müller", "Ann-Marie", gender="female", birthDate="1980-07-01", active=True,
             identifier=[_typed("12345", "MR")], managingOrganization=_link("Organization/trust"),
             generalPractitioner=[_link("Practitioner/gp")],
             meta={"tag": [{"system": L, "code": "t"}], "profile": ["http://p.example/one|1.0"],
                   "source": "http://gp.example/x"}),
    _patient("bob", "O'Brien, Jr", "Bo", gender="male", birthDate="1980",
             identifier=[{"value": "12345"}], address=[{"city": "Leeds"}]),
    _patient("cat", "muller", birthDate="1999-02-28", deceasedDateTime="2024-02-29T10:00:00Z"),
    {"resourceType": "Encounter", "id": "visit", "status": "finished", "class": {"code": "AMB"},
     "subject": _link("Patient/ann"), "period": {"start": "2024-02-01", "end": "2024-03-31"},
     "serviceProvider": _link("Organization/ward"), "length": _measured(2, "h")},
    {"resourceType": "Encounter", "id": "part", "status": "planned", "class": {"code": "AMB"},
     "subject": _link("Patient/bob"), "period": {"start": "2024-06-01"},
     "partOf": _link("Encounter/visit"), "length": _measured(90, "min")},
    _observation("mass", "ann", "weight", effectiveDateTime="2024-02-10",
                 valueQuantity=_measured(5.4, "g"), encounter=_link("Encounter/visit"),
                 performer=[_link("Practitioner/gp")]),
    _observation("tiny", "ann", "weight", effectiveDateTime="2024-02-10T10:30:00Z",
                 valueQuantity=_measured(5400, "mg")),
    _observation("note", "bob", "note", effectiveDateTime="2024-03", valueString="Blood, thin"),
    _observation("word", "bob", "note", status="preliminary",
      category=[_concept(text="Lab report")],
                 valueCodeableConcept=_concept(f"{S}|yes"), hasMember=[_link("Observation/note")]),
    {**_observation("panel", "cat", "bp", effectivePeriod={"start": "2023-01-01",
      "end": "2023-12-31"}),
     "component": [
         {"code": _concept(f"{L}|systolic"), "valueQuantity": _measured(120, "mm[Hg]")},
         {"code": _concept(f"{L}|diastolic"), "valueQuantity": _measured(80, "mm[Hg]")}]},
    {"resourceType": "RiskAssessment", "id": "risk", "status": "final",
      "subject": _link("Patient/ann"),
     "prediction": [{"probabilityDecimal": 0.5}, {"probabilityDecimal": 100}]},
    {"resourceType": "ValueSet", "id": "set", "status": "active", "name": "Alpha",
     "url": "http://v.example/a/b"},
    {"resourceType": "ValueSet", "id": "top", "status": "draft", "url": "http://v.example/a"},
    {"resourceType": "List", "id": "ill", "status": "current", "mode": "working",
     "entry": [{"item": _link("Patient/bob")}, {"item": _link("Observation/mass")}]},
)  # fmt: skip

R = Row
ROWS: tuple[Row, ...] = (
    R("Introduction", "Without a parameter, all of the type are found, in the order of their last "
      "change.", "Patient", "", "ann bob cat"),
    R("Introduction", "Several parameters must all hold.", "Patient",
      "gender=female&birthdate=1980", "ann"),
    R("Introduction", "A parameter given twice must hold twice.", "Observation",
      "date=ge2024-02&date=lt2024-03", "mass tiny"),
    R("Introduction", "Values with a comma between them: one of them must hold.", "Patient",
      "gender=male,female", "ann bob"),
    R("Search contexts", "A compartment holds what refers to its resource.", "Observation", "",
      "mass tiny", within="Patient/ann"),
    R("Search contexts", "Parameters narrow a search in a compartment.", "Observation",
      f"code={L}|note", "note word", within="Patient/bob"),
    R("Search contexts", "The compartment of an encounter, or of a practitioner.", "Observation",
      "",
      "mass", within="Encounter/visit"),
    R("Search contexts", "A type that never comes into the compartment is refused.", "ValueSet", "",
      refused="never in a compartment", within="Patient/ann", alone=True),
    R("Handling errors", "An unknown parameter is refused by name.", "Patient", "unknown=1",
      refused="unknown", alone=True),
    R("Handling errors", "A value that can't be one is refused.", "Patient", "birthdate=soon",
      refused="birthdate", alone=True),
    R("Handling errors", "A reference to what isn't there finds nothing, and is no error.",
      "Observation", "subject=Patient/none", ""),
    R("Parameters for all resources", "_id: the logical id.", "Patient", "_id=bob,cat", "bob cat"),
    R("Parameters for all resources", "_lastUpdated: when the resource last changed.", "Patient",
      "_lastUpdated=gt2020", "ann bob cat"),
    R("Parameters for all resources", "_tag: a tag of the resource.", "Patient", f"_tag={L}|t",
      "ann"),
    R("Parameters for all resources", "_profile: a profile that the resource claims.", "Patient",
      "_profile=http://p.example/one", "ann"),
    R("Parameters for all resources", "_source: where the resource comes from.", "Patient",
      "_source=http://gp.example/x", "ann"),
    R("Parameters for all resources", "_list: what the entries of a List refer to.", "Patient",
      "_list=ill", "bob"),
    R("Parameters for all resources", "_has: what refers here has a property.", "Patient",
      f"_has:Observation:patient:code={L}|weight", "ann"),
    R("Parameters for all resources", "_security: a security label; here none has one.", "Patient",
      "_security=R", ""),
    R("Parameters for all resources",
      "_text and _content are refused: nothing is indexed by words.",
      "Patient", "_text=ann", refused="_text", alone=True),
    R("Parameters for all resources", "_filter is refused.", "Patient", "_filter=name eq x",
      refused="_filter", alone=True),
    R("Parameters for all resources", "_query is refused: there is no named query.", "Patient",
      "_query=x", refused="_query", alone=True),
    R("Modifiers", ":missing=true: the resource has no value.", "Patient", "gender:missing=true",
      "cat"),
    R("Modifiers", ":missing=false: the resource has a value.", "Patient", "gender:missing=false",
      "ann bob"),
    R("Modifiers", ":exact compares letter by letter.", "Patient", "family:exact=muller", "cat"),
    R("Modifiers", ":contains finds within a text.", "Patient", "given:contains=mar", "ann"),
    R("Modifiers", ":text finds by the words of a code.", "Observation", "category:text=lab",
      "word"),
    R("Modifiers", ":in: the code is in a value set.", "Patient", f"gender:in={GENDER}", "ann bob"),
    R("Modifiers", ":not-in: no code is in the value set.", "Patient", f"gender:not-in={GENDER}",
      "cat"),
    R("Modifiers", "A value set that isn't known is refused.", "Patient",
      "gender:in=http://x.example",
      refused="not known", alone=True),
    R("Modifiers", ":not: no value is this code, and a missing one isn't.", "Patient",
      "gender:not=female", "bob cat"),
    R("Modifiers", ":below a URI: the URI and all under it.", "ValueSet",
      "url:below=http://v.example/a", "set top"),
    R("Modifiers", ":above a URI: the URI and all above it.", "ValueSet",
      "url:above=http://v.example/a/b/c", "set top"),
    R("Modifiers", ":below a code needs a hierarchy that is known.", "Observation",
      f"code:below={L}|weight", refused="hierarchy", alone=True),
    R("Modifiers", ":[type] says what a bare id is the id of.", "Observation",
      "subject:Patient=bob",
      "note word"),
    R("Modifiers", ":identifier finds a reference by its logical identifier; here none has one.",
      "Observation", "subject:identifier=12345", ""),
    R("Modifiers", ":of-type: an identifier of a type.", "Patient",
      f"identifier:of-type={T}|MR|12345",
      "ann", alone=True),
    R("Modifiers", "A modifier that the kind of parameter doesn't have is refused.", "Patient",
      "gender:exact=male", refused=":exact", alone=True),
    R("Prefixes", "eq, which is also what no prefix means: within the precision of the value.",
      "Patient", "birthdate=eq1980", "ann bob"),
    R("Prefixes", "ne: not within.", "Patient", "birthdate=ne1980", "cat"),
    R("Prefixes", "gt: some of the value lies after.", "Observation", "date=gt2024-02-10", "note"),
    R("Prefixes", "lt: some of the value lies before.", "Observation", "date=lt2024-01", "panel"),
    R("Prefixes", "ge: within, or some lies after.", "Observation", "date=ge2024-02-10",
      "mass tiny note"),
    R("Prefixes", "le: within, or some lies before.", "Observation", "date=le2024-02-10",
      "mass tiny panel"),
    R("Prefixes", "sa: all of the value lies after.", "Encounter", "date=sa2024-03-31", "part"),
    R("Prefixes", "eb: all of the value lies before.", "Encounter", "date=eb2024-04-01", "visit"),
    R("Prefixes", "ap: near, by a tenth of the way from now.", "Observation", "date=ap2024-02",
      "mass tiny note panel"),
    R("number", "A number matches within its precision.", "RiskAssessment", "probability=100",
      "risk"),
    R("number", "More digits are more precise.", "RiskAssessment", "probability=0.50", "risk"),
    R("number", "Outside of the precision nothing is found.", "RiskAssessment", "probability=0.4",
      ""),
    R("number", "An exponent has a precision too.", "RiskAssessment", "probability=1e2", "risk",
      alone=True),
    R("number", "Comparisons take the number itself.", "RiskAssessment", "probability=gt99.9",
      "risk"),
    R("date", "A year finds all that lies in it.", "Observation", "date=2024", "mass tiny note"),
    R("date", "A day finds a time in it.", "Observation", "date=2024-02-10", "mass tiny"),
    R("date", "A minute.", "Observation", "date=2024-02-10T10:30Z", "tiny", alone=True),
    R("date", "A time without a zone is the server's own; London here.", "Patient",
      "death-date=2024-02-29T10:00:00", "cat"),
    R("date", "A period matches if it lies within.", "Encounter", "date=2024", "visit"),
    R("date", "A period that has no end reaches to the end of time.", "Encounter", "date=gt2030",
      "part"),
    R("string", "A text matches from its start, whatever its case and accents.", "Patient",
      "family=MULL", "ann cat"),
    R("string", "Not from within.", "Patient", "family=ller", ""),
    R("string", "A name is all of its parts.", "Patient", "name=ann", "ann"),
    R("uri", "A URI is compared as it is written.", "ValueSet", "url=http://v.example/A", ""),
    R("uri", "All of it.", "ValueSet", "url=http://v.example/a", "top"),
    R("token", "A code alone: of any system.", "Observation", "code=weight", "mass tiny"),
    R("token", "system|code: both.", "Patient", f"identifier={S}|12345", "ann"),
    R("token", "|code: without a system.", "Patient", "identifier=|12345", "bob"),
    R("token", "system|: anything of the system.", "Patient", f"identifier={S}|", "ann"),
    R("token", "A boolean.", "Patient", "active=true", "ann"),
    R("token", "Case matters.", "Patient", "gender=Female", ""),
    R("token", "A code of a fixed set needs no system.", "Encounter", "status=finished", "visit"),
    R("quantity", "number|system|code: the unit by its code.", "Observation",
      f"value-quantity=5400|{U}|mg", "mass tiny"),
    R("quantity", "A unit is converted: 5.4 g are 5400 mg.", "Observation",
      f"value-quantity=5.4|{U}|g", "mass tiny"),
    R("quantity", "The precision is that of the number asked for.", "Observation",
      f"value-quantity=5|{U}|g", "mass tiny"),
    R("quantity", "number||code: the unit as it is written, not converted.", "Observation",
      "value-quantity=5400||mg", "tiny"),
    R("quantity", "A number alone: whatever the unit.", "Observation", "value-quantity=5.4",
      "mass"),
    R("quantity", "With a prefix.", "Encounter", f"length=gt100|{U}|min", "visit", alone=True),
    R("reference", "Type/id.", "Observation", "subject=Patient/ann", "mass tiny"),
    R("reference", "An id alone, of any type that the reference may have.", "Observation",
      "subject=ann",
      "mass tiny"),
    R("reference", "A reference with one type in its name.", "Observation", "patient=cat", "panel"),
    R("Composite search parameters", "A token and a quantity of one element.", "Observation",
      f"code-value-quantity={L}|weight$5.4|{U}|g", "mass tiny"),
    R("Composite search parameters", "Parts of different elements don't meet.", "Observation",
      f"component-code-value-quantity={L}|systolic$80", ""),
    R("Composite search parameters", "With a prefix inside.", "Observation",
      f"component-code-value-quantity={L}|systolic$gt100", "panel"),
    R("Composite search parameters", "A token and a token.", "Observation",
      f"code-value-concept=note${S}|yes", "word"),
    R("Composite search parameters", "A token and a date.", "Observation",
      f"code-value-date={L}|weight$2024", "", alone=True),
    R("Composite search parameters", "A composite with a part missing is refused.", "Observation",
      "code-value-quantity=weight", refused="2 parts", alone=True),
    R("Handling missing data", "Who has no value isn't found by any value.", "Patient",
      "gender=male,female,other,unknown", "ann bob"),
    R("Escaping search parameters", "A comma with a backslash before it belongs to the value.",
      "Patient",
      r"family=o'brien\, jr", "bob"),
    R("Escaping search parameters", "Without it, there are two values.", "Patient",
      "family=o'brien,jr", "bob"),
    R("Chained parameters", "reference.parameter: a property of what is referred to.",
      "Observation",
      "patient.gender=female", "mass tiny"),
    R("Chained parameters", "The type in the middle, where several are possible.", "Observation",
      "subject:Patient.name=ann", "mass tiny"),
    R("Chained parameters", "Further and further.", "Observation",
      "subject:Patient.organization.name=north", "mass tiny"),
    R("Chained parameters", "A modifier at the end.", "Encounter", "part-of.status:not=planned",
      "part"),
    R("Chained parameters", "Each chain may find another reference.", "Patient",
      "general-practitioner:Practitioner.name=okafor&organization.active=true", "ann"),
    R("Reverse chaining", "Nested: what refers to what refers here.", "Patient",
      "_has:Encounter:patient:_has:Encounter:part-of:status=planned", "ann"),
    R("Reverse chaining", "A chain that ends in a reverse chain.", "Observation",
      "encounter._has:Encounter:part-of:status=planned", "mass"),
    R("Reverse chaining", "Two of them may be met by different resources.", "Patient",
      "_has:Observation:patient:code=note&_has:Observation:patient:status=preliminary", "bob"),
    R("Sorting", "_sort: by a parameter, upwards; who has no value comes last.", "Observation",
      "_sort=date", "panel mass tiny note word"),
    R("Sorting", "With a minus, downwards; still last.", "Observation", "_sort=-date",
      "note tiny mass panel word"),
    R("Sorting", "By several.", "Patient", "_sort=birthdate,-_id", "bob ann cat"),
    R("Page count", "_count: so many on a page, with a link to the next.", "Patient", "_count=2",
      "ann bob cat"),
    R("Page count", "_count=0: only the total.", "Patient", "_count=0", "", total=3, alone=True),
    R("Total number of resources", "_total=accurate: the number of all matches.", "Patient",
      "_total=accurate&_count=1", "ann bob cat", total=3),
    R("Including other resources", "_include: what a match refers to.", "Observation",
      "_id=mass&_include=Observation:subject", "mass", comes="ann"),
    R("Including other resources", "_revinclude: what refers to a match.", "Patient",
      "_id=cat&_revinclude=Observation:subject", "cat", comes="panel"),
    R("Including other resources", ":iterate: from what was included too.", "Observation",
      "_id=mass&_include=Observation:encounter&_include:iterate=Encounter:service-provider", "mass",
      comes="visit ward"),
    R("Including other resources", "*: by every reference.", "Observation", "_id=mass&_include=*",
      "mass",
      comes="ann gp visit"),
    R("Including other resources", "The type of what is included.", "Observation",
      "_id=mass&_include=Observation:performer:Organization", "mass"),
    R("Including other resources", "Everything that refers to a match.", "Encounter",
      "_id=visit&_revinclude=*", "visit", comes="mass part"),
    R("Contained resources", "_contained can only be false.", "Patient", "_contained=true",
      refused="_contained", alone=True),
    R("Summary", "_summary=count: only the total.", "Observation", "_summary=count&code=note", "",
      total=2, alone=True),
    R("Summary", "_summary=true finds the same.", "Patient", "_summary=true&gender=male", "bob",
      alone=True),
    R("Elements", "_elements finds the same, with parts.", "Patient", "_elements=name&gender=male",
      "bob",
      alone=True),
)  # fmt: skip
HEADINGS = tuple(dict.fromkeys(row.heading for row in ROWS))
