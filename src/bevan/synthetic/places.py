"""The organisations of Harrowmere, the systems they send from, and their sites and wards.

Codes have the shape of ODS codes but begin with Z, and every one is marked as test data.
Practices grow with the population (one per 10,000, at least eight); everything else that the
stories need is always there. Ids come from names, so they are the same in every region.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bevan.synthetic.draws import fixed_id
from bevan.synthetic.towns import TOWNS

DOMAIN: Final = "harrowmere.example"


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation, the address of the system that its entries come from (`source`) and a
    FHIR reference to it as JSON text (`ref`)."""

    slug: str
    name: str
    kind: str
    ods: str
    system: str
    town: int = 0
    parent: str = ""
    shown: str = ""
    id: str = field(init=False)
    source: str = field(init=False)
    ref: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", fixed_id(f"Organization/{self.slug}"))
        object.__setattr__(self, "source", f"https://{self.slug}.{DOMAIN}/{self.system}")
        named = f'{{"reference":"Organization/{self.id}","display":"{self.shown or self.name}"}}'
        object.__setattr__(self, "ref", named)


class Source(NamedTuple):
    """A system that sends to the record: where from, whose it is, and the kind of setting."""

    uri: str
    organisation: str
    name: str
    kind: str


class Site(NamedTuple):
    """A site, department, ward or bed of an organisation."""

    slug: str
    name: str
    organisation: str
    location_type: str
    parent: str = ""
    bed: bool = False

    @property
    def id(self) -> str:
        """The logical id of the Location."""
        return fixed_id(f"Location/{self.slug}")


BOARD: Final = Place("harrowmere", "Harrowmere Health and Care", "board", "ZH1", "directory")
_FIXED: Final = (
    BOARD,
    Place("thornbeck-general", "Thornbeck General", "acute", "Z1T", "epr", 0, "harrowmere"),
    Place(
        "thornbeck-pathology",
        "Thornbeck Pathology",
        "acute",
        "Z1T70",
        "laboratory",
        0,
        "thornbeck-general",
    ),
    Place(
        "thornbeck-imaging",
        "Thornbeck General imaging",
        "acute",
        "Z1T71",
        "radiology",
        0,
        "thornbeck-general",
    ),
    Place("kelding-infirmary", "Kelding Infirmary", "acute", "Z2K", "epr", 1, "harrowmere"),
    Place(
        "kelding-pathology",
        "Kelding Pathology",
        "acute",
        "Z2K70",
        "laboratory",
        1,
        "kelding-infirmary",
    ),
    Place(
        "kelding-imaging",
        "Kelding Infirmary imaging",
        "acute",
        "Z2K71",
        "radiology",
        1,
        "kelding-infirmary",
    ),
    Place(
        "hospital-at-home",
        "Harrowmere Hospital at Home",
        "community",
        "Z3H",
        "virtual-ward",
        0,
        "thornbeck-general",
        "Hospital at Home",
    ),
    Place(
        "harrowmere-community",
        "Harrowmere Community Health",
        "community",
        "Z4C",
        "community-record",
        0,
        "harrowmere",
    ),
    Place(
        "harrowmere-mental-health",
        "Harrowmere Mental Health",
        "mental-health",
        "Z5M",
        "mental-health-record",
        1,
        "harrowmere",
    ),
    Place(
        "vale-ambulance",
        "Vale Ambulance Service",
        "ambulance",
        "Z6A",
        "patient-record",
        0,
        "harrowmere",
    ),
    Place(
        "harrowmere-council",
        "Harrowmere Council",
        "social-care",
        "ZZ7",
        "social-care",
        0,
        "harrowmere",
    ),
    Place("ashgrove-house", "Ashgrove House", "care-home", "VZ801", "care-record", 2, "harrowmere"),
)
_PRACTICES: Final = (
    ("mill-lane-surgery", "Mill Lane Surgery"),
    ("kelding-bridge", "Kelding Bridge Practice"),
    ("harbour-street", "Harbour Street Surgery"),
    ("the-limes", "The Limes Medical Centre"),
    ("castle-hill", "Castle Hill Practice"),
    ("rowan-tree", "Rowan Tree Surgery"),
    ("st-aldric", "St Aldric Medical Practice"),
    ("quayside", "Quayside Health Centre"),
)
_PRACTICE_WORDS: Final = (
    "Alder",
    "Beacon",
    "Cedar",
    "Dovecote",
    "Elm Tree",
    "Foxglove",
    "Granary",
    "Hawthorn",
    "Ivy House",
    "Juniper",
    "Kingfisher",
    "Larkfield",
    "Meadow",
    "Northgate",
    "Orchard",
    "Priory",
    "Quince",
    "Riverside",
    "Southfield",
    "Tithe Barn",
    "Vale View",
    "Westgate",
)
_PRACTICE_KINDS: Final = ("Surgery", "Medical Centre", "Practice", "Health Centre")
_CARE_HOMES: Final = ("Larkrise Court", "Wychwood Lodge", "Sycamore Grange", "The Hollies")
PEOPLE_PER_PRACTICE: Final = 10_000
PRACTICES_PER_NETWORK: Final = 5


def _practice(number: int) -> Place:
    """The practice of a number; the first eight have names of their own."""
    town = number % len(TOWNS)
    network = f"network-{number // PRACTICES_PER_NETWORK + 1}"
    ods = f"Z{90001 + number}" if number < 10_000 else f"Z{number}"
    if number < len(_PRACTICES):
        slug, name = _PRACTICES[number]
        return Place(slug, name, "gp", ods, "gp-record", town, network)
    word = _PRACTICE_WORDS[number % len(_PRACTICE_WORDS)]
    kind = _PRACTICE_KINDS[number // len(_PRACTICE_WORDS) % len(_PRACTICE_KINDS)]
    name = f"{word} {kind}, {TOWNS[town]}"
    return Place(f"practice-{number + 1}", name, "gp", ods, "gp-record", town, network)


def _network(number: int) -> Place:
    """A primary care network of about five practices."""
    name = f"{TOWNS[number % len(TOWNS)]} Primary Care Network"
    if number >= len(TOWNS):
        name = f"{name} {number // len(TOWNS) + 1}"
    return Place(
        f"network-{number + 1}",
        name,
        "network",
        f"ZN{number + 1:03}",
        "directory",
        number % len(TOWNS),
        "harrowmere",
    )


def _pharmacy(number: int, practice: Place) -> Place:
    """The pharmacy beside a practice."""
    first = "Mill Lane Pharmacy" if number == 0 else f"{practice.name.split(',')[0]} Pharmacy"
    name = first if practice.town == 0 or number < 8 else f"{first}, {TOWNS[practice.town]}"
    return Place(
        f"pharmacy-{number + 1}",
        name,
        "pharmacy",
        f"FZ{number + 1:03}",
        "dispensing",
        practice.town,
        "harrowmere",
    )


@dataclass(frozen=True, slots=True)
class Places:
    """Every organisation of a region, by slug and by kind."""

    every: tuple[Place, ...]
    by_slug: dict[str, Place]
    practices: tuple[Place, ...]
    pharmacies: tuple[Place, ...]
    care_homes: tuple[Place, ...]

    def __getitem__(self, slug: str) -> Place:
        return self.by_slug[slug]


def build(people: int) -> Places:
    """The organisations of a region of this many people."""
    practices = tuple(map(_practice, range(max(8, people // PEOPLE_PER_PRACTICE))))
    networks = tuple(map(_network, range(-(-len(practices) // PRACTICES_PER_NETWORK))))
    pharmacies = tuple(_pharmacy(number, one) for number, one in enumerate(practices))
    homes = [place for place in _FIXED if place.kind == "care-home"]
    for number in range(max(4, people // 4000)):
        name = _CARE_HOMES[number % 4]
        name = name if number < 4 else f"{name}, {TOWNS[number % len(TOWNS)]}"
        homes.append(
            Place(
                f"care-home-{number + 2}",
                name,
                "care-home",
                f"VZ{802 + number}",
                "care-record",
                number % len(TOWNS),
                "harrowmere",
            )
        )
    others = tuple(place for place in _FIXED if place.kind != "care-home")
    every = (*others, *networks, *practices, *pharmacies, *homes)
    return Places(
        every, {place.slug: place for place in every}, practices, pharmacies, tuple(homes)
    )


def sources(places: Places) -> list[Source]:
    """Every system that sends to the record."""
    senders = (place for place in places.every if place.kind not in ("board", "network"))
    return [Source(one.source, one.id, one.shown or one.name, one.kind) for one in senders]


_WARDS: Final = (
    ("emergency", "Emergency department", "location-type.e04"),
    ("outpatients", "Outpatients", "location-type.e01"),
    ("assessment", "Acute medical unit", "location-type.e02"),
    ("ward-3", "Ward 3, care of older people", "location-type.e02"),
    ("ward-5", "Ward 5, surgery", "location-type.e02"),
    ("ward-7", "Ward 7, respiratory", "location-type.e02"),
    ("ward-8", "Ward 8, cardiology", "location-type.e02"),
    ("maternity", "Maternity unit", "location-type.e02"),
    ("children", "Children's ward", "location-type.e02"),
    ("day-unit", "Day unit", "location-type.e03"),
)
_BEDS: Final = 24


def sites(places: Places) -> list[Site]:
    """The sites, wards and virtual beds of the region."""
    found = [Site(one.slug, one.name, one.slug, "location-type.c01") for one in places.practices]
    for trust in ("thornbeck-general", "kelding-infirmary"):
        found.append(Site(trust, places[trust].name, trust, "location-type.e99"))
        found += [Site(f"{trust}-{slug}", name, trust, kind, trust) for slug, name, kind in _WARDS]
    found += [Site(one.slug, one.name, one.slug, "location-type.g02") for one in places.care_homes]
    found.append(
        Site("elmfield-unit", "Elmfield Unit", "harrowmere-mental-health", "location-type.e02")
    )
    found.append(Site("north-ward", "North team ward", "hospital-at-home", "location-type.a01"))
    found += [
        Site(
            f"bed-v{number:02}",
            f"V{number:02}",
            "hospital-at-home",
            "location-type.a01",
            "north-ward",
            True,
        )
        for number in range(1, _BEDS + 1)
    ]
    return found
