"""PDS searches: simple, with wildcards, and fuzzy; what may be asked and how much is enough."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bevan.people.features import Features, features, folded
from bevan.people.model import REVIEW, Model
from bevan.people.pds import errors
from bevan.people.pds.index import Index, confidentiality

MOST = 50
_DAY = re.compile(r"(?P<prefix>eq|ge|le)?(?P<day>\d{4}-\d{2}-\d{2})")
_GENDERS = frozenset({"male", "female", "other", "unknown"})
_TEXTS = frozenset({"family", "given", "address-postalcode"})
_FLAGS = frozenset({"_fuzzy-match", "_exact-match", "_history"})
_KNOWN = _TEXTS | _FLAGS | {"gender", "birthdate", "_max-results"}
_TOO_LITTLE = (
    "Not enough search parameters were provided for a valid search, you must at least provide a "
    "family name and a birthdate"
)
Found = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was meant; texts are folded, with `*` for any letters."""

    texts: Mapping[str, tuple[str, ...]]
    days: tuple[tuple[str, str], ...]
    gender: str = ""
    fuzzy: bool = False
    exact: bool = False
    most: int = MOST


def asked(query: str) -> Asked:
    """Read a query string. Raises Fault for what PDS refuses."""
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in _KNOWN:
            raise errors.unknown_parameter(name)
        given.setdefault(name, []).append(value.strip())
    if not given.get("family") or not given.get("birthdate"):
        raise errors.missing_value(_TOO_LITTLE)
    gender = given.get("gender", [""])[0]
    if gender and gender not in _GENDERS:
        raise errors.invalid_value(gender, "field 'gender'")
    flags = {name: _flag(given, name) for name in _FLAGS}
    if flags["_fuzzy-match"] and flags["_exact-match"]:
        raise errors.invalid_value("true", "field '_exact-match': a search is fuzzy or exact")
    return Asked(
        {name: tuple(_text(name, one) for one in given[name]) for name in _TEXTS & set(given)},
        tuple(_day(one) for one in given["birthdate"]),
        gender,
        flags["_fuzzy-match"],
        flags["_exact-match"],
        _most(given.get("_max-results", [str(MOST)])[0]),
    )


def search(index: Index, model: Model, wanted: Asked) -> list[Found]:
    """Numbers with scores, likeliest first. Raises Fault when more fit than may be told."""
    score = _likeness(model, wanted) if wanted.fuzzy else _plain(wanted)
    found = [
        (number, value)
        for number, patient in index.people.items()
        if number not in index.invalid and confidentiality(patient) != "REDACTED"
        if (value := score(patient)) > 0
    ]
    if len(found) > (1 if wanted.exact else wanted.most):
        raise errors.too_many()
    return sorted(found, key=lambda one: (-one[1], one[0]))


def _plain(wanted: Asked) -> Any:
    def score(patient: Mapping[str, Any]) -> float:
        return 1.0 if any(_fits(wanted, each) for each in features(patient)) else 0.0

    return score


def _fits(wanted: Asked, known: Features) -> bool:
    values = {
        "family": known.family,
        "given": known.given,
        "address-postalcode": known.postcode.lower(),
    }
    texts = all(
        re.fullmatch(".*".join(map(re.escape, text.split("*"))), values[name])
        for name, all_of in wanted.texts.items()
        for text in all_of
    )
    days = all(_on(known.born, prefix, day) for prefix, day in wanted.days)
    return texts and days and wanted.gender in ("", known.gender)


def _likeness(model: Model, wanted: Asked) -> Any:
    texts = {name: all_of[0].replace("*", "") for name, all_of in wanted.texts.items()}
    meant = Features(
        given=texts.get("given", ""),
        family=texts["family"],
        born=wanted.days[0][1],
        gender=wanted.gender,
        postcode=texts.get("address-postalcode", "").upper(),
    )

    def score(patient: Mapping[str, Any]) -> float:
        found = model.best([meant], features(patient)).score
        return round(found, 4) if found >= REVIEW else 0.0

    return score


def _on(born: str, prefix: str, day: str) -> bool:
    if not born:
        return False
    return {"eq": born == day, "ge": born >= day, "le": born <= day}[prefix]


def _day(text: str) -> tuple[str, str]:
    found = _DAY.fullmatch(text)
    if found is None:
        raise errors.invalid_value(text, "field 'birthdate'")
    return found["prefix"] or "eq", found["day"]


def _text(name: str, text: str) -> str:
    """A name or postcode as it is compared; two letters at least stand before a wildcard."""
    if "*" in text and len(text.partition("*")[0]) < 2:
        raise errors.invalid_value(text, f"field '{name}'")
    if name == "address-postalcode":
        return "".join(text.split()).lower()
    return "*".join(folded(part) for part in text.split("*"))


def _flag(given: Mapping[str, list[str]], name: str) -> bool:
    value = given.get(name, ["false"])[0].lower()
    if value not in ("true", "false"):
        raise errors.invalid_value(value, f"field '{name}'")
    return value == "true"


def _most(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise errors.invalid_value(text, "field '_max-results'")
    return int(text)
