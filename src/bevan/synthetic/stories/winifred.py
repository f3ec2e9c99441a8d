"""Winifred Asante, 62: a bowel cancer found by a test kit, treated in time."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import day
from bevan.synthetic.ground import Region
from bevan.synthetic.shapes.contact import site
from bevan.synthetic.shapes.laboratory import Result
from bevan.synthetic.shapes.treatment import procedure
from bevan.synthetic.stories.cast import identity
from bevan.synthetic.stories.tale import Tale

_TRUST: Final = "thornbeck-general"
_OTHER: Final = "kelding-infirmary"
_CYCLES: Final = (
    "2026-05-13",
    "2026-06-03",
    "2026-06-24",
    "2026-07-15",
    "2026-08-05",
    "2026-08-26",
    "2026-09-16",
    "2026-10-07",
)


def _found(tale: Tale) -> str:
    """From the test kit on 17 February to the meeting on 18 March."""
    tale.results(
        "fit",
        "2026-02-17 09:30",
        (Result("fit", 64, None, 10),),
        blood=False,
        text="Faecal immunochemical test",
    )
    tale.document(
        "referral-letter",
        "Urgent referral: suspected bowel cancer",
        "FIT 64. Tired, haemoglobin 104. Please see within two weeks.",
        "2026-02-19 11:00",
        by="leila-haddad",
    )
    tale.contact(
        "virtual",
        "telephone-consultation",
        "2026-02-19 10:40",
        "2026-02-19 10:55",
        by="leila-haddad",
        why="Test result given, urgent referral made",
    )
    seen = tale.contact(
        "short-stay",
        "hospital-admission",
        "2026-03-04 09:00",
        "2026-03-04 13:00",
        at=_TRUST,
        why="Colonoscopy",
        admitted="12",
        source="19",
        discharged="1",
        destination="19",
        where=site(f"{_TRUST}-day-unit", "Day unit"),
    )
    procedure(
        tale.chart,
        tale.place(_TRUST),
        "opcs.h22.1",
        day("2026-03-04"),
        600,
        encounter=seen,
        note="Mass in the caecum, biopsies taken",
    )
    tale.imaging(
        "procedure.colonoscopy",
        "2026-03-04 10:00",
        "Ulcerated mass in the caecum. Histology: adenocarcinoma.",
        at=_TRUST,
        radiology=False,
        encounter=seen,
        text="Colonoscopy with biopsy",
    )
    tale.imaging(
        "procedure.computed-tomography-of-chest",
        "2026-03-11 14:00",
        "Caecal tumour, one enlarged node. No spread to liver or lungs.",
        at=_OTHER,
        read_at="kelding-imaging",
        text="CT of chest and abdomen",
    )
    tale.document(
        "letter",
        "Cancer meeting outcome",
        "Discussed on 18 March 2026: caecal cancer T3N1. Operation, then chemotherapy.",
        "2026-03-18 16:00",
        at=_TRUST,
    )
    return tale.problem(
        "malignant-tumour-of-colon",
        "2026-03-04",
        at=_TRUST,
        recorded="2026-03-18",
        text="Cancer of the caecum, T3N1",
        identifier=tale.id("cancer"),
    )


def _treated(tale: Tale, cancer: str) -> None:
    """Operation on 1 April, chemotherapy from 13 May, clear on 21 October."""
    stay = tale.contact(
        "inpatient-encounter",
        "hospital-admission",
        "2026-04-01 07:30",
        "2026-04-07 11:00",
        at=_TRUST,
        why="Right hemicolectomy",
        admitted="11",
        source="19",
        discharged="1",
        destination="19",
        where=site(f"{_TRUST}-ward-5", "Ward 5, surgery"),
    )
    tale.document(
        "clinical-procedure-report",
        "Operation note: right hemicolectomy",
        "Keyhole right hemicolectomy on 1 April 2026. Histology T3N1, margins clear.",
        "2026-04-01 15:00",
        at=_TRUST,
        encounter=stay,
    )
    tale.document(
        "discharge-summary",
        "Discharge summary: right hemicolectomy",
        "Home on 7 April. Clips out on day 10. Oncology clinic in four weeks.",
        "2026-04-07 11:00",
        at=_TRUST,
        encounter=stay,
    )
    for number, on in enumerate(_CYCLES):
        seen = tale.contact(
            "short-stay",
            "hospital-admission",
            f"{on} 09:00",
            f"{on} 14:30",
            at=_OTHER,
            why=f"Chemotherapy, cycle {number + 1}",
            admitted="13",
            source="19",
            discharged="1",
            destination="19",
            where=site(f"{_OTHER}-day-unit", "Day unit"),
        )
        procedure(
            tale.chart,
            tale.place(_OTHER),
            "opcs.x72.1",
            day(on),
            620,
            encounter=seen,
            reason=cancer,
        )
        tale.results(
            "full-blood-count",
            f"{on} 08:20",
            (
                Result("haemoglobin-estimation", 108 + number * 2),
                Result("total-white-cell-count", 5.6 - number * 0.2),
                Result("neutrophil-count", 3.1 - number * 0.15),
                Result("platelet-count", 232),
            ),
            at=_OTHER,
            laboratory_at="kelding-pathology",
            encounter=seen,
        )
    tale.medicine(
        "ondansetron-4mg-tablets",
        "2026-05-13",
        "2026-10-14",
        at=_OTHER,
        by="ama-osei",
        kind="acute",
        reason=cancer,
    )
    tale.imaging(
        "procedure.computed-tomography-of-chest",
        "2026-10-21 10:30",
        "No sign of disease. Compared with Kelding's images of March.",
        at=_TRUST,
        text="CT of chest and abdomen",
    )
    tale.document(
        "outpatient-letter",
        "Oncology letter",
        "CEA and CT on 21 October 2026 clear. Next scan in six months.",
        "2026-10-23 12:00",
        at=_TRUST,
    )


def tell(region: Region) -> list[bytes]:
    """Winifred's record."""
    who = identity(
        region,
        "Winifred",
        "Asante",
        "9994113143",
        "female",
        "1964-08-08",
        "Mrs",
        ("30 Linden Gardens", "Thornbeck", "HW4 2TH"),
        mobile="07700 900 414",
        ethnicity="N",
        marital="M",
    )
    tale = Tale(region, "winifred-asante", who)
    tale.allergy(
        "allergen.codeine", "2011-03-14", reaction="reaction.vomiting", severity="moderate"
    )
    tale.problem("essential-hypertension", "2012-05-09")
    tale.problem("iron-deficiency-anaemia", "2026-02-10")
    cancer = _found(tale)
    _treated(tale, cancer)
    tale.medicine("amlodipine-5mg-tablets", "2012-06-06")
    tale.medicine("ferrous-fumarate-210mg-tablets", "2026-02-12", kind="repeat")
    tale.plan(
        "personalised-care-and-support-plan",
        "Living with and beyond cancer",
        "2026-10-28 10:00",
        ("Follow-up", "Blood test every three months, scan in April."),
        ("What matters", "Singing in the choir again by Easter."),
        at=_TRUST,
        review="2027-04-28",
        about=(cancer,),
    )
    tale.booked(
        "Oncology clinic",
        "2027-01-20 11:00",
        20,
        at=_OTHER,
        status="booked",
        made="2026-10-21",
        key="specialty.medical-oncology",
    )
    tale.background({"hypertension": "2012-05-09"}, 5, "2026-02-01", allergic=("opioid",))
    return tale.chart.out
