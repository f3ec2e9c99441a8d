"""Organization, Location, Practitioner and PractitionerRole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bevan.fhir.codes import of_kind
from bevan.synthetic.draws import chance, fixed_id
from bevan.synthetic.places import DOMAIN, Place, Places, Site, sites
from bevan.synthetic.shapes.chart import PROFILE, TEST_DATA, coding, concept, hl7, quote
from bevan.synthetic.staff import Worker
from bevan.synthetic.towns import TOWNS, landline

_ODS: Final = "https://fhir.nhs.uk/Id/ods-organization-code"
_ODS_SITE: Final = "https://fhir.nhs.uk/Id/ods-site-code"
_USER: Final = "https://fhir.nhs.uk/Id/sds-user-id"
_ROLE: Final = "https://fhir.nhs.uk/Id/sds-role-profile-id"
_SOURCE: Final = f"https://harrowmere.{DOMAIN}/directory"
_KIND: Final = {
    "board": "Integrated care board",
    "network": "Primary care network",
    "gp": "General practice",
    "acute": "Acute hospital",
    "community": "Community services",
    "mental-health": "Mental health services",
    "ambulance": "Ambulance service",
    "social-care": "Adult social care",
    "care-home": "Care home",
    "pharmacy": "Pharmacy",
}


def _resource(kind: str, identifier: str, body: str) -> bytes:
    """A resource of the directory."""
    return (
        f'{{"resourceType":"{kind}","id":"{identifier}","meta":{{"source":"{_SOURCE}",'
        f'"profile":["{PROFILE}UKCore-{kind}"],"tag":[{TEST_DATA}]}},{body}}}'
    ).encode()


def organization(place: Place) -> bytes:
    """An organisation with its code, kind, address and the organisation that it is part of."""
    phone = landline(chance("telephone", place.slug))
    kind = hl7("organization-type", "prov", "Healthcare Provider")
    typed = f'{kind[:-1]},"text":"{_KIND[place.kind]}"}}'
    parent = f'"partOf":{{"reference":"Organization/{fixed_id("Organization/" + place.parent)}"}}'
    town = place.town % len(TOWNS)
    body = (
        f'"identifier":[{{"system":"{_ODS}","value":"{place.ods}"}}],"active":true,'
        f'"type":[{typed}],"name":{quote(place.name)}'
        f'{f""","alias":[{quote(place.shown)}]""" if place.shown else ""},'
        f'"telecom":[{{"system":"phone","value":"{phone}","use":"work"}}],'
        f'"address":[{{"use":"work","line":["{quote(place.name)[1:-1]}"],"city":"{TOWNS[town]}",'
        f'"postalCode":"HW{town + 1} 1AA"}}]{f",{parent}" if place.parent else ""}'
    )
    return _resource("Organization", place.id, body)


def location(site: Site, places: Places) -> bytes:
    """A site, ward or virtual bed."""
    place = places[site.organisation]
    physical = hl7("location-physical-type", "bd", "Bed") if site.bed else ""
    parent = site.parent and (
        f',"partOf":{{"reference":"Location/{fixed_id("Location/" + site.parent)}"}}'
    )
    code = (
        ""
        if site.parent
        else (f'"identifier":[{{"system":"{_ODS_SITE}","value":"{place.ods}01"}}],')
    )
    body = (
        f'{code}"status":"active","name":{quote(site.name)},"mode":"instance",'
        f'"type":[{concept(site.location_type)}]'
        f'{f""","physicalType":{physical}""" if physical else ""},'
        f'"managingOrganization":{place.ref}{parent}'
    )
    return _resource("Location", site.id, body)


def practitioner(worker: Worker) -> bytes:
    """Somebody who works in the region."""
    body = (
        f'"identifier":[{{"system":"{_USER}","value":"{worker.id}"}}],"active":true,'
        f'"name":[{{"use":"official","family":{quote(worker.family)},'
        f'"given":[{quote(worker.given)}],"prefix":["{worker.prefix}"]}}],'
        f'"gender":"{worker.sex}"'
    )
    return _resource("Practitioner", worker.id, body)


def _specialties() -> Mapping[str, str]:
    """The key of each treatment function by its number."""
    return {one.code: one.key for one in of_kind("specialty")}


def role(worker: Worker, place: Place, specialties: Mapping[str, str]) -> bytes:
    """What somebody does and where."""
    job = coding(f"job.{worker.job}")
    specialty = specialties.get(worker.specialty, "")
    practises = f',"specialty":[{concept(specialty)}]' if specialty else ""
    body = (
        f'"identifier":[{{"system":"{_ROLE}","value":"{worker.role_id}"}}],"active":true,'
        f'"practitioner":{worker.ref},"organization":{place.ref},'
        f'"code":[{{"coding":[{job}],"text":{quote(worker.title)}}}]{practises}'
    )
    return _resource("PractitionerRole", worker.role_id, body)


def directory(places: Places, staff: Mapping[str, tuple[Worker, ...]]) -> Iterator[bytes]:
    """Everything that isn't about a patient: organisations, sites, people who work there."""
    yield from map(organization, places.every)
    for site in sites(places):
        yield location(site, places)
    specialties = _specialties()
    for place in places.every:
        yield from map(practitioner, staff[place.slug])
    for place in places.every:
        for worker in staff[place.slug]:
            yield role(worker, place, specialties)
