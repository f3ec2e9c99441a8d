"""The person: banner, names, and rows of a list of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bevan.apps.care_record.rules import allergies, entries
from bevan.apps.care_record.rules.concepts import Resource, words
from bevan.apps.care_record.rules.entries import restricted
from bevan.apps.care_record.service.chart import Chart
from bevan.apps.care_record.service.find import NUMBER_SYSTEM
from bevan.web.components import Fact, Patient, Tag
from bevan.web.words import age, day_of, long_date, nhs_number, sentence

SHOWN_TAGS = 6
VERIFIED = {"01", "number-present-and-verified"}
STATUS = "NHSNumberVerificationStatus"


@dataclass(frozen=True)
class FoundPerson:
    """A row of the list of people who were found."""

    name: str
    href: str
    born: str
    nhs_number: str
    sex: str
    address: str
    tags: tuple[Tag, ...] = ()


def banner(chart: Chart) -> Patient:
    """Who this page is about, in the same order on every page."""
    person = chart.patient
    tags = (*_died(person), *allergy_tags(chart), *_flags(chart), *_places(chart), *_plans(chart))
    critical = len(_died(person)) + len(allergy_tags(chart))
    shown = max(SHOWN_TAGS, critical)
    last = day_of(person.get("deceasedDateTime", "")) or chart.today
    return Patient(
        id=chart.id,
        name=full_name(person),
        born=long_date(person.get("birthDate")),
        age=age(person.get("birthDate"), last),
        sex=sex(person),
        nhs_number=nhs_number(number(person)) or "not known",
        checked="verified" if verified(person) else "not verified" if number(person) else "",
        facts=() if restricted(person) else _facts(chart),
        tags=(RESTRICTED_TAG,) if restricted(person) else tags,
        critical=1 if restricted(person) else critical,
        shown=shown,
        details=f"/record/{chart.id}/details",
    )


RESTRICTED_TAG = Tag("held", "Restricted: address and contacts are not shown", "padlock")


def official(person: Resource) -> dict[str, Any]:
    """The name in force: official, else usual, else the first."""
    names = person.get("name") or [{}]
    order = {"official": 0, "usual": 1}
    found: dict[str, Any] = min(names, key=lambda name: order.get(name.get("use", ""), 2))
    return found


def full_name(person: Resource) -> str:
    """SURNAME, First (Title), as staff pages write it."""
    name = official(person)
    given = " ".join(name.get("given") or [])
    title = " ".join(name.get("prefix") or [])
    family = name.get("family", "").upper() or name.get("text", "Name not known")
    return ", ".join(part for part in (family, given) if part) + (f" ({title})" if title else "")


def called(person: Resource) -> str:
    """What they like to be called, where somebody recorded it."""
    nicknames = [n for n in person.get("name") or [] if n.get("use") == "nickname"]
    return " ".join(nicknames[0].get("given") or []) if nicknames else ""


def sex(person: Resource) -> str:
    """In the words of the banner."""
    known = {"female": "Female", "male": "Male", "other": "Other"}
    return known.get(str(person.get("gender", "")), "Not known")


def number(person: Resource) -> str:
    """The NHS number's ten digits, or nothing."""
    found = (i for i in person.get("identifier") or [] if i.get("system") == NUMBER_SYSTEM)
    return next((str(one.get("value", "")) for one in found), "")


def verified(person: Resource) -> bool:
    """Whether the number was traced and agreed."""
    for identifier in person.get("identifier") or []:
        for extension in identifier.get("extension") or []:
            if STATUS in extension.get("url", ""):
                codings = (extension.get("valueCodeableConcept") or {}).get("coding") or []
                return any(coding.get("code") in VERIFIED for coding in codings)
    return False


def address(person: Resource) -> str:
    """The home address in one line."""
    homes = person.get("address") or []
    home = next((one for one in homes if one.get("use") == "home"), homes[0] if homes else {})
    parts = [*(home.get("line") or []), home.get("city", ""), home.get("postalCode", "")]
    return ", ".join(part for part in parts if part) or home.get("text", "")


def _facts(chart: Chart) -> tuple[tuple[str, str], ...]:
    found = (
        ("Address", address(chart.patient)),
        ("GP", ", ".join(_doctors(chart.patient))),
        ("Likes to be called", called(chart.patient)),
    )
    return tuple((label, text) for label, text in found if text)


def _doctors(person: Resource) -> list[str]:
    given = [str(one.get("display", "")) for one in person.get("generalPractitioner") or []]
    return sorted(filter(None, given), key=lambda text: not text.startswith("Dr"))


def _died(person: Resource) -> tuple[Tag, ...]:
    if when := person.get("deceasedDateTime"):
        return (Tag("died", f"Died {long_date(when[:10])}"),)
    return (Tag("died", "Died"),) if person.get("deceasedBoolean") else ()


def allergy_tags(chart: Chart) -> tuple[Tag, ...]:
    """One red tag a substance, or a word that says why there is none."""
    told = allergies.reconciled(chart.resources("allergies"))
    held = (Tag("held", "Allergies: something is withheld", "padlock"),)
    if told.groups:
        red = tuple(Tag("crit", _allergy(group.chief), "warning") for group in told.groups)
        return red + (held if chart.withheld("allergies") else ())
    if chart.withheld("allergies"):
        return held
    if told.none_known:
        return (Tag("good", "No known allergies", "tick"),)
    if chart.senders.failed:
        return (Tag("high", "Allergies can't all be shown", "plug"),)
    return (Tag("missing", "Allergies not recorded", "dash"),)


def _allergy(resource: Resource) -> str:
    name, reaction = words(resource.get("code")), allergies.reactions(resource)
    return f"Allergy: {name[:1].lower()}{name[1:]}" + (f" – {reaction.lower()}" if reaction else "")


def _flags(chart: Chart) -> tuple[Tag, ...]:
    found = [one for one in chart.resources("flags") if one.get("status") == "active"]
    tags = [_flag(words(flag.get("code"))) for flag in found]
    order = {"high": 0, "watch": 1, "info": 2}
    return tuple(dict.fromkeys(sorted(tags, key=lambda tag: order[tag.kind])))


def _flag(text: str) -> Tag:
    lowered = text.lower()
    if "alert" in lowered:
        return Tag("high", sentence(text), "warning")
    if "target" in lowered:
        return Tag("watch", sentence(text), "target")
    if "ward" in lowered:
        return Tag("info", sentence(text), "house")
    return Tag("info", sentence(text), "ear" if "hearing" in lowered else "person")


def _places(chart: Chart) -> tuple[Tag, ...]:
    made = []
    for stay in entries.counted(chart.resources("stays")):
        place = stay.get("serviceProvider") or stay.get("managingOrganization") or {}
        types = stay.get("type") or []
        name = words(types[0]) if types else place.get("display", "") or "In care"
        start = day_of(entries.when(stay))
        day = f", day {(chart.today - start).days + 1}" if start and start <= chart.today else ""
        made.append(Tag("info", f"{name}{day}", "house"))
    return tuple(dict.fromkeys(made))


def _plans(chart: Chart) -> tuple[Tag, ...]:
    active = [one for one in chart.resources("plans") if one.get("status") == "active"]
    titles = (one.get("title") or words(next(iter(one.get("category") or []), None))
              for one in active)  # fmt: skip
    return tuple(Tag("plain", title) for title in dict.fromkeys(titles))


def found_people(people: Sequence[dict[str, Any]], today: date) -> tuple[FoundPerson, ...]:
    """Rows with enough to tell two people of one name apart."""
    return tuple(_found(person, today) for person in people)


def _found(person: dict[str, Any], today: date) -> FoundPerson:
    born = person.get("birthDate")
    hidden = restricted(person)
    replaced = bool(replaced_by(person))
    tags = (
        *_died(person),
        *((RESTRICTED_TAG,) if hidden else ()),
        *((Tag("watch", "Merged into another record", "fork"),) if replaced else ()),
    )
    last = day_of(person.get("deceasedDateTime", "")) or today
    return FoundPerson(
        full_name(person), f"/record/{person['id']}", f"{long_date(born)} ({age(born, last)})",
        nhs_number(number(person)) or "not known", sex(person),
        "" if hidden else address(person), tags,
    )  # fmt: skip


def replaced_by(person: Resource) -> str:
    """The address of the record that this one was merged into, or nothing."""
    links = person.get("link") or []
    found = (entries.target(one.get("other")) for one in links if one.get("type") == "replaced-by")
    return next((f"/record/{id}" for id in found if id), "")


def details(chart: Chart) -> tuple[Fact, ...]:
    """Everything that is known about how to reach and help the person."""
    person = chart.patient
    found = [
        Fact("Name", full_name(person)),
        Fact("Likes to be called", called(person)),
        Fact("Born", long_date(person.get("birthDate"))),
        Fact("Sex", sex(person)),
        Fact("NHS number", nhs_number(number(person)) or "not known"),
        Fact("Language", ", ".join(_languages(person))),
    ]
    if not restricted(person):
        found += [
            Fact("Address", address(person)),
            *(Fact(sentence(t.get("system", "phone")), t.get("value", ""))
              for t in person.get("telecom") or []),
            *(Fact("GP", doctor) for doctor in _doctors(person)),
            *(_contact(one) for one in person.get("contact") or []),
        ]  # fmt: skip
        found += [_relative(one) for one in chart.resources("people") if "relationship" in one]
    found += [_team(one) for one in chart.resources("people") if "participant" in one]
    found += [Fact("Help and alerts", tag.text) for tag in _flags(chart)]
    return tuple(fact for fact in found if fact.text)


def _relative(one: Resource) -> Fact:
    how = ", ".join(words(relation) for relation in one.get("relationship") or [])
    phone = ", ".join(t.get("value", "") for t in one.get("telecom") or [])
    ended = "" if one.get("active", True) else "no longer acts for them"
    said = (full_name(one), how, phone, ended)
    return Fact("Family or carer", " · ".join(part for part in said if part))


def _team(one: Resource) -> Fact:
    members = [(p.get("member") or {}).get("display", "") for p in one.get("participant") or []]
    return Fact(one.get("name") or "Care team", ", ".join(filter(None, members)))


def _languages(person: Resource) -> list[str]:
    return [words(one.get("language")) for one in person.get("communication") or []]


def _contact(one: Resource) -> Fact:
    name = (one.get("name") or {}).get("text") or full_name({"name": [one.get("name") or {}]})
    how = ", ".join(words(relation) for relation in one.get("relationship") or [])
    phone = ", ".join(t.get("value", "") for t in one.get("telecom") or [])
    return Fact("Contact", " · ".join(part for part in (name, how, phone) if part))
