"""What two records are compared by: a few plain values of a Patient.

Names are folded (case, accents, marks), postcodes have no space. An element that is missing is
empty, which counts neither for nor against a match.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bevan.people.nhs_number import stated

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LETTERS = re.compile(r"[^a-z\- ]")
_UNSURE = frozenset({"unknown", "other"})
# A bare postcode area or a made-up one says nothing about where somebody lives.
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Features:
    """One record's values; `number` is an NHS number in digits, `verified` says that it was
    traced, `born` is a whole date (YYYY-MM-DD); `spelt` are given and family name as they stand."""

    given: str = ""
    family: str = ""
    born: str = ""
    gender: str = ""
    postcode: str = ""
    number: str = ""
    verified: bool = False
    spelt: tuple[str, str] = field(default=("", ""), compare=False)

    @property
    def names_somebody(self) -> bool:
        """Whether there is enough to look for anybody: a number, or two of name, birth, place."""
        parts = (self.family, self.born, self.given, self.postcode)
        return bool(self.number) or sum(map(bool, parts)) >= 2


def features(patient: Mapping[str, Any]) -> list[Features]:
    """The values of a Patient, once for each of its names: the usual name first."""
    number = stated(patient)
    born = str(patient.get("birthDate") or "")
    gender = str(patient.get("gender") or "")
    names = sorted(patient.get("name") or [{}], key=_rank)
    found = [
        Features(
            given=folded(" ".join((name.get("given") or [""])[:1])),
            family=folded(str(name.get("family") or "")),
            born=born if _DAY.fullmatch(born) else "",
            gender="" if gender in _UNSURE else gender,
            postcode=_postcode(patient),
            number=number.number.digits if number else "",
            verified=number.verified if number else False,
            spelt=((name.get("given") or [""])[0], str(name.get("family") or "")),
        )
        for name in names
    ]
    return list(dict.fromkeys(found))


def folded(name: str) -> str:
    """A name as it is compared: small letters without accents or marks, hyphens kept."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return " ".join(_LETTERS.sub("", plain).split())


def _rank(name: Mapping[str, Any]) -> int:
    order = ("official", "usual", "", "nickname", "temp", "maiden", "old")
    use = str(name.get("use") or "")
    return order.index(use) if use in order else len(order)


def _postcode(patient: Mapping[str, Any]) -> str:
    for address in patient.get("address") or ():
        if address.get("use") not in ("old", "temp", "billing"):
            code = "".join(str(address.get("postalCode") or "").upper().split())
            if _POSTCODE.fullmatch(code):
                return code
    return ""
