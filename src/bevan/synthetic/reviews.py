"""Yearly reviews of long-term conditions: what is measured, tested and said."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.body import Body
from bevan.synthetic.calendar import YEAR, working
from bevan.synthetic.draws import between
from bevan.synthetic.panels import panel
from bevan.synthetic.person import Person
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.contact import appointment, encounter
from bevan.synthetic.shapes.laboratory import Ordered
from bevan.synthetic.shapes.measurement import (
    Taken,
    amount,
    average_pressure,
    blood_pressure,
    finding,
    score,
    vital,
)
from bevan.synthetic.shapes.treatment import procedure

_PANELS: Final = {
    "hypertension": ("kidney", "lipids"),
    "type-2-diabetes": ("sugar", "kidney", "lipids", "urine"),
    "type-1-diabetes": ("sugar", "kidney", "lipids", "urine"),
    "prediabetes": ("sugar",),
    "chd": ("kidney", "lipids", "blood"),
    "atrial-fibrillation": ("kidney", "blood"),
    "heart-failure": ("kidney", "blood"),
    "stroke": ("lipids", "kidney"),
    "chronic-kidney-disease": ("kidney", "blood", "urine"),
    "hypothyroidism": ("thyroid",),
    "severe-mental-illness": ("sugar", "lipids", "kidney", "liver"),
    "rheumatoid-arthritis": ("blood", "liver", "kidney", "inflammation"),
    "learning-disability": ("blood",),
    "copd": ("blood",),
    "peripheral-arterial-disease": ("lipids",),
    "gout": ("kidney",),
    "dementia": ("blood", "thyroid"),
    "frailty": ("kidney", "blood"),
}
_TITLE: Final = (
    ("type-2-diabetes", "Diabetes review", "procedure.diabetic-annual-review"),
    ("type-1-diabetes", "Diabetes review", "procedure.diabetic-annual-review"),
    ("asthma", "Asthma review", "procedure.asthma-annual-review"),
    ("hypertension", "Blood pressure review", "procedure.hypertension-annual-review"),
)
_REVIEWED: Final = frozenset({*_PANELS, "asthma", "depression", "epilepsy"})
_TWICE: Final = ("type-2-diabetes", "type-1-diabetes")


def _title(person: Person, on: int) -> tuple[str, str]:
    """What the review is called and the procedure that it counts as, if any."""
    for name, title, key in _TITLE:
        if person.has(name, on):
            return title, key
    return "Long-term conditions review", ""


def _measured(person: Person, chart: Chart, body: Body, taken: Taken) -> None:
    """Blood pressure, pulse, weight and body mass index, smoking and alcohol."""
    draws, on = person.draws, taken.day
    high, low = body.blood_pressure(on)
    blood_pressure(chart, taken, high, low)
    if person.has("hypertension", on) and draws.random() < 0.3:
        week = Taken(on - 2, 480, person.who.practice, f'{{"reference":"{chart.patient}"}}')
        average_pressure(chart, week, max(88, high - 7), max(50, low - 4))
    if draws.random() < 0.6:
        vital(chart, taken, "heart-rate", max(44, body.pulse + 8 * (draws.random() - 0.5)))
    if draws.random() < 0.82:
        weight = body.kilograms(on)
        vital(chart, taken, "body-weight", weight)
        vital(chart, taken, "body-mass-index", weight / (person.height / 100) ** 2)
    _habits(person, chart, taken)


def _habits(person: Person, chart: Chart, taken: Taken) -> None:
    """Smoking status and, now and then, alcohol."""
    draws = person.draws
    smokes = person.has("smoking", taken.day)
    stopped = person.has("ex-smoking", taken.day)
    finding(
        chart,
        taken,
        "finding.smoker"
        if smokes
        else "finding.ex-smoker"
        if stopped
        else "finding.never-smoked-tobacco",
    )
    if smokes and draws.random() < 0.5:
        amount(chart, taken, "finding.cigarette-consumption", between(draws, 3, 25), "/d")
    if draws.random() < 0.3:
        units = int(draws.random() ** 2 * 34)
        amount(chart, taken, "finding.alcohol-units-consumed-per-week", units, "{unit}/wk")


def _scores(person: Person, chart: Chart, taken: Taken) -> None:
    """Scores that belong to the conditions of the review."""
    draws, on = person.draws, taken.day
    if person.has("depression", on):
        years = person.since("depression", on)
        score(
            chart,
            taken,
            "phq-9",
            max(0, min(27, round(15 - min(years, 1) * 6 + 9 * (draws.random() - 0.5)))),
        )
    if person.has("anxiety", on) and draws.random() < 0.6:
        score(chart, taken, "gad-7", between(draws, 3, 15))
    if person.has("asthma", on):
        score(chart, taken, "asthma-control-test-score", between(draws, 14, 25))
    if person.age(on) >= 65 and draws.random() < 0.5:
        frail = 4.2 if person.has("frailty", on) else 2.4
        score(chart, taken, "frailty-scale", max(1, min(9, round(frail + 2 * draws.random()))))
    if person.has("copd", on):
        vital(chart, taken, "oxygen-saturation", between(draws, 90, 97))


def _review(person: Person, chart: Chart, body: Body, on: int) -> None:
    """One review with its tests a week before."""
    draws, practice = person.draws, person.who.practice
    nurse = next((one for one in person.team if "nurse" in one.title.lower()), person.who.gp)
    title, key = _title(person, on)
    minute = between(draws, 510, 1020)
    names = {
        name
        for condition in person.onset
        if person.has(condition, on)
        for name in _PANELS.get(condition, ())
    }
    before = on - between(draws, 5, 12)
    if names and before > person.start:
        ordered = Ordered(
            before, between(draws, 500, 720), practice, person.who.gp, person.laboratory
        )
        for name in sorted(names):
            panel(person, chart, body, ordered, name)
    contact = encounter(
        chart,
        practice,
        "ambulatory",
        "encounter-for-check-up",
        (on, minute),
        (on, minute + 20),
        by=nurse,
        reason_text=title,
    )
    taken = Taken(on, minute + 4, practice, nurse.ref, contact)
    _measured(person, chart, body, taken)
    _scores(person, chart, taken)
    if key and person.tested:
        procedure(chart, practice, key, on, minute, by=nurse, encounter=contact)
    if on > person.end - 730:
        appointment(chart, practice, title, on, minute, 20, by=nurse)


def _diabetes_checks(person: Person, chart: Chart, on: int) -> None:
    """Foot check and eye screening, done for most."""
    draws, practice = person.draws, person.who.practice
    if draws.random() < 0.87:
        procedure(chart, practice, "procedure.diabetic-foot-examination", on, 640)
    if draws.random() < 0.75 and on + 30 < person.end:
        procedure(
            chart,
            person.trust,
            "procedure.diabetic-retinopathy-screening",
            on + between(draws, 10, 29),
        )


def write(person: Person, chart: Chart, body: Body) -> None:
    """Write the reviews of everyone with a long-term condition, year by year."""
    known = [name for name in person.onset if name in _REVIEWED]
    if not known:
        return
    draws = person.draws
    interval = YEAR / 2 if any(name in person.onset for name in _TWICE) else YEAR
    first = min(person.onset[name] for name in known) + between(draws, 40, 300)
    on: float = max(first, person.start + between(draws, 14, 340))
    while on < person.end - 1:
        day = working(int(on))
        if day < person.end and any(person.has(name, day) for name in known):
            _review(person, chart, body, day)
            if interval == YEAR / 2 and person.tested and draws.random() < 0.5:
                _diabetes_checks(person, chart, day)
        late = 1.25 if draws.random() < (0.2 if person.decile == 1 else 0.1) else 1
        on += interval * late * (0.85 + draws.random() * 0.3)
