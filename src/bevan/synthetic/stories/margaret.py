"""Margaret Ellery-Voss, 80: she died at home, as she had asked to."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import day, minute
from bevan.synthetic.ground import Region
from bevan.synthetic.regimens import ANTICIPATORY
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.person import contact, related
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale

_TRUST: Final = "thornbeck-general"
_RESPECT: Final = "respect-recommended-summary-plan-for-emergency-care-and-treatment-form"


def _illness(tale: Tale) -> str:
    """Pancreatic cancer, found on 18 May 2026."""
    tale.imaging(
        "procedure.computerized-axial-tomography",
        "2026-05-18 11:00",
        "Mass in the head of the pancreas with spread to the liver.",
        at=_TRUST,
        text="CT of abdomen",
    )
    cancer = tale.problem(
        "malignant-tumour-of-pancreas",
        "2026-05-18",
        at=_TRUST,
        text="Cancer of the pancreas, spread to the liver",
    )
    tale.problem("on-palliative-care-register", "2026-08-07", by="leila-haddad")
    tale.contact(
        "ambulatory",
        "patient-encounter-procedure",
        "2026-05-26 10:00",
        "2026-05-26 10:30",
        at=_TRUST,
        why="Told about the cancer; comfort chosen",
        where=site(f"{_TRUST}-outpatients", "Outpatients"),
    )
    return cancer


def _wishes(tale: Tale, cancer: str) -> None:
    """ReSPECT on 6 August, revised on 22 September."""
    first = tale.plan(
        _RESPECT,
        "ReSPECT plan",
        "2026-08-06 14:00",
        ("Priorities", "Comfort. At home with Nell and the cats."),
        ("Resuscitation", "Not to be attempted."),
        by="leila-haddad",
        status="revoked",
        about=(cancer,),
        identifier=tale.id("respect-1"),
    )
    tale.plan(
        _RESPECT,
        "ReSPECT plan",
        "2026-09-22 11:00",
        ("Priorities", "Comfort only. No hospital."),
        ("Resuscitation", "Not to be attempted."),
        ("If she gets worse", "Ring the community nurses; injections are in the house."),
        by="leila-haddad",
        about=(cancer,),
        replaces=first,
        status="completed",
        identifier=tale.id("respect-2"),
    )
    for key, title, when, status in (
        (_RESPECT, "ReSPECT form", "2026-08-06 14:10", "superseded"),
        (_RESPECT, "ReSPECT form, revised", "2026-09-22 11:10", "current"),
    ):
        tale.document(
            key,
            title,
            "Comfort comes first. Not for resuscitation. Stay at home.",
            when,
            by="leila-haddad",
            category="category.care-plan",
            status=status,
        )


def _end(tale: Tale) -> None:
    """The injections, the call to 111, the death, and what was told to whom."""
    for name in ANTICIPATORY:
        tale.medicine(
            name,
            "2026-09-24 15:00",
            "2026-10-09",
            by="leila-haddad",
            kind="acute",
            status="completed",
            days=14,
            quantity=10,
        )
    tale.contact(
        "virtual",
        "telephone-encounter",
        "2026-10-02 02:20",
        "2026-10-02 02:35",
        at="vale-ambulance",
        why="111 call: pain at night. ReSPECT plan read; community nurse sent, no ambulance.",
        identifier=tale.id("call-111"),
    )
    for on in ("2026-10-02 03:20", "2026-10-05 10:00", "2026-10-07 10:00", "2026-10-08 19:00"):
        tale.contact(
            "home-health",
            "home-visit",
            on,
            at="harrowmere-community",
            by="maria-duarte",
            why="Community nurse visit",
        )
    tale.contact(
        "home-health",
        "home-visit",
        "2026-10-09 08:30",
        "2026-10-09 09:00",
        at="harrowmere-community",
        by="maria-duarte",
        why="Verification of death, died at 07:15",
        identifier=tale.id("verification"),
    )
    tale.document(
        "letter",
        "Death notification, informal",
        "Told by the community nurse on 9 October 2026.",
        "2026-10-09 10:00",
        at="harrowmere-community",
        by="maria-duarte",
    )
    tale.document(
        "letter", "Death notification, formal", "Registered on 13 October 2026.", "2026-10-13 12:00"
    )


def tell(region: Region) -> list[bytes]:
    """Margaret's record."""
    who = identity(
        region,
        "Margaret",
        "Ellery-Voss",
        "9994116177",
        "female",
        "1946-02-03",
        "Mrs",
        ("2 River Mead", "Thornbeck", "HW4 4RX"),
        phone="01632 960 617",
        ethnicity="A",
        marital="W",
        died=day("2026-10-09"),
        died_at=minute("07:15"),
        death_notice="2",
        contact=contact("Nell Voss", "relationship.dau", "07700 900 618"),
    )
    tale = Tale(region, "margaret-ellery-voss", who)
    tale.allergy(
        "allergen.erythromycin", "1998-09-21", reaction="reaction.vomiting", severity="mild"
    )
    tale.problem("osteoarthritis-of-hip", "2010-04-12")
    tale.problem("essential-hypertension", "2002-11-25")
    cancer = _illness(tale)
    _wishes(tale, cancer)
    tale.medicine(
        "morphine-10mg-modified-release-tablets",
        "2026-07-14",
        "2026-10-09",
        status="completed",
        reason=cancer,
    )
    tale.medicine(
        "amlodipine-5mg-tablets",
        "2003-01-08",
        "2026-08-06",
        status="stopped",
        why_stopped="Stopped: comfort only",
    )
    _end(tale)
    tale.about_me(
        "2026-08-06 15:00",
        ("What is most important to me", "My own bed, the cats, Nell, and the evening light."),
        ("Please don't", "Take me to hospital."),
    )
    related(
        tale.chart,
        tale.place(),
        "Voss",
        "Nell",
        "relationship.dau",
        phone="07700 900 618",
        sex="female",
        born=day("1975-05-02"),
        since=day("2026-08-06"),
        until=day("2026-11-08"),
    )
    tale.background(
        {"hypertension": "2002-11-25", "osteoarthritis": "2010-04-12"},
        8,
        "2026-05-10",
        allergic=("macrolide",),
    )
    return tale.chart.out
