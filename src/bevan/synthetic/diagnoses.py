"""Problems: what the practice records of each condition, and what hospitals hold of them too."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.body import Body
from bevan.synthetic.calendar import YEAR
from bevan.synthetic.draws import Weighted, between, pick
from bevan.synthetic.person import Person
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.measurement import Taken, finding
from bevan.synthetic.shapes.problem import condition

_CODES: Final = {
    "obesity": ("body-mass-index-30-obesity",),
    "learning-disability": ("on-learning-disability-register", "mild-intellectual-disability"),
    "autism": ("autistic-disorder",),
    "adhd": ("attention-deficit-hyperactivity-disorder",),
    "hypertension": ("essential-hypertension", "essential-hypertension", "hypertensive-disorder"),
    "type-1-diabetes": ("type-1-diabetes-mellitus",),
    "type-2-diabetes": ("type-2-diabetes-mellitus",),
    "prediabetes": ("non-diabetic-hyperglycaemia",),
    "asthma": ("asthma",),
    "copd": (
        "mild-chronic-obstructive-pulmonary-disease",
        "moderate-chronic-obstructive-pulmonary-disease",
        "moderate-chronic-obstructive-pulmonary-disease",
        "severe-chronic-obstructive-pulmonary-disease",
        "chronic-obstructive-lung-disease",
    ),
    "chd": (
        "ischaemic-heart-disease",
        "myocardial-infarction",
        "angina-pectoris",
        "coronary-arteriosclerosis",
    ),
    "atrial-fibrillation": ("atrial-fibrillation",),
    "heart-failure": (
        "heart-failure",
        "heart-failure-with-reduced-ejection-fraction",
        "heart-failure-with-normal-ejection-fraction",
    ),
    "stroke": ("cerebrovascular-accident", "transient-ischaemic-attack", "ischaemic-stroke"),
    "peripheral-arterial-disease": ("peripheral-arterial-disease",),
    "depression": (
        "depressive-disorder",
        "depressive-disorder",
        "mixed-anxiety-and-depressive-disorder",
    ),
    "anxiety": ("anxiety-disorder", "generalised-anxiety-disorder"),
    "severe-mental-illness": ("schizophrenia", "bipolar-disorder", "psychotic-disorder"),
    "dementia": ("alzheimers-disease", "vascular-dementia", "dementia"),
    "epilepsy": ("epilepsy",),
    "rheumatoid-arthritis": ("rheumatoid-arthritis",),
    "osteoporosis": ("osteoporosis",),
    "hypothyroidism": ("hypothyroidism",),
    "osteoarthritis": ("osteoarthritis-of-knee", "osteoarthritis-of-hip", "osteoarthritis"),
    "migraine": ("migraine",),
    "eczema": ("eczema", "atopic-dermatitis"),
    "hay-fever": ("seasonal-allergic-rhinitis", "allergic-rhinitis"),
    "reflux": ("gastro-oesophageal-reflux-disease",),
    "gout": ("gout",),
    "prostate-enlargement": ("benign-prostatic-hyperplasia",),
    "glaucoma": ("glaucoma",),
    "cataract": ("cataract",),
    "hearing-loss": ("hearing-loss",),
    "sickle-cell": ("sickling-disorder-due-to-haemoglobin-s",),
    "palliative": ("on-palliative-care-register",),
}
_FRAILTY: Final = Weighted((("mild-frailty", 70), ("moderate-frailty", 24), ("severe-frailty", 6)))
_KIDNEY: Final = (
    (45, "chronic-kidney-disease-stage-3a"),
    (30, "chronic-kidney-disease-stage-3b"),
    (15, "chronic-kidney-disease-stage-4"),
    (0, "chronic-kidney-disease-stage-5"),
)
"""Least eGFR of each stage."""
_FEMALE_CANCER: Final = Weighted(
    (
        ("malignant-tumour-of-breast", 38),
        ("malignant-tumour-of-colon", 12),
        ("malignant-tumour-of-lung", 10),
        ("malignant-melanoma", 10),
        ("malignant-lymphoma", 9),
        ("malignant-tumour-of-ovary", 7),
        ("malignant-tumour-of-rectum", 5),
        ("malignant-tumour-of-urinary-bladder", 3),
    )
)
_MALE_CANCER: Final = Weighted(
    (
        ("malignant-tumour-of-prostate", 40),
        ("malignant-tumour-of-colon", 14),
        ("malignant-tumour-of-lung", 10),
        ("malignant-melanoma", 9),
        ("malignant-lymphoma", 9),
        ("malignant-tumour-of-urinary-bladder", 7),
        ("malignant-tumour-of-rectum", 7),
    )
)
_YOUNG_CANCER: Final = ("malignant-lymphoma", "acute-myeloid-leukaemia")
_HOSPITAL_HOLDS: Final = frozenset(
    {
        "type-1-diabetes",
        "type-2-diabetes",
        "copd",
        "chd",
        "atrial-fibrillation",
        "heart-failure",
        "stroke",
        "cancer",
        "epilepsy",
        "rheumatoid-arthritis",
        "dementia",
        "chronic-kidney-disease",
        "hypertension",
    }
)


def code_of(person: Person, name: str, body: Body) -> str:
    """The problem that a condition is recorded as: the key's last part."""
    draws = person.draws
    if name == "frailty":
        return _FRAILTY.draw(draws)
    if name == "chronic-kidney-disease":
        filtered = body.egfr(person.end)
        return next(code for least, code in _KIDNEY if filtered >= least)
    if name == "cancer":
        if person.age(person.onset[name]) < 35:
            return pick(draws, _YOUNG_CANCER)
        return (_FEMALE_CANCER if person.female else _MALE_CANCER).draw(draws)
    return pick(draws, _CODES[name])


def _hospital_copy(person: Person, chart: Chart, code: str, onset: int) -> None:
    """The trust's own entry of a problem: often later, now and then with a wrong date."""
    recorded = min(onset + between(person.draws, 20, 900), person.end)
    wrong = person.draws.random() < 0.01
    condition(
        chart,
        person.trust,
        f"problem.{code}",
        onset + (365 if wrong else 0) if onset + 365 <= recorded else onset,
        recorded=recorded,
    )


def _lifestyle(person: Person, chart: Chart, name: str, onset: int) -> None:
    """Smoking isn't a problem but a finding of the practice."""
    key = "finding.smoker" if name == "smoking" else "finding.ex-smoker"
    day = max(onset, person.start)
    finding(chart, Taken(day, 600, person.who.practice, person.who.gp.ref), key)


def write(person: Person, chart: Chart, body: Body) -> None:
    """Write the problem list of the practice and the copies of the trust."""
    draws = person.draws
    for name, onset in person.onset.items():
        if name in ("smoking", "ex-smoking"):
            _lifestyle(person, chart, name, onset)
            continue
        code = code_of(person, name, body)
        lag = int(draws.random() * 60)
        over = name in ("depression", "anxiety", "eczema", "migraine") and draws.random() < 0.25
        ended = min(onset + int(YEAR * (1 + 4 * draws.random())), person.end) if over else None
        person.problems[name] = condition(
            chart,
            person.who.practice,
            f"problem.{code}",
            onset,
            recorded=min(onset + lag, person.end),
            by=person.who.gp,
            status="resolved" if ended else "active",
            ended=ended,
        )
        if name in _HOSPITAL_HOLDS and draws.random() < 0.35:
            _hospital_copy(person, chart, code, onset)
