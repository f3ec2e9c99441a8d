"""Write the compact FHIR R4 tables that ship with Bevan.

Reads the official package ``hl7.fhir.r4.core`` 4.0.1 (CC0-1.0) from
``$BEVAN_SHARED/data/fhir-r4-definitions`` and writes ``types.json``, ``value_sets.json``,
``parameters.json`` and ``compartments.json`` to ``src/bevan/fhir/tables`` (or to the folder named
on the command line). The output is the same for the same package, byte for byte.
"""

from __future__ import annotations

import json
import os
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

PACKAGE = Path("data/fhir-r4-definitions/hl7.fhir.r4.core-4.0.1.tgz")
OUTPUT = Path(__file__).parent.parent / "src/bevan/fhir/tables"
STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
SYSTEM = "http://hl7.org/fhirpath/System."
FHIR_TYPE = STRUCTURE + "structuredefinition-fhir-type"
REGEX = STRUCTURE + "regex"
SECURITY = STRUCTURE + "structuredefinition-security-category"

CHOICE, SUMMARY, MODIFIER, SIMPLE = 1, 2, 4, 8

KINDS = (
    "CodeSystem",
    "CompartmentDefinition",
    "SearchParameter",
    "StructureDefinition",
    "ValueSet",
)

Json = dict[str, Any]


def package(shared: Path) -> dict[str, list[Json]]:
    """The package's definitions by kind, each kind in order of URL."""
    found: dict[str, list[Json]] = {kind: [] for kind in KINDS}
    with tarfile.open(shared / PACKAGE) as archive:
        for member in archive:
            name = member.name.removeprefix("package/")
            kind = name.partition("-")[0]
            if kind not in found or not name.endswith(".json"):
                continue
            content = archive.extractfile(member)
            assert content is not None
            found[kind].append(json.load(content))
    return {kind: sorted(items, key=lambda item: item["url"]) for kind, items in found.items()}


def types(structures: Iterable[Json]) -> dict[str, Json]:
    """Every R4 type, and every nested element as a type of its own, named by its path."""
    result: dict[str, Json] = {}
    for structure in structures:
        if structure.get("derivation") == "constraint" or structure["kind"] == "logical":
            continue
        result |= _types_of(structure)
    return dict(sorted(result.items()))


def _types_of(structure: Json) -> dict[str, Json]:
    name = structure["type"]
    elements = structure["snapshot"]["element"]
    parents = {name: _head(structure)}
    for element in elements[1:]:
        parent, _, _ = element["path"].rpartition(".")
        if structure["kind"] == "primitive-type" and element["path"].endswith(".value"):
            parents[name] |= _format(element)
        elif element["path"] == element["base"]["path"]:  # not inherited
            parents[parent]["elements"].append(_element(element))
        if any(other["path"].startswith(element["path"] + ".") for other in elements):
            base = element["type"][0]["code"]
            parents[element["path"]] = {"kind": "backbone", "base": base, "elements": []}
    return parents


def _head(structure: Json) -> Json:
    base = structure.get("baseDefinition", "").removeprefix(STRUCTURE)
    head: Json = {"kind": structure["kind"].removesuffix("-type"), "base": base}
    if structure["abstract"]:
        head["abstract"] = True
    categories = [e["valueCode"] for e in structure.get("extension", ()) if e["url"] == SECURITY]
    if categories:
        head["security"] = categories[0]
    return head | {"elements": []}


def _format(element: Json) -> Json:
    found: Json = {}
    for extension in element["type"][0].get("extension", ()):
        if extension["url"] == REGEX:
            found["regex"] = extension["valueString"]
    if "maxLength" in element:
        found["length"] = element["maxLength"]
    return found


def _element(element: Json) -> list[Any]:
    """``[name, min, max or 0, types, reference targets, required value set, flags]``, short."""
    name = element["path"].rpartition(".")[2]
    choice = name.endswith("[x]")
    row: list[Any] = [
        name.removesuffix("[x]"),
        element["min"],
        0 if element["max"] == "*" else int(element["max"]),
        _type_names(element),
        _targets(element),
        _binding(element),
        _flags(element, choice=choice),
    ]
    while len(row) > 4 and not row[-1]:
        row.pop()
    return row


def _type_names(element: Json) -> list[str]:
    if "contentReference" in element:
        return [element["contentReference"].removeprefix("#")]
    names = []
    for kind in element["type"]:
        code = kind["code"]
        if code.startswith(SYSTEM):
            code = next(e["valueUrl"] for e in kind["extension"] if e["url"] == FHIR_TYPE)
        names.append(code)
    if element["path"] == "Resource.id":
        return ["id"]
    nested = names[0] in ("BackboneElement", "Element") and element["path"].count(".")
    return [element["path"]] if nested else names


def _targets(element: Json) -> list[str]:
    """The types a Reference may point to; none means any."""
    urls = [
        url
        for kind in element.get("type", ())
        if kind["code"] == "Reference"
        for url in kind.get("targetProfile", ())
    ]
    names = [url.removeprefix(STRUCTURE) for url in urls]
    return [] if "Resource" in names else names


def _binding(element: Json) -> str:
    binding = element.get("binding", {})
    if binding.get("strength") != "required":
        return ""
    return str(binding.get("valueSet", "")).partition("|")[0]


def _flags(element: Json, *, choice: bool) -> int:
    simple = any(
        profile == STRUCTURE + "SimpleQuantity"
        for kind in element.get("type", ())
        for profile in kind.get("profile", ())
    )
    return (
        CHOICE * choice
        + SUMMARY * bool(element.get("isSummary"))
        + MODIFIER * bool(element.get("isModifier"))
        + SIMPLE * simple
    )


def value_sets(tables: dict[str, Json], content: dict[str, list[Json]]) -> Json:
    """The codes by system of each value set that a required binding names.

    Sets of another body's codes (media types, currencies, units) can't be listed: null.
    """
    sets = {item["url"]: item for item in content["ValueSet"]}
    systems = {item["url"]: item for item in content["CodeSystem"]}
    wanted = {
        row[5] for kind in tables.values() for row in kind["elements"] if len(row) > 5 and row[5]
    }
    return {url: _expand(sets.get(url), systems) for url in sorted(wanted)}


def _expand(value_set: Json | None, systems: dict[str, Json]) -> dict[str, list[str]] | None:
    if value_set is None or "exclude" in value_set["compose"]:
        return None
    result: dict[str, list[str]] = {}
    for include in value_set["compose"]["include"]:
        if include.keys() - {"system", "concept", "version", "extension"}:
            return None
        system = systems.get(include["system"], {"content": "not-present"})
        if "concept" not in include and system["content"] != "complete":
            return None
        concepts = include["concept"] if "concept" in include else _flat(system["concept"])
        result.setdefault(include["system"], []).extend(c["code"] for c in concepts)
    return result


def _flat(concepts: Iterable[Json]) -> Iterator[Json]:
    for concept in concepts:
        yield concept
        yield from _flat(concept.get("concept", ()))


def parameters(content: Iterable[Json]) -> list[Json]:
    """Every search parameter of the package but the three that only show what one looks like."""
    keep = ("url", "code", "base", "type", "expression", "target", "comparator", "modifier")
    rows = []
    for item in content:
        if item["id"].startswith("example"):
            continue
        row = {key: item[key] for key in keep if key in item}
        if not item.get("multipleOr", True):
            row["multipleOr"] = False
        if "component" in item:
            row["component"] = [[c["definition"], c["expression"]] for c in item["component"]]
        rows.append(row)
    return rows


def compartments(content: Iterable[Json]) -> dict[str, dict[str, list[str]]]:
    """Which parameters put a resource into which compartment (R4 compartmentdefinition)."""
    return {
        item["code"]: {row["code"]: row["param"] for row in item["resource"] if "param" in row}
        for item in content
        if not item["id"].startswith("example")
    }


def _lines(rows: dict[str, Any] | list[Any]) -> str:
    """JSON with one entry a line, so that a change can be read."""
    dump: Callable[[Any], str] = lambda value: json.dumps(  # noqa: E731
        value, ensure_ascii=False, separators=(",", ":")
    )
    if isinstance(rows, list):
        return "[\n" + ",\n".join(map(dump, rows)) + "\n]\n"
    return "{\n" + ",\n".join(f"{dump(k)}:{dump(v)}" for k, v in rows.items()) + "\n}\n"


def generate(shared: Path, output: Path) -> None:
    """Write the four tables into ``output``."""
    content = package(shared)
    tables = types(content["StructureDefinition"])
    output.mkdir(parents=True, exist_ok=True)
    for name, rows in (
        ("types", tables),
        ("value_sets", value_sets(tables, content)),
        ("parameters", parameters(content["SearchParameter"])),
        ("compartments", compartments(content["CompartmentDefinition"])),
    ):
        (output / f"{name}.json").write_text(_lines(rows), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Generate; exit code 2 when the package isn't there."""
    shared = Path(os.environ.get("BEVAN_SHARED", "../shared"))
    if not (shared / PACKAGE).is_file():
        print(f"No package at {shared / PACKAGE}: set BEVAN_SHARED.", file=sys.stderr)
        return 2
    generate(shared, Path(arguments[0]) if arguments else OUTPUT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
