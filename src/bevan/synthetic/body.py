"""How a body changes over time: blood pressure, weight, kidneys, sugar, blood count.

Values of one person hang together and drift: eGFR falls with age and kidney disease and
creatinine is its inverse by age and sex (CKD-EPI 2009), treated HbA1c drifts up, pressures rise
by half a millimetre a year.
"""

from __future__ import annotations

from math import exp, log
from random import Random

from bevan.synthetic.draws import normal
from bevan.synthetic.person import Person


class Body:
    """What is constant about a body, drawn once; methods give values on a day."""

    __slots__ = (
        "cells",
        "fat",
        "haemoglobin",
        "kidney",
        "liver",
        "person",
        "platelets",
        "pressure",
        "pulse",
        "salt",
        "sugar",
        "thyroid",
        "volume",
        "weight",
    )

    def __init__(self, person: Person) -> None:
        draws = person.draws
        self.person = person
        self.pressure = normal(draws, 0, 9)
        self.kidney = normal(draws, 0, 10)
        self.sugar = normal(draws, 0, 9)
        self.fat = normal(draws, 0, 0.7)
        self.haemoglobin = normal(draws, 134 if person.female else 149, 8)
        self.liver = normal(draws, 0, 0.45)
        self.pulse = normal(draws, 74, 8)
        self.salt = normal(draws, 139.5, 1.6)
        self.thyroid = normal(draws, 0, 0.35)
        self.weight = normal(draws, 0, 0.9)
        self.platelets = normal(draws, 255, 42)
        self.volume = normal(draws, 90, 3)
        self.cells = normal(draws, 6.7, 1.2)

    @property
    def draws(self) -> Random:
        """The person's generator."""
        return self.person.draws

    def blood_pressure(self, on: int) -> tuple[int, int]:
        """Systolic and diastolic in mmHg; a third of clinic readings end in 0."""
        person, draws = self.person, self.person.draws
        age = person.age(on)
        known = person.since("hypertension", on)
        systolic = 106 + min(age, 75) * 0.36 + self.pressure + normal(draws, 0, 8)
        if known >= 0:
            systolic += 16 - min(known, 1) * 12
        diastolic = 66 + min(age, 55) * 0.22 - max(0, age - 60) * 0.25 + (systolic - 128) * 0.3
        diastolic += normal(draws, 0, 5)
        if draws.random() < 0.3:
            systolic = round(systolic / 10) * 10
        high = max(84, min(222, round(systolic)))
        return high, max(44, min(high - 20, round(diastolic)))

    def kilograms(self, on: int) -> float:
        """Weight in kg at a height and BMI that drift with age."""
        person = self.person
        age = person.age(on)
        if age < 18:
            return 3.4 + age * 2.3 + max(0, age - 9) * 2.4 + self.weight * (1 + age / 6)
        bmi = person.bmi + (age - person.age(person.end)) * 0.06
        bmi = max(16.5, bmi - max(0, age - 75) * 0.12)
        return max(38.0, bmi * (person.height / 100) ** 2 + normal(person.draws, 0, 1.1))

    def egfr(self, on: int) -> float:
        """Estimated glomerular filtration rate, mL/min/1.73 m²."""
        person = self.person
        age = person.age(on)
        value = 109 - max(0, age - 30) * 0.8 + self.kidney
        sick = person.since("chronic-kidney-disease", on)
        if "chronic-kidney-disease" in person.onset:
            value = min(value, 60 - max(sick, -6) * 1.9 + self.kidney * 0.3)
        elif person.since("type-2-diabetes", on) > 0:
            value -= person.since("type-2-diabetes", on) * 0.5
        floor = 64 if "chronic-kidney-disease" not in person.onset else 9
        return max(floor, min(120, value + normal(person.draws, 0, 3)))

    def creatinine(self, egfr: float, on: int) -> float:
        """Serum creatinine (µmol/L) that gives this eGFR by the CKD-EPI equation of 2009."""
        person = self.person
        female = person.female
        kappa, alpha, factor = (0.7, -0.329, 144) if female else (0.9, -0.411, 141)
        ratio = egfr / (factor * 0.993 ** max(18, person.age(on)))
        power = alpha if ratio > 1 else -1.209
        return float(kappa * ratio ** (1 / power) * 88.4)

    def hba1c(self, on: int) -> float:
        """HbA1c in mmol/mol: rises before the diagnosis, falls with treatment, then drifts."""
        person, draws = self.person, self.person.draws
        if "type-1-diabetes" in person.onset:
            return max(38, 67 + self.sugar + normal(draws, 0, 4))
        if "type-2-diabetes" in person.onset:
            years = person.since("type-2-diabetes", on)
            if years < 0:
                return max(34, 47 + years * 2 + normal(draws, 0, 2))
            treated = 62 - min(years, 1) * 10 + max(0, years - 1) * 0.8 + self.sugar
            return max(36, min(125, treated + normal(draws, 0, 4)))
        if person.has("prediabetes", on):
            return max(40, min(47.4, 44 + normal(draws, 0, 1.5)))
        return max(28, min(41, 36 + person.age(on) * 0.03 + normal(draws, 0, 2)))

    def cholesterol(self, on: int) -> tuple[float, float]:
        """Total and HDL cholesterol in mmol/L; a statin takes a third off."""
        person = self.person
        total = 4.6 + min(person.age(on), 60) * 0.014 + self.fat
        treated = any("statin" in name and start < on for name, _, start in person.repeats)
        total *= 0.68 if treated else 1
        hdl = (1.62 if person.female else 1.32) - (person.bmi - 27) * 0.02
        return max(2.2, total + normal(person.draws, 0, 0.25)), max(0.6, min(2.6, hdl))

    def blood(self, on: int) -> float:
        """Haemoglobin in g/L."""
        person = self.person
        low = 9.0 if person.since("chronic-kidney-disease", on) > 0 else 0
        low += max(0.0, person.age(on) - 70) * 0.35
        return max(78, self.haemoglobin - low + normal(person.draws, 0, 3.5))

    def thyrotropin(self, on: int) -> float:
        """Thyroid stimulating hormone in mU/L."""
        years = self.person.since("hypothyroidism", on)
        base = 2.0 if years > 0.3 or "hypothyroidism" not in self.person.onset else 8.5
        return max(0.05, base * exp(self.thyroid + normal(self.person.draws, 0, 0.2)))

    def inflammation(self) -> float:
        """C reactive protein on an ordinary day, mg/L."""
        return max(1, -2.2 * log(1 - self.person.draws.random()))
