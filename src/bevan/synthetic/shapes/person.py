"""Patient and RelatedPerson in their UK Core shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bevan.synthetic.calendar import ISO, instant
from bevan.synthetic.places import DOMAIN, Place
from bevan.synthetic.shapes.chart import (
    PROFILE,
    RESTRICTED,
    TEST_DATA,
    Chart,
    coding,
    concept,
    optional,
    quote,
)
from bevan.synthetic.staff import Worker
from bevan.synthetic.towns import Address

NHS_NUMBER: Final = "https://fhir.nhs.uk/Id/nhs-number"
_STATUS: Final = f"{PROFILE}Extension-UKCore-NHSNumberVerificationStatus"
_ETHNIC: Final = f"{PROFILE}Extension-UKCore-EthnicCategory"
_DEATH: Final = f"{PROFILE}Extension-UKCore-DeathNotificationStatus"
_KEY: Final = f"{PROFILE}Extension-UKCore-AddressKey"


@dataclass(slots=True)
class Identity:
    """Who somebody is. Days are days of the calendar; `ethnicity` is a category code."""

    family: str
    given: str
    sex: str
    born: int
    prefix: str
    practice: Place
    gp: Worker
    number: str | None
    address: Address | None = None
    phone: str = ""
    mobile: str = ""
    email: str = ""
    ethnicity: str = "99"
    language: str = "en"
    interpreter: bool = False
    called: str = ""
    status: str = "01"
    marital: str = ""
    died: int | None = None
    died_at: int = 720
    death_notice: str = "2"
    test_number: str = ""
    hospital_numbers: tuple[tuple[str, str], ...] = ()
    contact: str = ""
    restricted: bool = False
    active: bool = True
    links: str = ""
    deceased_known: bool = True


def _identifiers(who: Identity) -> str:
    """NHS number with its status, or the plainly made-up number, then hospital numbers."""
    found = []
    if who.number:
        status = concept(f"nhs-number-status.{who.status}")
        found.append(
            f'{{"extension":[{{"url":"{_STATUS}","valueCodeableConcept":{status}}}],'
            f'"system":"{NHS_NUMBER}","value":"{who.number}"}}'
        )
    if who.test_number:
        found.append(
            f'{{"use":"temp","system":"https://{DOMAIN}/Id/made-up-person",'
            f'"value":"{who.test_number}"}}'
        )
    found += [
        f'{{"use":"secondary","system":"https://{slug}.{DOMAIN}/Id/hospital-number",'
        f'"value":"{value}"}}'
        for slug, value in who.hospital_numbers
    ]
    return ",".join(found)


def _telecom(who: Identity) -> str:
    """Telephone numbers and e-mail."""
    lines = (
        ("phone", who.phone, "home"),
        ("phone", who.mobile, "mobile"),
        ("email", who.email, "home"),
    )
    return ",".join(
        f'{{"system":"{system}","value":"{value}","use":"{use}"}}'
        for system, value, use in lines
        if value
    )


def address_json(home: Address) -> str:
    """An address as the JSON of a FHIR Address."""
    key = (
        f'"extension":[{{"url":"{_KEY}","extension":[{{"url":"type","valueCodeableConcept":'
        f'{{"text":"UPRN"}}}},{{"url":"value","valueString":"{home.property_number}"}}]}}]'
    )
    return (
        f'{{{key},"use":"home","line":["{home.line}"],"city":"{home.town}",'
        f'"district":"Harrowmere","postalCode":"{home.postcode}"}}'
    )


def _names(who: Identity) -> str:
    """The official name, and what they like to be called."""
    prefix = f',"prefix":["{who.prefix}"]' if who.prefix else ""
    family, given = quote(who.family), quote(who.given)
    official = f'{{"use":"official","family":{family},"given":[{given}]{prefix}}}'
    if not who.called:
        return official
    return f'{official},{{"use":"nickname","given":[{quote(who.called)}]}}'


def _communication(who: Identity) -> str:
    """Language by BCP-47, preferred; interpreters are Flags."""
    display = coding(f"language.{who.language}").split('"display":')[1][:-1]
    language = f'{{"system":"urn:ietf:bcp:47","code":"{who.language}","display":{display}}}'
    return f'{{"language":{{"coding":[{language}]}},"preferred":true}}'


def _extensions(who: Identity) -> str:
    """Ethnic category, and how the death became known."""
    ethnic = concept(f"ethnic-category.{who.ethnicity.lower()}")
    found = f'{{"url":"{_ETHNIC}","valueCodeableConcept":{ethnic}}}'
    if who.died is not None and who.deceased_known:
        notice = concept(f"death-notification-status.{who.death_notice}")
        day = ISO[who.died + 1]
        found += (
            f',{{"url":"{_DEATH}","extension":[{{"url":"deathNotificationStatus",'
            f'"valueCodeableConcept":{notice}}},'
            f'{{"url":"systemEffectiveDate","valueDateTime":"{day}"}}]}}'
        )
    return found


def _care(who: Identity) -> str:
    """The general practitioner and practice: absent for restricted people."""
    if who.restricted:
        return ""
    return (
        f',"generalPractitioner":[{who.practice.ref},{who.gp.ref}],'
        f'"managingOrganization":{who.practice.ref}'
    )


def patient(chart: Chart, who: Identity, source: str) -> str:
    """The Patient of a chart: the first resource of everyone."""
    died = (
        ""
        if who.died is None or not who.deceased_known
        else (f',"deceasedDateTime":"{instant(who.died, who.died_at)}"')
    )
    home = address_json(who.address) if who.address and not who.restricted else ""
    telecom = "" if who.restricted else _telecom(who)
    marital = concept(f"marital-status.{who.marital.lower()}") if who.marital else ""
    body = (
        f'"extension":[{_extensions(who)}],"identifier":[{_identifiers(who)}],'
        f'"active":{"true" if who.active else "false"},"name":[{_names(who)}]'
        f'{optional("telecom", telecom and f"[{telecom}]")},"gender":"{who.sex}",'
        f'"birthDate":"{ISO[who.born]}"{died}{optional("address", home and f"[{home}]")}'
        f"{optional('maritalStatus', marital)}"
        f"{optional('contact', who.contact and f'[{who.contact}]')},"
        f'"communication":[{_communication(who)}]{_care(who)}'
        f"{optional('link', who.links and f'[{who.links}]')}"
    )
    security = f"{TEST_DATA},{RESTRICTED}" if who.restricted else TEST_DATA
    return chart.add("Patient", chart.id, source, body, security=security)


def contact(name: str, relationship: str, phone: str) -> str:
    """Somebody to reach, as the JSON of Patient.contact; `relationship` is a key of a role."""
    return (
        f'{{"relationship":[{concept("contact-role.n")},{concept(relationship)}],'
        f'"name":{{"text":{quote(name)}}},'
        f'"telecom":[{{"system":"phone","value":"{phone}"}}]}}'
    )


def related(
    chart: Chart,
    place: Place,
    family: str,
    given: str,
    relationship: str,
    *,
    phone: str = "",
    sex: str = "unknown",
    born: int | None = None,
    since: int | None = None,
    until: int | None = None,
    active: bool = True,
    address: Address | None = None,
) -> str:
    """Somebody close to the person: family, carer or proxy, for a period."""
    start = f'"start":"{ISO[since]}"' if since is not None else ""
    end = f'"end":"{ISO[until]}"' if until is not None else ""
    period = ",".join(part for part in (start, end) if part)
    telecom = f'[{{"system":"phone","value":"{phone}"}}]' if phone else ""
    birth = f'"{ISO[born]}"' if born is not None else ""
    body = (
        f'"active":{"true" if active else "false"},"patient":{{"reference":"{chart.patient}"}},'
        f'"relationship":[{concept(relationship)}],'
        f'"name":[{{"use":"official","family":{quote(family)},"given":[{quote(given)}]}}]'
        f'{optional("telecom", telecom)},"gender":"{sex}"{optional("birthDate", birth)}'
        f"{optional('address', f'[{address_json(address)}]' if address else '')}"
        f"{optional('period', period and f'{{{period}}}')}"
    )
    return chart.add("RelatedPerson", chart.new(), place.source, body)
