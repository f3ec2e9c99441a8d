"""Claire Wetherden, 40: where she lives, her telephone and her practice must never show."""

from __future__ import annotations

from bevan.synthetic.calendar import day
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.person import related
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale


def tell(region: Region) -> list[bytes]:
    """Claire's record: her Patient carries no address, telephone, practice or helper."""
    who = identity(
        region,
        "Claire",
        "Wetherden",
        "9994108093",
        "female",
        "1986-04-27",
        "Ms",
        ("withheld", "withheld", "withheld"),
        practice="the-limes",
        restricted=True,
        ethnicity="A",
        marital="P",
    )
    tale = Tale(region, "claire-wetherden", who)
    tale.allergy("allergy.no-known-allergy", "2026-04-22")
    low = tale.problem("depressive-disorder", "2026-04-22")
    for on, value in (("2026-04-22", 18), ("2026-06-03", 13), ("2026-07-29", 9), ("2026-10-14", 7)):
        seen = tale.contact(
            "ambulatory",
            "patient-encounter-procedure",
            f"{on} 10:20",
            f"{on} 10:45",
            why="Review of mood",
        )
        tale.score("phq-9", value, f"{on} 10:30", encounter=seen)
    tale.medicine("sertraline-50mg-tablets", "2026-04-22 10:40", reason=low)
    tale.flag(
        "Restricted: her address, telephone and practice are never shown",
        "2026-04-16",
        kind="safety",
        identifier=tale.id("restricted"),
    )
    tale.contact(
        "virtual",
        "telephone-encounter",
        "2026-04-14 19:30",
        "2026-04-14 20:00",
        at="harrowmere-council",
        by="colin-yarrow",
        why="Moved to a safe place",
    )
    related(
        tale.chart,
        tale.place("harrowmere"),
        "Denholm",
        "Craig",
        "relationship.sigothr",
        sex="male",
        since=day("2023-09-01"),
        until=day("2026-04-16"),
        active=False,
    )
    tale.document(
        "letter",
        "Answer to a question about the audit",
        "Asked on 20 May 2026 who has "
        "opened her record since 14 April. Answered the same day: nobody without a "
        "reason.",
        "2026-05-20 15:30",
        at="harrowmere",
        by="grace-lindon",
    )
    tale.task(
        "Who has opened the record since 14 April?",
        "2026-05-20 09:10",
        at="harrowmere",
        owner="grace-lindon",
        status="completed",
    )
    return tale.chart.out
