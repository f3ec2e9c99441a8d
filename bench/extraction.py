"""How fast index entries are extracted, beside an interpreter of the same expressions.

Both get the same resources in the same run and the same process. The interpreter (fhirpathpy)
evaluates every search expression of each type, but hashes and stores nothing; Bevan's extractor
does all of it. Expressions with `resolve()` are left out for the interpreter, which lacks it.

    python bench/extraction.py [--folder FOLDER] [--sample 2000]

FOLDER holds FHIR JSON: bundles or resources, plain, .bz2 or .gz. It ends with 1 unless the ratio is
at least 50.
"""

from __future__ import annotations

import argparse
import bz2
import gc
import gzip
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import fhirpathpy
from fhirpathpy.models import models

from bevan.fhir.definitions import load
from bevan.fhir.extraction import Extractor
from bevan.fhir.json import decode, encode
from bevan.fhir.parameters import Registry

OPENERS: dict[str, Callable[[Path], Any]] = {".bz2": bz2.open, ".gz": gzip.open}
WANTED = 50


def resources(folder: Path) -> Iterator[dict[str, Any]]:
    """The resources of all files, entries of bundles one by one."""
    for path in sorted(folder.rglob("*.json*")):
        with OPENERS.get(path.suffix, Path.open)(path) as file:
            content = file.read()
        found = decode(content)
        for entry in found.get("entry", [{"resource": found}]):
            yield entry["resource"]


def sample(folder: Path, size: int) -> list[dict[str, Any]]:
    """Resources spread evenly over all that there are, freshly decoded as a writer has them."""
    every = list(resources(folder))
    step = max(1, len(every) // size)
    chosen = encode(every[::step][:size])
    del every
    found: list[dict[str, Any]] = decode(chosen)
    return found


def expressions(registry: Registry, type: str) -> list[Callable[[Any], Any]]:
    """What the interpreter evaluates for a resource type."""
    found = []
    for parameter in registry.of(type).values():
        for part in parameter.expression.split("|"):
            text = part.strip()
            head = text.lstrip("(").split(".")[0]
            if head not in (type, "Resource", "DomainResource") or "resolve()" in text:
                continue
            named = re.sub(r"^(Domain)?Resource\b", type, text)
            named = re.sub(r"^\((.*) as (\w+)\)", r"\1.ofType(\2)", named)
            found.append(fhirpathpy.compile(named, models["r4"]))
    return found


def floats(value: Any) -> Any:
    """Numbers as the interpreter takes them."""
    if isinstance(value, dict):
        return {key: floats(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [floats(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


def seconds(work: Callable[[], None], rounds: int) -> float:
    """CPU seconds of the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def compare(found: list[dict[str, Any]]) -> float:
    """Print both rates; returns how many times faster the extractor is."""
    registry = Registry(load())
    extractor = Extractor(registry)
    compiled = {type: expressions(registry, type) for type in {r["resourceType"] for r in found}}
    plain = [(compiled[r["resourceType"]], floats(r)) for r in found]
    gc.collect()
    gc.freeze()

    def interpret() -> None:
        for every, resource in plain:
            for evaluate in every:
                evaluate(resource)

    def extract() -> None:
        for resource in found:
            extractor.extract(resource)

    extract()
    theirs = len(found) / seconds(interpret, 1)
    ours = len(found) / seconds(extract, 5)
    number = sum(len(every) for every, _ in plain) / len(found)
    print(f"resources                    {len(found):10,}, {number:.1f} expressions each")
    print(f"fhirpathpy, evaluation only  {theirs:10,.0f} resources/s a core")
    print(f"Bevan, with hashes and rows  {ours:10,.0f} resources/s a core")
    print(f"                             {1e6 / ours:10.1f} µs a resource")
    print(f"ratio                        {ours / theirs:10.0f}")
    return ours / theirs


def main() -> int:
    """Run from the command line."""
    shared = Path(os.environ.get("BEVAN_SHARED", Path(__file__).parents[2] / "shared"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=shared / "data/synthea-r4/bundles")
    parser.add_argument("--sample", type=int, default=2_000)
    given = parser.parse_args()
    if not given.folder.is_dir():
        print(f"{given.folder} isn't a folder", file=sys.stderr)
        return 2
    return 0 if compare(sample(given.folder, given.sample)) >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
