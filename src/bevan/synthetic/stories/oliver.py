"""Oliver Quaintrell, 38: what helps him is written down once and used everywhere."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import day
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.person import contact, related
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale

_TRUST: Final = "thornbeck-general"
_ADJUSTMENTS: Final = (
    ("need.requires-information-in-easyread", "Easy read, please"),
    ("need.requires-extended-appointment", "Needs a longer appointment"),
    ("need.requires-carer-to-be-present-at-encounters", "His mother or support worker comes too"),
    ("need.needle-phobia", "Afraid of needles: cream first, let him look away"),
)


def _dental(tale: Tale) -> None:
    """8 July 2026: a dental day case that used his hospital passport."""
    seen = tale.contact(
        "short-stay",
        "hospital-admission",
        "2026-07-08 08:00",
        "2026-07-08 14:30",
        at=_TRUST,
        why="Dental treatment under anaesthetic; hospital passport used",
        admitted="11",
        source="19",
        discharged="1",
        destination="19",
        where=site(f"{_TRUST}-day-unit", "Day unit"),
    )
    tale.document(
        "discharge-summary",
        "Dental day case summary",
        "Two teeth out under "
        "anaesthetic on 8 July 2026. His passport was read: first on the list, mother "
        "in recovery, no needle while awake.",
        "2026-07-08 14:30",
        at=_TRUST,
        encounter=seen,
    )
    tale.document(
        "assessment",
        "Best-interests record",
        "Meeting on 10 June 2026: Oliver can't "
        "decide about the anaesthetic. Agreed with his mother and support worker that "
        "treatment is in his best interests.",
        "2026-06-10 11:00",
        at=_TRUST,
        identifier=tale.id("best-interests"),
    )


def tell(region: Region) -> list[bytes]:
    """Oliver's record."""
    who = identity(
        region,
        "Oliver",
        "Quaintrell",
        "9994115162",
        "male",
        "1988-05-25",
        "Mr",
        ("5 Chapel Row", "Thornbeck", "HW4 2LN"),
        phone="01632 960 516",
        called="Olly",
        ethnicity="A",
        marital="S",
        contact=contact("Jean Quaintrell", "relationship.mth", "07700 900 517"),
    )
    tale = Tale(region, "oliver-quaintrell", who)
    tale.allergy(
        "allergen.amoxicillin", "2001-02-06", reaction="reaction.eruption-of-skin", severity="mild"
    )
    tale.problem("complete-trisomy-21-syndrome", "1988-05-25", text="Down syndrome")
    tale.problem("on-learning-disability-register", "2006-05-25")
    fits = tale.problem("epilepsy", "2009-08-12")
    tale.problem("hearing-loss", "2019-10-07")
    tale.problem("hypothyroidism", "2015-02-17")
    for key, text in _ADJUSTMENTS:
        tale.flag(text, "2023-02-20", key=key, by="leila-haddad")
    tale.flag(
        "Uses a hearing aid, right ear",
        "2019-11-18",
        key="need.does-use-hearing-aid",
        by="leila-haddad",
    )
    tale.flag(
        "Has a hospital passport",
        "2023-02-20",
        key="need.has-my-healthcare-passport",
        by="leila-haddad",
    )
    tale.medicine("levetiracetam-500mg-tablets", "2012-03-06", reason=fits)
    tale.medicine("levothyroxine-sodium-100microgram-tablets", "2015-03-03")
    tale.contact(
        "ambulatory",
        "encounter-for-check-up",
        "2026-04-29 14:00",
        "2026-04-29 14:45",
        by="jo-baptiste",
        why="Learning disability health check",
        identifier=tale.id("health-check"),
    )
    tale.pressure(112, 70, "2026-04-29 14:15", by="jo-baptiste")
    tale.vital("body-weight", 71.6, "2026-04-29 14:18", by="jo-baptiste")
    tale.plan(
        "personalised-care-and-support-plan",
        "Health action plan",
        "2026-04-29 14:40",
        ("Eyes and ears", "Hearing aid check in May."),
        ("Teeth", "Hospital dentist."),
        ("Blood tests", "Only with cream, at home, with Mum."),
        by="jo-baptiste",
        review="2027-04-29",
        about=(fits,),
    )
    _dental(tale)
    tale.about_me(
        "2023-02-20 11:00",
        ("What is most important to me", "Mum, my drums, and Harrowmere Rovers."),
        ("How to communicate with me", "Short words. Show me pictures. Wait."),
        ("Please do", "Tell me what comes next."),
        ("Please don't", "Come at me with a needle."),
        identifier=tale.id("about-me"),
    )
    related(
        tale.chart,
        tale.place(),
        "Quaintrell",
        "Jean",
        "relationship.mth",
        phone="07700 900 517",
        sex="female",
        born=day("1958-12-03"),
    )
    tale.background(
        {
            "learning-disability": "2006-05-25",
            "epilepsy": "2009-08-12",
            "hypothyroidism": "2015-02-17",
        },
        3,
        "2026-04-20",
        allergic=("penicillin",),
    )
    return tale.chart.out
