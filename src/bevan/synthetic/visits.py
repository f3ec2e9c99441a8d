"""Contacts with the practice that aren't reviews: why, what was found, what was given."""

from __future__ import annotations

from typing import Final, NamedTuple

from bevan.synthetic.body import Body
from bevan.synthetic.calendar import TODAY, YEAR, working
from bevan.synthetic.draws import Weighted, between, pick
from bevan.synthetic.panels import panel
from bevan.synthetic.person import Person, rate
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.contact import appointment, encounter
from bevan.synthetic.shapes.laboratory import Ordered
from bevan.synthetic.shapes.measurement import Taken, blood_pressure, vital
from bevan.synthetic.shapes.medicine import Course, request
from bevan.synthetic.shapes.paper import document
from bevan.synthetic.shapes.problem import condition

_RATE: Final = ((5, 6.6), (18, 2.4), (40, 4.1), (65, 4.7), (75, 5.5), (85, 7.2), (200, 8.4))
"""GP practice contacts a year by age, reviews not counted."""


class Reason(NamedTuple):
    """Why somebody comes: the problem's key, ages, weight, acute medicines with the allergy
    that rules each out (first fitting one is given), whether it counts as a diagnosis."""

    key: str
    ages: tuple[int, int]
    weight: float
    medicines: tuple[tuple[str, str], ...] = ()
    share: float = 0.6
    diagnosis: bool = False
    fever: bool = False
    only: str = ""


_CHEST: Final = (
    ("amoxicillin-500mg-capsules", "penicillin"),
    ("doxycycline-100mg-capsules", "doxycycline"),
)
_CHILD_CHEST: Final = (
    ("amoxicillin-250mg-5ml-oral-suspension-sugar-free", "penicillin"),
    ("ibuprofen-100mg-5ml-oral-suspension-sugar-free", "nsaid"),
)
_URINE: Final = (
    ("nitrofurantoin-100mg-modified-release-capsules", "nitrofurantoin"),
    ("trimethoprim-200mg-tablets", "trimethoprim"),
)
_COLD_CHEST: Final = (("doxycycline-100mg-capsules", "doxycycline"),)
_PAIN: Final = (("naproxen-500mg-tablets", "nsaid"), ("co-codamol-8mg-500mg-tablets", "opioid"))
_REASONS: Final = (
    Reason("upper-respiratory-infection", (0, 12), 14, _CHILD_CHEST, 0.12, True, True),
    Reason("upper-respiratory-infection", (12, 115), 12, _COLD_CHEST, 0.06, True, True),
    Reason("lower-respiratory-tract-infection", (16, 110), 6, _CHEST, 0.75, True, True),
    Reason("cough", (0, 110), 9),
    Reason("acute-otitis-media", (0, 14), 9, _CHILD_CHEST, 0.5, True, True),
    Reason("tonsillitis", (2, 12), 5, _CHILD_CHEST, 0.5, True, True),
    Reason(
        "tonsillitis",
        (12, 40),
        4,
        (
            ("phenoxymethylpenicillin-250mg-tablets", "penicillin"),
            ("clarithromycin-500mg-tablets", "macrolide"),
        ),
        0.6,
        True,
        True,
    ),
    Reason("fever", (0, 8), 6, fever=True),
    Reason("eczema", (0, 60), 4, (("hydrocortisone-1-cream", ""),), 0.7),
    Reason("abdominal-pain", (3, 95), 7),
    Reason("constipation", (1, 16), 3),
    Reason("constipation", (16, 115), 4, (("lactulose-3-1-3-7g-5ml-oral-solution", ""),), 0.5),
    Reason("low-back-pain", (20, 90), 8, _PAIN, 0.45),
    Reason("headache", (14, 80), 5, (("ibuprofen-400mg-tablets", "nsaid"),), 0.15),
    Reason("urinary-tract-infectious-disease", (16, 105), 5, _URINE, 0.85, True, only="female"),
    Reason("urinary-tract-infectious-disease", (60, 105), 2, _URINE, 0.85, True, only="male"),
    Reason(
        "cellulitis",
        (25, 100),
        2.5,
        (
            ("flucloxacillin-500mg-capsules", "penicillin"),
            ("clarithromycin-500mg-tablets", "macrolide"),
        ),
        0.9,
        True,
    ),
    Reason("fatigue", (15, 100), 6),
    Reason("dizziness", (40, 105), 5),
    Reason("chest-pain", (35, 100), 2.5),
    Reason("anxiety", (14, 70), 6),
    Reason("dyspnoea", (50, 105), 3),
    Reason("sciatica", (30, 80), 2.5, _PAIN, 0.5, True),
    Reason("seasonal-allergic-rhinitis", (12, 70), 3, (("cetirizine-10mg-tablets", ""),), 0.5),
    Reason("herpes-zoster", (45, 100), 0.8, (("aciclovir-800mg-tablets", ""),), 0.8, True),
    Reason("bereavement-due-to-life-event", (40, 100), 0.8),
    Reason("migraine", (14, 60), 1.5, (("sumatriptan-50mg-tablets", ""),), 0.4),
    Reason("falls", (72, 110), 4),
    Reason("chronic-pain", (35, 95), 3),
    Reason("varicella", (1, 9), 2, (), 0, True, True),
)
_BY_AGE: Final = {
    (sex, age): Weighted(
        (one, one.weight)
        for one in _REASONS
        if one.ages[0] <= age < one.ages[1] and one.only in ("", sex)
    )
    for sex in ("female", "male")
    for age in range(0, 115)
}
_WORDS: Final = (
    "Advice given and safety net explained.",
    "To come back if no better in a week.",
    "Examination unremarkable.",
    "Discussed and agreed a plan.",
    "Tests arranged.",
    "Reviewed, no change.",
)


def _medicine(
    person: Person, chart: Chart, why: Reason, on: int, contact: str, problem: str
) -> None:
    """An acute prescription that no recorded allergy rules out."""
    if person.draws.random() >= why.share:
        return
    for name, allergy in why.medicines:
        kidneys = allergy == "nsaid" and person.has("chronic-kidney-disease", on)
        if not kidneys and (not allergy or allergy not in person.allergic):
            request(
                chart,
                person.who.practice,
                person.who.gp,
                Course(
                    name,
                    on,
                    min(on + 7, person.end),
                    kind="acute",
                    days=7,
                    quantity=20,
                    reason=problem,
                ),
                encounter=contact,
            )
            return


def _examined(person: Person, chart: Chart, body: Body, why: Reason, taken: Taken) -> None:
    """What was measured."""
    draws, on = person.draws, taken.day
    age = person.age(on)
    if why.fever and draws.random() < 0.8:
        vital(chart, taken, "body-temperature", 36.6 + draws.random() * 2.3)
        if draws.random() < 0.6:
            vital(chart, taken, "oxygen-saturation", between(draws, 94, 99))
            vital(chart, taken, "respiratory-rate", between(draws, 14, 24 if age > 5 else 34))
    if age >= 18 and draws.random() < 0.38:
        blood_pressure(chart, taken, *body.blood_pressure(on))
        if draws.random() < 0.5:
            vital(chart, taken, "heart-rate", max(46, body.pulse + 12 * (draws.random() - 0.4)))
    if draws.random() < (0.5 if age < 3 else 0.13):
        vital(chart, taken, "body-weight", body.kilograms(on))
        if age < 3 and draws.random() < 0.5:
            height = 50 + age * 24 if age < 1 else 74 + (age - 1) * 11
            vital(chart, taken, "body-height-measure", height)


def _channel(person: Person, on: int) -> tuple[str, str, str]:
    """(class, encounter type, appointment channel): face to face, by phone, by video, at home."""
    chance = person.draws.random()
    if person.care_home is not None and chance < 0.5:
        return "home-health", "home-visit", "in-person"
    phone = 0.26 if on > TODAY - 2400 else 0.14
    if chance < phone:
        return "virtual", "telephone-consultation", "telephone"
    if chance < phone + 0.04 and on > TODAY - 2400:
        return "virtual", "consultation-via-video-conference", "video"
    return "ambulatory", "patient-encounter-procedure", "in-person"


def _visit(person: Person, chart: Chart, body: Body, on: int) -> None:
    """One contact and what came of it."""
    draws, practice = person.draws, person.who.practice
    doctor = person.who.gp if draws.random() < 0.55 else pick(draws, person.team)
    why = _BY_AGE[person.who.sex, int(person.age(on))].draw(draws)
    kind, key, channel = _channel(person, on)
    minute = between(draws, 500, 1070)
    contact = encounter(
        chart,
        practice,
        kind,
        key,
        (on, minute),
        (on, minute + 11),
        by=doctor,
        reason=f"problem.{why.key}",
    )
    problem = ""
    if why.diagnosis and person.tested and draws.random() < 0.8:
        problem = condition(
            chart,
            practice,
            f"problem.{why.key}",
            on,
            by=doctor,
            status="resolved",
            ended=min(on + between(draws, 5, 25), person.end),
            kind="diagnosis",
            encounter=contact,
        )
    if kind != "virtual":
        _examined(person, chart, body, why, Taken(on, minute + 3, practice, doctor.ref, contact))
    if why.medicines:
        _medicine(person, chart, why, on, contact, problem)
    if person.age(on) > 12 and draws.random() < 0.15 and on + 3 < person.end:
        _tests(person, chart, body, on, contact)
    if on > person.end - 730:
        appointment(
            chart,
            practice,
            why.key.replace("-", " ").capitalize(),
            on,
            minute,
            11,
            by=doctor,
            channel=channel,
            made=on - between(draws, 0, 12),
            status="noshow" if person.tested and draws.random() < 0.03 else "fulfilled",
        )
    if draws.random() < 0.07:
        document(
            chart,
            practice,
            "document.letter",
            "Consultation note",
            f"{why.key.replace('-', ' ').capitalize()}. {pick(draws, _WORDS)}",
            on,
            minute + 15,
            by=doctor,
            encounter=contact,
        )


def _tests(person: Person, chart: Chart, body: Body, on: int, contact: str) -> None:
    """Bloods taken at or soon after the contact."""
    draws = person.draws
    ordered = Ordered(
        on + between(draws, 0, 2),
        between(draws, 510, 900),
        person.who.practice,
        person.who.gp,
        person.laboratory,
        contact,
    )
    panel(person, chart, body, ordered, "blood")
    for name, share in (
        ("kidney", 0.75),
        ("liver", 0.5),
        ("thyroid", 0.25),
        ("sugar", 0.3),
        ("inflammation", 0.25),
    ):
        if draws.random() < share:
            panel(person, chart, body, ordered, name)


def write(person: Person, chart: Chart, body: Body) -> None:
    """Write a contact after the other, as often as age and illness bring people."""
    draws = person.draws
    burden = 0.72 + 0.11 * min(8, len(person.onset)) + (0.18 if person.female else 0)
    on: float = person.start + draws.random() * 60
    while True:
        age = person.age(int(on))
        gap = YEAR / (rate(_RATE, age) * burden)
        on += gap * (0.2 + 1.6 * draws.random())
        if on >= person.end - 8:
            return
        day = working(int(on))
        if day < person.end - 7:
            _visit(person, chart, body, day)
