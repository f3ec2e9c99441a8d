"""Observations other than laboratory results: vital signs, scores, findings, NEWS2."""

from __future__ import annotations

from typing import Final, NamedTuple

from bevan.synthetic.calendar import instant
from bevan.synthetic.places import Place
from bevan.synthetic.shapes.chart import (
    UCUM,
    Chart,
    at,
    concept,
    hl7,
    joined,
    measures,
    observed,
    optional,
    quote,
)

_VITAL: Final = hl7("observation-category", "vital-signs", "Vital Signs")
_SURVEY: Final = hl7("observation-category", "survey", "Survey")
_SOCIAL: Final = hl7("observation-category", "social-history", "Social History")
_PRESSURE: Final = observed("observable.blood-pressure", "Blood pressure")
_SYSTOLIC: Final = observed("observable.systolic-arterial-pressure", "Systolic blood pressure")
_DIASTOLIC: Final = observed("observable.diastolic-arterial-pressure", "Diastolic blood pressure")
_MMHG: Final = f'"unit":"millimeter of mercury","system":"{UCUM}","code":"mm[Hg]"'
_PROFILES: Final = {
    "heart-rate": "Observation-VitalSigns-HeartRate",
    "respiratory-rate": "Observation-VitalSigns-RespirationRate",
    "oxygen-saturation": "Observation-VitalSigns-OxygenSaturation",
    "body-temperature": "Observation-VitalSigns-BodyTemperature",
    "body-weight": "Observation-VitalSigns-BodyWeight",
    "body-height-measure": "Observation-VitalSigns-BodyHeight",
    "body-mass-index": "Observation-VitalSigns-BMI",
    "head-circumference-measure": "Observation-VitalSigns-HeadCircumference",
    "blood-glucose-level": "Observation-BloodGlucose",
}


class Taken(NamedTuple):
    """When, where and by whom something was observed; `by` and `device` are JSON references."""

    day: int
    minute: int
    place: Place
    by: str = ""
    encounter: str = ""
    device: str = ""


def _observation(
    chart: Chart,
    taken: Taken,
    category: str,
    code: str,
    value: str,
    profile: str = "Observation",
    identifier: str = "",
) -> str:
    """An Observation with its value as JSON members."""
    body = (
        f'"status":"final","category":[{category}],"code":{code},{chart.subject}'
        f"{optional('encounter', taken.encounter and at(taken.encounter))},"
        f'"effectiveDateTime":"{instant(taken.day, taken.minute)}",'
        f'"performer":[{taken.by or taken.place.ref}],{value}'
        f"{optional('device', taken.device)}"
    )
    return chart.add(
        "Observation", identifier or chart.new(), taken.place.source, body, profile=profile
    )


def vital(
    chart: Chart,
    taken: Taken,
    name: str,
    value: float,
    identifier: str = "",
    decimals: int | None = None,
) -> str:
    """A vital sign or body measurement by its name in the table of measures."""
    measure = measures()[name]
    shown = f"{value:.{measure.decimals if decimals is None else decimals}f}"
    text = f'"valueQuantity":{{"value":{shown},{measure.unit}}}'
    return _observation(
        chart, taken, _VITAL, measure.code, text, _PROFILES.get(name, "Observation"), identifier
    )


def blood_pressure(
    chart: Chart, taken: Taken, systolic: int, diastolic: int, identifier: str = ""
) -> str:
    """A blood pressure as a panel of two components."""
    value = (
        f'"component":[{{"code":{_SYSTOLIC},"valueQuantity":{{"value":{systolic},{_MMHG}}}}},'
        f'{{"code":{_DIASTOLIC},"valueQuantity":{{"value":{diastolic},{_MMHG}}}}}]'
    )
    return _observation(
        chart, taken, _VITAL, _PRESSURE, value, "Observation-VitalSigns-BloodPressure", identifier
    )


def average_pressure(chart: Chart, taken: Taken, systolic: int, diastolic: int) -> str:
    """The average of a week of home readings (UKCore-Observation-AverageBloodPressure)."""
    first = observed("observable.average-home-systolic-blood-pressure", "Systolic blood pressure")
    second = observed(
        "observable.average-home-diastolic-blood-pressure", "Diastolic blood pressure"
    )
    value = (
        f'"component":[{{"code":{first},"valueQuantity":{{"value":{systolic},{_MMHG}}}}},'
        f'{{"code":{second},"valueQuantity":{{"value":{diastolic},{_MMHG}}}}}]'
    )
    return _observation(chart, taken, _VITAL, _PRESSURE, value, "Observation-AverageBloodPressure")


def score(chart: Chart, taken: Taken, name: str, value: float, note: str = "") -> str:
    """A score of a scale or questionnaire."""
    measure = measures()[name]
    text = f'"valueQuantity":{{"value":{value:.{measure.decimals}f},{measure.unit}}}'
    text += f',"note":[{{"text":{quote(note)}}}]' if note else ""
    return _observation(chart, taken, _SURVEY, measure.code, text)


def finding(chart: Chart, taken: Taken, key: str, text: str = "") -> str:
    """A social finding (smoking, living alone): the finding itself is the code."""
    return _observation(chart, taken, _SOCIAL, concept(key, text), '"valueBoolean":true')


def amount(chart: Chart, taken: Taken, key: str, value: int, unit: str) -> str:
    """A daily or weekly amount (cigarettes, units of alcohol); `unit` is a UCUM code."""
    text = f'"valueQuantity":{{"value":{value},"unit":"{unit}","system":"{UCUM}","code":"{unit}"}}'
    return _observation(chart, taken, _SOCIAL, concept(key), text)


class Signs(NamedTuple):
    """The seven parameters of NEWS2. `scale` is 1 or 2; `alert` is A, C, V, P or U."""

    breathing: int
    oxygen: int
    on_oxygen: bool
    systolic: int
    pulse: int
    alert: str
    temperature: float
    scale: int = 1
    diastolic: int = 70


def _step(value: float, steps: tuple[tuple[float, int], ...], above: int) -> int:
    """The points of the first limit that a value doesn't exceed."""
    return next((points for limit, points in steps if value <= limit), above)


_BREATHING: Final = ((8, 3), (11, 1), (20, 0), (24, 2))
_OXYGEN_1: Final = ((91, 3), (93, 2), (95, 1))
_OXYGEN_2: Final = ((83, 3), (85, 2), (87, 1), (92, 0))
_OXYGEN_2_HIGH: Final = ((92, 0), (94, 1), (96, 2))
_SYSTOLIC_STEPS: Final = ((90, 3), (100, 2), (110, 1), (219, 0))
_PULSE: Final = ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2))
_TEMPERATURE: Final = ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1))


def news2_parts(signs: Signs) -> tuple[tuple[str, int], ...]:
    """(measure, points) of each parameter (Royal College of Physicians, NEWS2 charts 1 and 4)."""
    oxygen = _step(signs.oxygen, _OXYGEN_1, 0)
    if signs.scale == 2:
        high = signs.on_oxygen and signs.oxygen > 92
        oxygen = (
            _step(signs.oxygen, _OXYGEN_2_HIGH, 3) if high else (_step(signs.oxygen, _OXYGEN_2, 0))
        )
    return (
        ("news2-breathing", _step(signs.breathing, _BREATHING, 3)),
        (f"news2-oxygen-scale-{signs.scale}", oxygen),
        ("news2-air-or-oxygen", 2 if signs.on_oxygen else 0),
        ("news2-systolic", _step(signs.systolic, _SYSTOLIC_STEPS, 3)),
        ("news2-pulse", _step(signs.pulse, _PULSE, 3)),
        ("news2-consciousness", 0 if signs.alert == "A" else 3),
        ("news2-temperature", _step(round(signs.temperature, 1), _TEMPERATURE, 2)),
    )


_ALERT: Final = {
    "A": "mentally-alert",
    "C": "acute-confusion",
    "V": "responds-to-voice",
    "P": "responds-to-pain",
    "U": "unresponsive",
}
_SCORE_OF: Final = f'"unit":"score","system":"{UCUM}","code":"{{ScoreOf}}"'


def signs_set(chart: Chart, taken: Taken, signs: Signs, note: str = "", name: str = "") -> int:
    """A full set of observations with its NEWS2 total, which says what it derives from.

    `name` fixes the total's id, for entries that pages link to. Returns the total.
    """
    air = concept("finding.patient-on-oxygen" if signs.on_oxygen else "finding.breathing-room-air")
    state = concept(f"finding.{_ALERT[signs.alert]}")
    references = (
        vital(chart, taken, "respiratory-rate", signs.breathing),
        vital(chart, taken, "oxygen-saturation", signs.oxygen),
        _observation(
            chart, taken, _VITAL, air, '"valueBoolean":true', "Observation-InspiredOxygen"
        ),
        blood_pressure(chart, taken, signs.systolic, signs.diastolic),
        vital(chart, taken, "heart-rate", signs.pulse),
        _observation(
            chart,
            taken,
            _SURVEY,
            observed("observable.acvpu"),
            f'"valueCodeableConcept":{state}',
            "Observation-ACVPU",
        ),
        vital(chart, taken, "body-temperature", signs.temperature),
    )
    parts = news2_parts(signs)
    total = sum(points for _, points in parts)
    components = ",".join(
        f'{{"code":{measures()[part].code},"valueQuantity":{{"value":{points},{_SCORE_OF}}}}}'
        for part, points in parts
    )
    words = f'"note":[{{"text":{quote(note)}}}],' if note else ""
    value = (
        f'"valueQuantity":{{"value":{total},{_SCORE_OF}}},{words}'
        f'"derivedFrom":[{joined(references)}],"component":[{components}]'
    )
    _observation(
        chart,
        taken,
        _SURVEY,
        measures()["news2"].code,
        value,
        "Observation-EarlyWarningTotalScore",
        name,
    )
    return total


def device(chart: Chart, place: Place, name: str, serial: str, identifier: str) -> str:
    """A device lent to the person; returns a reference as JSON."""
    body = (
        f'"status":"active","serialNumber":{quote(serial)},"deviceName":[{{"name":{quote(name)},'
        f'"type":"user-friendly-name"}}],"patient":{at(chart.patient)},"owner":{place.ref}'
    )
    reference = chart.add("Device", identifier, place.source, body)
    return f'{{"reference":"{reference}","display":{quote(name)}}}'
