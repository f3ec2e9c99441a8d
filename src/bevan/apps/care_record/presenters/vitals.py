"""Vital signs: the latest set with its NEWS2, and each sign over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from bevan.apps.care_record.presenters.units import unit
from bevan.apps.care_record.rules import entries, news2
from bevan.apps.care_record.rules.concepts import Resource, has, words
from bevan.apps.care_record.service.chart import Chart
from bevan.fhir.codes import code
from bevan.web.charts.sparkline import change_in_words, news2_trend
from bevan.web.components import Column, News2, News2Kind, Row, Text
from bevan.web.words import amount, clock_time, moment, near_date, sentence, short_date

KIND_OF: Mapping[news2.Word, News2Kind] = MappingProxyType(
    {"High": "high", "Medium": "medium", "Low-medium": "low-medium", "Low": "low"}
)
OLD_AFTER = timedelta(hours=24)
SIGNS = (
    ("oxygen", "Oxygen level", ("oxygen-saturation", "peripheral-oxygen-saturation")),
    ("breathing", "Breathing rate", ("respiratory-rate",)),
    ("pulse", "Pulse", ("heart-rate", "pulse-rate")),
    ("pressure", "Blood pressure", ("blood-pressure",)),
    ("temperature", "Temperature", ("body-temperature", "core-body-temperature")),
    ("alertness", "Alertness", ("acvpu",)),
    ("weight", "Weight", ("body-weight",)),
    ("height", "Height", ("body-height-measure",)),
    ("bmi", "Body mass index", ("body-mass-index",)),
)  # fmt: skip
MAIN = 6
PART_WORDS = {
    "news2-breathing": "breathing", "news2-oxygen-scale-1": "oxygen",
    "news2-oxygen-scale-2": "oxygen", "news2-systolic": "blood pressure",
    "news2-pulse": "pulse", "news2-consciousness": "alertness",
    "news2-temperature": "temperature",
}  # fmt: skip
SCORED_AS: Mapping[str, tuple[tuple[str, ...], float]] = MappingProxyType({
    "oxygen": (("news2-oxygen-scale-1", "news2-oxygen-scale-2"), 93),
    "breathing": (("news2-breathing",), 16),
    "pulse": (("news2-pulse",), 70),
    "pressure": (("news2-systolic",), 120),
    "temperature": (("news2-temperature",), 37),
})  # fmt: skip
ALERT = {
    "finding.mentally-alert": "Alert", "finding.acute-confusion": "New confusion",
    "finding.responds-to-voice": "Responds to voice", "finding.responds-to-pain":
    "Responds to pain", "finding.unresponsive": "Unresponsive",
}  # fmt: skip


@dataclass(frozen=True)
class Sign:
    """One sign: number and unit, or the plain words that it wasn't recorded."""

    label: str
    figure: str
    unit: str = ""
    when: str = ""
    source: str = ""
    old: bool = False
    side: str = ""


@dataclass(frozen=True)
class Vitals:
    """What the card of latest vital signs shows."""

    meta: str
    score: News2 | None
    trend: Markup | None
    change: str
    scale: str
    signs: tuple[Sign, ...]


def vitals(chart: Chart) -> Vitals | None:
    """The latest of each main sign; None when no sign was ever recorded."""
    told = entries.newest(entries.counted(chart.resources("vitals")))
    latest = [(label, _latest(told, keys)) for _, label, keys in SIGNS[:MAIN]]
    scores = [one for one in told if _is(one, "news2") and "valueQuantity" in one]
    known = [one for _, one in latest if one]
    if not known and not scores:
        return None
    newest = max(entries.when(one) for one in [*known, *scores[:1]])
    totals = [int(one["valueQuantity"]["value"]) for one in reversed(scores[:8])]
    return Vitals(
        f"{chart.senders.name((scores or known)[0])} · {near_date(newest, chart.today)}",
        _news2(chart, scores[0]) if scores else None,
        news2_trend(totals),
        _change(totals, scores),
        _scale(scores[0]) if scores else "",
        tuple(
            _sign(chart, label, one, newest, _side(name, one, scores[:1]))
            for (name, _, _), (label, one) in zip(SIGNS, latest, strict=False)
        ),
    )


def _is(observation: Resource, *keys: str) -> bool:
    return has(observation.get("code"), *(code(f"observable.{key}").code for key in keys))


def _latest(told: Sequence[dict[str, Any]], keys: Sequence[str]) -> dict[str, Any] | None:
    return next((one for one in told if _is(one, *keys)), None)


def _side(name: str, one: dict[str, Any] | None, scores: Sequence[dict[str, Any]]) -> str:
    """Low or high, for a sign that scores 2 or 3 in the NEWS2 of the same moment."""
    if one is None or not scores or entries.when(one) != entries.when(scores[0]):
        return ""
    keys, middle = SCORED_AS.get(name, ((), 0))
    parts = [p for p in scores[0].get("component") or [] if _is(p, *keys)] if keys else []
    if not any((p.get("valueQuantity") or {}).get("value", 0) >= 2 for p in parts):
        return ""
    first = one.get("valueQuantity") or (one.get("component") or [{}])[0].get("valueQuantity") or {}
    return "low" if float(first.get("value", middle)) < middle else "high"


def _sign(chart: Chart, label: str, one: dict[str, Any] | None, newest: str, side: str) -> Sign:
    if one is None:
        return Sign(label, "Not recorded")
    figure, measure = value(one)
    when = entries.when(one)
    return Sign(
        label, figure, measure, near_date(when, chart.today), chart.senders.name(one),
        old=when[:10] != newest[:10], side=side,
    )  # fmt: skip


def value(observation: Resource) -> tuple[str, str]:
    """Number and unit of any vital sign, blood pressure as systolic/diastolic."""
    if quantity := observation.get("valueQuantity"):
        return quantity.get("comparator", "") + amount(quantity.get("value", "")), unit(quantity)
    parts = observation.get("component") or []
    figures = [amount((p.get("valueQuantity") or {}).get("value", "?")) for p in parts[:2]]
    if figures:
        return "/".join(figures), unit(parts[0].get("valueQuantity") or {})
    concept = observation.get("valueCodeableConcept")
    known = (text for key, text in ALERT.items() if has(concept, code(key).code))
    if concept:
        return next(known, words(concept)), ""
    said = observation.get("valueBoolean")
    return ("Yes" if said else "No value" if said is None else "No"), ""


def _threes(observation: Resource) -> tuple[str, ...]:
    found = []
    for part in observation.get("component") or []:
        if (part.get("valueQuantity") or {}).get("value") == 3:
            keys = (key for key in PART_WORDS if _is(part, key))
            found.append(next((PART_WORDS[key] for key in keys), "one part"))
    return tuple(found)


def _news2(chart: Chart, observation: dict[str, Any]) -> News2:
    total, threes = int(observation["valueQuantity"]["value"]), _threes(observation)
    word = news2.word(total, bool(threes))
    taken = moment(entries.when(observation))
    single = f"3 in {', '.join(threes)}" if threes else ""
    if isinstance(taken, datetime) and chart.now - taken > OLD_AFTER:
        return News2(
            "old", str(total), f"Out of date, {short_date(entries.when(observation)[:10])}"
        )
    return News2(KIND_OF[word], str(total), word, single)


def _change(totals: Sequence[int], scores: Sequence[dict[str, Any]]) -> str:
    if len(totals) < 2:
        return ""
    return f"{change_in_words(totals)} from {totals[-2]} at {clock_time(entries.when(scores[1]))}"


def _scale(observation: Resource) -> str:
    two = any(_is(part, "news2-oxygen-scale-2") for part in observation.get("component") or [])
    return "Oxygen on scale 2" if two else ""


COLUMNS = (Column("Time"), Column("NEWS2"), *(Column(label) for _, label, _ in SIGNS[:MAIN]),
           Column("Source", numeric=True))  # fmt: skip


def sets(chart: Chart) -> tuple[Row, ...]:
    """Readings taken at the same moment stand in one row, newest first."""
    moments: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in entries.newest(entries.counted(chart.resources("vitals"))):
        moments.setdefault((entries.when(one), entries.source(one)), []).append(one)
    main = tuple(key for _, _, keys in SIGNS[:MAIN] for key in keys)
    kept = {k: v for k, v in moments.items() if any(_is(one, "news2", *main) for one in v)}
    return tuple(_set(chart, when, taken) for (when, _), taken in kept.items())


def _set(chart: Chart, when: str, taken: list[dict[str, Any]]) -> Row:
    score = _latest(taken, ("news2",))
    cells = [_set_value(_latest(taken, keys)) for _, _, keys in SIGNS[:MAIN]]
    return Row((
        Text(near_date(when, chart.today), "" if near_date(when, chart.today)[:1] in "TY"
             else clock_time(when)),
        _score_text(score), *cells, Text(chart.senders.name(taken[0])),
    ))  # fmt: skip


def _score_text(score: dict[str, Any] | None) -> str | Text:
    if score is None or "valueQuantity" not in score:
        return "not scored"
    total, threes = int(score["valueQuantity"]["value"]), _threes(score)
    return Text(f"{total} {news2.word(total, bool(threes))}",
                f"3 in {', '.join(threes)}" if threes else "")  # fmt: skip


def _set_value(one: dict[str, Any] | None) -> str:
    if one is None:
        return "not taken"
    figure, measure = value(one)
    return f"{figure}{'' if measure == '%' else ' '}{measure}".strip()


def others(chart: Chart) -> tuple[Row, ...]:
    """The latest of every other measurement, score and finding."""
    main = tuple(key for _, _, keys in SIGNS[:MAIN] for key in keys)
    latest: dict[str, dict[str, Any]] = {}
    for one in entries.newest(entries.counted(chart.resources("vitals"))):
        if not _is(one, "news2", *main):
            latest.setdefault(words(one.get("code")), one)
    return tuple(
        Row((Text(sentence(name)), _set_value(one), short_date(entries.when(one)[:10]),
             Text(chart.senders.name(one))))
        for name, one in latest.items()
    )  # fmt: skip


OTHER_COLUMNS = (Column("Measurement"), Column("Latest", numeric=True), Column("Date"),
                 Column("Source", numeric=True))  # fmt: skip
