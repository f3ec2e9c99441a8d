"""The people on the North team's virtual ward this morning, beside Dot, and two more citizens.

Each has a place, a pathway, a day of stay and a last set of signs whose NEWS2 is worked out from
the readings, as on the ward board.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from bevan.synthetic.calendar import ISO, TODAY, YEAR
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.laboratory import Result
from bevan.synthetic.shapes.measurement import Signs
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale

_HOME: Final = "hospital-at-home"


class Place(NamedTuple):
    """A place on the ward: who is in it, why, since how many days, and the last set of signs
    with the NEWS2 that it gives (None: no set yet)."""

    place: str
    given: str
    family: str
    number: str
    sex: str
    age: int
    pathway: str
    day: int
    signs: Signs | None
    at: str = "2026-11-24 10:00"
    ethnicity: str = "A"


WARD: Final = (
    Place(
        "V01",
        "Grace",
        "Oyelaran",
        "9990213518",
        "female",
        66,
        "Heart failure",
        7,
        Signs(18, 95, True, 122, 92, "A", 36.8),
        "2026-11-24 09:00",
        "N",
    ),
    Place(
        "V02",
        "Thabo",
        "Mokoena",
        "9990221944",
        "male",
        49,
        "Pneumonia",
        5,
        Signs(18, 95, False, 124, 91, "A", 37.0),
        "2026-11-24 08:10",
        "N",
    ),
    Place(
        "V03",
        "Arne",
        "Lindqvist",
        "9990205175",
        "male",
        84,
        "Frailty",
        2,
        Signs(22, 94, False, 98, 94, "A", 37.1),
        "2026-11-24 09:00",
        "C",
    ),
    Place(
        "V04",
        "Halina",
        "Nowak",
        "9990227217",
        "female",
        91,
        "Frailty",
        4,
        Signs(17, 97, False, 108, 78, "A", 36.6),
        "2026-11-24 08:00",
        "C",
    ),
    Place(
        "V05",
        "Kamla",
        "Bhatt",
        "9990217726",
        "female",
        70,
        "Cellulitis",
        4,
        Signs(18, 97, False, 128, 96, "A", 38.2),
        "2026-11-24 08:30",
        "H",
    ),
    Place(
        "V06",
        "Nasreen",
        "Chaudhry",
        "9990231435",
        "female",
        72,
        "Heart failure",
        5,
        Signs(16, 96, False, 126, 80, "A", 36.7),
        "2026-11-24 08:30",
        "J",
    ),
    Place(
        "V07",
        "Yusuf",
        "Rahman",
        "9990203113",
        "male",
        69,
        "Heart failure",
        3,
        Signs(25, 91, False, 108, 112, "A", 37.0),
        "2026-11-24 10:20",
        "K",
    ),
    Place(
        "V08",
        "Hugh",
        "Tregenza",
        "9990233594",
        "male",
        80,
        "COPD",
        8,
        Signs(18, 91, False, 130, 82, "A", 36.6, 2),
        "2026-11-24 08:00",
    ),
    Place(
        "V09",
        "Jean",
        "Holloway",
        "9990209383",
        "female",
        81,
        "Frailty",
        6,
        Signs(18, 97, False, 88, 84, "A", 36.5),
        "2026-11-24 10:10",
    ),
    Place(
        "V10",
        "Chidi",
        "Okonkwo",
        "9990235651",
        "male",
        61,
        "Pneumonia",
        6,
        Signs(17, 97, False, 128, 82, "A", 36.9),
        "2026-11-24 08:30",
        "N",
    ),
    Place(
        "V11",
        "Rosemary",
        "St Clair",
        "9990219885",
        "female",
        88,
        "Frailty",
        3,
        Signs(18, 95, False, 122, 92, "A", 36.8),
        "2026-11-23 17:20",
    ),
    Place(
        "V13",
        "Maureen",
        "Wrightson",
        "9990237719",
        "female",
        83,
        "Frailty",
        5,
        Signs(16, 96, False, 124, 76, "A", 36.5),
        "2026-11-24 09:00",
    ),
    Place(
        "V14",
        "Alan",
        "Fenwick",
        "9990215669",
        "male",
        77,
        "COPD",
        3,
        Signs(21, 91, True, 132, 88, "A", 36.9, 2),
        "2026-11-24 08:15",
    ),
    Place(
        "V15",
        "Folake",
        "Adeyemi",
        "9990207224",
        "female",
        58,
        "Pneumonia",
        4,
        Signs(21, 93, False, 118, 92, "A", 37.4),
        "2026-11-24 09:40",
        "N",
    ),
    Place(
        "V16",
        "Gwenllian",
        "Price",
        "9990223106",
        "female",
        76,
        "Heart failure",
        9,
        Signs(17, 96, False, 120, 91, "A", 36.6),
        "2026-11-24 08:10",
    ),
    Place(
        "V17",
        "Simon",
        "Ellery",
        "9990229376",
        "male",
        55,
        "Cellulitis",
        2,
        Signs(16, 98, False, 130, 86, "A", 38.3),
        "2026-11-24 09:10",
    ),
    Place(
        "V18",
        "Marek",
        "Kowalczyk",
        "9990211450",
        "male",
        73,
        "COPD",
        1,
        Signs(19, 90, False, 128, 88, "C", 36.9, 2),
        "2026-11-24 09:20",
        "C",
    ),
    Place("V19", "Balbir", "Sanghera", "9990239878", "male", 68, "Heart failure", 1, None, "", "H"),
    Place(
        "V20",
        "Patrick",
        "Desmond",
        "9990225168",
        "male",
        63,
        "COPD",
        2,
        Signs(19, 88, False, 126, 94, "A", 36.8, 2),
        "2026-11-24 09:20",
        "B",
    ),
)
_PATHWAYS: Final = {
    "Heart failure": ("heart-failure", "edwin-marsh"),
    "COPD": ("moderate-chronic-obstructive-pulmonary-disease", "ama-osei"),
    "Pneumonia": ("community-acquired-pneumonia", "ama-osei"),
    "Cellulitis": ("cellulitis", "edwin-marsh"),
    "Frailty": ("moderate-frailty", "edwin-marsh"),
}


def _earlier(signs: Signs, step: int) -> Signs:
    """A calmer set some hours before."""
    return signs._replace(
        breathing=max(15, signs.breathing - step),
        alert="A",
        pulse=max(70, signs.pulse - 4 * step),
        systolic=signs.systolic + 5 * step,
    )


def _stay(tale: Tale, one: Place) -> None:
    """The stay on the ward with its sets of signs."""
    key, lead = _PATHWAYS[one.pathway]
    began = TODAY - one.day + 1
    acute = one.pathway in ("Pneumonia", "Cellulitis")
    tale.problem(key, ISO[began - 3 if acute else began - 900], at=_HOME, by=lead)
    tale.episode("Virtual ward", ISO[began], at=_HOME, by=lead)
    stay = tale.contact(
        "home-health",
        "telemedicine-consultation-with-patient",
        f"{ISO[began]} {'09' if one.day == 1 else '15'}:10",
        at=_HOME,
        by="priya-nair",
        status="in-progress",
        said="Virtual ward",
        why=f"{one.pathway}, North team",
        where=site(f"bed-{one.place.lower()}", one.place),
    )
    if one.signs is None:
        return
    for ago in range(min(4, one.day - 1), 0, -1):
        tale.signs(
            f"{ISO[TODAY - ago]} 09:00", _earlier(one.signs, 1 + ago % 2), at=_HOME, encounter=stay
        )
    tale.signs(one.at, one.signs, name=tale.id("news2"), at=_HOME, encounter=stay)
    if one.signs.scale == 2:
        tale.flag(
            "Oxygen target 88 to 92%: oxygen scale 2", ISO[began], at=_HOME, by=lead, kind="safety"
        )


def _patient(region: Region, one: Place) -> list[bytes]:
    """The record of somebody on the ward."""
    born = ISO[TODAY - int((one.age + 0.4) * YEAR)]
    prefix = "Mr" if one.sex == "male" else "Mrs"
    slug = f"{one.given}-{one.family}".lower().replace(" ", "-")
    street = ("Alder Road", "Kestrel Way", "Tannery Court", "Mallard Close")[int(one.place[1:]) % 4]
    who = identity(
        region,
        one.given,
        one.family,
        one.number,
        one.sex,
        born,
        prefix,
        (f"{int(one.place[1:]) + 10} {street}", "Thornbeck", "HW4 3AB"),
        phone=f"01632 960 4{one.place[1:]}",
        ethnicity=one.ethnicity,
    )
    tale = Tale(region, slug, who)
    tale.allergy("allergy.no-known-allergy", "2025-03-11")
    tale.results(
        "urea-and-electrolytes",
        f"{ISO[TODAY - one.day]} 09:00",
        (
            Result("serum-sodium-level", 138),
            Result("serum-potassium-level", 4.4),
            Result("serum-creatinine-level", 82),
            Result("egfr", 68),
        ),
    )
    _stay(tale, one)
    tale.background({"hypertension": "2015-04-01"}, 5, "2026-10-01", visited=False)
    return tale.chart.out


def aaron(region: Region) -> list[bytes]:
    """Aaron Simpkin, 38: diabetes, busy, with a message from his practice."""
    who = identity(
        region,
        "Aaron",
        "Simpkin",
        "9990241007",
        "male",
        "1988-06-17",
        "Mr",
        ("28 Station Road", "Thornbeck", "HW4 1DN"),
        mobile="07700 900 241",
        ethnicity="D",
        email="aaron@mail.harrowmere.example",
    )
    tale = Tale(region, "aaron-simpkin", who)
    tale.allergy("allergy.no-known-allergy", "2024-02-06")
    sugar = tale.problem("type-1-diabetes-mellitus", "2001-09-03")
    for name in (
        "insulin-glargine-100units-ml-solution-for-injection-3ml-pre-filled-disposable-devices",
        "insulin-aspart-100units-ml-solution-for-injection-3ml-pre-filled-disposable-devices",
    ):
        tale.medicine(name, "2015-04-13", text="As directed by the diabetes team", reason=sugar)
    for on, value in (("2024-02-06", 68), ("2025-03-18", 71), ("2026-04-14", 66)):
        tale.results("hba1c", f"{on} 08:40", (Result("hba1c", value),))
    tale.message(
        "Your diabetes review is due. Evening times are free in December.",
        "2026-11-23 16:05",
        by="jo-baptiste",
        topic="Mill Lane Surgery",
    )
    tale.background({"type-1-diabetes": "2001-09-03"}, 3, "2026-11-01")
    return tale.chart.out


def tell(region: Region) -> list[bytes]:
    """Everyone on the ward beside Dot, and Aaron."""
    return [line for one in WARD for line in _patient(region, one)] + aaron(region)
