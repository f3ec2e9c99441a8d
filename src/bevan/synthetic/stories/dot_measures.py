"""What was measured of Dot Pemberton: her blood over the years, her readings at home."""

from __future__ import annotations

from typing import Any, Final

from bevan.synthetic.shapes.laboratory import Result
from bevan.synthetic.shapes.measurement import Signs, device
from bevan.synthetic.stories.dot_year import AT_HOME, THORNBECK
from bevan.synthetic.stories.tale import Tale

_SERIES: Final = (
    ("2023-01-16", 72, 47, 102, 4.6, 5.1, 4.6, 126),
    ("2023-07-10", 70, 45, 106, 4.7, 5.4, 4.4, 125),
    ("2024-01-30", 66, 44, 108, 4.9, 5.8, 4.3, 124),
    ("2024-08-19", 64, 43, 110, 4.8, 6.3, 4.1, 123),
    ("2025-03-11", 63, 42, 112, 5.0, 6.9, 4.0, 122),
    ("2025-10-07", 58, 41, 115, 4.9, 7.4, 3.9, 121),
    ("2026-04-21", 60, 41, 115, 5.0, 7.8, 3.9, 120),
    ("2026-10-03", 61, 40, 118, 5.0, 8.2, 3.9, 119),
)
"""Day, HbA1c, eGFR, creatinine, potassium, urine ACR, cholesterol, haemoglobin."""


def _kidney(egfr: float, creatinine: float, potassium: float) -> tuple[Result, ...]:
    """Urea and electrolytes, with the limit that matters for metformin as the range of eGFR."""
    return (
        Result("serum-sodium-level", 138),
        Result("serum-potassium-level", potassium),
        Result("serum-urea-level", 7.2 + (47 - egfr) * 0.25),
        Result("serum-creatinine-level", creatinine),
        Result("egfr", egfr, 45.0, None, "Metformin: full dose at 45 or more; stop under 30."),
    )


def _blood(haemoglobin: float, white: float = 7.4) -> tuple[Result, ...]:
    """Full blood count."""
    return (
        Result("haemoglobin-estimation", haemoglobin),
        Result("total-white-cell-count", white),
        Result("platelet-count", 268),
        Result("mean-corpuscular-volume", 88.4),
        Result("neutrophil-count", white * 0.66),
        Result("eosinophil-count", 0.31),
    )


def results(tale: Tale, ward: str, stay: str) -> None:
    """Years of bloods with their trends, and those of this illness."""
    for year in range(2016, 2023):
        back = 2022 - year
        when = f"{year}-09-14 09:20"
        tale.results("hba1c", when, (Result("hba1c", 71 - back * 1.4, 48.0, 58.0),))
        tale.results("urea-and-electrolytes", when, _kidney(48 + back * 2.6, 101 - back * 3, 4.4))
        tale.results("full-blood-count", when, _blood(127 + back * 0.3))
    for on, sugar, egfr, creatinine, potassium, acr, fat, blood in _SERIES:
        when = f"{on} 09:10"
        target = Result(
            "hba1c", sugar, 48.0, 58.0, "Target agreed with Dot by Dr Leila Haddad, 14 May 2024."
        )
        tale.results("hba1c", when, (target,))
        tale.results("urea-and-electrolytes", when, _kidney(egfr, creatinine, potassium))
        tale.results("full-blood-count", when, _blood(blood))
        tale.results(
            "urine-albumin-creatinine-ratio",
            when,
            (Result("urine-albumin-creatinine-ratio", acr),),
            blood=False,
        )
        tale.results(
            "measurement-of-serum-lipid-level",
            when,
            (
                Result("serum-cholesterol-level", fat),
                Result("serum-high-density-lipoprotein-cholesterol-level", 1.4),
                Result("serum-non-high-density-lipoprotein-cholesterol-level", fat - 1.4),
            ),
        )
    tale.results("crp", "2026-03-02 13:10", (Result("crp", 96),), at=THORNBECK)
    tale.results("crp", "2026-04-21 09:10", (Result("crp", 4),))
    where: dict[str, Any] = {"at": THORNBECK, "by": "ama-osei", "encounter": stay}
    tale.results("crp", "2026-11-19 12:20", (Result("crp", 118),), **where)
    tale.results("full-blood-count", "2026-11-19 12:20", _blood(119, 13.8), **where)
    tale.results("crp", "2026-11-20 07:30", (Result("crp", 96),), **where)
    tale.results("full-blood-count", "2026-11-20 07:30", _blood(118, 12.1), **where)
    tale.results(
        "urea-and-electrolytes",
        "2026-11-20 07:30",
        _kidney(38, 124, 5.1),
        conclusion="Taken during acute illness: repeat after recovery.",
        **where,
    )
    tale.results(
        "crp",
        "2026-11-23 10:15",
        (Result("crp", 42),),
        at=AT_HOME,
        by="maria-duarte",
        encounter=ward,
    )
    tale.results(
        "urea-and-electrolytes",
        "2021-06-15 10:00",
        _kidney(50, 98, 4.5),
        at="kelding-infirmary",
        laboratory_at="kelding-pathology",
    )
    tale.imaging(
        "procedure.plain-chest-x-ray",
        "2026-11-19 12:45",
        "Hyperinflated lungs. No consolidation, no collapse. No change from March.",
        at=THORNBECK,
        by="ama-osei",
        encounter=stay,
        text="Chest X-ray",
    )
    tale.imaging(
        "procedure.plain-chest-x-ray",
        "2026-03-02 13:40",
        "Consolidation in the right lower zone. Repeat in six weeks.",
        at=THORNBECK,
        by="ama-osei",
        text="Chest X-ray",
    )


_HOME: Final = (
    ("2026-11-20 17:10", 90, 20, 90),
    ("2026-11-20 21:30", 89, 20, 92),
    ("2026-11-21 08:05", 91, 19, 88),
    ("2026-11-21 13:00", 90, 20, 89),
    ("2026-11-21 18:10", 91, 19, 86),
    ("2026-11-22 08:10", 90, 20, 88),
    ("2026-11-22 13:05", 92, 18, 84),
    ("2026-11-22 18:00", 91, 19, 86),
    ("2026-11-23 08:00", 90, 20, 88),
    ("2026-11-23 11:00", 91, 20, 88),
    ("2026-11-23 13:10", 90, 20, 90),
    ("2026-11-23 16:00", 89, 21, 90),
    ("2026-11-23 18:10", 90, 20, 90),
    ("2026-11-23 21:15", 89, 21, 90),
)
"""When the home kit sent oxygen, breathing and pulse; only some sets were complete."""


def readings(tale: Tale, ward: str) -> None:
    """What the home kit sent, up to 85 % at 10:31 today: NEWS2 6, medium, up from 3."""
    kit = device(tale.chart, tale.place(AT_HOME), "Oximeter 114", "HAH-OX-114", tale.id("kit"))
    sent: dict[str, Any] = {"at": AT_HOME, "encounter": ward, "device": kit}
    for number, (when, oxygen, breathing, pulse) in enumerate(_HOME):
        if number % 3 == 0:
            tale.signs(when, Signs(breathing, oxygen, False, 126, pulse, "A", 37.1, 2, 74), **sent)
        else:
            tale.vital("oxygen-saturation", oxygen, when, **sent)
            tale.vital("heart-rate", pulse, when, **sent)
    tale.signs(
        "2026-11-24 08:12",
        Signs(21, 90, False, 124, 92, "A", 37.4, 2, 72),
        "Oxygen scale 2, set by Dr A Osei.",
        tale.id("news2-0812"),
        **sent,
    )
    tale.signs(
        "2026-11-24 10:31",
        Signs(24, 85, False, 118, 108, "A", 38.2, 2, 70),
        "Oxygen scale 2, set by Dr A Osei. Dot wrote: “More breathless, chest tight when I walk.”",
        tale.id("news2-1031"),
        **sent,
    )
    tale.vital("body-weight", 71.4, "2025-02-11 09:30", by="jo-baptiste")
    for when, high, low in (
        ("2025-02-11 09:32", 138, 74),
        ("2025-10-07 09:20", 136, 72),
        ("2026-04-21 09:20", 134, 74),
        ("2026-10-03 09:20", 132, 70),
    ):
        tale.pressure(high, low, when, by="jo-baptiste")


def alert(tale: Tale) -> None:
    """The red alert that nobody has acknowledged yet."""
    tale.flag(
        "Red alert: oxygen 85%, below her target of 88 to 92%",
        "2026-11-24 10:31",
        at=AT_HOME,
        kind="safety",
        identifier=tale.id("alert"),
    )
    tale.task(
        "Acknowledge the alert: oxygen 85%, NEWS2 6",
        "2026-11-24 10:31",
        at=AT_HOME,
        owner="priya-nair",
        priority="stat",
        focus=f"Flag/{tale.id('alert')}",
        identifier=tale.id("alert-task"),
    )
