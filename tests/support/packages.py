"""FHIR packages made for a test."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

ABOUT = {"name": "bevan.example", "version": "1.2.0", "fhirVersions": ["4.0.1"]}
STRICT = "https://bevan.example/StructureDefinition/strict"
STRICT_PATIENT = {
    "resourceType": "StructureDefinition",
    "url": STRICT,
    "kind": "resource",
    "type": "Patient",
    "derivation": "constraint",
    "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
    "differential": {"element": [{"path": "Patient.birthDate", "min": 1}]},
}
"""A profile that asks for a birth date."""


def packed(**files: Any) -> bytes:
    """A package with these files, named without ``.json``; ``__`` stands for a folder."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            entry = tarfile.TarInfo(f"package/{name.replace('__', '/')}.json")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()
