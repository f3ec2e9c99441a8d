"""The one table of clinical codes: every SNOMED CT, dm+d, OPCS-4 and LOINC code we write.

Built by `scripts/clinical_codes.py` from the code lists; no code is written anywhere else.
Keys are a kind and words, such as `problem.heart-failure` or `observable.hba1c.loinc`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Code:
    """A code in a code system with its display and the file in which the pair was seen."""

    key: str
    system: str
    code: str
    display: str
    source: str

    def coding(self) -> dict[str, str]:
        """The code as a FHIR Coding."""
        return {"system": self.system, "code": self.code, "display": self.display}

    def concept(self, text: str | None = None) -> dict[str, object]:
        """The code as a FHIR CodeableConcept, with the words that a person chose if given."""
        concept: dict[str, object] = {"coding": [self.coding()]}
        return concept | {"text": text} if text else concept


class UnknownCode(KeyError):
    """No row of the table has this key."""

    def __str__(self) -> str:
        return f"No clinical code has the key {self.args[0]!r}."


@cache
def table() -> Mapping[str, Code]:
    """Every code by key, read once."""
    text = files("bevan.fhir").joinpath("tables/clinical_codes.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["key"]: Code(**row) for row in rows})


def code(key: str) -> Code:
    """The code with this key; raises `UnknownCode`."""
    found = table().get(key)
    if found is None:
        raise UnknownCode(key)
    return found


def of_kind(kind: str) -> Iterator[Code]:
    """All codes whose key begins with this kind, in key order; laboratory twins left out."""
    prefix = f"{kind}."
    for key, one in table().items():
        if key.startswith(prefix) and not key.endswith((".loinc", ".utl")):
            yield one


@cache
def displays() -> Mapping[tuple[str, str], str]:
    """Display by (system, code), for showing a code that came without words."""
    return MappingProxyType({(one.system, one.code): one.display for one in table().values()})


_D = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_P = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)


def snomed_digit_valid(identifier: str) -> bool:
    """Whether a SNOMED CT or dm+d identifier ends in its right (Verhoeff) check digit."""
    if not (identifier.isdecimal() and identifier.isascii() and 6 <= len(identifier) <= 18):
        return False
    check = 0
    for place, digit in enumerate(reversed(identifier)):
        check = _D[check][_P[place % 8][int(digit)]]
    return check == 0
