"""Blood tests as panels: which values each holds for a person on a day."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.body import Body
from bevan.synthetic.draws import normal
from bevan.synthetic.person import Person
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.laboratory import Ordered, Result, report

_PANEL: Final = {
    "kidney": "observable.urea-and-electrolytes",
    "blood": "observable.full-blood-count",
    "liver": "observable.hepatic-function-panel",
    "lipids": "observable.measurement-of-serum-lipid-level",
    "sugar": "observable.hba1c",
    "thyroid": "observable.thyroid-function-test",
    "inflammation": "observable.crp",
    "urine": "observable.urine-albumin-creatinine-ratio",
}


def _kidney(body: Body, on: int, ill: float) -> tuple[Result, ...]:
    """Urea and electrolytes; `ill` raises creatinine by its share."""
    draws = body.draws
    egfr = body.egfr(on)
    creatinine = body.creatinine(egfr, on) * (1 + ill)
    egfr = egfr / (1 + ill) ** 1.2
    potassium = normal(draws, 4.4 + max(0, 60 - egfr) * 0.008, 0.3)
    return (
        Result("serum-sodium-level", normal(draws, body.salt - ill * 3, 1.7)),
        Result("serum-potassium-level", max(2.7, min(6.4, potassium))),
        Result("serum-urea-level", max(1.5, normal(draws, 5 + max(0, 75 - egfr) * 0.12, 0.9))),
        Result("serum-creatinine-level", creatinine),
        Result("egfr", egfr),
    )


def _blood(body: Body, on: int, ill: float) -> tuple[Result, ...]:
    """Full blood count."""
    draws = body.draws
    haemoglobin = body.blood(on) - ill * 8
    white = max(2.1, (body.cells + normal(draws, 0, 0.7)) * (1 + ill * 2.2))
    neutrophils = min(white * 0.92, white * (0.58 + ill * 0.3))
    return (
        Result("haemoglobin-estimation", haemoglobin),
        Result("total-white-cell-count", white),
        Result("platelet-count", max(70, normal(draws, body.platelets, 14))),
        Result("mean-corpuscular-volume", normal(draws, body.volume, 0.9)),
        Result("neutrophil-count", neutrophils),
        Result("lymphocyte-count", max(0.4, min(white - neutrophils, normal(draws, 2, 0.5)))),
    )


def _liver(body: Body, on: int, ill: float) -> tuple[Result, ...]:
    """Liver function."""
    draws = body.draws
    alt = 21 * 2.718 ** (body.liver + normal(draws, 0, 0.22)) * (1 + ill)
    child = body.person.age(on) < 16
    return (
        Result("serum-alanine-aminotransferase-level", alt),
        Result(
            "serum-alkaline-phosphatase-level",
            max(25, normal(draws, 210 if child else 75, 40 if child else 16)),
        ),
        Result("serum-total-bilirubin-level", max(3, normal(draws, 9, 3))),
        Result("serum-albumin-level", normal(draws, 43 - ill * 6, 2.6)),
    )


def _lipids(body: Body, on: int, _: float) -> tuple[Result, ...]:
    """Lipids; the parts add up."""
    total, hdl = body.cholesterol(on)
    return (
        Result("serum-cholesterol-level", total),
        Result("serum-high-density-lipoprotein-cholesterol-level", hdl),
        Result("serum-non-high-density-lipoprotein-cholesterol-level", total - hdl),
    )


def _sugar(body: Body, on: int, _: float) -> tuple[Result, ...]:
    """HbA1c."""
    return (Result("hba1c", body.hba1c(on)),)


def _thyroid(body: Body, on: int, _: float) -> tuple[Result, ...]:
    """Thyroid stimulating hormone."""
    return (Result("serum-thyroid-stimulating-hormone-level", body.thyrotropin(on)),)


def _inflammation(body: Body, _: int, ill: float) -> tuple[Result, ...]:
    """C reactive protein."""
    value = body.inflammation() + ill * (60 + body.draws.random() * 120)
    return (Result("crp", value),)


def _urine(body: Body, on: int, _: float) -> tuple[Result, ...]:
    """Urine albumin to creatinine ratio."""
    worse = max(0.0, body.person.since("type-2-diabetes", on)) * 0.06
    worse += 0.9 if body.person.since("chronic-kidney-disease", on) > 0 else 0
    return (
        Result(
            "urine-albumin-creatinine-ratio",
            0.8 * 2.718 ** (worse + body.kidney * -0.03 + normal(body.draws, 0, 0.35)),
        ),
    )


_VALUES: Final = {
    "kidney": _kidney,
    "blood": _blood,
    "liver": _liver,
    "lipids": _lipids,
    "sugar": _sugar,
    "thyroid": _thyroid,
    "inflammation": _inflammation,
    "urine": _urine,
}


def panel(
    person: Person, chart: Chart, body: Body, ordered: Ordered, name: str, ill: float = 0.0
) -> None:
    """Order a panel and write its results; `ill` is 0 on an ordinary day, towards 1 in sepsis."""
    if not person.tested:
        return
    items = _VALUES[name](body, ordered.day, ill)
    report(chart, ordered, _PANEL[name], items, female=person.female, blood=name != "urine")
