"""Jaya Lindqvist, 8, and Nils, her father and proxy: an asthma attack and a new plan."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import day
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.paper import consent
from bevan.synthetic.shapes.person import contact, related
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale

_TRUST: Final = "thornbeck-general"
_HOME: Final = ("12 Orchard Mead", "Thornbeck", "HW4 4SE")


def _attack(tale: Tale, asthma: str) -> None:
    """15 September 2026: peak flow 110 of a best of 230, prednisolone for three days."""
    seen = tale.contact(
        "emergency",
        "emergency-room-admission",
        "2026-09-15 06:50",
        "2026-09-15 11:30",
        at=_TRUST,
        why="Asthma attack. Peak flow 110, best 230. Better after ten puffs and steroid.",
        where=site(f"{_TRUST}-emergency", "Emergency department"),
    )
    for name, value in (
        ("heart-rate", 138),
        ("respiratory-rate", 34),
        ("oxygen-saturation", 92),
        ("body-temperature", 37.2),
        ("body-weight", 26.4),
    ):
        tale.vital(name, value, "2026-09-15 07:00", at=_TRUST, encounter=seen)
    tale.vital("oxygen-saturation", 97, "2026-09-15 10:40", at=_TRUST, encounter=seen)
    tale.medicine(
        "prednisolone-5mg-soluble-tablets",
        "2026-09-15 08:00",
        "2026-09-18",
        at=_TRUST,
        by="ama-osei",
        kind="acute",
        category="discharge",
        reason=asthma,
        days=3,
        quantity=12,
        text="Dissolve four in water once a day for 3 days",
        encounter=seen,
    )
    tale.document(
        "letter",
        "Emergency department letter",
        "Asthma attack, peak flow 110 (best "
        "230), up to 190 after treatment. Prednisolone 20 mg for three days. Please "
        "see within two days.",
        "2026-09-15 11:30",
        at=_TRUST,
        encounter=seen,
    )


def _child(region: Region) -> list[bytes]:
    """Jaya's record."""
    who = identity(
        region,
        "Jaya",
        "Lindqvist",
        "9994111124",
        "female",
        "2018-02-14",
        "Miss",
        _HOME,
        phone="01632 960 112",
        ethnicity="F",
        contact=contact("Nils Lindqvist", "relationship.fth", "07700 900 139"),
    )
    tale = Tale(region, "jaya-lindqvist", who)
    tale.allergy(
        "allergen.peanut",
        "2020-07-08",
        category="food",
        severity="mild",
        reaction="reaction.urticarial-rash",
    )
    asthma = tale.problem("asthma", "2023-10-16")
    _attack(tale, asthma)
    tale.medicine(
        "salbutamol-100micrograms-dose-inhaler-cfc-free",
        "2023-10-16",
        text="2 puffs by spacer when wheezy",
        reason=asthma,
    )
    tale.medicine("beclometasone-50micrograms-dose-inhaler-cfc-free", "2023-11-20", reason=asthma)
    tale.contact(
        "ambulatory",
        "patient-encounter-procedure",
        "2026-09-17 15:40",
        "2026-09-17 16:00",
        by="jo-baptiste",
        why="After the attack: plan updated",
    )
    tale.plan(
        "contingency-plan",
        "Asthma plan",
        "2026-09-17 15:50",
        ("Green", "Peak flow over 185 (80% of her best, 230)."),
        ("Amber", "115 to 185, or cough at night: 4 puffs every four hours, ring us."),
        ("Red", "Under 115: 10 puffs, 999."),
        by="jo-baptiste",
        review="2027-09-17",
        about=(asthma,),
        identifier=tale.id("asthma-plan"),
    )
    related(
        tale.chart,
        tale.place(),
        "Lindqvist",
        "Nils",
        "relationship.fth",
        phone="07700 900 139",
        sex="male",
        born=day("1984-06-21"),
        since=day("2023-10-16"),
        until=day("2029-02-14"),
    )
    consent(
        tale.chart,
        tale.place(),
        "Nils Lindqvist acts for his daughter; to be looked at again at her 11th birthday",
        day("2023-10-16"),
        end=day("2029-02-14"),
    )
    tale.background({"asthma": "2023-10-16"}, 7, "2026-09-01")
    return tale.chart.out


def _father(region: Region) -> list[bytes]:
    """Nils's own record."""
    who = identity(
        region,
        "Nils",
        "Lindqvist",
        "9994112139",
        "male",
        "1984-06-21",
        "Mr",
        _HOME,
        mobile="07700 900 139",
        ethnicity="C",
        marital="M",
    )
    tale = Tale(region, "nils-lindqvist", who)
    tale.allergy("allergy.no-known-allergy", "2021-04-13", by="jo-baptiste")
    tale.background({"hay-fever": "1996-05-01"}, 7, "2026-11-10")
    return tale.chart.out


def tell(region: Region) -> list[bytes]:
    """Child and father."""
    return _child(region) + _father(region)
