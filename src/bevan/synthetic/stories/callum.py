"""Callum Reeve, 35: schizophrenia, a sealed note, and an emergency that opened it."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import ISO, day
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.laboratory import Result
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.seals import sealed
from bevan.synthetic.stories.tale import Tale

_MIND: Final = "harrowmere-mental-health"
_DEPOT: Final = (
    "paliperidone-100mg-1ml-prolonged-release-suspension-for-injection-pre-filled-syringes"
)


def _crisis(tale: Tale) -> None:
    """13 June 2026: the emergency department opens a seal with a reason; section 2 follows."""
    tale.contact(
        "emergency",
        "emergency-room-admission",
        "2026-06-13 22:15",
        "2026-06-14 03:40",
        at="kelding-infirmary",
        by="imran-sadiq",
        why="Very frightened, not sleeping",
        where=site("kelding-infirmary-emergency", "Emergency department"),
    )
    tale.task(
        "Sealed entry opened in an emergency: “Risk to himself tonight, need to know what "
        "calms him.” To be reviewed.",
        "2026-06-13 22:41",
        at="kelding-infirmary",
        owner="grace-lindon",
        status="completed",
        identifier=tale.id("break-glass"),
    )
    stay = tale.contact(
        "inpatient-encounter",
        "emergency-hospital-admission",
        "2026-06-14 04:30",
        "2026-07-02 15:00",
        at=_MIND,
        by="oluwaseun-bello",
        why="Relapse, section 2",
        admitted="25",
        source="19",
        discharged="1",
        destination="19",
        legal="02",
        where=site("elmfield-unit", "Elmfield Unit"),
        identifier=tale.id("section-2"),
    )
    tale.document(
        "discharge-summary",
        "Discharge summary, Elmfield Unit",
        "Section 2 from 14 June to 2 July 2026. Settled on monthly injection.",
        "2026-07-02 15:00",
        at=_MIND,
        by="oluwaseun-bello",
        encounter=stay,
    )


def _team(tale: Tale, illness: str) -> None:
    """The community team: monthly injection, plans, and the note that only they may read."""
    episode = tale.episode(
        "Early intervention, then community team", "2016-04-11", at=_MIND, by="keira-dunmore"
    )
    tale.medicine(
        _DEPOT,
        "2025-02-03",
        at=_MIND,
        by="oluwaseun-bello",
        reason=illness,
        text="100 mg into the muscle once a month",
        quantity=1,
    )
    for month in range(22):
        on = day("2025-02-03") + month * 30
        tale.contact(
            "ambulatory",
            "follow-up-visit",
            f"{ISO[on]} 11:00",
            f"{ISO[on]} 11:20",
            at=_MIND,
            by="keira-dunmore",
            why="Monthly injection",
            episode=episode,
            service="service.mental-health-service",
        )
    tale.plan(
        "mental-health-care-plan",
        "Care plan",
        "2025-01-28 14:00",
        ("What helps", "Music, walking, Keira's visits."),
        ("Work", "Two days a week at the garden project."),
        at=_MIND,
        by="keira-dunmore",
        review="2027-01-28",
        about=(illness,),
    )
    tale.plan(
        "mental-health-crisis-plan",
        "Crisis plan",
        "2025-03-10 14:00",
        ("Early signs", "Not sleeping for two nights; covering the mirrors."),
        ("What to do", "Ring Keira. Low light, headphones, one person talking."),
        at=_MIND,
        by="keira-dunmore",
        review="2027-03-10",
        about=(illness,),
    )
    tale.contact(
        "ambulatory",
        "follow-up-visit",
        "2025-11-06 15:00",
        "2025-11-06 16:00",
        at=_MIND,
        by="keira-dunmore",
        why="Therapy session",
        security=sealed(tale.place(_MIND)),
    )
    tale.document(
        "letter",
        "Therapy note",
        "What he told his therapist, for the team only.",
        "2025-11-06 16:10",
        at=_MIND,
        by="keira-dunmore",
        security=sealed(tale.place(_MIND)),
        identifier=tale.id("sealed-note"),
    )


def _check(tale: Tale) -> None:
    """The cardio-metabolic check of 25 August 2026."""
    seen = tale.contact(
        "ambulatory",
        "encounter-for-check-up",
        "2026-08-25 10:00",
        "2026-08-25 10:25",
        why="Cardio-metabolic check",
    )
    tale.pressure(134, 86, "2026-08-25 10:05", encounter=seen)
    tale.vital("body-weight", 98.2, "2026-08-25 10:07", encounter=seen)
    tale.vital("body-mass-index", 30.6, "2026-08-25 10:08", encounter=seen)
    tale.finding("smoker", "2026-08-25 10:10", encounter=seen)
    tale.results("hba1c", "2026-08-25 10:15", (Result("hba1c", 43),), encounter=seen)
    tale.results(
        "measurement-of-serum-lipid-level",
        "2026-08-25 10:15",
        (
            Result("serum-cholesterol-level", 6.1),
            Result("serum-high-density-lipoprotein-cholesterol-level", 0.95),
            Result("serum-non-high-density-lipoprotein-cholesterol-level", 5.15),
        ),
        encounter=seen,
    )


def tell(region: Region) -> list[bytes]:
    """Callum's record."""
    who = identity(
        region,
        "Callum",
        "Reeve",
        "9994114158",
        "male",
        "1991-10-19",
        "Mr",
        ("Flat 4, 2 Market Street", "Kelding", "HW2 1QS"),
        practice="kelding-bridge",
        mobile="07700 900 415",
        ethnicity="A",
        marital="S",
    )
    tale = Tale(region, "callum-reeve", who)
    tale.allergy("allergy.no-known-allergy", "2025-01-28", at=_MIND, by="keira-dunmore")
    illness = tale.problem("schizophrenia", "2016-03-21")
    tale.problem("schizophrenia", "2016-03-21", at=_MIND, by="oluwaseun-bello")
    _team(tale, illness)
    _crisis(tale)
    _check(tale)
    tale.background(
        {"smoking": "2008-01-01", "severe-mental-illness": "2016-03-21"}, 1, "2026-06-01"
    )
    return tale.chart.out
