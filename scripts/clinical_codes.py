"""Build the one table of clinical codes from the code lists in the shared data folder.

    python scripts/clinical_codes.py ../shared

Only rows whose (code, display) pair was seen together in a named source are taken
(`verified` = yes). Each row of `src/bevan/fhir/tables/clinical_codes.csv` names the list it
came from and that list's own source. What the generator needs beside the code (units, ranges,
dose texts) goes to `src/bevan/synthetic/tables`, keyed by the same keys.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
CODES = REPOSITORY / "src/bevan/fhir/tables/clinical_codes.csv"
TABLES = REPOSITORY / "src/bevan/synthetic/tables"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"

Row = dict[str, str]

BY_KIND = {
    "allergies": {
        "substance": "allergen",
        "negation": "allergy",
        "transfer": "allergy",
        "reaction": "reaction",
        "finding": "allergy-finding",
        "severity": "severity",
    },
    "immunisations": {
        "vaccineCode": "vaccine",
        "vaccination procedure": "vaccination",
        "target disease": "disease",
        "site": "site",
        "route": "route",
        "reason": "reason",
    },
    "documents": {
        "NRL record type (DocumentReference.type)": "document",
        "NRL record category (DocumentReference.category)": "category",
        "document type": "document",
        "composition category": "heading",
        "List.code": "list",
        "Composition section (UKCore-RecordStandardHeadings)": "section",
    },
    "encounters": {
        "class": "encounter-class",
        "type": "encounter-type",
        "serviceType": "service",
        "treatment function / specialty": "specialty",
    },
    "demographics": {
        "reasonable adjustment / communication need (Flag.code)": "need",
        "communication": "need",
    },
    "roles": {"SDS job role": "job"},
}
"""Key prefixes of kinds whose keys are made of the display; other kinds use the code."""


NEWS2 = "royal-college-of-physicians-news2-national-early-warning-score-2-"
SHORT = {
    f"{NEWS2}total-score": "news2",
    f"{NEWS2}respiration-rate-score": "news2-breathing",
    f"{NEWS2}oxygen-saturation-scale-1-score": "news2-oxygen-scale-1",
    f"{NEWS2}oxygen-saturation-scale-2-score": "news2-oxygen-scale-2",
    f"{NEWS2}air-or-oxygen-score": "news2-air-or-oxygen",
    f"{NEWS2}systolic-blood-pressure-score": "news2-systolic",
    f"{NEWS2}pulse-score": "news2-pulse",
    f"{NEWS2}consciousness-score": "news2-consciousness",
    f"{NEWS2}temperature-score": "news2-temperature",
    "acvpu-alert-confusion-voice-pain-unresponsive-scale-score": "acvpu",
    "haemoglobin-a1c-level-international-federation-of-clinical-chemistry-and-laboratory-"
    "medicine-standardised": "hba1c",
    "egfr-estimated-glomerular-filtration-rate-using-creatinine-chronic-kidney-disease-"
    "epidemiology-collaboration-equation-per-1-73-square-metres": "egfr",
    "egfr-estimated-glomerular-filtration-rate-by-laboratory-calculation": "egfr-laboratory",
    "canadian-study-of-health-and-aging-clinical-frailty-scale-score": "frailty-scale",
    "patient-health-questionnaire-nine-item-score": "phq-9",
    "generalized-anxiety-disorder-7-item-score": "gad-7",
    "qrisk3-cardiovascular-disease-10-year-risk-calculator-score": "qrisk3",
    "quantitative-faecal-immunochemical-test": "fit",
    "blood-oxygen-saturation": "oxygen-saturation",
    "serum-crp-c-reactive-protein-level": "crp",
    "baseline-spo2-oxygen-saturation-at-periphery": "baseline-oxygen-saturation",
    "severe-acute-respiratory-syndrome-coronavirus-2-detected": "sars-cov-2-detected",
}
"""Shorter keys of what is observed."""


def short(display: str) -> str:
    """The key words of something observed."""
    words = slug(display)
    return SHORT.get(words, words)


def slug(text: str) -> str:
    """A key of lower-case words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("'", "")).strip("-")


def rows(shared: Path, name: str) -> Iterator[Row]:
    """The verified rows of one code list."""
    with (shared / "data/clinical-codes" / f"{name}.csv").open(newline="") as lines:
        yield from (row for row in csv.DictReader(lines) if row["verified"] == "yes")


def source(name: str, row: Row) -> str:
    """Which shared file a row came from, and where that file saw it."""
    return f"clinical-codes/{name}.csv: {row['source'].split('; ')[0]}"


def entry(key: str, system: str, code: str, display: str, origin: str) -> Row:
    """One row of the code table."""
    return {"key": key, "system": system, "code": code, "display": display, "source": origin}


def key_of(name: str, row: Row) -> str:
    """The key of a row: prefix by kind, then words (or the code where words are long)."""
    kind = row.get("kind", "")
    prefix = BY_KIND.get(name, {}).get(kind)
    group = row.get("group", "").lower()
    if prefix == "vaccination":
        return f"vaccination.{group}.{slug(row['dose_or_schedule'])}"
    if prefix == "disease":
        return f"disease.{group}.{slug(row['display'])}"
    if prefix == "vaccine":
        return f"vaccine.{group}.{slug(re.split(r' vaccine| suspension|,', row['display'])[0])}"
    if prefix:
        return f"{prefix}.{slug(row['display'])}"
    return f"{slug(re.sub(r'[(].*', '', kind))}.{row['code'].lower()}"


def problems(shared: Path) -> Iterator[Row]:
    """Conditions, symptoms, lifestyle and social findings."""
    for row in rows(shared, "problems"):
        key = f"problem.{slug(row['display'])}"
        yield entry(key, row["system"], row["code"], row["display"], source("problems", row))


def procedures(shared: Path) -> Iterator[Row]:
    """OPCS-4 procedures by code, SNOMED CT procedures by name."""
    for row in rows(shared, "procedures"):
        opcs = row["system"] != SNOMED
        key = f"opcs.{row['code'].lower()}" if opcs else f"procedure.{slug(row['display'])}"
        yield entry(key, row["system"], row["code"], row["display"], source("procedures", row))


def observables(shared: Path) -> Iterator[Row]:
    """What is observed, with its newer laboratory code and its LOINC code where given."""
    for row in rows(shared, "observables"):
        origin = source("observables", row)
        prefix = "finding" if row["group"] in ("NEWS2 value", "lifestyle") else "observable"
        prefix = "finding" if not row["ucum"] and row["code"].endswith("104") else prefix
        key = f"{prefix}.{short(row['display'])}"
        yield entry(key, row["system"], row["code"], row["display"], origin)
        if row["utl_code"]:
            yield entry(f"{key}.utl", SNOMED, row["utl_code"], row["utl_display"], origin)
        if row["loinc_verified"] == "yes":
            yield entry(f"{key}.loinc", LOINC, row["loinc"], row["loinc_display"], origin)


def medicines(shared: Path) -> Iterator[Row]:
    """Products of dm+d and the units they are dosed in."""
    for row in rows(shared, "medicines"):
        key = f"medicine.{slug(row['name'])}"
        yield entry(key, row["system"], row["code"], row["name"], source("medicines", row))
        if row["dose_unit_code"]:
            unit = f"unit.{slug(row['dose_unit'])}"
            yield entry(
                unit, SNOMED, row["dose_unit_code"], row["dose_unit"], source("medicines", row)
            )


def listed(shared: Path, name: str) -> Iterator[Row]:
    """The rows of a list that holds several kinds."""
    for row in rows(shared, name):
        display = row["display"].strip()
        yield entry(key_of(name, row), row["system"], row["code"], display, source(name, row))


EXAMPLES = (
    (
        "specimen.blood",
        "119297000",
        "ukcore/json/examples/UKCore-Specimen-BloodSpecimen-Example.json",
    ),
    (
        "procedure.laboratory-procedure",
        "108252007",
        "ukcore/json/examples/UKCore-ServiceRequest-Lab-CReactiveProtein-Example.json",
    ),
    (
        "encounter-type.seen-in-hospital-ward",
        "185212007",
        "ukcore/json/examples/UKCore-Encounter-InpatientEncounter-Example.json",
    ),
)
"""Codes that only the UK Core examples carry: (key, code, file under the data folder)."""


def codings(value: object) -> Iterator[Row]:
    """Every coding inside a JSON value."""
    if isinstance(value, dict):
        if {"system", "code", "display"} <= value.keys():
            yield value
        for child in value.values():
            yield from codings(child)
    elif isinstance(value, list):
        for child in value:
            yield from codings(child)


def examples(shared: Path) -> Iterator[Row]:
    """Codes read out of UK Core example files, as they stand there."""
    for key, code, file in EXAMPLES:
        document = json.loads((shared / "data" / file).read_bytes())
        found = next(one for one in codings(document) if one["code"] == code)
        yield entry(key, found["system"], code, found["display"], file)


def distinct(entries: Iterator[Row]) -> Iterator[Row]:
    """Drop repeats; a second code with the same words gets its code into its key."""
    seen: dict[str, str] = {}
    for row in entries:
        held = seen.get(row["key"])
        if held == row["code"]:
            continue
        if held is not None:
            row = {**row, "key": f"{row['key']}-{row['code'].lower()}"}
            if row["key"] in seen:
                continue
        seen[row["key"]] = row["code"]
        yield row


def table(shared: Path) -> list[Row]:
    """The whole code table, sorted by key."""

    def every() -> Iterator[Row]:
        yield from problems(shared)
        yield from observables(shared)
        yield from medicines(shared)
        yield from procedures(shared)
        for name in (
            "allergies",
            "immunisations",
            "documents",
            "encounters",
            "demographics",
            "roles",
        ):
            yield from listed(shared, name)
        yield from examples(shared)

    return sorted(distinct(every()), key=lambda row: row["key"])


def measures(shared: Path) -> Iterator[Row]:
    """Units, ranges and spread of what is observed."""
    columns = ("ucum", "unit_text", "mean", "sd", "ref_low", "ref_high", "decimals", "group")
    for row in rows(shared, "observables"):
        if row["ucum"] and row["group"] != "lifestyle":
            yield {"key": f"observable.{short(row['display'])}"} | {c: row[c] for c in columns}


def doses(shared: Path) -> Iterator[Row]:
    """Dose, text, course and use of each medicine."""
    for row in rows(shared, "medicines"):
        yield {
            "key": f"medicine.{slug(row['name'])}",
            "dose": row["dose_value"],
            "unit": f"unit.{slug(row['dose_unit'])}" if row["dose_unit_code"] else "",
            "text": row["dosage_text"],
            "course": row["course"],
            "form": row["form"],
            "used_for": row["indications"],
        }


def write(path: Path, lines: list[Row]) -> None:
    """Write rows as CSV with Unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    print(f"{len(lines):6} rows  {path.relative_to(REPOSITORY)}")


def main(shared: Path) -> None:
    """Build the three tables."""
    write(CODES, table(shared))
    write(TABLES / "measures.csv", list(distinct_keys(measures(shared))))
    write(TABLES / "doses.csv", list(distinct_keys(doses(shared))))


def distinct_keys(lines: Iterator[Row]) -> Iterator[Row]:
    """The first row of each key."""
    seen: set[str] = set()
    for row in lines:
        if row["key"] not in seen:
            seen.add(row["key"])
            yield row


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared"))
