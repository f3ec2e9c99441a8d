"""A person before anything has happened to them: who, where, traits and conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

from bevan.synthetic.calendar import ISO, TODAY, YEAR
from bevan.synthetic.draws import chance, new_id, pick
from bevan.synthetic.ground import Region
from bevan.synthetic.households import Member, born_on, children, member
from bevan.synthetic.naming import given_name
from bevan.synthetic.numbers import nhs_number
from bevan.synthetic.places import Place
from bevan.synthetic.risks import Traits, draw_conditions, frailty
from bevan.synthetic.shapes.person import Identity
from bevan.synthetic.staff import Worker
from bevan.synthetic.towns import mobile

HISTORY_YEARS: Final = 12
"""How far back practices' systems hold contacts and results."""
_DEATHS: Final = (
    (1, 3.7),
    (5, 0.15),
    (15, 0.09),
    (25, 0.33),
    (35, 0.6),
    (45, 1.3),
    (55, 3.0),
    (65, 7.1),
    (75, 16),
    (85, 45),
    (200, 150),
)
"""Deaths per 1,000 a year under each age, both sexes together."""
_CARE_HOME: Final = ((65, 0), (75, 0.005), (85, 0.022), (90, 0.08), (200, 0.17))


@dataclass(slots=True)
class Person:
    """Somebody whose life is to be written. Days are calendar days; `onset` holds the day on
    which each condition was diagnosed; `end` is the day after which nothing is written; `tested` is
    false for named people, whose results and diagnoses are told, not drawn."""

    identifier: str
    draws: Random
    region: Region
    who: Identity
    traits: Traits
    decile: int
    onset: dict[str, int]
    trust: Place
    laboratory: Place
    imaging: Place
    pharmacy: Place
    team: tuple[Worker, ...]
    start: int
    end: int
    height: float
    bmi: float
    care_home: Place | None = None
    allergic: set[str] = field(default_factory=set)
    problems: dict[str, str] = field(default_factory=dict)
    repeats: list[tuple[str, str, int]] = field(default_factory=list)
    tested: bool = True
    births: tuple[int, ...] = ()

    @property
    def female(self) -> bool:
        """Whether laboratory ranges for women apply."""
        return self.who.sex == "female"

    @property
    def born(self) -> int:
        """Day of birth."""
        return self.who.born

    def age(self, on: int) -> float:
        """Age in years on a day."""
        return (on - self.who.born) / YEAR

    def since(self, name: str, on: int) -> float:
        """Years since a condition was diagnosed; negative when it isn't there yet."""
        began = self.onset.get(name)
        return -1.0 if began is None else (on - began) / YEAR

    def has(self, name: str, on: int) -> bool:
        """Whether a condition is known on a day."""
        return self.onset.get(name, TODAY + 99_999) <= on


def rate(table: tuple[tuple[float, float], ...], age: float) -> float:
    """The rate of the first age limit that an age is under."""
    return next(value for limit, value in table if age < limit)


def _death(draws: Random, age: float, decile: int) -> int | None:
    """How many days ago somebody died within the last three years, if they did."""
    risk = rate(_DEATHS, age) / 1000 * 3
    risk *= 1.5 if decile <= 3 and age < 75 else 1.0
    chance_of_it = draws.random()
    return 5 + int(draws.random() * 1090) if chance_of_it < risk else None


def _title(sex: str, age: float, role: str) -> str:
    """A title by sex, age and place in the household."""
    if age < 16:
        return "Miss" if sex == "female" else "Master"
    if sex == "male":
        return "Mr"
    return "Mrs" if role == "partner" or (age > 60 and role != "child") else "Ms"


def _marital(draws: Random, home: Member) -> str:
    """A marital status that fits the household."""
    if home.age < 18:
        return ""
    if home.role == "partner":
        return "M" if draws.random() < 0.72 else "N"
    if home.role == "alone":
        return "W" if home.age > 72 else "D" if home.age > 45 else "S"
    return "S" if home.role == "child" else ""


def _ethnicity(draws: Random, home: Member) -> str:
    """What the record says: in a fifth of records not stated or not known."""
    said = draws.random()
    return home.ethnicity if said > 0.2 else "Z" if said > 0.12 else "99"


def _identity(draws: Random, index: int, home: Member, region: Region) -> Identity:
    """Name, birth, home, number and practice."""
    practice = region.places.practices[home.practice]
    born = born_on(home.age)
    year = int(ISO[born][:4])
    given = given_name(draws, home.culture, home.sex, year, home.family)
    number = nhs_number(index)
    doctors = [one for one in region.staff[practice.slug] if one.prefix == "Dr"]
    adult = home.age >= 16
    return Identity(
        family=home.family,
        given=given,
        sex=home.sex,
        born=born,
        prefix=_title(home.sex, home.age, home.role),
        practice=practice,
        gp=pick(draws, doctors),
        number=number,
        address=home.home,
        phone=home.phone if draws.random() < 0.6 else "",
        mobile=mobile(draws) if adult and draws.random() < 0.9 else "",
        email=f"person{index}@mail.harrowmere.example" if adult and draws.random() < 0.6 else "",
        ethnicity=_ethnicity(draws, home),
        marital=_marital(draws, home),
        status="01" if draws.random() < 0.985 else "02",
        test_number="" if number else f"MADE-UP-{index:010}",
    )


def _residence(draws: Random, region: Region, age: float) -> Place | None:
    """The care home that an older person lives in, if any."""
    return pick(draws, region.places.care_homes) if draws.random() < rate(_CARE_HOME, age) else None


def make(region: Region, index: int) -> Person:
    """The person at an index of the population."""
    draws = chance(region.seed, "person", index)
    identifier = new_id(draws)
    home = member(region.seed, index, len(region.places.practices))
    who = _identity(draws, index, home, region)
    died = _death(draws, home.age, home.decile)
    if died is not None and TODAY - died > who.born + 2:
        who.died, who.died_at = TODAY - died, int(draws.random() * 1400)
    end = TODAY if who.died is None else who.died
    age = max(0.01, (end - who.born) / YEAR)
    traits = Traits(age, home.sex == "female", home.decile, home.ethnicity, frailty(draws))
    onset = {
        name: min(who.born + int(began * YEAR), end - 8)
        for name, began in draw_conditions(draws, traits).items()
    }
    person = settle(region, identifier, draws, who, traits, onset, home.decile)
    person.births = _births(region, index, person)
    return person


def _births(region: Region, index: int, person: Person) -> tuple[int, ...]:
    """Days on which she gave birth, at least a year apart, while records were kept."""
    found: list[int] = []
    for day in children(region.seed, index, len(region.places.practices)):
        if person.start + 300 < day < person.end - 45 and (not found or day > found[-1] + 365):
            found.append(day)
    return tuple(found)


def settle(
    region: Region,
    identifier: str,
    draws: Random,
    who: Identity,
    traits: Traits,
    onset: dict[str, int],
    decile: int,
    trust: str = "",
) -> Person:
    """A person of these traits with a hospital, a pharmacy and a body."""
    even = who.practice.town % 2 == 0
    slug = trust or ("thornbeck-general" if even else "kelding-infirmary")
    near = "thornbeck" if slug.startswith("thornbeck") else "kelding"
    practices = region.places.practices
    end = TODAY if who.died is None else who.died
    height = (162 if traits.female else 175) + 13 * (draws.random() + draws.random() - 1)
    bmi = 27 + 7 * (draws.random() + draws.random() - 1) + (7 if "obesity" in onset else 0)
    who.hospital_numbers = ((slug, f"H{draws.getrandbits(24) % 10_000_000:07}"),)
    home = None if traits.age < 65 else _residence(draws, region, traits.age)
    return Person(
        identifier=identifier,
        draws=draws,
        region=region,
        who=who,
        traits=traits,
        decile=decile,
        onset=onset,
        trust=region.place(slug),
        laboratory=region.place(f"{near}-pathology"),
        imaging=region.place(f"{near}-imaging"),
        pharmacy=region.places.pharmacies[practices.index(who.practice)],
        team=region.staff[who.practice.slug],
        start=max(who.born + 1, TODAY - int(HISTORY_YEARS * YEAR)),
        end=end,
        height=height,
        bmi=bmi,
        care_home=home,
    )
