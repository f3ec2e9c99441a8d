"""Desmond Tolley, 68: oxygen that must stay between 88 and 92, and the day it was misread."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.laboratory import Result
from bevan.synthetic.shapes.measurement import Signs
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale

_TRUST: Final = "thornbeck-general"


def _failure(tale: Tale) -> None:
    """29 December 2024: carbon dioxide 8.1 kPa; scale 2 prescribed on 2 January."""
    tale.contact(
        "field",
        "patient-encounter-procedure",
        "2024-12-29 02:10",
        "2024-12-29 03:00",
        at="vale-ambulance",
        by="bev-hartley",
        why="999 call, drowsy on oxygen",
    )
    stay = tale.contact(
        "inpatient-encounter",
        "emergency-hospital-admission",
        "2024-12-29 04:30",
        "2025-01-08 14:00",
        at=_TRUST,
        by="ama-osei",
        why="Hypercapnic respiratory failure",
        admitted="21",
        source="19",
        discharged="1",
        destination="19",
        where=site(f"{_TRUST}-ward-7", "Ward 7, respiratory"),
    )
    tale.signs(
        "2024-12-29 03:20", Signs(10, 97, True, 104, 112, "V", 37.6), at=_TRUST, encounter=stay
    )
    tale.results(
        "crp", "2024-12-29 03:40", (Result("crp", 74),), at=_TRUST, by="ama-osei", encounter=stay
    )
    tale.document(
        "discharge-summary",
        "Discharge letter, Ward 7",
        "Hypercapnic respiratory "
        "failure after too much oxygen. Arterial carbon dioxide 8.1 kPa on arrival. "
        "Non-invasive ventilation for three days. Oxygen target 88 to 92% and NEWS2 "
        "scale 2 prescribed on 2 January 2025. Carries an alert card.",
        "2025-01-08 14:00",
        at=_TRUST,
        by="ama-osei",
        encounter=stay,
    )
    tale.flag(
        "Oxygen target 88 to 92%: oxygen scale 2",
        "2025-01-02 11:15",
        at=_TRUST,
        by="ama-osei",
        kind="safety",
        identifier=tale.id("oxygen-target"),
    )
    tale.flag("Carries an oxygen alert card", "2025-01-08", at=_TRUST, by="ama-osei", kind="safety")
    tale.flag("Oxygen at home, 1 litre for 16 hours a day", "2025-03-10", at=_TRUST, by="ama-osei")


def _misread(tale: Tale) -> None:
    """8 February 2026: scored 7 on scale 1 by mistake, corrected to 4 on scale 2."""
    seen = tale.contact(
        "emergency",
        "emergency-room-admission",
        "2026-02-08 18:40",
        "2026-02-08 22:30",
        at=_TRUST,
        by="ama-osei",
        why="Breathless; sent home",
        where=site(f"{_TRUST}-emergency", "Emergency department"),
    )
    where = {"at": _TRUST, "encounter": seen}
    tale.signs(
        "2026-02-08 18:55",
        Signs(22, 90, False, 128, 104, "A", 38.3, 1),
        "Scored on scale 1 by mistake.",
        tale.id("news2-wrong"),
        **where,
    )
    tale.signs(
        "2026-02-08 19:10",
        Signs(22, 90, False, 128, 104, "A", 38.3, 2),
        "Corrected: scale 2 is prescribed.",
        tale.id("news2-right"),
        **where,
    )


def tell(region: Region) -> list[bytes]:
    """Desmond's record."""
    who = identity(
        region,
        "Desmond",
        "Tolley",
        "9994109103",
        "male",
        "1957-12-02",
        "Mr",
        ("9 Forge Court", "Thornbeck", "HW4 1WB"),
        phone="01632 960 910",
        ethnicity="A",
        marital="D",
    )
    tale = Tale(region, "desmond-tolley", who)
    tale.allergy("allergy.no-known-drug-allergy", "2025-01-08", at=_TRUST, by="ama-osei")
    lungs = tale.problem("severe-chronic-obstructive-pulmonary-disease", "2014-10-20")
    tale.problem("chronic-obstructive-lung-disease", "2014-10-20", at=_TRUST)
    _failure(tale)
    _misread(tale)
    tale.medicine(
        "trelegy-ellipta-92micrograms-dose-55micrograms-dose-22micrograms-dose-dry-"
        "powder-inhaler-glaxosmithkline-uk-ltd",
        "2021-05-04",
        kind="repeat",
        text="1 puff once a day",
        reason=lungs,
    )
    tale.medicine("salbutamol-100micrograms-dose-inhaler-cfc-free", "2014-10-20", reason=lungs)
    tale.medicine("carbocisteine-375mg-capsules", "2022-01-18", reason=lungs)
    for on, last in (("2026-05-03", "2026-05-08"), ("2026-10-11", "2026-10-16")):
        tale.medicine(
            "prednisolone-5mg-tablets",
            on,
            last,
            kind="acute",
            reason=lungs,
            note="Rescue pack started",
            days=5,
            quantity=30,
        )
        tale.medicine(
            "doxycycline-100mg-capsules",
            on,
            last,
            kind="acute",
            reason=lungs,
            note="Rescue pack started",
            days=5,
            quantity=6,
        )
        tale.contact(
            "virtual",
            "telephone-consultation",
            f"{on} 09:10",
            f"{on} 09:20",
            why="Rescue pack started",
        )
    tale.finding("smoker", "2026-01-12 10:00", by="jo-baptiste")
    tale.finding("ex-smoker", "2026-03-01 10:00", by="jo-baptiste")
    tale.medicine("varenicline-1mg-tablets", "2026-02-10", "2026-04-28", kind="acute")
    tale.plan(
        "contingency-plan",
        "If my breathing gets worse",
        "2026-03-16 10:00",
        ("If he gets worse", "Start the rescue pack and ring us the same day."),
        ("Oxygen", "88 to 92%. Show the alert card to the ambulance."),
        by="leila-haddad",
        review="2027-03-16",
        about=(lungs,),
    )
    tale.background({"smoking": "1975-01-01", "copd": "2014-10-20"}, 1, "2024-12-20")
    return tale.chart.out
