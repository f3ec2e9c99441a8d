"""Dot Pemberton's year: contacts in five settings, plans, letters, what comes next."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import day
from bevan.synthetic.schedule import COVID, COVID_SEASONAL, FLU, PNEUMOCOCCAL, RSV, SHINGLES
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.medicine import dispense
from bevan.synthetic.shapes.paper import consent
from bevan.synthetic.shapes.person import related
from bevan.synthetic.shapes.treatment import immunization, procedure
from bevan.synthetic.stories.seals import sealed
from bevan.synthetic.stories.tale import Tale

THORNBECK: Final = "thornbeck-general"
AT_HOME: Final = "hospital-at-home"
COUNCIL: Final = "harrowmere-council"
COMMUNITY: Final = "harrowmere-community"
_CONTACTS: Final = (
    ("2025-12-10 10:20", "Review of breathing", "leila-haddad"),
    ("2025-12-28 09:40", "Cough", "leila-haddad"),
    ("2026-01-19 11:00", "Knee pain", ""),
    ("2026-02-25 08:50", "Breathless, rescue pack started", "leila-haddad"),
    ("2026-03-30 10:00", "Review after hospital", "leila-haddad"),
    ("2026-05-05 09:30", "Knee pain: naproxen tried", ""),
    ("2026-06-14 10:10", "Naproxen stopped: kidney function", "sunil-rao"),
    ("2026-07-08 10:30", "COPD review: triple inhaler started", "jo-baptiste"),
    ("2026-08-05 09:00", "Ear wax, hearing aids checked", "jo-baptiste"),
    ("2026-09-11 11:20", "Flu vaccination and blood pressure", "jo-baptiste"),
    (
        "2026-10-03 09:15",
        "Diabetes review: blood tests taken. Eye screening done. Foot check not recorded.",
        "jo-baptiste",
    ),
)
_ELSEWHERE: Final = (
    ("2026-01-07 14:00", THORNBECK, "ambulatory", "follow-up-visit", "Respiratory clinic"),
    (
        "2026-03-02 12:30",
        THORNBECK,
        "emergency",
        "emergency-room-admission",
        "Fever and breathlessness; pneumonia, sent home with the community team",
    ),
    (
        "2026-04-20 13:20",
        THORNBECK,
        "ambulatory",
        "follow-up-visit",
        "Chest X-ray clear; discharged from clinic",
    ),
    (
        "2026-06-29 09:30",
        THORNBECK,
        "virtual",
        "consultation-via-video-conference",
        "Respiratory clinic by video",
    ),
    (
        "2026-08-23 10:00",
        "kelding-infirmary",
        "ambulatory",
        "follow-up-visit",
        "Hearing clinic: new hearing aids",
    ),
    ("2026-03-30 14:00", COMMUNITY, "home-health", "home-visit", "Pulmonary rehabilitation"),
    ("2026-04-05 14:00", COMMUNITY, "home-health", "home-visit", "Pulmonary rehabilitation"),
    ("2026-04-14 14:00", COMMUNITY, "home-health", "home-visit", "Pulmonary rehabilitation"),
    (
        "2026-03-03 22:10",
        "vale-ambulance",
        "field",
        "patient-encounter-procedure",
        "999 call, seen at home",
    ),
    ("2026-02-07 11:00", COUNCIL, "home-health", "home-visit", "Care assessment"),
    ("2026-06-01 11:00", COUNCIL, "home-health", "home-visit", "Carer's assessment for Ruth"),
    (
        "2026-10-01 11:00",
        COUNCIL,
        "home-health",
        "home-visit",
        "Care assessment reviewed. Two visits a week continue. Stair rail fitted.",
    ),
)


def contacts(tale: Tale) -> None:
    """The last twelve months in five settings; mental health isn't connected."""
    for when, why, by in _CONTACTS:
        tale.contact(
            "ambulatory", "patient-encounter-procedure", when, by=by or "leila-haddad", why=why
        )
    tale.contact(
        "virtual",
        "telephone-consultation",
        "2026-10-06 11:00",
        "2026-10-06 11:15",
        by="sunil-rao",
        said="Medicines review by phone",
        why="Metformin halved: eGFR 40. Kidney clinic referral sent.",
    )
    for when, place, kind, key, why in _ELSEWHERE:
        tale.contact(kind, key, when, at=place, why=why)
    tale.contact(
        "inpatient-encounter",
        "emergency-hospital-admission",
        "2026-03-05 16:20",
        "2026-03-13 12:30",
        at=THORNBECK,
        by="ama-osei",
        said="Stay in Respiratory, Ward 7",
        why="Pneumonia and COPD",
        where=site(f"{THORNBECK}-ward-7", "Ward 7, respiratory"),
        admitted="21",
        source="19",
        discharged="1",
        destination="19",
    )
    tale.contact(
        "home-health",
        "home-visit",
        "2022-02-03 10:00",
        at=COMMUNITY,
        why="Counselling session",
        security=sealed(tale.place(COMMUNITY)),
    )
    tale.episode("Home care, two visits a week", "2026-02-09", at=COUNCIL, by="colin-yarrow")


def plans(tale: Tale, about: dict[str, str]) -> None:
    """Three plans; the urgent care plan is the one that Dr Osei and Priya both edit."""
    aim = tale.goal("Be at home with Biscuit", "2026-11-02")
    tale.plan(
        "contingency-plan",
        "Urgent care plan",
        "2026-11-24 10:38",
        (
            "If she gets worse",
            "Treat at home first. Hospital if oxygen stays under 85% for 30 "
            "minutes after treatment. Not for intensive care.",
        ),
        (
            "Rescue medicines",
            "Prednisolone 30 mg for 5 days. Doxycycline 200 mg, then 100 mg for 7 days in all.",
        ),
        ("Who to call first", "Mill Lane Surgery."),
        ("Oxygen", "Target 88 to 92%. Don't give oxygen above 92%: she keeps carbon dioxide."),
        ("What matters to her", "To be at home with her dog. The window open."),
        ("Resuscitation", "Not for resuscitation. Agreed with Dot on 13 March 2026."),
        ("Who decides with her", "Dot decides. Ruth, her daughter, is to be told."),
        ("Allergies", "Penicillin: anaphylaxis. Trimethoprim: rash."),
        ("Getting in", "Key safe by the back door. Biscuit barks but is kind."),
        at=THORNBECK,
        by="ama-osei",
        review="2026-12-01",
        goals=(aim,),
        about=(about["copd"], about["flare"]),
        description="If she gets worse: treat at home first; hospital if oxygen stays under 85%. "
        "Not for intensive care.",
        identifier=tale.id("urgent-care-plan"),
    )
    tale.plan(
        "respect-recommended-summary-plan-for-emergency-care-and-treatment-form",
        "ReSPECT plan",
        "2026-03-13 11:30",
        ("Priorities", "Comfort and being at home matter more than living longer."),
        ("Treatment", "Ward care and non-invasive ventilation yes; intensive care no."),
        ("Resuscitation", "Not to be attempted."),
        at=THORNBECK,
        by="ama-osei",
        review="2027-03-13",
    )
    tale.plan(
        "personalised-care-and-support-plan",
        "Diabetes and kidneys",
        "2026-10-06 11:20",
        ("Sugar", "HbA1c target 48 to 58, agreed with Dot."),
        ("Kidneys", "Bloods every three months. Kidney clinic on 4 December."),
        ("Feet and eyes", "Foot check to be booked. Eye screening done October 2026."),
        by="sunil-rao",
        review="2027-04-06",
        about=(about["diabetes"], about["kidney"]),
    )


def about_her(tale: Tale) -> None:
    """Dot's own words, and who helps her."""
    tale.about_me(
        "2026-11-02 15:00",
        (
            "What is most important to me",
            "“I lived on the boats, so I like the window open. Talk "
            "to me, not to my daughter. I want to be at home with Biscuit, my dog.”",
        ),
        ("People who are important to me", "Ruth, my daughter. Alf next door. Biscuit."),
        ("How to communicate with me", "I have two hearing aids. Face me."),
        ("Please do", "Face me and wait for my answer."),
        ("Please don't", "Call me “love”, or move my stick."),
        identifier=tale.id("about-me"),
    )
    related(
        tale.chart,
        tale.place(),
        "Pemberton",
        "Ruth",
        "relationship.dau",
        phone="07700 900 318",
        sex="female",
        born=day("1973-08-21"),
        since=day("2024-05-14"),
    )
    consent(
        tale.chart,
        tale.place(),
        "No objection to sharing for care. Objects to use for research and planning.",
        day("2024-05-14"),
    )


def booked(tale: Tale) -> None:
    """What is booked, and the message that moved the reading."""
    tale.booked(
        "Nurse visit at home",
        "2026-11-24 14:00",
        60,
        at=AT_HOME,
        by="maria-duarte",
        status="booked",
        made="2026-11-23",
        where=site("north-ward", "North team ward"),
    )
    tale.booked(
        "Kidney clinic, by video",
        "2026-12-04 09:20",
        20,
        at=THORNBECK,
        status="booked",
        channel="video",
        made="2026-10-08",
        key="specialty.renal-medicine",
    )
    tale.booked(
        "Foot check", "2026-12-15 10:40", 20, by="jo-baptiste", status="booked", made="2026-10-06"
    )
    tale.message(
        "Please send your next reading at 10:30am, not noon.",
        "2026-11-24 08:34",
        at=AT_HOME,
        by="tamsin-whitlock",
        topic="Your ward team",
    )


def vaccinated(tale: Tale) -> None:
    """Vaccinations and the few procedures of her life."""
    chart, place, nurse = tale.chart, tale.place(), tale.worker("jo-baptiste")
    for on, _, dose in COVID:
        immunization(chart, place, dose, day(on), by=nurse, lot="FD4208")
    for on in ("2024-05-02", "2025-04-29", "2026-05-06"):
        immunization(chart, place, COVID_SEASONAL, day(on), by=nurse, lot="LT7711")
    for year in range(2019, 2027):
        immunization(chart, place, FLU["older"], day(f"{year}-09-11"), by=nurse, lot="AL2230")
    for dose, on in (
        (PNEUMOCOCCAL, "2013-04-15"),
        (SHINGLES[0], "2023-11-08"),
        (SHINGLES[1], "2024-02-12"),
        (RSV, "2024-09-24"),
    ):
        immunization(chart, place, dose, day(on), by=nurse, lot="RS1004")
    trust = tale.place(THORNBECK)
    for key, on, text in (
        ("opcs.j18.3", "2006-09-12", "Gall bladder removed"),
        ("opcs.c71.2", "2019-02-26", "Cataract, right eye"),
        ("opcs.c71.2", "2019-06-11", "Cataract, left eye"),
    ):
        procedure(chart, trust, key, day(on), text=text)
    procedure(
        chart,
        place,
        "procedure.diabetic-foot-examination",
        day("2024-09-12"),
        by=nurse,
        text="Foot check",
    )
    for months in range(2):
        for name in (
            "dapagliflozin-10mg-tablets",
            "ramipril-5mg-capsules",
            "atorvastatin-20mg-tablets",
        ):
            dispense(
                chart,
                tale.place("pharmacy-1"),
                name,
                tale.repeats[name],
                day("2026-10-07") + months * 28,
                650,
                28,
                28,
            )


def letters(tale: Tale, stay: str) -> None:
    """Letters of the year, with the discharge letter that Mill Lane is waiting for."""
    tale.document(
        "discharge-summary",
        "Discharge letter, Ward 7",
        "Admitted 19 November, discharged 20 "
        "November 2026 to Hospital at Home.\nInfective exacerbation of COPD. Oxygen 84% on air "
        "on arrival, 90% after controlled oxygen.\nDoxycycline 5 days, prednisolone 30 mg 5 days."
        "\neGFR 38, was 40: repeat after recovery; metformin stays at 500 mg twice a day.\n"
        "Oxygen target 88 to 92%, scale 2. Not for intensive care.",
        "2026-11-20 14:05",
        at=THORNBECK,
        by="ama-osei",
        encounter=stay,
        identifier=tale.id("discharge-letter"),
    )
    for key, title, text, when, place in (
        (
            "referral-letter",
            "Referral to kidney clinic",
            "eGFR 40 and falling about 2.3 a year, ACR 8.2. Please advise.",
            "2026-10-06 11:40",
            "",
        ),
        (
            "outpatient-letter",
            "Respiratory clinic letter",
            "Stable on triple therapy. Review in six months.",
            "2026-06-30 10:00",
            THORNBECK,
        ),
        (
            "discharge-summary",
            "Discharge letter, Ward 7",
            "Pneumonia and COPD. ReSPECT plan made on 13 March.",
            "2026-03-13 12:30",
            THORNBECK,
        ),
        (
            "outpatient-letter",
            "Hearing clinic letter",
            "New hearing aids fitted.",
            "2026-08-24 09:00",
            "kelding-infirmary",
        ),
        (
            "assessment",
            "Care assessment",
            "Two visits a week continue. Stair rail fitted.",
            "2026-10-01 13:00",
            COUNCIL,
        ),
        ("assessment", "Care assessment", "Two visits a week agreed.", "2026-02-07 13:00", COUNCIL),
        (
            "clinical-procedure-report",
            "Pulmonary rehabilitation report",
            "Walks 240 m in six minutes, was 180 m.",
            "2026-04-14 15:00",
            COMMUNITY,
        ),
        (
            "summary-record",
            "Ambulance record",
            "Oxygen 82% on air. Controlled oxygen by 28% mask "
            "to keep 88 to 92%. Taken to Thornbeck General.",
            "2026-11-19 11:50",
            "vale-ambulance",
        ),
    ):
        tale.document(key, title, text, when, at=place)
    tale.document(
        "letter",
        "Counselling note",
        "Sealed note.",
        "2022-02-03 11:00",
        at=COMMUNITY,
        security=sealed(tale.place(COMMUNITY)),
    )
