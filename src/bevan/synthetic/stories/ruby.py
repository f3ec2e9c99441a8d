"""Ruby Sandhu-Hale, 27: type 2 diabetes young, two missed reviews, then her own way to 43."""

from __future__ import annotations

from bevan.synthetic.calendar import day
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.laboratory import Result
from bevan.synthetic.shapes.treatment import procedure
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale


def _sugar(tale: Tale) -> None:
    """HbA1c from 45 to 61 and down to 43."""
    for on, value, note in (
        ("2023-04-11", 45, "Non-diabetic hyperglycaemia."),
        ("2024-06-19", 61, "Diabetes."),
        ("2024-06-26", 60, "Confirmed."),
        ("2025-01-10", 54, ""),
        ("2025-08-28", 55, ""),
        ("2026-02-16", 47, ""),
        ("2026-08-21", 43, "In target without hypoglycaemia."),
    ):
        tale.results("hba1c", f"{on} 08:50", (Result("hba1c", value, note=note),))
    for on, weight in (
        ("2023-04-11", 94.2),
        ("2024-06-26", 97.8),
        ("2025-09-04", 96.1),
        ("2026-02-16", 88.4),
        ("2026-08-21", 83.0),
    ):
        tale.vital("body-weight", weight, f"{on} 09:00", by="jo-baptiste")
        tale.vital("body-mass-index", weight / 1.66**2, f"{on} 09:01", by="jo-baptiste")


def tell(region: Region) -> list[bytes]:
    """Ruby's record."""
    who = identity(
        region,
        "Ruby",
        "Sandhu-Hale",
        "9994102036",
        "female",
        "1999-07-30",
        "Ms",
        ("6 Quarry Row", "Thornbeck", "HW4 3NB"),
        mobile="07700 900 602",
        ethnicity="F",
        marital="S",
        email="ruby@mail.harrowmere.example",
    )
    tale = Tale(region, "ruby-sandhu-hale", who)
    tale.allergy("allergy.no-known-allergy", "2024-06-26", by="jo-baptiste")
    tale.problem("non-diabetic-hyperglycaemia", "2023-04-11", ended="2024-06-19")
    diabetes = tale.problem("type-2-diabetes-mellitus", "2024-06-19")
    tale.problem("body-mass-index-30-obesity", "2023-04-11")
    _sugar(tale)
    tale.medicine("metformin-500mg-modified-release-tablets", "2024-06-26 10:00", reason=diabetes)
    tale.medicine(
        "tirzepatide-5mg-0-6ml-solution-for-injection-2-4ml-pre-filled-disposable-devices",
        "2025-09-04 10:20",
        reason=diabetes,
        days=28,
        quantity=4,
    )
    for on in ("2024-09-18 09:20", "2024-11-27 16:40"):
        tale.booked("Diabetes review", on, 20, by="jo-baptiste", status="noshow")
    tale.booked("Diabetes review", "2025-01-10 08:40", 20, by="jo-baptiste")
    tale.booked(
        "Diabetes review",
        "2027-02-15 17:40",
        20,
        by="jo-baptiste",
        status="booked",
        made="2026-08-21",
        channel="video",
    )
    tale.contact(
        "ambulatory",
        "encounter-for-check-up",
        "2025-01-10 08:40",
        "2025-01-10 09:00",
        by="jo-baptiste",
        why="Diabetes review",
    )
    tale.contact(
        "virtual",
        "consultation-via-video-conference",
        "2026-08-21 17:30",
        "2026-08-21 17:45",
        by="jo-baptiste",
        why="Diabetes review by video",
    )
    procedure(
        tale.chart,
        tale.place("thornbeck-general"),
        "procedure.diabetic-retinopathy-screening",
        day("2026-05-12"),
        610,
        note="Clear, both eyes",
    )
    for number in range(8):
        tale.vital(
            "blood-glucose-level",
            (7.9, 7.4, 7.0, 6.8, 6.6, 6.4, 6.1, 5.9)[number],
            f"2025-{number + 2:02}-17 07:20",
            device='{"display":"Her own meter and app"}',
        )
    tale.message(
        "I've started with the app, so you can see my readings.",
        "2025-02-03 20:10",
        to_patient=False,
    )
    tale.plan(
        "personalised-care-and-support-plan",
        "Diabetes plan",
        "2026-08-21 17:40",
        ("What matters", "Working full time; evening or video appointments."),
        ("Target", "HbA1c under 48."),
        by="jo-baptiste",
        review="2027-02-21",
        about=(diabetes,),
        goals=(tale.goal("Run the Harrowmere ten in May", "2026-08-21"),),
    )
    tale.background({"obesity": "2023-04-11"}, 2, "2026-08-01")
    return tale.chart.out
