"""Bake the population and name tables of the synthetic region.

    python scripts/synthetic_tables.py ../shared

Given names by birth cohort come from the England and Wales rankings in the shared code lists
(CC0). Surnames and given names of other cultures come from Faker's locale lists (MIT). The
result is two small tables in `src/bevan/synthetic/tables`, so that nothing is asked of Faker
while people are made.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from importlib import import_module
from pathlib import Path

TABLES = Path(__file__).resolve().parents[1] / "src/bevan/synthetic/tables"
KEPT_PER_COHORT = 70
KEPT_GIVEN = 60
KEPT_FAMILY = 240

LOCALES = {
    "british": ("en_GB",),
    "irish": ("en_IE",),
    "indian": ("en_IN",),
    "pakistani": ("en_PK",),
    "nigerian": ("yo_NG", "ig_NG"),
    "ghanaian": ("tw_GH",),
    "kenyan": ("en_KE",),
    "polish": ("pl_PL",),
    "romanian": ("ro_RO",),
    "italian": ("it_IT",),
    "spanish": ("es_ES",),
    "portuguese": ("pt_PT",),
    "turkish": ("tr_TR",),
    "chinese": ("zh_CN",),
}
MORE = {
    ("pakistani", "given-female"): "Aisha Fatima Zainab Sana Hina Nadia Saima Rabia Maryam Amina "
    "Khadija Noor Iqra Mehwish Farah Shazia Uzma Bushra Samina Rukhsana Nazia Tahira Yasmin",
    ("polish", "family"): "Nowak Wozniak Mazur Krawczyk Zajac Wrobel Dudek Wieczorek Stepien "
    "Majewski Jaworski Malinowski Pawlak Witkowski Walczak Sikora Baran Rutkowski Michalak "
    "Szewczyk Ostrowski Tomaszewski Pietrzak Marciniak Zalewski Jakubowski Sadowski Bak",
}
"""Common names that the locale lists lack."""
NAME = re.compile(r"[A-Za-zÀ-ž'’ -]{2,20}")


def cohorts(shared: Path) -> list[tuple[str, str, str]]:
    """(sex, year, names in order of rank) of each birth cohort."""
    ranked: dict[tuple[str, int], list[tuple[int, str]]] = {}
    with (shared / "data/clinical-codes/first_names.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            key = (row["sex"], int(row["cohort_year"]))
            ranked.setdefault(key, []).append((int(row["rank"]), row["name"]))
    return [
        (
            {"F": "female", "M": "male"}[sex],
            str(year),
            "|".join(name for _, name in sorted(names)[:KEPT_PER_COHORT]),
        )
        for (sex, year), names in sorted(ranked.items())
    ]


def usable(names: object) -> list[str]:
    """The names of a locale list that are Latin and single, in a fixed shuffled order."""
    kept = sorted({name.strip() for name in names if NAME.fullmatch(name.strip())})  # type: ignore[attr-defined]
    random.Random(1).shuffle(kept)
    return kept


def pick(locales: tuple[str, ...], *attributes: str) -> list[str]:
    """Names from the first attribute that each locale has."""
    found: list[str] = []
    for locale in locales:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        lists = [getattr(provider, name) for name in attributes if hasattr(provider, name)]
        if lists:
            found += usable(lists[0])
    return found


def cultures() -> list[tuple[str, str, str]]:
    """(culture, kind, names) for every culture; British given names come by cohort instead."""
    rows = []
    for culture, locales in LOCALES.items():
        lists = {
            "family": pick(locales, "last_romanized_names", "last_names"),
            "given-female": pick(locales, "first_romanized_names", "first_names_female"),
            "given-male": pick(locales, "first_romanized_names", "first_names_male", "first_names"),
        }
        for kind, names in lists.items():
            if culture == "british" and kind != "family":
                continue
            kept = [*MORE.get((culture, kind), "").split(), *names]
            limit = KEPT_FAMILY * (2 if culture == "british" else 1)
            kept = kept[: limit if kind == "family" else KEPT_GIVEN]
            if culture == "polish" and kind == "family":
                kept = MORE[culture, kind].split()
            rows.append((culture, kind, "|".join(kept)))
    return rows


def pyramid(shared: Path) -> list[tuple[str, str, str]]:
    """(age, women, men) of England in mid-2023 by single year; 90 stands for 90 and over."""
    counts: dict[int, dict[str, str]] = {}
    with (shared / "data/clinical-codes/population_england_2023.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            counts.setdefault(int(row["age"].rstrip("+")), {})[row["sex"]] = row["count"]
    return [(str(age), by["females"], by["males"]) for age, by in sorted(counts.items())]


def write(name: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write one table."""
    with (TABLES / name).open("w", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([head, *rows])
    print(f"{len(rows):4} rows  {name}")


if __name__ == "__main__":
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")
    write("pyramid.csv", ("age", "female", "male"), pyramid(shared))
    write("cohort_names.csv", ("sex", "year", "names"), cohorts(shared))
    write("culture_names.csv", ("culture", "kind", "names"), cultures())
