"""FHIR packages: a gzipped tar with conformance resources in ``package/`` (HL7 FHIR packages)."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bevan.fhir import json

KINDS = frozenset(
    {"StructureDefinition", "ValueSet", "CodeSystem", "ImplementationGuide", "Questionnaire"}
)
MOST = 256 * 2**20
"""Bytes that a package may have unpacked: more is refused, be it a mistake or a bomb."""


class BadPackage(ValueError):
    """The file is no FHIR package; the text says why."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package's name and version, the FHIR versions it is for, and what it defines."""

    name: str
    version: str
    fhir: tuple[str, ...]
    resources: tuple[Mapping[str, Any], ...]


def read(content: bytes) -> Package:
    """Unpack a ``.tgz``. Raises BadPackage when it isn't one, or is for another FHIR than R4."""
    try:
        members = dict(_members(content))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadPackage("This is not a gzipped tar file.") from error
    about = _decoded(members.pop("package.json", b"{}"))
    name, version = about.get("name"), about.get("version")
    if not isinstance(name, str) or not isinstance(version, str):
        raise BadPackage("package/package.json is missing or has no name and version.")
    fhir = about.get("fhirVersions") or about.get("fhir-version-list") or []
    versions = tuple(each for each in fhir if isinstance(each, str))
    if versions and not any(each.startswith("4.0") for each in versions):
        raise BadPackage(f"{name} is for FHIR {', '.join(versions)}, not for R4.")
    found = (_decoded(each) for file, each in sorted(members.items()) if file.endswith(".json"))
    return Package(name, version, versions, tuple(each for each in found if _wanted(each)))


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    left = MOST
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        for member in archive:
            folder, _, file = member.name.removeprefix("./").partition("/")
            if folder != "package" or "/" in file or not member.isfile():
                continue
            left -= member.size
            opened = archive.extractfile(member)
            if left < 0 or opened is None:
                raise BadPackage(f"The package is larger than {MOST // 2**20} MiB unpacked.")
            yield file, opened.read()


def _decoded(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.decode(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _wanted(resource: Mapping[str, Any]) -> bool:
    return resource.get("resourceType") in KINDS and isinstance(resource.get("url"), str)
