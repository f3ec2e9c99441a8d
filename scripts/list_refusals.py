"""List every example of the public sets that validation refuses, with the clause it breaks.

Reads ``$BEVAN_SHARED`` and writes ``docs/reference/refusals.md`` (or prints it with ``-``). A test
compares the page with what validation says today.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bevan.fhir import definitions, json
from bevan.fhir.validation import Validator

PAGE = Path(__file__).parent.parent / "docs/reference/refusals.md"
SETS = {
    "fhir-r4-examples": "HL7's own examples of R4",
    "ukcore/json": "UK Core: definitions and examples, converted from XML",
    "nhs-examples": "Examples from NHS England's repositories",
}
INTRODUCTION = """# What validation refuses, and why

Every write is checked against FHIR R4 (4.0.1) itself. This page lists each file of three public
sets of examples that is refused, each fault with its place and the clause of R4 that it breaks:
an invariant by its key (`txt-2`), an element by its definition (`R4 Appointment.participant 1..*`),
a page of the standard by its name (`R4 json`: arrays and objects are never empty, null only pads).
The three sets are read as they were published; nothing is put right on the way in.

The page is written by `scripts/list_refusals.py`, and a test compares it with what validation says.
"""


class Refusal(NamedTuple):
    """One fault of one file."""

    file: str
    path: str
    clause: str


def resources(folder: Path) -> Iterator[tuple[str, Any]]:
    """Every file of a folder that holds a resource, by its path there."""
    for path in sorted(folder.rglob("*.json")):
        found = json.decode(path.read_bytes())
        if isinstance(found, dict) and "resourceType" in found:
            yield path.relative_to(folder).as_posix(), found


def refusals(folder: Path, validator: Validator) -> tuple[int, list[Refusal]]:
    """How many resources a folder holds, and every fault in them."""
    count = 0
    found: list[Refusal] = []
    for name, resource in resources(folder):
        count += 1
        issues = validator.issues(resource)
        found += [Refusal(name, issue.expression, issue.rule) for issue in issues]
    return count, found


def page(shared: Path) -> str:
    """The whole page."""
    validator = Validator(definitions.load())
    parts = [INTRODUCTION]
    for name, title in SETS.items():
        count, found = refusals(shared / "data" / name, validator)
        files = len({refusal.file for refusal in found})
        parts.append(f"\n## {title}\n\n{count} resources, {files} refused.\n\n")
        parts.append("| File | Place | Clause |\n|---|---|---|\n")
        parts += [f"| {r.file} | `{r.path}` | {r.clause} |\n" for r in found]
    return "".join(parts)


def main(arguments: list[str]) -> int:
    """Write the page; exit code 2 when the sets aren't there."""
    shared = Path(os.environ.get("BEVAN_SHARED", "../shared"))
    if not (shared / "data").is_dir():
        print(f"No data at {shared}: set BEVAN_SHARED.", file=sys.stderr)
        return 2
    text = page(shared)
    if arguments == ["-"]:
        print(text, end="")
    else:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
