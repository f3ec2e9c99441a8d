"""The values that the gallery shows: every component in all its states, about nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bevan.web.app import Link
from bevan.web.charts.lanes import Lane, Stay, lane_chart
from bevan.web.charts.sparkline import news2_trend, sparkline
from bevan.web.charts.trend import Band, Note, Point, trend_chart
from bevan.web.comparison import Clash, Comparison, Kept, Part, Side, differing
from bevan.web.components import (
    Column,
    Contact,
    Day,
    Drawn,
    Entry,
    Figure,
    Filter,
    FilterBar,
    Meaning,
    News2,
    Pages,
    Patient,
    Row,
    State,
    Tag,
    Text,
)

TODAY = date(2026, 11, 24)
TAGS = (
    Tag("crit", "Allergy: penicillin", "warning"),
    Tag("high", "Above target", "up"),
    Tag("due", "Due now"),
    Tag("watch", "Falling", "down"),
    Tag("good", "In range", "tick"),
    Tag("info", "Virtual ward", "house"),
    Tag("held", "Withheld", "padlock"),
    Tag("missing", "Not recorded", "dash"),
    Tag("stale", "3 hours old", "clock"),
    Tag("plain", "ReSPECT plan"),
    Tag("lost", "Differs", "fork"),
    Tag("died", "Died 9 October 2026"),
)
LONG = "Featherstonehaugh-Cholmondeley-Majoribanks-Wriothesley-Okonkwo"
PATIENT = Patient(
    id="example",
    name="PEMBERTON, Dorothy (Mrs)",
    born="14 March 1948",
    age="78 years",
    sex="Female",
    nhs_number="999 012 3454",
    checked="verified",
    facts=(
        ("Address", "7 Tannery Court, Thornbeck, HW4 2QP"),
        ("GP", "Dr Leila Haddad, Mill Lane Surgery"),
        ("Likes to be called", "Dot"),
    ),
    tags=(
        Tag("crit", "Allergy: penicillin – anaphylaxis", "warning"),
        Tag("crit", "Allergy: trimethoprim – rash", "warning"),
        Tag("watch", "Oxygen target 88 to 92%", "target"),
        Tag("info", "Virtual ward, day 5", "house"),
        Tag("info", "Hearing aids: face her, speak clearly", "ear"),
        Tag("plain", "ReSPECT plan"),
    ),
    critical=2,
    details="#details",
)
RESTRICTED = Patient(
    "example-2", "SHIELD, Alex", "1 May 1980", "46 years", "Female", "999 000 0018", "verified",
    tags=(Tag("held", "Restricted: address and contacts are not shown", "padlock"),),
)  # fmt: skip
DIED = Patient(
    "example-3", f"{LONG.upper()}, Maximiliana Bartholomea (Prof)", "3 February 1946", "80 years",
    "Female", "999 000 0026", "not checked",
    tags=(Tag("died", "Died 9 October 2026"), Tag("missing", "Allergies not recorded", "dash")),
    critical=2,
)  # fmt: skip
PENICILLIN = Entry(
    "Penicillin", "Mill Lane Surgery", "3 Oct 2026", after="– anaphylaxis, 1987",
    small="Severe · confirmed", critical=True,
)  # fmt: skip
CARDS: tuple[tuple[str, tuple[Entry, ...], tuple[State, ...], tuple[Tag, ...]], ...] = (
    ("Full: value, source, date", (PENICILLIN,), (), ()),
    (
        "Empty, and someone said so",
        (),
        (State("none", "No known allergies,", "said Mill Lane Surgery on 3 October 2026."),),
        (),
    ),
    (
        "Empty, and nobody said",
        (),
        (
            State(
                "missing", "Not recorded.", "No source has sent any. Ask before you prescribe.",
                Link("Record now", "#record"),
            ),
        ),
        (),
    ),
    (
        "Out of date: shown, and marked",
        (replace(PENICILLIN, source="Thornbeck General", date="07:38 today"),),
        (State("stale", "May be out of date.", "Last heard 07:38."),),
        (Tag("stale", "3 hours old", "clock"),),
    ),
    (
        "Error, and withheld: never alike",
        (),
        (
            State("failed", "Can't be shown now.", "It didn't answer at 10:42. This isn't “none”."),
            State("held", "Something is withheld", "by the team that wrote it."),
        ),
        (),
    ),
    (
        "Not connected",
        (),
        (State("off", "Not connected.", "Bevan gets nothing from this setting yet."),),
        (),
    ),
)  # fmt: skip
SCORES = (
    News2("high", "9", "High"),
    News2("medium", "6", "Medium"),
    News2("low-medium", "3", "Low-medium", "3 in BP"),
    News2("low", "2", "Low"),
    News2("incomplete", "5/7", "Incomplete"),
    News2("old", "2", "Out of date"),
)
POINTS = tuple(
    Point(date(year, month, 10), value, f"{value}")
    for year, month, value in (
        (2023, 1, 72), (2023, 7, 70), (2024, 2, 66), (2024, 8, 64), (2025, 3, 63),
        (2025, 10, 58), (2026, 4, 60), (2026, 10, 61),
    )
)  # fmt: skip
FIGURE = Figure(
    "hba1c", "HbA1c", "mmol/mol · Thornbeck Pathology",
    trend_chart("HbA1c, 8 values from 72 to 61", POINTS, Band(48, 58, "Agreed target 48 to 58"),
                [Note(date(2025, 10, 10), "Dapagliflozin started")]),
    "61 on 10 October 2026: above the agreed target.", "Down 11 since January 2023.",
    "out", (Column("Date"), Column("mmol/mol", True)),
    tuple(Row((Text(f"{p.day:%d %b %Y}"), p.text)) for p in POINTS),
)  # fmt: skip
LANES = (
    Lane("gp", "GP", [Stay(date(2026, m, 12), None, f"GP, 12/{m}", "#c1") for m in (1, 4, 10)]),
    Lane("hospital", "Hospital", [Stay(date(2026, 3, 4), date(2026, 3, 11), "7 days", "#c1")]),
    Lane("community", "Community", [Stay(date(2026, 11, 20), None, "Admitted", "#c1")]),
    Lane("ambulance", "Ambulance", [Stay(date(2026, 11, 19), None, "999 call", "#c1")]),
    Lane("social", "Social care", [Stay(date(2026, 10, 1), None, "Assessment", "#c1")]),
    Lane("mental", "Mental health", connected=False),
)  # fmt: skip
DAYS = (
    Day("Thursday 19 November 2026", "1 contact", (
        Contact("c1", date(2026, 11, 19), "11:05", "ambulance", "triangle", "Ambulance",
                "999 call, taken to hospital", "Oxygen by mask.", "Vale Ambulance Service"),
    )),
)  # fmt: skip
COMPARISON = Comparison(
    "Part of the plan",
    Side("Version 5, saved", "Dr Ama Osei, Thornbeck General · today 10:38"),
    Side("Yours, not saved", "Priya Nair, Hospital at Home · started 10:29"),
    clashes=(
        Clash("worse", "If she gets worse", *differing(
            "Treat at home first. Hospital if oxygen stays under 88%.",
            "Treat at home first. Hospital if oxygen stays under 85% for 30 minutes.",
            "Treat at home first. Send a nurse within 1 hour. Hospital if oxygen stays under 88%.",
        )),
    ),
    kept=(
        Kept("Who to call first", "Kept, yours",
             differing("Mill Lane Surgery.", "Mill Lane Surgery.", "Ward team, 01632 960 144.")[1],
             "Dr Osei didn't touch this."),
    ),
    same=(Part("Review date", "1 December 2026"),),
)  # fmt: skip
COLUMNS = (Column("Test", href="#test", sorted="ascending"), Column("Latest", True),
           Column("Trend"), Column("Meaning"))  # fmt: skip
ROWS = (
    Row((Text("HbA1c", "mmol/mol"), "61", Drawn(sparkline([72, 66, 63, 58, 61], 48, 58)),
         Meaning("out", "Above target", "up")), "#hba1c", chosen=True),
    Row((Text("Potassium", "mmol/L"), "5.1", Drawn(sparkline([4.8, 5.0, 5.1], 3.5, 5.3)),
         Meaning("in", "In range", "tick")), "#potassium"),
    Row((Text("Foot check", "annual"), "not recorded", Drawn(None, "1 value, no trend"), "")),
)  # fmt: skip
FILTERS = FilterBar(
    "/-/ui",
    (
        Filter("team", "Team", "north", (("", "All"), ("north", "North"))),
        Filter("risk", "Risk", "", (("", "All"), ("high", "High"))),
        Filter("from", "From", "", type="date"),
    ),
    "20 shown",
)


def examples() -> Mapping[str, Any]:
    """Everything the gallery's template draws, by the name it uses."""
    return {
        "tags": TAGS, "patients": (PATIENT, RESTRICTED, DIED), "cards": CARDS, "scores": SCORES,
        "news2_trends": [(news2_trend(t), t) for t in ((3, 3, 4, 4, 7), (7, 6, 7, 6), (2, 2))],
        "figure_value": FIGURE, "lanes": lane_chart(LANES, TODAY), "days": DAYS, "columns": COLUMNS,
        "rows": ROWS, "filter_bar": FILTERS, "comparison": COMPARISON,
        "entries_list": (PENICILLIN, Entry(LONG, "Thornbeck General Hospital", "9 Jun 2014",
                                      lines=("A name of sixty letters wraps",))),
        "paging": Pages("51 to 100 of 214", "/-/ui", "/-/ui"),
    }  # fmt: skip
