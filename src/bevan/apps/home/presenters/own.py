"""A person's record in their own words: short lists that never look empty without saying why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bevan.access.proxies import Proxy
from bevan.apps.home.service import Own, Section
from bevan.fhir.codes import displays
from bevan.fhir.products import dosage, figures, grouped
from bevan.web import words
from bevan.web.components import State

RIGHTS = {
    "see-record": "see their record",
    "order-medicines": "order their repeat medicines",
    "book-appointments": "book their appointments",
    "send-messages": "send messages for them",
}
NAMED = {
    "AllergyIntolerance": "code", "Condition": "code", "Observation": "code",
    "Immunization": "vaccineCode", "MedicationRequest": "medicationCodeableConcept",
    "MedicationStatement": "medicationCodeableConcept",
}  # fmt: skip
WHEN = ("effectiveDateTime", "occurrenceDateTime", "authoredOn", "recordedDate", "dateAsserted")
NONE = State(
    "missing", "Not recorded.", "No source has sent any. Tell your surgery if that's wrong."
)
PART = State(
    "missing", "Not recorded, or not shown to you.",
    "Who acts for somebody sees a part of their record: these words stand whatever it holds.",
)  # fmt: skip
SOME = State("held", "Something isn't shown here.", "Ask your GP surgery about it.")


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: what, more about it, and when."""

    what: str
    more: str
    when: str


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the page; `rest` says how many more there are."""

    name: str
    title: str
    lines: tuple[Line, ...]
    states: tuple[State, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Page:
    """Whose record it is, and its parts; `may` says what a right allows, `until` when it ends."""

    name: str
    born: str
    number: str
    parts: tuple[Part, ...]
    may: str
    until: str


def page(own: Own, name: str, today: date) -> Page:
    """The page of a record; `name` is how the session knows the person."""
    patient = own.patient or {}
    numbers = [
        str(one.get("value", ""))
        for one in patient.get("identifier") or ()
        if one.get("system") == "https://fhir.nhs.uk/Id/nhs-number"
    ]
    born = str(patient.get("birthDate", ""))
    return Page(
        name=name,
        born=f"{words.long_date(born)} ({words.age(born, today)})" if born else "",
        number=words.nhs_number(numbers[0]) if numbers else "",
        parts=tuple(_part(each, own) for each in own.sections),
        may=", ".join(RIGHTS[one] for one in sorted(own.right.rights)) if own.right else "",
        until=_until(own.right),
    )


def _until(right: Proxy | None) -> str:
    """The last day of a right: it ends as the next one begins."""
    if right is None or right.until is None:
        return ""
    last = right.until.astimezone(words.LONDON) - timedelta(seconds=1)
    return words.long_date(last.date().isoformat())


def _part(section: Section, own: Own) -> Part:
    counted = [one for one in section.resources if not _void(one)]
    one_each = _medicines if section.name == "medicines" else _each
    shown = tuple(one_each(counted))
    states = [
        State("failed", f"{name} can't be shown now.", "This isn't “none”. " + _heard(heard))
        for name, heard in own.failed
    ]
    # Who acts for somebody isn't told whether anything is kept from them: it could give it away.
    if own.right is not None:
        states += [] if shown or states else [PART]
    elif section.withheld:
        states.append(SOME)
    elif not shown and not states:
        states.append(NONE)
    more = section.total - len(section.resources)
    rest = f"{more} more: ask your GP surgery for the whole list." if more > 0 else ""
    return Part(section.name, section.title, shown, tuple(states), rest)


def _each(resources: Sequence[dict[str, Any]]) -> Iterator[Line]:
    return map(_line, resources)


def _medicines(resources: Sequence[dict[str, Any]]) -> Iterator[Line]:
    """A medicine once, however many systems sent it: as it was written last.

    Where another system gives other numbers, what it says stands beside, since nobody here knows
    which of them is right.
    """
    for members in grouped(sorted(resources, key=_at, reverse=True)):
        line, said = _line(members[0]), figures(dosage(members[0]))
        others = {
            text: None
            for text in map(dosage, members[1:])
            if text and said and figures(text) != said
        }
        more = "".join(f" Another system says: {text}." for text in others)
        yield replace(line, more=f"{line.more}.{more}" if more else line.more)


def _at(resource: Mapping[str, Any]) -> str:
    return next((str(resource[name]) for name in WHEN if resource.get(name)), "")


def _heard(heard: Any) -> str:
    return f"Last heard {words.long_date(heard.date().isoformat())}." if heard else ""


def _void(resource: Mapping[str, Any]) -> bool:
    """Recorded by mistake, or ruled out."""
    wrong = {"entered-in-error", "refuted"}
    return resource.get("status") == "entered-in-error" or bool(
        wrong & _codes(resource.get("verificationStatus"))
    )


def _codes(concept: Mapping[str, Any] | None) -> set[str]:
    return {str(one.get("code")) for one in (concept or {}).get("coding") or ()}


def _line(resource: Mapping[str, Any]) -> Line:
    concept = resource.get(NAMED[resource["resourceType"]])
    at = _at(resource)
    when = words.long_date(at[:10]) if at else ""
    return Line(_named(concept) or _reference(resource), _more(resource), when)


def _named(concept: Mapping[str, Any] | None) -> str:
    """As it was written, else the display of its code, else the code."""
    if not concept:
        return ""
    if concept.get("text"):
        return str(concept["text"])
    for coding in concept.get("coding") or ():
        pair = (coding.get("system", ""), coding.get("code", ""))
        name = coding.get("display") or displays().get(pair) or coding.get("code")
        if name:
            return str(name)
    return ""


def _reference(resource: Mapping[str, Any]) -> str:
    return str((resource.get("medicationReference") or {}).get("display", "")) or "Not named"


def _more(resource: Mapping[str, Any]) -> str:
    """The value of a result with its range, how a medicine is taken, what an allergy does."""
    quantity = resource.get("valueQuantity") or {}
    if "value" in quantity:
        value = f"{quantity.get('comparator', '')}{quantity['value']} {quantity.get('unit', '')}"
        ranges = [str(one["text"]) for one in resource.get("referenceRange") or () if "text" in one]
        return value.strip() + (f" (usual: {ranges[0]})" if ranges else "")
    if "valueString" in resource:
        return str(resource["valueString"])
    if "valueCodeableConcept" in resource:
        return _named(resource["valueCodeableConcept"])
    doses = resource.get("dosageInstruction") or resource.get("dosage") or ()
    if doses:
        return "; ".join(str(dose["text"]) for dose in doses if dose.get("text"))
    reactions = [
        _named(one)
        for reaction in resource.get("reaction") or ()
        for one in reaction.get("manifestation") or ()
    ]
    ended = _codes(resource.get("clinicalStatus")) & {"inactive", "resolved"}
    return ", ".join([*dict.fromkeys(filter(None, reactions)), *(["no longer"] if ended else [])])
