"""Tomasz Brindle, 48: two records of one man, and the allergy that was on the other one."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.draws import fixed_id
from bevan.synthetic.ground import Region
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale

_TRUST: Final = "kelding-infirmary"
_FIRST, _SECOND = fixed_id("Patient/tomasz-brindle"), fixed_id("Patient/thomas-brindal")
_PENICILLIN: Final = {
    "reaction": "reaction.urticarial-rash",
    "severity": "moderate",
    "criticality": "high",
}


def _first(region: Region) -> list[bytes]:
    """The record that stays: amoxicillin was issued on it."""
    who = identity(
        region,
        "Tomasz",
        "Brindle",
        "9994104055",
        "male",
        "1978-09-05",
        "Mr",
        ("17 Station Terrace", "Kelding", "HW2 5RP"),
        practice="kelding-bridge",
        mobile="07700 900 405",
        ethnicity="C",
        marital="M",
        links=f'{{"other":{{"reference":"Patient/{_SECOND}"}},"type":"replaces"}}',
    )
    tale = Tale(region, "tomasz-brindle", who)
    tale.allergy(
        "allergen.penicillin",
        "2026-03-02",
        note="Moved from the other record when the two were merged on 2 March 2026.",
        **_PENICILLIN,
    )
    chest = tale.problem("lower-respiratory-tract-infection", "2026-02-11", ended="2026-02-25")
    seen = tale.contact(
        "ambulatory",
        "patient-encounter-procedure",
        "2026-02-11 16:20",
        "2026-02-11 16:31",
        why="Cough and fever for five days",
    )
    tale.medicine(
        "amoxicillin-500mg-capsules",
        "2026-02-11 16:28",
        "2026-02-16",
        kind="acute",
        status="stopped",
        why_stopped="Stopped after two doses: rash",
        reason=chest,
        encounter=seen,
        days=5,
        quantity=15,
        identifier=tale.id("amoxicillin"),
    )
    tale.document(
        "letter",
        "Safety incident report",
        "Amoxicillin issued on 11 February 2026 to "
        "a man with a penicillin allergy. The allergy was on a second record made in "
        "the emergency department on 30 December 2025. Records merged on 2 March; "
        "unmerge rehearsed the same day.",
        "2026-03-02 15:00",
    )
    tale.task(
        "Merge with the record of Thomas Brindal; unmerge rehearsed",
        "2026-03-02 11:00",
        status="completed",
        focus=f"Patient/{_SECOND}",
    )
    tale.background({"hay-fever": "1999-06-01"}, 6, "2026-02-01")
    return tale.chart.out


def _second(region: Region) -> list[bytes]:
    """The record made at the emergency department: name misheard, day and month swapped."""
    who = identity(
        region,
        "Thomas",
        "Brindal",
        "9994106074",
        "male",
        "1978-05-09",
        "Mr",
        ("17 Station Terrace", "Kelding", "HW2 5RP"),
        practice="kelding-bridge",
        status="02",
        active=False,
        links=f'{{"other":{{"reference":"Patient/{_FIRST}"}},"type":"replaced-by"}}',
    )
    tale = Tale(region, "thomas-brindal", who)
    seen = tale.contact(
        "emergency",
        "emergency-room-admission",
        "2025-12-30 23:10",
        "2025-12-31 01:30",
        at=_TRUST,
        by="imran-sadiq",
        why="Cut hand",
    )
    tale.allergy(
        "allergen.penicillin",
        "2025-12-30",
        at=_TRUST,
        by="imran-sadiq",
        onset="1985",
        **_PENICILLIN,
    )
    tale.pressure(136, 84, "2025-12-30 23:20", at=_TRUST, by="imran-sadiq", encounter=seen)
    return tale.chart.out


def tell(region: Region) -> list[bytes]:
    """Both records."""
    return _first(region) + _second(region)
