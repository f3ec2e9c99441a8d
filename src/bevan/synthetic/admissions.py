"""Emergency attendances and admissions, with observations, tests and the discharge summary."""

from __future__ import annotations

from typing import Final, NamedTuple

from bevan.synthetic.body import Body
from bevan.synthetic.calendar import TODAY, YEAR, instant, words
from bevan.synthetic.draws import Weighted, between, normal, pick
from bevan.synthetic.panels import panel
from bevan.synthetic.person import Person, rate
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.contact import encounter, site
from bevan.synthetic.shapes.laboratory import Ordered, imaging
from bevan.synthetic.shapes.measurement import Signs, Taken, signs_set, vital
from bevan.synthetic.shapes.medicine import Course, request
from bevan.synthetic.shapes.paper import document
from bevan.synthetic.shapes.problem import condition
from bevan.synthetic.shapes.treatment import procedure
from bevan.synthetic.virtual_ward import step_down

_RATE: Final = ((5, 0.95), (18, 0.48), (40, 0.53), (65, 0.34), (75, 0.27), (85, 0.42), (200, 0.62))
_ADMITTED: Final = (
    (5, 0.19),
    (18, 0.13),
    (40, 0.16),
    (65, 0.29),
    (75, 0.52),
    (85, 0.58),
    (200, 0.62),
)


class Emergency(NamedTuple):
    """Why somebody comes: key, ages, weight, how ill (0 to 1), the ward, conditions that make
    it likelier, a procedure during the stay, days of an antibiotic."""

    key: str
    ages: tuple[int, int]
    weight: float
    ill: float
    ward: str
    conditions: tuple[str, ...] = ()
    operation: str = ""
    xray: bool = False


_EMERGENCIES: Final = (
    Emergency(
        "community-acquired-pneumonia", (1, 110), 4, 0.8, "ward-7", ("copd", "frailty"), xray=True
    ),
    Emergency(
        "acute-exacerbation-of-chronic-obstructive-airways-disease",
        (40, 110),
        0,
        0.6,
        "ward-7",
        ("copd",),
        xray=True,
    ),
    Emergency("heart-failure", (45, 110), 0, 0.3, "ward-8", ("heart-failure",), xray=True),
    Emergency("chest-pain", (30, 100), 7, 0.05, "assessment", ("chd",)),
    Emergency(
        "urinary-tract-infectious-disease", (60, 110), 4, 0.6, "ward-3", ("dementia", "frailty")
    ),
    Emergency("sepsis", (40, 110), 1.2, 1.0, "assessment"),
    Emergency("cerebrovascular-accident", (50, 110), 0.8, 0.1, "ward-3", ("atrial-fibrillation",)),
    Emergency(
        "fracture-of-neck-of-femur",
        (74, 110),
        1.2,
        0.2,
        "ward-5",
        ("osteoporosis",),
        "opcs.w46.1",
        True,
    ),
    Emergency("accidental-fall", (65, 110), 9, 0.05, "ward-3", ("frailty", "dementia"), "", True),
    Emergency("abdominal-pain", (8, 95), 8, 0.15, "ward-5"),
    Emergency("appendicitis", (8, 55), 1.1, 0.6, "ward-5", (), "opcs.h01.2"),
    Emergency("calculus-in-biliary-tract", (30, 85), 1.2, 0.4, "ward-5", (), "opcs.j18.3"),
    Emergency("cellulitis", (20, 100), 2, 0.4, "assessment"),
    Emergency("asthma", (2, 60), 0, 0.2, "assessment", ("asthma",)),
    Emergency("fever", (0, 6), 14, 0.4, "children"),
    Emergency("gastro-oesophageal-reflux-disease", (30, 80), 1, 0, "assessment"),
    Emergency("fracture-of-bone", (3, 80), 7, 0, "ward-5", (), "", True),
    Emergency("concussion-injury-of-brain", (2, 40), 4, 0, "assessment"),
    Emergency("colles-fracture", (50, 95), 2, 0, "ward-5", ("osteoporosis",), "", True),
    Emergency("headache", (14, 70), 4, 0, "assessment"),
    Emergency("syncope", (25, 100), 3, 0.05, "assessment"),
    Emergency("delirium", (76, 110), 1.5, 0.5, "ward-3", ("dementia",)),
    Emergency(
        "acute-renal-failure", (60, 110), 0.8, 0.7, "assessment", ("chronic-kidney-disease",)
    ),
)


def _why(person: Person, on: int) -> Emergency:
    """What brings somebody on a day: what they have weighs most."""
    age = person.age(on)
    return Weighted(
        (one, one.weight + 2.5 * sum(person.has(name, on) for name in one.conditions))
        for one in _EMERGENCIES
        if one.ages[0] <= age < one.ages[1]
    ).draw(person.draws)


def _signs(person: Person, body: Body, on: int, ill: float) -> Signs:
    """Observations of somebody so ill; people with COPD live at a lower oxygen."""
    draws = person.draws
    low = 5 if person.has("copd", on) else 0
    high, diastolic = body.blood_pressure(on)
    return Signs(
        breathing=max(10, round(normal(draws, 16 + ill * 7, 1.6))),
        oxygen=max(78, min(99, round(normal(draws, 97 - low - ill * 4, 1.2)))),
        on_oxygen=ill > 0.5 and draws.random() < ill * 0.7,
        systolic=max(82, high - round(ill * 18)),
        diastolic=max(44, diastolic - round(ill * 6)),
        pulse=max(48, min(150, round(body.pulse + ill * 30 + 8 * (draws.random() - 0.5)))),
        alert="C" if ill > 0.7 and person.age(on) > 75 and draws.random() < 0.3 else "A",
        temperature=round(normal(draws, 36.7 + ill * 1.4, 0.35), 1),
    )


def _watched(person: Person, chart: Chart, body: Body, taken: Taken, ill: float) -> None:
    """A set of observations; children have no NEWS2."""
    if person.age(taken.day) >= 16:
        signs_set(chart, taken, _signs(person, body, taken.day, ill))
        return
    draws = person.draws
    vital(chart, taken, "heart-rate", between(draws, 85, 150))
    vital(chart, taken, "respiratory-rate", between(draws, 18, 40))
    vital(chart, taken, "body-temperature", 36.6 + ill * 2 + draws.random() * 0.8)
    vital(chart, taken, "oxygen-saturation", between(draws, 94, 99))


def _ambulance(person: Person, chart: Chart, on: int, minute: int, why: Emergency) -> None:
    """The ambulance that brought them."""
    place = person.region.place("vale-ambulance")
    paramedic = pick(person.draws, person.region.staff[place.slug])
    encounter(
        chart,
        place,
        "field",
        "patient-encounter-procedure",
        (on, max(0, minute - 70)),
        (on, max(1, minute - 10)),
        by=paramedic,
        reason=f"problem.{why.key}",
        reason_text="999 call, taken to hospital",
    )


def _attend(person: Person, chart: Chart, body: Body, on: int) -> None:
    """One attendance at the emergency department, with admission if it's needed."""
    draws, trust = person.draws, person.trust
    why = _why(person, on)
    minute = between(draws, 75, 1170)
    age = person.age(on)
    if (age > 70 or why.ill > 0.5) and draws.random() < 0.55:
        _ambulance(person, chart, on, minute, why)
    doctor = person.region.specialist(trust, "180")
    stays = draws.random() < rate(_ADMITTED, age) * (1.5 if why.ill > 0.5 else 0.8)
    left = minute + between(draws, 70, 250)
    contact = encounter(
        chart,
        trust,
        "emergency",
        "emergency-room-admission",
        (on, minute),
        (on, left),
        by=doctor,
        reason=f"problem.{why.key}",
        where=site(f"{trust.slug}-emergency", "Emergency department"),
    )
    taken = Taken(on, minute + 12, trust, "", contact)
    if draws.random() < 0.7:
        _watched(person, chart, body, taken, why.ill)
    if draws.random() < 0.5:
        ordered = Ordered(on, minute + 25, trust, doctor, person.laboratory, contact)
        for name in ("blood", "kidney", "inflammation"):
            panel(person, chart, body, ordered, name, why.ill)
    if why.xray and draws.random() < 0.8:
        key = (
            "procedure.plain-chest-x-ray"
            if why.ward in ("ward-7", "ward-8")
            else ("procedure.computerized-axial-tomography")
        )
        imaging(
            chart,
            Ordered(on, minute + 40, trust, doctor, person.imaging, contact),
            key,
            "No acute bony injury."
            if "chest" not in key
            else "Patchy consolidation at the right base."
            if why.ill > 0.5
            else "Clear lungs.",
        )
    if stays:
        _stay(person, chart, body, why, on, left + 15)
    elif draws.random() < 0.6:
        document(
            chart,
            trust,
            "document.letter",
            "Emergency department letter",
            f"Attended on {words(on)} with {why.key.replace('-', ' ')}. Treated and sent "
            "home with advice.",
            on,
            left,
            by=doctor,
            encounter=contact,
        )


def _nights(person: Person, why: Emergency) -> int:
    """Length of stay: log-normal, median 2, longer when ill or old."""
    draws = person.draws
    return min(
        45,
        int(
            2.718
            ** normal(draws, 0.5 + why.ill * 0.6 + (0.5 if person.traits.age > 75 else 0), 0.8)
        ),
    )


def _stay(person: Person, chart: Chart, body: Body, why: Emergency, on: int, minute: int) -> None:
    """An admission from the emergency department to discharge, or to death."""
    draws, trust = person.draws, person.trust
    last = min(on + _nights(person, why), person.end)
    dies = person.who.died is not None and last == person.end
    end_minute = person.who.died_at if dies else max(minute + 60, between(draws, 600, 1080))
    if last == on and end_minute < minute + 30:
        end_minute = minute + 30
        if dies:
            return
    if last == TODAY and end_minute > 640:
        end_minute = 640
        if on == TODAY and minute > 600:
            return
    doctor = person.region.specialist(trust, "326")
    names = {
        "ward-3": "Ward 3, care of older people",
        "ward-5": "Ward 5, surgery",
        "ward-7": "Ward 7, respiratory",
        "ward-8": "Ward 8, cardiology",
        "assessment": "Acute medical unit",
        "children": "Children's ward",
    }
    home = person.care_home is not None
    stay = encounter(
        chart,
        trust,
        "inpatient-encounter",
        "emergency-hospital-admission",
        (on, minute),
        (last, end_minute),
        by=doctor,
        reason=f"problem.{why.key}",
        where=site(f"{trust.slug}-{why.ward}", names[why.ward]),
        admitted="21",
        source="85" if home else "19",
        discharged="4" if dies else "1",
        destination="79" if dies else "85" if home else "19",
    )
    condition(
        chart,
        trust,
        f"problem.{why.key}",
        on,
        status="active" if last > TODAY - 10 else "resolved",
        ended=None if last > TODAY - 10 else last,
        kind="diagnosis",
        encounter=stay,
        by=doctor,
    )
    _ward_days(person, chart, body, why, stay, (on, minute), (last, end_minute))
    if why.operation and on + 1 <= last:
        procedure(chart, trust, why.operation, on + 1, 640, encounter=stay)
    if not dies:
        _discharged(person, chart, why, stay, on, last, end_minute)
        if why.ill >= 0.4:
            step_down(person, chart, body, last, why.ill * 0.5)


def _ward_days(
    person: Person,
    chart: Chart,
    body: Body,
    why: Emergency,
    stay: str,
    start: tuple[int, int],
    end: tuple[int, int],
) -> None:
    """Observations twice a day for four days at most, bloods on the second, getting better."""
    trust = person.trust
    for number in range(min(8, (end[0] - start[0]) * 2)):
        on, minute = start[0] + (number + 1) // 2, 545 if number % 2 else 1245
        if (on, minute) > start and (on, minute) < end:
            better = why.ill * max(0.1, 1 - number * 0.16)
            _watched(person, chart, body, Taken(on, minute, trust, "", stay), better)
    if end[0] > start[0] + 1:
        ordered = Ordered(
            start[0] + 1,
            420,
            trust,
            person.region.specialist(trust, "326"),
            person.laboratory,
            stay,
        )
        for name in ("blood", "kidney", "inflammation"):
            panel(person, chart, body, ordered, name, why.ill * 0.55)


def _discharged(
    person: Person, chart: Chart, why: Emergency, stay: str, on: int, last: int, minute: int
) -> None:
    """The discharge summary, with a short course to take home."""
    doctor = person.region.specialist(person.trust, "326")
    reason = why.key.replace("-", " ")
    if why.ill >= 0.5 and "penicillin" not in person.allergic:
        request(
            chart,
            person.trust,
            doctor,
            Course(
                "co-amoxiclav-500mg-125mg-tablets",
                last,
                min(last + 5, person.end),
                kind="acute",
                category="discharge",
                days=5,
                quantity=15,
            ),
            encounter=stay,
        )
    document(
        chart,
        person.trust,
        "document.discharge-summary",
        f"Discharge summary: {reason}",
        f"Admitted {words(on)}, discharged {words(last)} ({instant(last, minute)[11:16]}).\n"
        f"Diagnosis: {reason}.\nPlan: GP to review in two weeks, repeat bloods. Medicines "
        "unchanged unless listed.",
        last,
        minute,
        by=doctor,
        encounter=stay,
    )


def write(person: Person, chart: Chart, body: Body) -> None:
    """Write the emergencies of a life, and the one at its end for those who die in hospital."""
    draws = person.draws
    burden = 0.85 + 0.06 * min(10, len(person.onset)) + (0.5 if person.decile == 1 else 0)
    on: float = person.start
    while True:
        on += YEAR / (rate(_RATE, person.age(int(on))) * burden) * (0.1 + 1.8 * draws.random())
        if on >= person.end - 46:
            break
        _attend(person, chart, body, int(on))
    if person.who.died is not None and draws.random() < 0.43 and person.end - 6 > person.start:
        _attend(person, chart, body, person.end - between(draws, 1, 6))
