"""Edith Marrowby, 92: a care home, fewer medicines, an infection treated in place."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import day
from bevan.synthetic.ground import Region
from bevan.synthetic.schedule import FLU
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.measurement import Signs
from bevan.synthetic.shapes.person import contact, related
from bevan.synthetic.shapes.treatment import immunization, procedure
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale

_HOME: Final = "ashgrove-house"
_TRUST: Final = "thornbeck-general"
_KEPT: Final = (
    ("donepezil-10mg-tablets", "2020-11-02"),
    ("amlodipine-5mg-tablets", "2009-04-07"),
    ("paracetamol-500mg-tablets", "2026-01-26"),
    ("colecalciferol-800unit-capsules", "2019-09-10"),
    ("alendronic-acid-70mg-tablets", "2026-02-02"),
    ("lactulose-3-1-3-7g-5ml-oral-solution", "2024-05-13"),
    ("levothyroxine-sodium-50microgram-tablets", "2004-02-16"),
)
_STOPPED: Final = (
    ("solifenacin-5mg-tablets", "2016-06-01", "Stopped at review: adds to confusion"),
    ("amitriptyline-10mg-tablets", "2014-03-10", "Stopped at review: falls"),
    ("atorvastatin-20mg-tablets", "2008-05-19", "Stopped at review: no longer of use"),
    ("bendroflumethiazide-2-5mg-tablets", "2006-01-30", "Stopped at review: low sodium, falls"),
)


def _falls(tale: Tale) -> None:
    """Two falls; the second broke her hip."""
    tale.problem("alzheimers-disease", "2020-10-19", text="Alzheimer's disease")
    tale.problem("severe-frailty", "2024-03-25")
    tale.problem("hypothyroidism", "2004-02-02")
    tale.problem("essential-hypertension", "2001-06-11")
    tale.problem("osteoporosis", "2026-01-26")
    tale.problem("accidental-fall", "2025-06-02", ended="2025-06-02", text="Fall in the lounge")
    tale.problem(
        "fracture-of-neck-of-femur", "2026-01-17", ended="2026-05-11", text="Broken right hip"
    )
    tale.contact(
        "field",
        "patient-encounter-procedure",
        "2025-06-02 08:10",
        "2025-06-02 08:50",
        at="vale-ambulance",
        by="bev-hartley",
        why="Fall, no injury, left at home",
    )
    tale.contact(
        "emergency",
        "emergency-room-admission",
        "2026-01-17 21:40",
        "2026-01-18 01:15",
        at=_TRUST,
        why="Fall, right hip broken",
        where=site(f"{_TRUST}-emergency", "Emergency department"),
    )
    stay = tale.contact(
        "inpatient-encounter",
        "emergency-hospital-admission",
        "2026-01-18 01:20",
        "2026-01-26 12:00",
        at=_TRUST,
        why="Hip fracture",
        admitted="21",
        source="85",
        discharged="1",
        destination="85",
        where=site(f"{_TRUST}-ward-5", "Ward 5, surgery"),
    )
    procedure(tale.chart, tale.place(_TRUST), "opcs.w46.1", day("2026-01-18"), 640, encounter=stay)
    tale.document(
        "discharge-summary",
        "Discharge summary: hip fracture",
        "Hip replaced on 18 "
        "January. Full weight. Start bone protection. Please review 11 medicines.",
        "2026-01-26 12:00",
        at=_TRUST,
        encounter=stay,
    )


def _medicines(tale: Tale) -> None:
    """Eleven medicines until 5 March 2026, seven since."""
    for name, since in _KEPT:
        tale.medicine(name, since, kind="repeat")
    for name, since, why in _STOPPED:
        tale.medicine(name, since, "2026-03-05", status="stopped", why_stopped=why, kind="repeat")
    contact = tale.contact(
        "home-health",
        "home-visit",
        "2026-03-05 14:00",
        "2026-03-05 14:40",
        by="sunil-rao",
        why="Structured medication review: 11 medicines cut to 7",
        identifier=tale.id("review"),
    )
    procedure(
        tale.chart,
        tale.place(),
        "procedure.structured-medication-review",
        day("2026-03-05"),
        840,
        encounter=contact,
        by=tale.worker("sunil-rao"),
    )


def _autumn(tale: Tale) -> None:
    """Flu vaccine on 8 October; on 19 October soft signs, NEWS2 4, treated where she lives."""
    immunization(tale.chart, tale.place(), FLU["older"], day("2026-10-08"), lot="AL9920")
    visit = tale.contact(
        "home-health",
        "seen-in-establishment",
        "2026-10-19 09:30",
        "2026-10-19 09:50",
        at=_HOME,
        by="fern-calloway",
        why="Sleepier than usual, eating less, not herself",
    )
    tale.signs(
        "2026-10-19 09:35",
        Signs(21, 96, False, 128, 94, "A", 38.2),
        "Soft signs: sleepier, off food.",
        tale.id("news2"),
        at=_HOME,
        by="fern-calloway",
        encounter=visit,
    )
    tale.contact(
        "virtual",
        "consultation-via-video-conference",
        "2026-10-19 11:10",
        "2026-10-19 11:25",
        by="leila-haddad",
        why="Urine infection, treat in place",
    )
    infection = tale.problem("urinary-tract-infectious-disease", "2026-10-19", ended="2026-10-29")
    tale.medicine(
        "cefalexin-500mg-capsules",
        "2026-10-19 11:30",
        "2026-10-26",
        kind="acute",
        reason=infection,
        days=7,
        quantity=21,
    )
    tale.signs(
        "2026-10-22 09:40", Signs(18, 97, False, 132, 84, "A", 37.1), at=_HOME, by="fern-calloway"
    )


def tell(region: Region) -> list[bytes]:
    """Edith's record."""
    who = identity(
        region,
        "Edith",
        "Marrowby",
        "9994101021",
        "female",
        "1934-11-22",
        "Mrs",
        ("Ashgrove House, 3 Larch Avenue", "Marlcombe", "HW3 4DF"),
        phone="01632 960 780",
        ethnicity="A",
        marital="W",
        contact=contact("Philip Marrowby", "relationship.son", "07700 900 451"),
    )
    tale = Tale(region, "edith-marrowby", who)
    tale.allergy(
        "allergen.nitrofurantoin", "2017-02-08", reaction="reaction.nausea", severity="moderate"
    )
    tale.episode(
        "Care home resident",
        "2024-03-18",
        at=_HOME,
        by="fern-calloway",
        identifier=tale.id("residence"),
    )
    tale.score("frailty-scale", 7, "2026-03-05 14:20", by="sunil-rao")
    tale.score("frailty-scale", 6, "2024-04-09 11:00")
    _falls(tale)
    _medicines(tale)
    _autumn(tale)
    tale.about_me(
        "2024-04-02",
        ("What is most important to me", "My son Philip, hymns, and my window on the garden."),
        ("How to communicate with me", "One thing at a time. Sit where I can see you."),
        ("Please do", "Tell me who you are each time."),
        ("Please don't", "Rush me at breakfast."),
        at=_HOME,
    )
    tale.plan(
        "treatment-escalation-plan",
        "Treatment plan in the home",
        "2026-03-05 15:00",
        (
            "If she gets worse",
            "Treat in the home first. Hospital for a broken bone or pain that we can't ease.",
        ),
        ("Resuscitation", "Not to be attempted."),
        by="leila-haddad",
        review="2027-03-05",
    )
    related(
        tale.chart,
        tale.place(),
        "Marrowby",
        "Philip",
        "relationship.son",
        phone="07700 900 451",
        sex="male",
    )
    tale.background(
        {
            "hypertension": "2001-06-11",
            "hypothyroidism": "2004-02-02",
            "dementia": "2020-10-19",
            "frailty": "2021-01-11",
        },
        5,
        "2026-09-20",
        allergic=("nitrofurantoin",),
    )
    return tale.chart.out
