"""Harold Okafor-Pym, 75: heart failure at home, caught by his scales and his oximeter."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import day
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.laboratory import Result
from bevan.synthetic.shapes.measurement import Signs
from bevan.synthetic.shapes.treatment import procedure
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale

_HOME: Final = "hospital-at-home"
_TRUST: Final = "thornbeck-general"
_DAYS: Final = (
    ("2026-09-21", 84.1, Signs(18, 95, False, 118, 92, "A", 36.7)),
    ("2026-09-22", 84.7, Signs(18, 95, False, 116, 92, "A", 36.6)),
    ("2026-09-23", 85.5, Signs(19, 94, False, 116, 93, "A", 36.7)),
    ("2026-09-24", 86.2, Signs(20, 93, False, 114, 94, "A", 36.7)),
    ("2026-09-25", 87.0, Signs(22, 91, False, 112, 88, "A", 36.8)),
    ("2026-09-26", 86.5, Signs(20, 93, False, 114, 92, "A", 36.7)),
    ("2026-09-27", 86.0, Signs(19, 94, False, 114, 90, "A", 36.6)),
    ("2026-09-28", 85.4, Signs(18, 94, False, 116, 88, "A", 36.6)),
    ("2026-09-29", 85.0, Signs(18, 95, False, 118, 86, "A", 36.7)),
    ("2026-09-30", 84.7, Signs(17, 95, False, 118, 84, "A", 36.6)),
    ("2026-10-01", 84.4, Signs(17, 96, False, 120, 82, "A", 36.6)),
    ("2026-10-02", 84.3, Signs(16, 96, False, 120, 80, "A", 36.5)),
)
"""Day, weight in kg, and the morning's set of signs on the virtual ward."""


def _heart(tale: Tale) -> str:
    """The heart attack of 2018 and the failing heart of 2021."""
    tale.problem("myocardial-infarction", "2018-05-14", text="Heart attack, stent to the LAD")
    tale.problem("essential-hypertension", "2006-03-02")
    failing = tale.problem(
        "heart-failure-with-reduced-ejection-fraction",
        "2021-02-03",
        text="Heart failure, ejection fraction 32%",
    )
    tale.problem("heart-failure-with-reduced-ejection-fraction", "2021-02-03", at=_TRUST)
    stay = tale.contact(
        "inpatient-encounter",
        "emergency-hospital-admission",
        "2018-05-14 04:20",
        "2018-05-18 13:00",
        at=_TRUST,
        why="Heart attack",
        admitted="21",
        source="19",
        discharged="1",
        destination="19",
        where=site(f"{_TRUST}-ward-8", "Ward 8, cardiology"),
    )
    procedure(
        tale.chart,
        tale.place(_TRUST),
        "opcs.k75.1",
        day("2018-05-14"),
        400,
        encounter=stay,
        text="One drug-eluting stent",
    )
    tale.imaging(
        "procedure.echocardiography",
        "2021-02-03 11:00",
        "Left ventricular ejection fraction 32%. Dilated left ventricle.",
        at=_TRUST,
        text="Echocardiogram",
    )
    return failing


def _medicines(tale: Tale, failing: str) -> None:
    """Four pillars, and the diuretic that was doubled on 25 September."""
    tale.medicine("aspirin-75mg-dispersible-tablets", "2018-05-18")
    tale.medicine("atorvastatin-80mg-tablets", "2018-05-18")
    tale.medicine("bisoprolol-5mg-tablets", "2019-01-10", reason=failing)
    tale.medicine("sacubitril-49mg-valsartan-51mg-tablets", "2021-03-22", reason=failing)
    tale.medicine("eplerenone-25mg-tablets", "2021-03-22", reason=failing)
    tale.medicine("dapagliflozin-10mg-tablets", "2021-09-06", reason=failing)
    old = tale.medicine(
        "furosemide-40mg-tablets",
        "2021-02-03",
        "2026-09-25",
        status="stopped",
        text="40 mg in the morning",
        why_stopped="Doubled: weight up 2.9 kg",
        reason=failing,
    )
    tale.medicine(
        "furosemide-40mg-tablets",
        "2026-09-25 09:15",
        at=_HOME,
        by="edwin-marsh",
        text="80 mg (two tablets) in the morning",
        prior=old,
        reason=failing,
        quantity=56,
        identifier=tale.id("furosemide-80"),
    )
    tale.medicine(
        "furosemide-40mg-tablets",
        "2021-02-05",
        at=_TRUST,
        by="ama-osei",
        text="40 mg in the morning",
        kind="repeat",
        category="discharge",
        note="From the last discharge list",
    )


def _ward(tale: Tale) -> None:
    """Twelve days on the virtual ward: up 2.9 kg, an alert, and down again."""
    episode = tale.episode(
        "Virtual ward: heart failure, North team",
        "2026-09-21",
        "2026-10-03",
        at=_HOME,
        by="edwin-marsh",
        identifier=tale.id("ward"),
    )
    stay = tale.contact(
        "home-health",
        "telemedicine-consultation-with-patient",
        "2026-09-21 11:00",
        "2026-10-03 14:00",
        at=_HOME,
        by="priya-nair",
        why="Virtual ward: heart failure",
        episode=episode,
        where=site("bed-v05", "V05"),
    )
    for on, weight, signs in _DAYS:
        tale.vital("body-weight", weight, f"{on} 07:30", at=_HOME, encounter=stay)
        tale.signs(f"{on} 07:35", signs, at=_HOME, encounter=stay)
    tale.flag(
        "Amber alert: weight up 2.9 kg in four days, oxygen 91%",
        "2026-09-25 07:40",
        at=_HOME,
        kind="safety",
        ended="2026-09-25",
        status="inactive",
        identifier=tale.id("alert"),
    )
    tale.task(
        "Acknowledge the alert: weight up 2.9 kg, NEWS2 5",
        "2026-09-25 07:40",
        at=_HOME,
        owner="priya-nair",
        status="completed",
        priority="urgent",
    )
    tale.contact(
        "virtual",
        "telephone-encounter",
        "2026-09-25 07:52",
        "2026-09-25 08:05",
        at=_HOME,
        by="priya-nair",
        why="Alert acted on: furosemide to be doubled",
        episode=episode,
    )
    for on, potassium, egfr, creatinine in (
        ("2026-09-25", 4.6, 52, 118),
        ("2026-10-02", 4.8, 49, 124),
    ):
        tale.results(
            "urea-and-electrolytes",
            f"{on} 10:30",
            (
                Result("serum-sodium-level", 137),
                Result("serum-potassium-level", potassium),
                Result("serum-creatinine-level", creatinine),
                Result("egfr", egfr),
            ),
            at=_HOME,
            by="priya-nair",
        )
    tale.document(
        "discharge-summary",
        "Virtual ward discharge summary",
        "Admitted 21 September, "
        "discharged 3 October 2026. Weight 84.1 to 87.0 kg by 25 September, 84.4 on 1 "
        "October after furosemide 80 mg. GP: bloods in one week.",
        "2026-10-03 14:00",
        at=_HOME,
        by="priya-nair",
    )


def tell(region: Region) -> list[bytes]:
    """Harold's record."""
    who = identity(
        region,
        "Harold",
        "Okafor-Pym",
        "9994100017",
        "male",
        "1951-03-09",
        "Mr",
        ("22 Weaver Street", "Thornbeck", "HW4 1LT"),
        phone="01632 960 220",
        ethnicity="N",
        marital="M",
    )
    tale = Tale(region, "harold-okafor-pym", who)
    tale.allergy(
        "allergen.ramipril",
        "2019-06-11",
        reaction="reaction.cough",
        severity="mild",
        category="medication",
    )
    failing = _heart(tale)
    _medicines(tale, failing)
    _ward(tale)
    tale.plan(
        "personalised-care-and-support-plan",
        "Heart failure plan",
        "2026-10-03 13:30",
        ("Every morning", "Weigh yourself before breakfast. Up 2 kg in three days: ring us."),
        ("Salt and drink", "1.5 litres a day."),
        at=_HOME,
        by="priya-nair",
        review="2027-01-03",
        about=(failing,),
    )
    tale.background(
        {"hypertension": "2006-03-02", "chd": "2018-05-14", "heart-failure": "2021-02-03"},
        3,
        "2026-09-10",
        allergic=("ace",),
    )
    return tale.chart.out
