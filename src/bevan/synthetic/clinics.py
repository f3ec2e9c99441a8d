"""Outpatient clinics, day procedures, community visits and what is booked next."""

from __future__ import annotations

from typing import Final, NamedTuple

from bevan.synthetic.body import Body
from bevan.synthetic.calendar import TODAY, YEAR, words, working
from bevan.synthetic.draws import Weighted, between, pick
from bevan.synthetic.person import Person, rate
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.contact import appointment, encounter, episode, site
from bevan.synthetic.shapes.measurement import Taken, blood_pressure, score
from bevan.synthetic.shapes.paper import document

_RATE: Final = ((5, 1.6), (18, 0.9), (40, 1.3), (65, 1.7), (75, 2.35), (85, 2.6), (200, 2.1))
_COMMUNITY: Final = ((5, 2.2), (65, 0.6), (75, 0.65), (85, 1.5), (200, 2.9))


class Clinic(NamedTuple):
    """A specialty: treatment function, words, weight for anyone, conditions that bring people."""

    specialty: str
    key: str
    weight: float
    conditions: tuple[str, ...] = ()


_CLINICS: Final = (
    Clinic("320", "cardiology", 0.3, ("chd", "atrial-fibrillation", "heart-failure")),
    Clinic("302", "endocrinology-and-diabetes", 0.15, ("type-1-diabetes", "type-2-diabetes")),
    Clinic("340", "respiratory-medicine", 0.3, ("copd", "asthma")),
    Clinic("110", "trauma-and-orthopaedics", 1.4, ("osteoarthritis", "osteoporosis")),
    Clinic("130", "ophthalmology", 0.8, ("glaucoma", "cataract")),
    Clinic("361", "renal-medicine", 0.05, ("chronic-kidney-disease",)),
    Clinic("370", "medical-oncology", 0.0, ("cancer",)),
    Clinic("410", "rheumatology", 0.2, ("rheumatoid-arthritis", "gout")),
    Clinic("400", "neurology", 0.4, ("epilepsy", "migraine", "stroke")),
    Clinic("330", "dermatology", 0.9, ("eczema",)),
    Clinic("301", "gastroenterology", 0.8, ("reflux",)),
    Clinic("101", "urology", 0.5, ("prostate-enlargement",)),
    Clinic("120", "ear-nose-and-throat", 0.7, ("hearing-loss",)),
)


def _clinic(person: Person, on: int) -> Clinic:
    """Where somebody is sent: what they have weighs most."""
    return Weighted(
        (one, one.weight + 4 * sum(person.has(name, on) for name in one.conditions))
        for one in _CLINICS
    ).draw(person.draws)


def _letter(person: Person, title: str, on: int) -> str:
    """What the clinic writes to the practice and the patient."""
    who = person.who
    return (
        f"{title} clinic, {person.trust.name}, {words(on)}\n\nDear Dr {who.gp.family}\n"
        f"{who.prefix} {who.given} {who.family}\n\nThank you for asking us to see this "
        f"person. Seen and examined today. Plan: continue current treatment; bloods before "
        f"the next visit; review here in six months or sooner if things change.\n"
    )


def _outpatient(
    person: Person, chart: Chart, body: Body, on: int, clinic: Clinic, first: bool
) -> None:
    """One attendance, with its letter a few days later."""
    draws, trust = person.draws, person.trust
    doctor = person.region.specialist(trust, clinic.specialty)
    minute = between(draws, 540, 990)
    title = clinic.key.replace("-", " ").capitalize()
    if draws.random() < 0.073 * (2 if person.decile == 1 else 1):
        appointment(
            chart,
            trust,
            f"{title} clinic",
            on,
            minute,
            20,
            by=doctor,
            status="noshow",
            key=f"specialty.{clinic.key}",
        )
        return
    outpatients = site(f"{trust.slug}-outpatients", "Outpatients")
    video = draws.random() < 0.18
    contact = encounter(
        chart,
        trust,
        "virtual" if video else "ambulatory",
        "consultation-via-video-conference"
        if video
        else "patient-encounter-procedure"
        if first
        else "follow-up-visit",
        (on, minute),
        (on, minute + 20),
        by=doctor,
        reason_text=f"{title} clinic",
        where="" if video else outpatients,
        outcome="2" if draws.random() < 0.6 else "1",
    )
    if not video and person.age(on) >= 18 and draws.random() < 0.5:
        blood_pressure(chart, Taken(on, minute, trust, "", contact), *body.blood_pressure(on))
    if on > person.end - 730:
        appointment(
            chart,
            trust,
            f"{title} clinic",
            on,
            minute,
            20,
            by=doctor,
            key=f"specialty.{clinic.key}",
            channel="video" if video else "in-person",
        )
    document(
        chart,
        trust,
        "document.outpatient-letter",
        f"{title} clinic letter",
        _letter(person, title, on),
        min(on + 3, person.end),
        by=doctor,
        encounter=contact,
    )


def _outpatients(person: Person, chart: Chart, body: Body) -> None:
    """A clinic after the other; two of three are follow-ups of the last."""
    draws = person.draws
    on: float = person.start
    clinic, burden = None, 0.75 + 0.1 * min(9, len(person.onset))
    while True:
        on += YEAR / (rate(_RATE, person.age(int(on))) * burden) * (0.2 + 1.6 * draws.random())
        day = working(int(on))
        if day >= person.end - 4:
            return
        first = clinic is None or draws.random() < 0.35
        clinic = _clinic(person, day) if first or clinic is None else clinic
        _outpatient(person, chart, body, day, clinic, first)


def _community(person: Person, chart: Chart) -> None:
    """District nursing for older people, health visiting for babies."""
    draws = person.draws
    place = person.region.place("harrowmere-community")
    team = person.region.staff[place.slug]
    on: float = person.start
    frail = 2.2 if "frailty" in person.onset else 0.7
    while True:
        on += YEAR / (rate(_COMMUNITY, person.age(int(on))) * frail) * (0.2 + 1.6 * draws.random())
        day = working(int(on))
        if day >= person.end - 2:
            return
        minute = between(draws, 540, 960)
        nurse = pick(draws, team)
        baby = person.age(day) < 6
        contact = encounter(
            chart,
            place,
            "home-health",
            "home-visit",
            (day, minute),
            (day, minute + 30),
            by=nurse,
            reason_text="Health visitor review" if baby else "Community nurse visit",
            service="service.health-visiting-service" if baby else "",
        )
        if person.age(day) >= 65 and draws.random() < 0.3:
            score(
                chart,
                Taken(day, minute, place, nurse.ref, contact),
                "frailty-scale",
                between(draws, 3, 7),
            )


def _mental_health(person: Person, chart: Chart) -> None:
    """The caseload of the mental health trust: a contact every month or two."""
    began = person.onset.get("severe-mental-illness")
    if began is None or person.draws.random() < 0.25:
        return
    draws, place = person.draws, person.region.place("harrowmere-mental-health")
    team = person.region.staff[place.slug]
    first = max(began, person.end - int(4 * YEAR))
    episode(
        chart,
        place,
        "Community mental health team",
        first,
        by=team[0],
        end=person.end if person.who.died is not None else None,
    )
    on = first + between(draws, 3, 40)
    while on < person.end - 1:
        day = working(on)
        nurse = pick(draws, team)
        if day < person.end:
            encounter(
                chart,
                place,
                "ambulatory",
                "follow-up-visit",
                (day, 660),
                (day, 700),
                by=nurse,
                reason_text="Mental health review",
                service="service.mental-health-service",
            )
        on += between(draws, 20, 90)


def _booked(person: Person, chart: Chart) -> None:
    """What is booked after today."""
    draws = person.draws
    if person.who.died is not None:
        return
    if draws.random() < 0.12 + 0.05 * min(8, len(person.onset)):
        on = working(TODAY + between(draws, 2, 60))
        appointment(
            chart,
            person.who.practice,
            "Review at the surgery",
            on,
            between(draws, 520, 1000),
            15,
            by=person.who.gp,
            status="booked",
            made=TODAY - between(draws, 1, 20),
        )
    if draws.random() < 0.04 + 0.05 * min(8, len(person.onset)):
        clinic = _clinic(person, TODAY)
        title = clinic.key.replace("-", " ").capitalize()
        appointment(
            chart,
            person.trust,
            f"{title} clinic",
            working(TODAY + between(draws, 5, 150)),
            between(draws, 540, 980),
            20,
            status="booked",
            by=person.region.specialist(person.trust, clinic.specialty),
            key=f"specialty.{clinic.key}",
            made=TODAY - between(draws, 5, 60),
        )


def write(person: Person, chart: Chart, body: Body) -> None:
    """Write everything planned outside the practice."""
    _outpatients(person, chart, body)
    _community(person, chart)
    _mental_health(person, chart)
    _booked(person, chart)
