"""Dot Pemberton, 78: COPD at home, on the virtual ward, her oxygen falling this morning."""

from __future__ import annotations

from typing import Any, Final

from bevan.synthetic.calendar import day
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.laboratory import Result
from bevan.synthetic.shapes.measurement import Signs, device
from bevan.synthetic.shapes.person import Identity, contact
from bevan.synthetic.stories.dot_year import (
    AT_HOME,
    COMMUNITY,
    THORNBECK,
    about_her,
    booked,
    contacts,
    letters,
    plans,
    vaccinated,
)
from bevan.synthetic.stories.tale import SEALED, Tale
from bevan.synthetic.towns import Address

SLUG: Final = "dot-pemberton"
_TRIMBOW: Final = ("trimbow-87micrograms-dose-5micrograms-dose-9micrograms-dose-inhaler-"
                   "chiesi-ltd")
_SALBUTAMOL: Final = "salbutamol-100micrograms-dose-inhaler-cfc-free"


def _identity(region: Region) -> Identity:
    """Mrs Dorothy Pemberton of 7 Tannery Court."""
    return Identity(
        family="Pemberton", given="Dorothy", sex="female", born=day("1948-03-14"), prefix="Mrs",
        practice=region.place("mill-lane-surgery"), gp=region.worker("leila-haddad"),
        number="9990123454", called="Dot", ethnicity="A", marital="W",
        address=Address("7 Tannery Court", "Thornbeck", "HW4 2QP", "900000114207"),
        phone="01632 960 312", mobile="07700 900 312", hospital_numbers=((THORNBECK, "H0114207"),),
        contact=contact("Ruth Pemberton", "relationship.dau", "07700 900 318"))


def _allergies(tale: Tale) -> None:
    """Two allergies, one of them on two lists."""
    tale.allergy("allergen.penicillin", "2026-10-03", onset="1987", severity="severe",
                 reaction="reaction.anaphylactic-reaction", reaction_text="Anaphylaxis",
                 criticality="high", identifier=tale.id("allergy-penicillin"),
                 note="Collapsed after an injection in 1987; confirmed at every review since.")
    tale.allergy("allergen.penicillin", "2026-03-05", at=THORNBECK, onset="1987",
                 severity="severe", reaction="reaction.anaphylactic-reaction",
                 reaction_text="Anaphylaxis", criticality="high")
    tale.allergy("allergen.trimethoprim", "2014-06-09", at=THORNBECK, onset="2014",
                 severity="moderate", reaction="reaction.eruption-of-skin", reaction_text="Rash",
                 verified="unconfirmed", criticality="low",
                 asserter=f'{{"reference":"{tale.chart.patient}"}}',
                 identifier=tale.id("allergy-trimethoprim"), note="Reported by the patient.")


def _problems(tale: Tale) -> dict[str, str]:
    """Six active problems, nine past ones, and one that its authors sealed."""
    found = {
        "flare": tale.problem("acute-exacerbation-of-chronic-obstructive-airways-disease",
                              "2026-11-19", at=THORNBECK, by="ama-osei",
                              text="COPD exacerbation, infective"),
        "copd": tale.problem("moderate-chronic-obstructive-pulmonary-disease", "2016-02-22",
                             recorded="2026-11-19", text="COPD, moderate (GOLD 2)",
                             identifier=tale.id("copd")),
        "diabetes": tale.problem("type-2-diabetes-mellitus", "2009-05-18", recorded="2026-10-03",
                                 text="Type 2 diabetes"),
        "kidney": tale.problem("chronic-kidney-disease-stage-3b", "2021-03-09",
                               recorded="2026-10-03",
                               text="Chronic kidney disease stage G3b A2"),
        "pressure": tale.problem("essential-hypertension", "2004-09-14", recorded="2026-10-03",
                                 text="High blood pressure"),
        "knee": tale.problem("osteoarthritis-of-knee", "2013-07-02", recorded="2025-02-11",
                             text="Osteoarthritis of right knee"),
    }
    for key, since, ended, text in (
        ("cataract", "2018-11-05", "2019-06-11", "Cataracts, both eyes, operated"),
        ("pneumonia", "2026-03-02", "2026-04-20", "Pneumonia, right lower lobe"),
        ("colles-fracture", "2011-01-20", "2011-04-18", "Broken left wrist"),
        ("urinary-tract-infectious-disease", "2014-06-02", "2014-06-16", ""),
        ("herpes-zoster", "2012-03-30", "2012-04-25", "Shingles"),
        ("gallbladder-calculus", "2006-02-08", "2006-09-12", "Gallstones, gall bladder removed"),
        ("iron-deficiency-anaemia", "2017-05-15", "2018-01-22", ""),
        ("low-back-pain", "2010-10-04", "2011-02-01", ""),
        ("smoker", "1966-01-01", "2016-03-01", "Smoked 20 a day for 50 years"),
    ):
        tale.problem(key, since, ended=ended, text=text)
    tale.problem("depressive-disorder", "2022-01-17", at=COMMUNITY, security=SEALED,
                 text="Low mood after bereavement")
    return found


def _medicines(tale: Tale, about: dict[str, str], ward: str) -> None:
    """Nine current medicines, three stopped lately, and the hospital's own list of some."""
    lungs, sugar = about["copd"], about["diabetes"]
    tale.medicine("doxycycline-100mg-capsules", "2026-11-20 16:20", "2026-11-24", at=AT_HOME,
                  by="ama-osei", text="1 a day, ends 24 Nov", status="active", kind="acute",
                  reason=about["flare"], encounter=ward, days=5, quantity=6, note="New")
    tale.medicine("prednisolone-5mg-tablets", "2026-11-20 16:20", "2026-11-24", at=AT_HOME,
                  by="ama-osei", text="6 in the morning, ends 24 Nov", status="active",
                  kind="acute", reason=about["flare"], encounter=ward, days=5, quantity=30,
                  note="New")
    tale.medicine(_TRIMBOW, "2026-10-06 11:10", by="sunil-rao", kind="repeat", reason=lungs,
                  text="87/5/9 micrograms, 2 puffs twice a day")
    old = tale.medicine("metformin-500mg-tablets", "2019-04-08", "2026-10-06", status="stopped",
                        text="2 twice a day with food", reason=sugar, quantity=112,
                        why_stopped="Dose halved: eGFR under 45")
    tale.medicine("metformin-500mg-tablets", "2026-10-06 11:10", by="sunil-rao", reason=sugar,
                  text="1 twice a day with food", prior=old, quantity=56,
                  note="Halved: eGFR under 45")
    for name, since, text, problem, quantity in (
        ("dapagliflozin-10mg-tablets", "2025-10-14", "1 a day", sugar, 28),
        ("ramipril-5mg-capsules", "2015-03-02", "1 a day", about["pressure"], 28),
        ("atorvastatin-20mg-tablets", "2010-01-11", "1 at night", sugar, 28),
        ("paracetamol-500mg-tablets", "2013-07-16", "2 up to 4 times a day when needed",
         about["knee"], 100),
        (_SALBUTAMOL, "2016-02-22", "2 puffs when needed", lungs, 1),
    ):
        before = tale.medicine(name, since, "2026-10-06", text=text, reason=problem,
                               kind="repeat", quantity=quantity)
        tale.medicine(name, "2026-10-06 11:12", by="sunil-rao", text=text, reason=problem,
                      kind="repeat", prior=before, quantity=quantity,
                      note="Reauthorised at medicines review")
    tale.medicine("tiotropium-bromide-18microgram-inhalation-powder-capsules", "2018-09-10",
                  "2026-07-08", status="stopped", why_stopped="Replaced by the triple inhaler",
                  reason=lungs)
    tale.medicine("naproxen-500mg-tablets", "2026-05-05", "2026-06-14", status="stopped",
                  why_stopped="Stopped: kidney function", reason=about["knee"], kind="acute")
    for name, text in (("ramipril-5mg-capsules", "1 a day"),
                       (_SALBUTAMOL, "2 puffs when needed")):
        tale.medicine(name, "2026-03-13 11:30", at=THORNBECK, by="nadia-brookes", text=text,
                      category="discharge", kind="repeat", days=14, quantity=28,
                      note="On the discharge list of 13 March")


_SERIES: Final = (
    ("2023-01-16", 72, 47, 102, 4.6, 5.1, 4.6, 126), ("2023-07-10", 70, 45, 106, 4.7, 5.4, 4.4,
                                                       125),
    ("2024-01-30", 66, 44, 108, 4.9, 5.8, 4.3, 124), ("2024-08-19", 64, 43, 110, 4.8, 6.3, 4.1,
                                                       123),
    ("2025-03-11", 63, 42, 112, 5.0, 6.9, 4.0, 122), ("2025-10-07", 58, 41, 115, 4.9, 7.4, 3.9,
                                                       121),
    ("2026-04-21", 60, 41, 115, 5.0, 7.8, 3.9, 120), ("2026-10-03", 61, 40, 118, 5.0, 8.2, 3.9,
                                                       119),
)
"""Day, HbA1c, eGFR, creatinine, potassium, urine ACR, cholesterol, haemoglobin."""


def _kidney(egfr: float, creatinine: float, potassium: float) -> tuple[Result, ...]:
    """Urea and electrolytes, with the limit that matters for metformin as the range of eGFR."""
    return (
        Result("serum-sodium-level", 138), Result("serum-potassium-level", potassium),
        Result("serum-urea-level", 7.2 + (47 - egfr) * .25),
        Result("serum-creatinine-level", creatinine),
        Result("egfr", egfr, 45.0, None, "Metformin: full dose at 45 or more; stop under 30."),
    )


def _blood(haemoglobin: float, white: float = 7.4) -> tuple[Result, ...]:
    """Full blood count."""
    return (Result("haemoglobin-estimation", haemoglobin), Result("total-white-cell-count", white),
            Result("platelet-count", 268), Result("mean-corpuscular-volume", 88.4),
            Result("neutrophil-count", white * .66), Result("eosinophil-count", .31))


def _results(tale: Tale, ward: str, stay: str) -> None:
    """Years of bloods with their trends, and those of this illness."""
    for year in range(2016, 2023):
        back = 2022 - year
        when = f"{year}-09-14 09:20"
        tale.results("hba1c", when, (Result("hba1c", 71 - back * 1.4, 48.0, 58.0),))
        tale.results("urea-and-electrolytes", when,
                     _kidney(48 + back * 2.6, 101 - back * 3, 4.4))
        tale.results("full-blood-count", when, _blood(127 + back * .3))
    for on, sugar, egfr, creatinine, potassium, acr, fat, blood in _SERIES:
        when = f"{on} 09:10"
        target = Result("hba1c", sugar, 48.0, 58.0,
                        "Target agreed with Dot by Dr Leila Haddad, 14 May 2024.")
        tale.results("hba1c", when, (target,))
        tale.results("urea-and-electrolytes", when, _kidney(egfr, creatinine, potassium))
        tale.results("full-blood-count", when, _blood(blood))
        tale.results("urine-albumin-creatinine-ratio", when, (Result(
            "urine-albumin-creatinine-ratio", acr),), blood=False)
        tale.results("measurement-of-serum-lipid-level", when, (
            Result("serum-cholesterol-level", fat),
            Result("serum-high-density-lipoprotein-cholesterol-level", 1.4),
            Result("serum-non-high-density-lipoprotein-cholesterol-level", fat - 1.4)))
    tale.results("crp", "2026-03-02 13:10", (Result("crp", 96),), at=THORNBECK)
    tale.results("crp", "2026-04-21 09:10", (Result("crp", 4),))
    where: dict[str, Any] = {"at": THORNBECK, "by": "ama-osei", "encounter": stay}
    tale.results("crp", "2026-11-19 12:20", (Result("crp", 118),), **where)
    tale.results("full-blood-count", "2026-11-19 12:20", _blood(119, 13.8), **where)
    tale.results("crp", "2026-11-20 07:30", (Result("crp", 96),), **where)
    tale.results("full-blood-count", "2026-11-20 07:30", _blood(118, 12.1), **where)
    tale.results("urea-and-electrolytes", "2026-11-20 07:30", _kidney(38, 124, 5.1),
                 conclusion="Taken during acute illness: repeat after recovery.", **where)
    tale.results("crp", "2026-11-23 10:15", (Result("crp", 42),), at=AT_HOME, by="maria-duarte",
                 encounter=ward)
    tale.results("urea-and-electrolytes", "2021-06-15 10:00", _kidney(50, 98, 4.5),
                 at="kelding-infirmary", laboratory_at="kelding-pathology")
    tale.imaging("procedure.plain-chest-x-ray", "2026-11-19 12:45",
                 "Hyperinflated lungs. No consolidation, no collapse. No change from March.",
                 at=THORNBECK, by="ama-osei", encounter=stay, text="Chest X-ray")
    tale.imaging("procedure.plain-chest-x-ray", "2026-03-02 13:40",
                 "Consolidation in the right lower zone. Repeat in six weeks.", at=THORNBECK,
                 by="ama-osei", text="Chest X-ray")


_HOME: Final = (
    ("2026-11-20 17:10", 90, 20, 90), ("2026-11-20 21:30", 89, 20, 92),
    ("2026-11-21 08:05", 91, 19, 88), ("2026-11-21 13:00", 90, 20, 89),
    ("2026-11-21 18:10", 91, 19, 86), ("2026-11-22 08:10", 90, 20, 88),
    ("2026-11-22 13:05", 92, 18, 84), ("2026-11-22 18:00", 91, 19, 86),
    ("2026-11-23 08:00", 90, 20, 88), ("2026-11-23 11:00", 91, 20, 88),
    ("2026-11-23 13:10", 90, 20, 90), ("2026-11-23 16:00", 89, 21, 90),
    ("2026-11-23 18:10", 90, 20, 90), ("2026-11-23 21:15", 89, 21, 90),
)
"""When the home kit sent oxygen, breathing and pulse; only some sets were complete."""


def _readings(tale: Tale, ward: str) -> None:
    """What the home kit sent, up to 85 % at 10:31 today: NEWS2 6, medium, up from 3."""
    kit = device(tale.chart, tale.place(AT_HOME), "Oximeter 114", "HAH-OX-114", tale.id("kit"))
    sent: dict[str, Any] = {"at": AT_HOME, "encounter": ward, "device": kit}
    for number, (when, oxygen, breathing, pulse) in enumerate(_HOME):
        if number % 3 == 0:
            tale.signs(when, Signs(breathing, oxygen, False, 126, pulse, "A", 37.1, 2, 74),
                       **sent)
        else:
            tale.vital("oxygen-saturation", oxygen, when, **sent)
            tale.vital("heart-rate", pulse, when, **sent)
    tale.signs("2026-11-24 08:12", Signs(21, 90, False, 124, 92, "A", 37.4, 2, 72),
               "Oxygen scale 2, set by Dr A Osei.", tale.id("news2-0812"), **sent)
    tale.signs("2026-11-24 10:31", Signs(24, 85, False, 118, 108, "A", 38.2, 2, 70),
               "Oxygen scale 2, set by Dr A Osei. Dot wrote: “More breathless, chest tight when "
               "I walk.”", tale.id("news2-1031"), **sent)
    tale.vital("body-weight", 71.4, "2025-02-11 09:30", by="jo-baptiste")
    for when, high, low in (("2025-02-11 09:32", 138, 74), ("2025-10-07 09:20", 136, 72),
                            ("2026-04-21 09:20", 134, 74), ("2026-10-03 09:20", 132, 70)):
        tale.pressure(high, low, when, by="jo-baptiste")


def _alert(tale: Tale) -> None:
    """The red alert that nobody has acknowledged yet."""
    tale.flag("Red alert: oxygen 85%, below her target of 88 to 92%", "2026-11-24 10:31",
              at=AT_HOME, kind="safety", identifier=tale.id("alert"))
    tale.task("Acknowledge the alert: oxygen 85%, NEWS2 6", "2026-11-24 10:31", at=AT_HOME,
              owner="priya-nair", priority="stat", focus=f"Flag/{tale.id('alert')}",
              identifier=tale.id("alert-task"))


def _flags(tale: Tale) -> None:
    """What everybody must know, as tags in her banner."""
    tale.flag("Oxygen target 88 to 92%: oxygen scale 2", "2026-03-05", at=THORNBECK,
              by="ama-osei", kind="safety", identifier=tale.id("oxygen-target"))
    tale.flag("Hearing aids: face her, speak clearly", "2021-06-01",
              key="need.does-use-hearing-aid", by="leila-haddad",
              identifier=tale.id("hearing-aids"))


def _stay(tale: Tale) -> tuple[str, str]:
    """From the 999 call on 19 November to the virtual ward; the hospital stay and the ward."""
    tale.contact("field", "patient-encounter-procedure", "2026-11-19 11:05", "2026-11-19 11:50",
                 at="vale-ambulance", by="bev-hartley", why="999 call, taken to hospital. "
                 "Controlled oxygen by 28% mask to keep 88 to 92%.")
    tale.contact("emergency", "emergency-room-admission", "2026-11-19 11:52", "2026-11-19 14:35",
                 at=THORNBECK, why="Breathless 3 days. Oxygen 84% on arrival, 90% after "
                 "treatment. Admitted.", where=site(f"{THORNBECK}-emergency",
                                                    "Emergency department"))
    stay = tale.contact(
        "inpatient-encounter", "emergency-hospital-admission", "2026-11-19 14:40",
        "2026-11-20 14:10", at=THORNBECK, by="ama-osei", said="Stay in Respiratory, Ward 7",
        why="COPD exacerbation", where=site(f"{THORNBECK}-ward-7", "Ward 7, respiratory"),
        admitted="21", source="19", discharged="1", destination="19",
        identifier=tale.id("stay"))
    episode = tale.episode("Virtual ward", "2026-11-20", at=AT_HOME,
                           by="ama-osei", identifier=tale.id("ward-v12"))
    ward = tale.contact(
        "home-health", "telemedicine-consultation-with-patient", "2026-11-20 15:40", at=AT_HOME,
        by="priya-nair", said="Virtual ward", why="Step-down for COPD exacerbation. "
        "Consultant lead Dr Ama Osei. Kit 114 delivered 17:05.", status="in-progress",
        episode=episode, where=site("bed-v12", "V12"), identifier=tale.id("ward-stay"))
    tale.contact("virtual", "telephone-encounter", "2026-11-24 08:30", "2026-11-24 08:38",
                 at=AT_HOME, by="tamsin-whitlock", said="Nurse phone call",
                 why="“Slept poorly, more breathless.” Reading due brought forward to 10:30.",
                 episode=episode)
    tale.team("North team, Hospital at Home", "2026-11-20", "priya-nair", "ama-osei",
              "tamsin-whitlock", "maria-duarte", at=AT_HOME)
    return stay, ward


def tell(region: Region) -> list[bytes]:
    """Dot Pemberton's record."""
    tale = Tale(region, SLUG, _identity(region))
    _allergies(tale)
    about = _problems(tale)
    stay, ward = _stay(tale)
    _medicines(tale, about, ward)
    _results(tale, ward, stay)
    _readings(tale, ward)
    _flags(tale)
    _alert(tale)
    contacts(tale)
    plans(tale, about)
    about_her(tale)
    booked(tale)
    vaccinated(tale)
    letters(tale, stay)
    past = {"hypertension": "2004-09-14", "type-2-diabetes": "2009-05-18", "copd": "2016-02-22"}
    tale.background(past, 5, "2025-11-20", allergic=("penicillin", "trimethoprim"),
                    vaccinated=False)
    return tale.chart.out
