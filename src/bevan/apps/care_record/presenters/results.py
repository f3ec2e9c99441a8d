"""Laboratory results: rows with a trend, and charts that say in a sentence what they show."""

from __future__ import annotations

from collections.abc import Sequence

from bevan.apps.care_record.presenters.units import unit
from bevan.apps.care_record.rules import entries, results
from bevan.apps.care_record.rules.results import Reading, Series
from bevan.apps.care_record.service.chart import Chart
from bevan.web.app import Link
from bevan.web.charts.sparkline import sparkline
from bevan.web.charts.trend import Band, Point, trend_chart
from bevan.web.components import Column, Drawn, Entry, Figure, Meaning, Row, Text
from bevan.web.words import day_of, long_date, sentence, short_date

COLUMNS = (
    Column("Test"), Column("Latest", numeric=True), Column("Change", numeric=True),
    Column("Trend"), Column("Range"), Column("Meaning"), Column("Source", numeric=True),
)  # fmt: skip
BRIEF = (Column("Test"), Column("Latest", numeric=True), Column("Trend"),
         Column("Meaning and range"))  # fmt: skip
LONG_NAMES = (
    (" level", ""), ("Serum ", ""), ("Plasma ", ""), ("Blood ", ""), (" concentration", ""),
    (" - International Federation of Clinical Chemistry and Laboratory Medicine standardised", ""),
    (" using creatinine Chronic Kidney Disease Epidemiology Collaboration equation per 1.73 "
     "square metres", ""), ("(estimated glomerular filtration rate)", "(kidney function)"),
    ("Haemoglobin A1c", "HbA1c"), (" estimation", ""),
)  # fmt: skip


def series_of(chart: Chart) -> list[Series]:
    """All numeric laboratory results, by test."""
    return results.series(chart.resources("laboratory"))


def title(one: Series) -> str:
    """The test's name without what every laboratory adds; the full one stays in the record."""
    text = one.name
    for long, short in LONG_NAMES:
        text = text.replace(long, short)
    text = text.strip()
    # eGFR keeps its small letter: what follows it is a capital.
    return text if text[1:2].isupper() else sentence(text)


def unit_of(one: Series) -> str:
    """The unit of a series in words."""
    return unit(one.last.resource["valueQuantity"])


def meaning(one: Series) -> Meaning:
    """The last value in a word or two."""
    said = results.verdict(one)
    return Meaning(said.kind, said.text, said.icon)


def trend(one: Series) -> Drawn:
    """Up to twelve last values; a single one is no trend."""
    values = [reading.value for reading in one.readings[-12:]]
    drawn = sparkline(values, one.last.low, one.last.high)
    return Drawn(drawn, "1 value, no trend")


def rows(chart: Chart, shown: Sequence[Series], chosen: Sequence[str]) -> tuple[Row, ...]:
    """The table of tests."""
    return tuple(_row(chart, one, one.key in chosen) for one in shown)


def _row(chart: Chart, one: Series, chosen: bool) -> Row:
    last = one.last
    return Row(
        (
            Text(title(one), unit_of(one)),
            Text(last.text, short_date(last.when[:10])),
            results.change(one),
            trend(one),
            results.range_text(last.low, last.high) or "not given",
            meaning(one),
            Text(chart.senders.name(last.resource)),
        ),
        href=f"/record/{chart.id}/results/{one.key}",
        chosen=chosen,
    )


def brief_rows(chart: Chart, shown: Sequence[Series]) -> tuple[Row, ...]:
    """The summary's table: source under the name, range under the meaning."""
    return tuple(_brief(chart, one) for one in shown)


def _brief(chart: Chart, one: Series) -> Row:
    last, said = one.last, results.verdict(one)
    source = f"{chart.senders.name(last.resource)} · {short_date(last.when[:10])}"
    cells = (
        Text(title(one), source), Text(last.text, unit_of(one)), trend(one),
        Meaning(said.kind, said.text, said.icon),
    )  # fmt: skip
    return Row(cells, href=f"/record/{chart.id}/results/{one.key}")


def latest_first(shown: Sequence[Series]) -> list[Series]:
    """Out of range before in range, then the newest."""
    by_day = sorted(shown, key=lambda one: one.last.when, reverse=True)
    return sorted(by_day, key=lambda one: results.side_of(one.last) == 0)


def figure(chart: Chart, one: Series) -> Figure:
    """A chart of one test over time with its sentence and its table."""
    last = one.last
    band = _band(last)
    dated = [(reading, day_of(reading.when)) for reading in one.readings]
    points = [Point(day, reading.value, reading.text) for reading, day in dated if day]
    words = f"{title(one)}: {len(points)} values, last {last.text} on {long_date(last.when[:10])}"
    said = results.verdict(one)
    return Figure(
        id=f"chart-{one.key}",
        title=title(one),
        meta=" · ".join(t for t in (unit_of(one), chart.senders.name(last.resource)) if t),
        chart=trend_chart(words, points[-60:], band),
        lead=f"{last.text} on {long_date(last.when[:10])}: {said.text.lower()}.",
        say=_say(one),
        kind=said.kind,
        columns=(Column("Date"), Column(unit_of(one) or "Value", numeric=True), Column("Range")),
        rows=tuple(
            Row((Text(short_date(r.when[:10])), r.text, results.range_text(r.low, r.high)))
            for r in reversed(one.readings)
        ),
    )


def _band(last: Reading) -> Band | None:
    if last.low is None and last.high is None:
        return None
    return Band(last.low, last.high, f"Range {results.range_text(last.low, last.high)}")


def _say(one: Series) -> str:
    if len(one.readings) < 2:
        return "One value only, so there is no trend."
    first, last = one.readings[0], one.last
    step = round(last.value - first.value, 3)
    course = f"{'Up' if step > 0 else 'Down'} {abs(step):g}" if step else "No change"
    notes = entries.notes(last.resource)
    since = f"{course} since {long_date(first.when[:7])}."
    return f"{since} {notes}".strip()


def values(chart: Chart, one: Series) -> tuple[Entry, ...]:
    """Every value with whose and when, newest first, for the test's own page."""
    return tuple(
        Entry(
            " ".join(part for part in (reading.text, unit_of(one)) if part),
            chart.senders.name(reading.resource),
            short_date(reading.when[:10]),
            small=entries.notes(reading.resource),
        )
        for reading in reversed(one.readings)
    )


def all_results(chart: Chart) -> Link:
    """The way to the whole list."""
    count = chart.counts["results"]
    return Link(f"All {count:,} results" if count else "Results", f"/record/{chart.id}/results")
