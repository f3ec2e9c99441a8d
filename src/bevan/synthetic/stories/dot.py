"""Dot Pemberton, 78: COPD at home, on the virtual ward, her oxygen falling this morning."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import day
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.person import Identity, contact
from bevan.synthetic.stories.dot_measures import alert, readings, results
from bevan.synthetic.stories.dot_year import (
    AT_HOME,
    COMMUNITY,
    THORNBECK,
    about_her,
    booked,
    contacts,
    letters,
    plans,
    vaccinated,
)
from bevan.synthetic.stories.seals import sealed
from bevan.synthetic.stories.tale import Tale
from bevan.synthetic.towns import Address

SLUG: Final = "dot-pemberton"
_TRIMBOW: Final = "trimbow-87micrograms-dose-5micrograms-dose-9micrograms-dose-inhaler-chiesi-ltd"
_SALBUTAMOL: Final = "salbutamol-100micrograms-dose-inhaler-cfc-free"


def _identity(region: Region) -> Identity:
    """Mrs Dorothy Pemberton of 7 Tannery Court."""
    return Identity(
        family="Pemberton",
        given="Dorothy",
        sex="female",
        born=day("1948-03-14"),
        prefix="Mrs",
        practice=region.place("mill-lane-surgery"),
        gp=region.worker("leila-haddad"),
        number="9990123454",
        called="Dot",
        ethnicity="A",
        marital="W",
        address=Address("7 Tannery Court", "Thornbeck", "HW4 2QP", "900000114207"),
        phone="01632 960 312",
        mobile="07700 900 312",
        hospital_numbers=((THORNBECK, "H0114207"),),
        contact=contact("Ruth Pemberton", "relationship.dau", "07700 900 318"),
    )


def _allergies(tale: Tale) -> None:
    """Two allergies, one of them on two lists."""
    tale.allergy(
        "allergen.penicillin",
        "2026-10-03",
        onset="1987",
        severity="severe",
        reaction="reaction.anaphylactic-reaction",
        reaction_text="Anaphylaxis",
        criticality="high",
        identifier=tale.id("allergy-penicillin"),
        note="Collapsed after an injection in 1987; confirmed at every review since.",
    )
    tale.allergy(
        "allergen.penicillin",
        "2026-03-05",
        at=THORNBECK,
        onset="1987",
        severity="severe",
        reaction="reaction.anaphylactic-reaction",
        reaction_text="Anaphylaxis",
        criticality="high",
    )
    tale.allergy(
        "allergen.trimethoprim",
        "2014-06-09",
        at=THORNBECK,
        onset="2014",
        severity="moderate",
        reaction="reaction.eruption-of-skin",
        reaction_text="Rash",
        verified="unconfirmed",
        criticality="low",
        asserter=f'{{"reference":"{tale.chart.patient}"}}',
        identifier=tale.id("allergy-trimethoprim"),
        note="Reported by the patient.",
    )


def _problems(tale: Tale) -> dict[str, str]:
    """Six active problems, nine past ones, and one that its authors sealed."""
    found = {
        "flare": tale.problem(
            "acute-exacerbation-of-chronic-obstructive-airways-disease",
            "2026-11-19",
            at=THORNBECK,
            by="ama-osei",
            text="COPD exacerbation, infective",
        ),
        "copd": tale.problem(
            "moderate-chronic-obstructive-pulmonary-disease",
            "2016-02-22",
            recorded="2026-11-19",
            text="COPD, moderate (GOLD 2)",
            identifier=tale.id("copd"),
        ),
        "diabetes": tale.problem(
            "type-2-diabetes-mellitus", "2009-05-18", recorded="2026-10-03", text="Type 2 diabetes"
        ),
        "kidney": tale.problem(
            "chronic-kidney-disease-stage-3b",
            "2021-03-09",
            recorded="2026-10-03",
            text="Chronic kidney disease stage G3b A2",
        ),
        "pressure": tale.problem(
            "essential-hypertension",
            "2004-09-14",
            recorded="2026-10-03",
            text="High blood pressure",
        ),
        "knee": tale.problem(
            "osteoarthritis-of-knee",
            "2013-07-02",
            recorded="2025-02-11",
            text="Osteoarthritis of right knee",
        ),
    }
    for key, since, ended, text in (
        ("cataract", "2018-11-05", "2019-06-11", "Cataracts, both eyes, operated"),
        ("pneumonia", "2026-03-02", "2026-04-20", "Pneumonia, right lower lobe"),
        ("colles-fracture", "2011-01-20", "2011-04-18", "Broken left wrist"),
        ("urinary-tract-infectious-disease", "2014-06-02", "2014-06-16", ""),
        ("herpes-zoster", "2012-03-30", "2012-04-25", "Shingles"),
        ("gallbladder-calculus", "2006-02-08", "2006-09-12", "Gallstones, gall bladder removed"),
        ("iron-deficiency-anaemia", "2017-05-15", "2018-01-22", ""),
        ("low-back-pain", "2010-10-04", "2011-02-01", ""),
        ("smoker", "1966-01-01", "2016-03-01", "Smoked 20 a day for 50 years"),
    ):
        tale.problem(key, since, ended=ended, text=text)
    tale.problem(
        "depressive-disorder",
        "2022-01-17",
        at=COMMUNITY,
        security=sealed(tale.place(COMMUNITY)),
        text="Low mood after bereavement",
    )
    return found


def _medicines(tale: Tale, about: dict[str, str], ward: str) -> None:
    """Nine current medicines, three stopped lately, and the hospital's own list of some."""
    lungs, sugar = about["copd"], about["diabetes"]
    tale.medicine(
        "doxycycline-100mg-capsules",
        "2026-11-20 16:20",
        "2026-11-24",
        at=AT_HOME,
        by="ama-osei",
        text="1 a day, ends 24 Nov",
        status="active",
        kind="acute",
        reason=about["flare"],
        encounter=ward,
        days=5,
        quantity=6,
        note="New",
    )
    tale.medicine(
        "prednisolone-5mg-tablets",
        "2026-11-20 16:20",
        "2026-11-24",
        at=AT_HOME,
        by="ama-osei",
        text="6 in the morning, ends 24 Nov",
        status="active",
        kind="acute",
        reason=about["flare"],
        encounter=ward,
        days=5,
        quantity=30,
        note="New",
    )
    tale.medicine(
        _TRIMBOW,
        "2026-10-06 11:10",
        by="sunil-rao",
        kind="repeat",
        reason=lungs,
        text="87/5/9 micrograms, 2 puffs twice a day",
    )
    old = tale.medicine(
        "metformin-500mg-tablets",
        "2019-04-08",
        "2026-10-06",
        status="stopped",
        text="2 twice a day with food",
        reason=sugar,
        quantity=112,
        why_stopped="Dose halved: eGFR under 45",
    )
    tale.medicine(
        "metformin-500mg-tablets",
        "2026-10-06 11:10",
        by="sunil-rao",
        reason=sugar,
        text="1 twice a day with food",
        prior=old,
        quantity=56,
        note="Halved: eGFR under 45",
    )
    for name, since, text, problem, quantity in (
        ("dapagliflozin-10mg-tablets", "2025-10-14", "1 a day", sugar, 28),
        ("ramipril-5mg-capsules", "2015-03-02", "1 a day", about["pressure"], 28),
        ("atorvastatin-20mg-tablets", "2010-01-11", "1 at night", sugar, 28),
        (
            "paracetamol-500mg-tablets",
            "2013-07-16",
            "2 up to 4 times a day when needed",
            about["knee"],
            100,
        ),
        (_SALBUTAMOL, "2016-02-22", "2 puffs when needed", lungs, 1),
    ):
        before = tale.medicine(
            name, since, "2026-10-06", text=text, reason=problem, kind="repeat", quantity=quantity
        )
        tale.medicine(
            name,
            "2026-10-06 11:12",
            by="sunil-rao",
            text=text,
            reason=problem,
            kind="repeat",
            prior=before,
            quantity=quantity,
            note="Reauthorised at medicines review",
        )
    tale.medicine(
        "tiotropium-bromide-18microgram-inhalation-powder-capsules",
        "2018-09-10",
        "2026-07-08",
        status="stopped",
        why_stopped="Replaced by the triple inhaler",
        reason=lungs,
    )
    tale.medicine(
        "naproxen-500mg-tablets",
        "2026-05-05",
        "2026-06-14",
        status="stopped",
        why_stopped="Stopped: kidney function",
        reason=about["knee"],
        kind="acute",
    )
    for name, text in (("ramipril-5mg-capsules", "1 a day"), (_SALBUTAMOL, "2 puffs when needed")):
        tale.medicine(
            name,
            "2026-03-13 11:30",
            at=THORNBECK,
            by="nadia-brookes",
            text=text,
            category="discharge",
            kind="repeat",
            days=14,
            quantity=28,
            note="On the discharge list of 13 March",
        )


def _flags(tale: Tale) -> None:
    """What everybody must know, as tags in her banner."""
    tale.flag(
        "Oxygen target 88 to 92%: oxygen scale 2",
        "2026-03-05",
        at=THORNBECK,
        by="ama-osei",
        kind="safety",
        identifier=tale.id("oxygen-target"),
    )
    tale.flag(
        "Hearing aids: face her, speak clearly",
        "2021-06-01",
        key="need.does-use-hearing-aid",
        by="leila-haddad",
        identifier=tale.id("hearing-aids"),
    )


def _stay(tale: Tale) -> tuple[str, str]:
    """From the 999 call on 19 November to the virtual ward; the hospital stay and the ward."""
    tale.contact(
        "field",
        "patient-encounter-procedure",
        "2026-11-19 11:05",
        "2026-11-19 11:50",
        at="vale-ambulance",
        by="bev-hartley",
        why="999 call, taken to hospital. Controlled oxygen by 28% mask to keep 88 to 92%.",
    )
    tale.contact(
        "emergency",
        "emergency-room-admission",
        "2026-11-19 11:52",
        "2026-11-19 14:35",
        at=THORNBECK,
        why="Breathless 3 days. Oxygen 84% on arrival, 90% after treatment. Admitted.",
        where=site(f"{THORNBECK}-emergency", "Emergency department"),
    )
    stay = tale.contact(
        "inpatient-encounter",
        "emergency-hospital-admission",
        "2026-11-19 14:40",
        "2026-11-20 14:10",
        at=THORNBECK,
        by="ama-osei",
        said="Stay in Respiratory, Ward 7",
        why="COPD exacerbation",
        where=site(f"{THORNBECK}-ward-7", "Ward 7, respiratory"),
        admitted="21",
        source="19",
        discharged="1",
        destination="19",
        identifier=tale.id("stay"),
    )
    episode = tale.episode(
        "Virtual ward", "2026-11-20", at=AT_HOME, by="ama-osei", identifier=tale.id("ward-v12")
    )
    ward = tale.contact(
        "home-health",
        "telemedicine-consultation-with-patient",
        "2026-11-20 15:40",
        at=AT_HOME,
        by="priya-nair",
        said="Virtual ward",
        why="Step-down for COPD exacerbation. "
        "Consultant lead Dr Ama Osei. Kit 114 delivered 17:05.",
        status="in-progress",
        episode=episode,
        where=site("bed-v12", "V12"),
        identifier=tale.id("ward-stay"),
    )
    tale.contact(
        "virtual",
        "telephone-encounter",
        "2026-11-24 08:30",
        "2026-11-24 08:38",
        at=AT_HOME,
        by="tamsin-whitlock",
        said="Nurse phone call",
        why="“Slept poorly, more breathless.” Reading due brought forward to 10:30.",
        episode=episode,
    )
    tale.team(
        "North team, Hospital at Home",
        "2026-11-20",
        "priya-nair",
        "ama-osei",
        "tamsin-whitlock",
        "maria-duarte",
        at=AT_HOME,
    )
    return stay, ward


def tell(region: Region) -> list[bytes]:
    """Dot Pemberton's record."""
    tale = Tale(region, SLUG, _identity(region))
    _allergies(tale)
    about = _problems(tale)
    stay, ward = _stay(tale)
    _medicines(tale, about, ward)
    results(tale, ward, stay)
    readings(tale, ward)
    _flags(tale)
    alert(tale)
    contacts(tale)
    plans(tale, about)
    about_her(tale)
    booked(tale)
    vaccinated(tale)
    letters(tale, stay)
    past = {"hypertension": "2004-09-14", "type-2-diabetes": "2009-05-18", "copd": "2016-02-22"}
    tale.background(
        past, 5, "2025-11-20", allergic=("penicillin", "trimethoprim"), vaccinated=False
    )
    return tale.chart.out
