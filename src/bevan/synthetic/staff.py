"""People who work in the region: the ones of the demonstration by name, the others drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bevan.synthetic.draws import chance, fixed_id, pick
from bevan.synthetic.naming import culture, family_name, given_name
from bevan.synthetic.places import Place, Places


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody with a role at an organisation; `ref` is a FHIR reference as JSON text."""

    slug: str
    prefix: str
    given: str
    family: str
    place: str
    job: str
    title: str
    specialty: str = ""
    sex: str = "unknown"
    id: str = field(init=False)
    role_id: str = field(init=False)
    ref: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", fixed_id(f"Practitioner/{self.slug}"))
        object.__setattr__(self, "role_id", fixed_id(f"PractitionerRole/{self.slug}"))
        ref = f'{{"reference":"Practitioner/{self.id}","display":"{self.name}"}}'
        object.__setattr__(self, "ref", ref)

    @property
    def name(self) -> str:
        """As people say it: Dr Leila Haddad, Priya Nair."""
        return (
            f"{self.prefix} {self.given} {self.family}"
            if self.prefix == "Dr"
            else (f"{self.given} {self.family}")
        )


GP: Final = "general-medical-practitioner"
DEMO: Final = (
    Worker(
        "priya-nair",
        "Ms",
        "Priya",
        "Nair",
        "hospital-at-home",
        "specialist-nurse-practitioner",
        "Advanced nurse practitioner",
        "",
        "female",
    ),
    Worker("leila-haddad", "Dr", "Leila", "Haddad", "mill-lane-surgery", GP, "GP", "600", "female"),
    Worker(
        "jo-baptiste",
        "Ms",
        "Jo",
        "Baptiste",
        "mill-lane-surgery",
        "staff-nurse",
        "Practice nurse",
        "",
        "female",
    ),
    Worker(
        "ama-osei",
        "Dr",
        "Ama",
        "Osei",
        "thornbeck-general",
        "consultant",
        "Respiratory consultant",
        "340",
        "female",
    ),
    Worker(
        "imran-sadiq",
        "Dr",
        "Imran",
        "Sadiq",
        "kelding-infirmary",
        "specialist-registrar",
        "Registrar, emergency medicine",
        "180",
        "male",
    ),
    Worker(
        "maria-duarte",
        "Ms",
        "Maria",
        "Duarte",
        "harrowmere-community",
        "community-nurse",
        "Community nurse",
        "",
        "female",
    ),
    Worker(
        "fern-calloway",
        "Ms",
        "Fern",
        "Calloway",
        "ashgrove-house",
        "health-care-support-worker",
        "Carer",
        "",
        "female",
    ),
    Worker(
        "sunil-rao",
        "Mr",
        "Sunil",
        "Rao",
        "mill-lane-surgery",
        "pharmacist",
        "Pharmacist",
        "",
        "male",
    ),
    Worker(
        "helen-adjei",
        "Ms",
        "Helen",
        "Adjei",
        "harrowmere",
        "information-officer-access-role",
        "Public health analyst",
        "",
        "female",
    ),
    Worker(
        "grace-lindon",
        "Ms",
        "Grace",
        "Lindon",
        "harrowmere",
        "privacy-officer",
        "Privacy officer",
        "",
        "female",
    ),
    Worker(
        "della-prowse",
        "Ms",
        "Della",
        "Prowse",
        "harrowmere",
        "demographic-administrator",
        "Data quality clerk",
        "",
        "female",
    ),
    Worker(
        "wes-tarrant",
        "Mr",
        "Wes",
        "Tarrant",
        "harrowmere",
        "system-administrator",
        "Platform engineer",
        "",
        "male",
    ),
    Worker(
        "noor-karim",
        "Ms",
        "Noor",
        "Karim",
        "harrowmere",
        "system-worker",
        "App developer",
        "",
        "female",
    ),
    Worker(
        "tamsin-whitlock",
        "Ms",
        "Tamsin",
        "Whitlock",
        "hospital-at-home",
        "staff-nurse",
        "Nurse",
        "",
        "female",
    ),
    Worker(
        "edwin-marsh",
        "Dr",
        "Edwin",
        "Marsh",
        "hospital-at-home",
        "consultant",
        "Consultant, care of older people",
        "430",
        "male",
    ),
    Worker(
        "nadia-brookes",
        "Ms",
        "Nadia",
        "Brookes",
        "thornbeck-general",
        "pharmacist",
        "Ward pharmacist",
        "",
        "female",
    ),
    Worker(
        "colin-yarrow",
        "Mr",
        "Colin",
        "Yarrow",
        "harrowmere-council",
        "social-worker",
        "Social worker",
        "",
        "male",
    ),
    Worker(
        "bev-hartley",
        "Ms",
        "Bev",
        "Hartley",
        "vale-ambulance",
        "paramedic",
        "Paramedic",
        "",
        "female",
    ),
    Worker(
        "oluwaseun-bello",
        "Dr",
        "Oluwaseun",
        "Bello",
        "harrowmere-mental-health",
        "psychiatrist",
        "Consultant psychiatrist",
        "710",
        "male",
    ),
    Worker(
        "keira-dunmore",
        "Ms",
        "Keira",
        "Dunmore",
        "harrowmere-mental-health",
        "community-mental-health-nurse",
        "Community mental health nurse",
        "",
        "female",
    ),
    Worker(
        "hannah-pryce",
        "Ms",
        "Hannah",
        "Pryce",
        "thornbeck-general",
        "midwife",
        "Midwife",
        "560",
        "female",
    ),
)
"""The people that one can be in the demonstration, and those that the stories name."""

_TRUST_POSTS: Final = (
    *(
        ("consultant", title, specialty)
        for title, specialty in (
            ("Consultant in emergency medicine", "180"),
            ("Consultant in acute medicine", "326"),
            ("Consultant surgeon", "100"),
            ("Consultant orthopaedic surgeon", "110"),
            ("Consultant cardiologist", "320"),
            ("Consultant in diabetes", "302"),
            ("Consultant in care of older people", "430"),
            ("Consultant ophthalmologist", "130"),
            ("Consultant gastroenterologist", "301"),
            ("Consultant paediatrician", "420"),
            ("Consultant obstetrician", "501"),
            ("Consultant oncologist", "370"),
            ("Consultant renal physician", "361"),
            ("Consultant respiratory physician", "340"),
            ("Consultant neurologist", "400"),
            ("Consultant rheumatologist", "410"),
            ("Consultant radiologist", "810"),
            ("Consultant dermatologist", "330"),
            ("Consultant gynaecologist", "502"),
            ("Consultant urologist", "101"),
        )
    ),
    ("staff-nurse", "Staff nurse", ""),
    ("staff-nurse", "Staff nurse", ""),
    ("sister-charge-nurse", "Ward sister", ""),
    ("midwife", "Midwife", "560"),
)
_POSTS: Final = {
    "gp": (
        (GP, "GP", "600"),
        (GP, "GP", "600"),
        (GP, "GP", "600"),
        ("salaried-general-practitioner", "GP", "600"),
        ("staff-nurse", "Practice nurse", ""),
        ("pharmacist", "Pharmacist", ""),
    ),
    "community": (
        ("community-nurse", "Community nurse", ""),
        ("community-nurse", "Community nurse", ""),
        ("physiotherapist", "Physiotherapist", ""),
    ),
    "mental-health": (
        ("psychiatrist", "Consultant psychiatrist", "710"),
        ("community-mental-health-nurse", "Community mental health nurse", ""),
        ("clinical-psychologist", "Clinical psychologist", ""),
    ),
    "ambulance": (("paramedic", "Paramedic", ""), ("paramedic", "Paramedic", "")),
    "social-care": (("social-worker", "Social worker", ""), ("social-worker", "Social worker", "")),
    "care-home": (
        ("health-care-support-worker", "Carer", ""),
        ("staff-nurse", "Nurse in charge", ""),
    ),
    "pharmacy": (("pharmacist", "Pharmacist", ""),),
}
_ETHNICITIES: Final = "AAAAAAAAACCHHHJKLMNNRS"
_DOCTORS: Final = frozenset({GP, "salaried-general-practitioner", "consultant", "psychiatrist"})


def _drawn(place: Place, number: int, post: tuple[str, str, str]) -> Worker:
    """Somebody in a post, drawn from the place alone."""
    job, title, specialty = post
    draws = chance("worker", place.slug, number)
    of = culture(draws, pick(draws, _ETHNICITIES))
    sex = "female" if draws.random() < (0.5 if job in _DOCTORS else 0.75) else "male"
    family = family_name(draws, of)
    given = given_name(draws, of, sex, 1965 + int(draws.random() * 34), family)
    prefix = "Dr" if job in _DOCTORS else "Ms" if sex == "female" else "Mr"
    return Worker(
        f"{place.slug}-{number}", prefix, given, family, place.slug, job, title, specialty, sex
    )


def _posts(place: Place) -> tuple[tuple[str, str, str], ...]:
    """The posts of a place that aren't filled by name."""
    if place.slug in ("thornbeck-general", "kelding-infirmary"):
        return _TRUST_POSTS
    return _POSTS.get(place.kind, ())


def build(places: Places) -> dict[str, tuple[Worker, ...]]:
    """Everyone who works in the region, by place; named people come first."""
    found = {}
    for place in places.every:
        named = [one for one in DEMO if one.place == place.slug]
        drawn = [_drawn(place, number, post) for number, post in enumerate(_posts(place))]
        found[place.slug] = (*named, *drawn)
    return found
