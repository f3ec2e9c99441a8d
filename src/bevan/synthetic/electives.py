"""Planned procedures, nearly all as day cases, at the rates of England's hospitals."""

from __future__ import annotations

from typing import Final, NamedTuple

from bevan.synthetic.calendar import YEAR, words, working
from bevan.synthetic.draws import Weighted, between
from bevan.synthetic.person import Person, rate
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.contact import encounter, site
from bevan.synthetic.shapes.paper import document
from bevan.synthetic.shapes.treatment import procedure

_RATE: Final = ((5, 0.04), (18, 0.05), (40, 0.13), (65, 0.34), (75, 0.47), (85, 0.52), (200, 0.30))
"""Planned admissions a year; those of one condition, such as chemotherapy, come on top."""


class Planned(NamedTuple):
    """A procedure: codes, words, ages, weight, nights, and a condition that calls for it."""

    codes: tuple[str, ...]
    title: str
    ages: tuple[int, int]
    weight: float
    nights: int = 0
    condition: str = ""
    only: str = ""


_PLANNED: Final = (
    Planned(("opcs.g45.1",), "Gastroscopy with biopsy", (18, 95), 9, 0, "reflux"),
    Planned(("opcs.h22.9",), "Colonoscopy", (25, 88), 6),
    Planned(("opcs.h20.1",), "Colonoscopy, polyp removed", (45, 85), 3),
    Planned(("opcs.h25.9",), "Flexible sigmoidoscopy", (25, 85), 3),
    Planned(("opcs.c71.2", "opcs.c75.1"), "Cataract operation", (55, 105), 9, 0, "cataract"),
    Planned(("opcs.m45.9",), "Cystoscopy", (35, 95), 3, 0, "prostate-enlargement"),
    Planned(("opcs.s06.5",), "Skin lesion removed", (25, 100), 4),
    Planned(("opcs.w40.1",), "Knee replacement", (52, 90), 1.2, 3, "osteoarthritis"),
    Planned(("opcs.w38.1",), "Hip replacement", (50, 90), 1.0, 3, "osteoarthritis"),
    Planned(("opcs.j18.3",), "Gall bladder removed", (22, 80), 1.4),
    Planned(("opcs.t20.2",), "Hernia repair", (25, 85), 1.6, 0, "", "male"),
    Planned(("opcs.a65.1",), "Carpal tunnel release", (35, 85), 1.2),
    Planned(("opcs.f09.1",), "Wisdom tooth removed", (18, 45), 2),
    Planned(("opcs.f34.1",), "Tonsils removed", (3, 30), 3, 1),
    Planned(("opcs.d15.1",), "Grommets", (2, 12), 4),
    Planned(("opcs.q18.9",), "Hysteroscopy", (25, 75), 1.5, 0, "", "female"),
    Planned(("opcs.n17.1",), "Vasectomy", (28, 55), 0.8, 0, "", "male"),
    Planned(("opcs.k63.4",), "Coronary angiogram", (40, 88), 0.3, 0, "chd"),
)
_MORE: Final = 5
"""How much likelier a procedure is for those who have what it is for."""
_CYCLES: Final = 6


def _which(person: Person, on: int) -> Planned | None:
    """The procedure that somebody has on a day."""
    age = person.age(on)
    choices = [
        (one, one.weight * (_MORE if person.has(one.condition, on) else 1))
        for one in _PLANNED
        if one.ages[0] <= age < one.ages[1] and one.only in ("", person.who.sex)
    ]
    return Weighted(choices).draw(person.draws) if choices else None


def _admit(person: Person, chart: Chart, one: Planned, on: int) -> None:
    """The admission, what was done and the summary."""
    trust = person.trust
    last = on + one.nights
    ward = "ward-5" if one.nights else "day-unit"
    where = site(f"{trust.slug}-{ward}", "Ward 5, surgery" if one.nights else "Day unit")
    minute = between(person.draws, 450, 560)
    stay = encounter(
        chart,
        trust,
        "inpatient-encounter" if one.nights else "short-stay",
        "hospital-admission",
        (on, minute),
        (last, 930),
        reason_text=one.title,
        where=where,
        admitted="11",
        source="19",
        discharged="1",
        destination="19",
    )
    for key in one.codes:
        procedure(chart, trust, key, on, minute + 90, encounter=stay)
    document(
        chart,
        trust,
        "document.discharge-summary",
        f"{one.title}: discharge summary",
        f"{one.title} on {words(on)}. Went well. Home on {words(last)}. No follow-up needed "
        "unless things change.",
        last,
        930,
        encounter=stay,
    )


def _chemotherapy(person: Person, chart: Chart) -> None:
    """Cycles every three weeks for four in ten of those with cancer."""
    began = person.onset.get("cancer")
    if began is None or person.draws.random() > 0.4:
        return
    cycle = Planned(("opcs.x72.3",), "Chemotherapy", (0, 120), 1)
    on = working(began + between(person.draws, 45, 90))
    for _ in range(_CYCLES):
        if person.start < on < person.end - 1:
            _admit(person, chart, cycle, on)
        on = working(on + 21)


def write(person: Person, chart: Chart) -> None:
    """Write the planned admissions of a life."""
    draws = person.draws
    burden = 0.6 + 0.09 * min(9, len(person.onset))
    on: float = person.start
    while True:
        age = person.age(int(on))
        on += YEAR / (rate(_RATE, age) * burden) * (0.1 + 1.8 * draws.random())
        if on >= person.end - 8:
            break
        one = _which(person, int(on))
        if one is not None:
            _admit(person, chart, one, working(int(on)))
    _chemotherapy(person, chart)
