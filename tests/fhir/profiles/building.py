"""Small profiles for tests, and what a validator says with them."""

from __future__ import annotations

from typing import Any

from bevan.fhir.conformance import Library
from bevan.fhir.definitions import Definitions
from bevan.fhir.profiles import Options, Profiles

URL = "https://bevan.example/StructureDefinition/"
R4 = "http://hl7.org/fhir/StructureDefinition/"


def profile(name: str, type: str, *elements: dict[str, Any], base: str = "") -> dict[str, Any]:
    """A profile of a type, as a differential."""
    return {
        "resourceType": "StructureDefinition",
        "url": URL + name,
        "type": type,
        "derivation": "constraint",
        "baseDefinition": base or R4 + type,
        "differential": {"element": [{"path": type}, *elements]},
    }


def extension(name: str, *elements: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """A definition of an extension."""
    url = {"path": "Extension.url", "fixedUri": URL + name}
    return {**profile(name, "Extension", *elements, url), **rest}


class Trial:
    """A validator with some definitions of a test's own."""

    def __init__(
        self,
        definitions: Definitions,
        library: Library,
        *own: dict[str, Any],
        options: Options | None = None,
    ) -> None:
        self.profiles = Profiles(definitions, library.above(own), options=options)

    def found(
        self, resource: Any, name: str = "", severity: str = "error"
    ) -> list[tuple[str, str]]:
        """(expression, rule) of each finding of a severity; ``name`` is a profile's."""
        return [
            (issue.expression, issue.rule)
            for issue in self.profiles.issues(resource, [URL + name] if name else [])
            if issue.severity == severity
        ]

    def texts(self, resource: Any, name: str = "", severity: str = "error") -> list[str]:
        """The texts of the findings of a severity."""
        profiles = [URL + name] if name else []
        found = self.profiles.issues(resource, profiles)
        return [issue.text for issue in found if issue.severity == severity]
