"""Units as people read them, by UCUM code; a code that isn't listed is shown as it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bevan.apps.care_record.rules.concepts import Resource

SHOWN: Mapping[str, str] = MappingProxyType({
    "mm[Hg]": "mmHg", "Cel": "°C", "%": "%", "/min": "/min", "{score}": "", "{ScoreOf}": "",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²", "10*9/L": "×10⁹/L", "10*12/L": "×10¹²/L",
    "umol/L": "µmol/L", "ug/L": "micrograms/L", "kg/m2": "kg/m²", "m[IU]/L": "mU/L", "fL": "fL",
    "kg": "kg", "cm": "cm", "g/L": "g/L", "mmol/L": "mmol/L", "mmol/mol": "mmol/mol", "U/L": "U/L",
    "L/min": "L/min", "mg/L": "mg/L", "mg/mmol": "mg/mmol", "ng/L": "ng/L", "pmol/L": "pmol/L",
})  # fmt: skip


def unit(quantity: Resource) -> str:
    """The unit beside a number."""
    code = quantity.get("code", "")
    return SHOWN.get(code, quantity.get("unit") or code)
