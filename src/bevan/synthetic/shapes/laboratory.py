"""Laboratory results: request, specimen, results and the report that holds them together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from bevan.synthetic.calendar import instant
from bevan.synthetic.places import Place
from bevan.synthetic.shapes.chart import (
    Chart,
    Measure,
    at,
    concept,
    hl7,
    joined,
    measures,
    noted,
    observed,
    optional,
    quote,
)
from bevan.synthetic.staff import Worker

_LABORATORY: Final = hl7("observation-category", "laboratory", "Laboratory")
_LAB_REPORT: Final = hl7("v2-0074", "LAB", "Laboratory")
_RADIOLOGY: Final = hl7("v2-0074", "RAD", "Radiology")
_INTERPRETATION: Final = {
    code: hl7("v3-ObservationInterpretation", code, display)
    for code, display in (("H", "High"), ("L", "Low"), ("N", "Normal"))
}
_ALWAYS_FEMALE_RANGE: Final = {
    "serum-creatinine-level": (45.0, 84.0),
    "haemoglobin-estimation": (115.0, 165.0),
}
_MALE_RANGE: Final = {"haemoglobin-estimation": (130.0, 170.0)}


class Ordered(NamedTuple):
    """Who asked for a test, at which place, in which contact, and who answers."""

    day: int
    minute: int
    place: Place
    by: Worker
    laboratory: Place
    encounter: str = ""


class Result(NamedTuple):
    """One value: a measure's name, the number, and a range if not the usual one."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    note: str = ""


def limits(name: str, measure: Measure, female: bool) -> tuple[float | None, float | None]:
    """The reference range of a measure for a sex."""
    special = _ALWAYS_FEMALE_RANGE if female else _MALE_RANGE
    return special.get(name, (measure.low, measure.high))


def _range(low: float | None, high: float | None, measure: Measure) -> str:
    """A reference range as JSON members."""
    places = measure.decimals
    parts = []
    if low is not None:
        parts.append(f'"low":{{"value":{low:.{places}f},{measure.unit}}}')
    if high is not None:
        parts.append(f'"high":{{"value":{high:.{places}f},{measure.unit}}}')
    return f',"referenceRange":[{{{",".join(parts)}}}]' if parts else ""


def _interpret(value: float, low: float | None, high: float | None) -> str:
    """High, low or normal."""
    if low is not None and value < low:
        return _INTERPRETATION["L"]
    if high is not None and value > high:
        return _INTERPRETATION["H"]
    return _INTERPRETATION["N"]


def result(
    chart: Chart,
    ordered: Ordered,
    item: Result,
    issued: str,
    request: str,
    specimen: str,
    female: bool,
) -> str:
    """One laboratory value with its range and what it means."""
    measure = measures()[item.name]
    low, high = limits(item.name, measure, female)
    low = item.low if item.low is not None else low
    high = item.high if item.high is not None else high
    value = round(item.value, measure.decimals)
    body = (
        f'"basedOn":[{at(request)}],"status":"final","category":[{_LABORATORY}],'
        f'"code":{measure.code},{chart.subject}'
        f"{optional('encounter', ordered.encounter and at(ordered.encounter))},"
        f'"effectiveDateTime":"{instant(ordered.day, ordered.minute)}","issued":"{issued}",'
        f'"performer":[{ordered.laboratory.ref}],'
        f'"valueQuantity":{{"value":{value:.{measure.decimals}f},{measure.unit}}},'
        f'"interpretation":[{_interpret(value, low, high)}]'
        f"{noted(item.note)}"
        f"{optional('specimen', specimen and at(specimen))}{_range(low, high, measure)}"
    )
    return chart.add(
        "Observation", chart.new(), ordered.laboratory.source, body, profile="Observation-Lab"
    )


def _request(chart: Chart, ordered: Ordered, code: str, category: str, profile: str = "") -> str:
    """The order: written before anything is taken."""
    body = (
        f'"status":"completed","intent":"order","category":[{category}],"code":{code},'
        f"{chart.subject}{optional('encounter', ordered.encounter and at(ordered.encounter))},"
        f'"authoredOn":"{instant(ordered.day, max(0, ordered.minute - 5))}",'
        f'"requester":{ordered.by.ref},"performer":[{ordered.laboratory.ref}]'
    )
    return chart.add("ServiceRequest", chart.new(), ordered.place.source, body, profile=profile)


def _specimen(chart: Chart, ordered: Ordered, request: str) -> str:
    """The blood taken at the contact, received at the laboratory two hours later."""
    body = (
        f'"status":"available","type":{concept("specimen.blood")},{chart.subject},'
        f'"receivedTime":"{instant(ordered.day, ordered.minute + 130)}",'
        f'"request":[{at(request)}],'
        f'"collection":{{"collectedDateTime":"{instant(ordered.day, ordered.minute)}"}}'
    )
    return chart.add("Specimen", chart.new(), ordered.laboratory.source, body)


def report(
    chart: Chart,
    ordered: Ordered,
    panel: str,
    items: Iterable[Result],
    *,
    female: bool,
    blood: bool = True,
    conclusion: str = "",
    text: str = "",
) -> str:
    """A laboratory report with its request, specimen and results; `panel` is a code's key."""
    code = observed(panel)
    if text:
        code = f'{code[:-1]},"text":{quote(text)}}}'
    category = concept("procedure.laboratory-procedure")
    request = _request(chart, ordered, code, category, "ServiceRequest-Lab")
    specimen = _specimen(chart, ordered, request) if blood else ""
    issued = instant(ordered.day, ordered.minute + 265)
    results = tuple(
        result(chart, ordered, item, issued, request, specimen, female) for item in items
    )
    body = (
        f'"basedOn":[{at(request)}],"status":"final","category":[{_LAB_REPORT}],"code":{code},'
        f"{chart.subject}{optional('encounter', ordered.encounter and at(ordered.encounter))},"
        f'"effectiveDateTime":"{instant(ordered.day, ordered.minute)}","issued":"{issued}",'
        f'"performer":[{ordered.laboratory.ref}]'
        f"{optional('specimen', specimen and f'[{at(specimen)}]')}"
        f"{optional('result', f'[{joined(results)}]' if results else '')}"
        f"{optional('conclusion', conclusion and quote(conclusion))}"
    )
    return chart.add(
        "DiagnosticReport",
        chart.new(),
        ordered.laboratory.source,
        body,
        profile="DiagnosticReport-Lab",
    )


def imaging(
    chart: Chart,
    ordered: Ordered,
    key: str,
    conclusion: str,
    *,
    text: str = "",
    radiology: bool = True,
    identifier: str = "",
) -> str:
    """A report in words: imaging, endoscopy, histology."""
    code = concept(key, text)
    request = _request(chart, ordered, code, concept("category.diagnostic-procedure"))
    kind = _RADIOLOGY if radiology else hl7("v2-0074", "OTH", "Other")
    body = (
        f'"basedOn":[{at(request)}],"status":"final","category":[{kind}],"code":{code},'
        f"{chart.subject}{optional('encounter', ordered.encounter and at(ordered.encounter))},"
        f'"effectiveDateTime":"{instant(ordered.day, ordered.minute)}",'
        f'"issued":"{instant(ordered.day, ordered.minute + 95)}",'
        f'"performer":[{ordered.laboratory.ref}],"conclusion":{quote(conclusion)}'
    )
    return chart.add("DiagnosticReport", identifier or chart.new(), ordered.laboratory.source, body)
