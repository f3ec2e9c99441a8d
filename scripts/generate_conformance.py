"""Write the compressed definitions of FHIR R4 and UK Core that ship with Bevan.

Reads ``hl7.fhir.r4.core`` 4.0.1 (CC0-1.0) and UK Core STU2 (Apache-2.0, HL7 UK) from
``$BEVAN_SHARED/data`` and writes ``r4.tsv.xz`` and ``ukcore.tsv.xz`` to ``src/bevan/fhir/tables``
(or to the folder named on the command line). Words for people are left out; what a machine checks
by is kept. The output is the same for the same input, byte for byte.
"""

from __future__ import annotations

import json
import lzma
import os
import sys
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).parent.parent / "src/bevan/fhir/tables"
R4 = Path("data/fhir-r4-definitions/hl7.fhir.r4.core-4.0.1.tgz")
UKCORE = Path("data/ukcore/json")
KINDS = ("StructureDefinition", "ValueSet", "CodeSystem")

HEAD = ("resourceType", "url", "version", "name", "title", "status", "experimental")
KEPT = {
    "StructureDefinition": ("kind", "abstract", "type", "baseDefinition", "derivation", "context",
                            "contextInvariant"),
    "ValueSet": ("immutable",),
    "CodeSystem": ("caseSensitive", "valueSet", "hierarchyMeaning", "compositional", "content",
                   "supplements"),
}  # fmt: skip
WORDS = frozenset(
    {"id", "definition", "comment", "requirements", "alias", "mapping", "example", "short",
     "meaningWhenMissing", "isSummary", "orderMeaning", "isModifierReason", "label", "code",
     "base", "representation", "extension"}
)  # fmt: skip
MAX_VALUE_SET = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"

Json = dict[str, Any]


def r4(shared: Path) -> Iterator[Json]:
    """The definitions of the R4 package."""
    with tarfile.open(shared / R4) as archive:
        for member in archive:
            name = member.name.removeprefix("package/")
            if name.partition("-")[0] in KINDS and name.endswith(".json"):
                content = archive.extractfile(member)
                assert content is not None
                yield json.load(content)


def ukcore(shared: Path) -> Iterator[Json]:
    """The definitions of UK Core."""
    for path in sorted((shared / UKCORE).rglob("*.json")):
        found = json.loads(path.read_text("utf-8"))
        if found.get("resourceType") in KINDS:
            yield found


def compact(resource: Json) -> Json:
    """A definition without its words."""
    kind = resource["resourceType"]
    kept = {name: resource[name] for name in (*HEAD, *KEPT[kind]) if name in resource}
    if kind == "StructureDefinition":
        part = "differential" if resource.get("derivation") == "constraint" else "snapshot"
        if part in resource:
            kept[part] = {"element": [_element(each) for each in resource[part]["element"]]}
    elif kind == "ValueSet":
        kept |= {key: _compose(resource[key]) for key in ("compose",) if key in resource}
    else:
        kept |= {"concept": _concepts(resource["concept"])} if "concept" in resource else {}
    return kept


def _element(element: Json) -> Json:
    kept = {name: value for name, value in element.items() if name not in WORDS}
    if "constraint" in kept:
        wanted = ("key", "severity", "human", "expression")
        kept["constraint"] = [
            {name: rule[name] for name in wanted if name in rule} for rule in kept["constraint"]
        ]
    if "binding" in kept:
        kept["binding"] = _binding(kept["binding"])
    if "type" in kept:
        wanted = ("code", "profile", "targetProfile", "aggregation", "versioning")
        kept["type"] = [
            {name: each[name] for name in wanted if name in each} for each in kept["type"]
        ]
    if "slicing" in kept:
        kept["slicing"] = {k: v for k, v in kept["slicing"].items() if k != "description"}
    return kept


def _binding(binding: Json) -> Json:
    kept = {name: binding[name] for name in ("strength", "valueSet") if name in binding}
    most = [each for each in binding.get("extension", ()) if each["url"] == MAX_VALUE_SET]
    return kept | ({"extension": most} if most else {})


def _compose(compose: Json) -> Json:
    wanted = ("include", "exclude", "inactive", "lockedDate")
    kept = {name: compose[name] for name in wanted if name in compose}
    for name in ("include", "exclude"):
        for part in kept.get(name, ()):
            part.pop("id", None)
            part.pop("extension", None)
            if "concept" in part:
                part["concept"] = [_concept(each) for each in part["concept"]]
    return kept


def _concept(concept: Json) -> Json:
    return {name: concept[name] for name in ("code", "display") if name in concept}


def _concepts(concepts: Iterable[Json]) -> list[Json]:
    return [
        _concept(each) | ({"concept": _concepts(each["concept"])} if "concept" in each else {})
        for each in concepts
    ]


def table(resources: Iterable[Json]) -> bytes:
    """The lines of a table, in order of kind and address."""
    lines = {
        (each["resourceType"], each["url"]): json.dumps(
            compact(each), ensure_ascii=False, separators=(",", ":")
        )
        for each in resources
        if "url" in each
    }
    return "".join(
        f"{kind}\t{url}\t{text}\n" for (kind, url), text in sorted(lines.items())
    ).encode()


def main() -> None:
    """Write both tables."""
    shared = Path(os.environ["BEVAN_SHARED"])
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    for name, resources in (("r4", r4(shared)), ("ukcore", ukcore(shared))):
        packed = lzma.compress(table(resources), preset=9 | lzma.PRESET_EXTREME)
        (output / f"{name}.tsv.xz").write_bytes(packed)


if __name__ == "__main__":
    main()
