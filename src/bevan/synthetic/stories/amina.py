"""Amina Vale, 33, and her daughter: a pregnancy with diabetes, an interpreter, an induction."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import ISO, day
from bevan.synthetic.ground import Region
from bevan.synthetic.schedule import PERTUSSIS, RSV
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.laboratory import Result
from bevan.synthetic.shapes.person import contact, related
from bevan.synthetic.shapes.treatment import immunization, procedure
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale

_TRUST: Final = "thornbeck-general"
_HOME: Final = ("41 Heron Close", "Thornbeck", "HW4 2JX")
_VISITS: Final = (
    ("2026-03-26 10:00", "Booking at 8 weeks", 112, 68),
    ("2026-06-02 09:30", "16 to 18 weeks; whooping cough vaccine", 114, 70),
    ("2026-07-20 09:30", "25 weeks", 116, 70),
    ("2026-08-18 09:30", "29 weeks; RSV vaccine", 118, 74),
    ("2026-08-31 09:30", "31 weeks", 122, 76),
    ("2026-09-21 09:30", "34 weeks", 130, 82),
    ("2026-10-05 09:30", "36 weeks: blood pressure raised", 148, 94),
    ("2026-10-12 09:30", "37 weeks", 142, 90),
    ("2026-10-19 09:30", "38 weeks", 144, 90),
)


def _pregnancy(tale: Tale) -> str:
    """From booking to 38 weeks."""
    pregnant = tale.problem(
        "pregnant",
        "2026-01-26",
        recorded="2026-03-26",
        ended="2026-10-23",
        at=_TRUST,
        by="hannah-pryce",
        note="Last period 26 January 2026; due 2 November 2026.",
    )
    tale.problem(
        "gestational-diabetes-mellitus",
        "2026-08-10",
        ended="2026-10-23",
        at=_TRUST,
        by="hannah-pryce",
    )
    tale.problem("pregnancy-induced-hypertension", "2026-10-05", at=_TRUST, by="hannah-pryce")
    for when, why, high, low in _VISITS:
        seen = tale.contact(
            "ambulatory", "encounter-for-check-up", when, at=_TRUST, by="hannah-pryce", why=why
        )
        tale.pressure(high, low, when, at=_TRUST, by="hannah-pryce", encounter=seen)
        tale.vital("fetal-heart-rate", 142, when, at=_TRUST, by="hannah-pryce", encounter=seen)
    for when, text in (
        ("2026-04-20 11:00", "12 week scan: dates agree, single baby."),
        ("2026-06-15 11:00", "20 week scan: anatomy looks normal."),
    ):
        tale.imaging(
            "procedure.ultrasound-scan-obstetric", when, text, at=_TRUST, by="hannah-pryce"
        )
    tale.results(
        "plasma-fasting-glucose-level",
        "2026-08-10 08:30",
        (
            Result("plasma-fasting-glucose-level", 5.8, None, 5.5),
            Result("plasma-glucose-level", 8.9, None, 7.7, "Two hours after 75 g glucose."),
        ),
        at=_TRUST,
        by="hannah-pryce",
        conclusion="Gestational diabetes.",
        text="Glucose tolerance test",
    )
    tale.results(
        "full-blood-count",
        "2026-03-26 10:10",
        (Result("haemoglobin-estimation", 121), Result("platelet-count", 238)),
        at=_TRUST,
        by="hannah-pryce",
    )
    for week in range(10):
        on = ISO[day("2026-08-12") + 7 * week]
        tale.vital(
            "blood-glucose-level",
            5.1 + week % 3 * 0.4,
            f"{on} 07:10",
            at=_TRUST,
            device='{"display":"Home glucose meter"}',
        )
    for on, high, low in (
        ("2026-10-06", 140, 88),
        ("2026-10-08", 138, 86),
        ("2026-10-10", 142, 88),
        ("2026-10-14", 140, 90),
    ):
        tale.pressure(
            high, low, f"{on} 08:00", at=_TRUST, device='{"display":"Home blood pressure monitor"}'
        )
    immunization(tale.chart, tale.place(), PERTUSSIS, day("2026-06-02"), lot="PX1042")
    immunization(tale.chart, tale.place(), RSV, day("2026-08-18"), lot="RS2218")
    return pregnant


def _birth(tale: Tale) -> None:
    """Induction on 22 October, a girl on the 23rd."""
    stay = tale.contact(
        "inpatient-encounter",
        "hospital-admission",
        "2026-10-22 08:30",
        "2026-10-24 15:00",
        at=_TRUST,
        by="hannah-pryce",
        why="Induction of labour",
        admitted="31",
        source="19",
        discharged="1",
        destination="19",
        where=site(f"{_TRUST}-maternity", "Maternity unit"),
    )
    procedure(
        tale.chart,
        tale.place(_TRUST),
        "opcs.r24.9",
        day("2026-10-23"),
        254,
        encounter=stay,
        note="Girl, 3,310 g",
    )
    tale.document(
        "discharge-summary",
        "Maternity discharge summary",
        "Induced on 22 October for "
        "raised blood pressure and diabetes. Girl, 3,310 g, born 23 October 04:14. "
        "Blood pressure daily for a week; glucose test at 13 weeks.",
        "2026-10-24 15:00",
        at=_TRUST,
        by="hannah-pryce",
        encounter=stay,
    )


def _mother(region: Region) -> list[bytes]:
    """Amina's record."""
    who = identity(
        region,
        "Amina",
        "Vale",
        "9994103040",
        "female",
        "1993-01-17",
        "Mrs",
        _HOME,
        mobile="07700 900 303",
        ethnicity="N",
        marital="M",
        language="so",
    )
    tale = Tale(region, "amina-vale", who)
    tale.allergy("allergy.no-known-allergy", "2026-03-26", at=_TRUST, by="hannah-pryce")
    tale.flag(
        "Needs a Somali interpreter",
        "2026-03-26 10:00",
        by="leila-haddad",
        key="need.somali-language-interpreter-needed",
    )
    tale.episode("Maternity care", "2026-03-26", at=_TRUST, by="hannah-pryce")
    _pregnancy(tale)
    _birth(tale)
    tale.medicine("folic-acid-400microgram-tablets", "2026-03-26", "2026-04-27", kind="acute")
    tale.plan(
        "personalised-care-and-support-plan",
        "Birth plan",
        "2026-09-21 10:00",
        ("What matters", "A woman interpreter. My husband there."),
        ("Feeding", "Breast."),
        at=_TRUST,
        by="hannah-pryce",
        status="completed",
    )
    tale.booked(
        "Six week check",
        "2026-12-04 10:00",
        30,
        by="leila-haddad",
        status="booked",
        made="2026-10-26",
    )
    tale.background({}, 4, "2026-01-20")
    return tale.chart.out


def _baby(region: Region) -> list[bytes]:
    """Her daughter's record, a month old."""
    who = identity(
        region,
        "Hodan",
        "Vale",
        "9994107089",
        "female",
        "2026-10-23",
        "Miss",
        _HOME,
        ethnicity="N",
        contact=contact("Amina Vale", "relationship.mth", "07700 900 303"),
    )
    tale = Tale(region, "hodan-vale", who)
    born = tale.contact(
        "inpatient-encounter",
        "hospital-admission",
        "2026-10-23 04:14",
        "2026-10-24 15:00",
        at=_TRUST,
        by="hannah-pryce",
        why="Birth",
        admitted="82",
        source="79",
        discharged="1",
        destination="19",
        where=site(f"{_TRUST}-maternity", "Maternity unit"),
    )
    tale.vital(
        "body-weight",
        3.31,
        "2026-10-23 04:30",
        at=_TRUST,
        by="hannah-pryce",
        encounter=born,
        decimals=2,
    )
    tale.vital(
        "head-circumference-measure",
        34.6,
        "2026-10-23 04:32",
        at=_TRUST,
        by="hannah-pryce",
        encounter=born,
    )
    tale.contact(
        "home-health",
        "home-visit",
        "2026-11-05 11:00",
        "2026-11-05 11:40",
        at="harrowmere-community",
        why="Health visitor new birth visit",
        service="service.health-visiting-service",
    )
    tale.vital("body-weight", 3.72, "2026-11-05 11:10", at="harrowmere-community", decimals=2)
    related(
        tale.chart,
        tale.place(),
        "Vale",
        "Amina",
        "relationship.mth",
        phone="07700 900 303",
        sex="female",
        born=day("1993-01-17"),
    )
    return tale.chart.out


def tell(region: Region) -> list[bytes]:
    """Mother and daughter."""
    return _mother(region) + _baby(region)
