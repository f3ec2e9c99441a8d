"""Fields and forms as values; reading what came in and saying what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Resource = Mapping[str, Any]
Parts = dict[str, str]
Kind = Literal["text", "textarea", "radios", "select", "suggest"]
LONGEST = 4000


@dataclass(frozen=True)
class Field:
    """One part of a form. ``required`` is the sentence shown when it is empty.

    ``options`` are (value, label); for ``suggest`` they are offered but free text is accepted.
    """

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    required: str = ""
    options: tuple[tuple[str, str], ...] = ()

    def fault(self, text: str) -> str:
        """What is wrong with this text, as an instruction; empty when nothing is."""
        if self.required and not text.strip():
            return self.required
        if len(text) > LONGEST:
            return f"{self.label}: use {LONGEST:,} characters or fewer"
        known = {value for value, _ in self.options}
        if self.kind in ("radios", "select") and text and text not in known:
            return f"{self.label}: choose one of the answers"
        return ""


@dataclass(frozen=True)
class Form:
    """How one kind of entry is written.

    ``parts(resource)`` gives the text of every part; ``applied(resource, parts)`` gives the
    resource with those parts, touching only elements whose part differs, so that codes and
    extensions that the page doesn't show survive an edit. ``fields(resource)`` may depend on
    the entry; None stands for a new one.
    """

    name: str
    type: str
    noun: str
    section: str
    fields: Callable[[Resource | None], tuple[Field, ...]]
    parts: Callable[[Resource], Parts]
    applied: Callable[[Resource, Parts], dict[str, Any]]
    blank: Callable[[str], dict[str, Any]]
    title: Callable[[Resource], str]
    faults: Callable[[Parts], dict[str, str]]

    def read(self, sent: Mapping[str, Any], resource: Resource | None) -> Parts:
        """The parts that were sent, line ends made equal and outer white space gone."""
        return {
            field.name: str(sent.get(field.name, "")).replace("\r\n", "\n").strip()
            for field in self.fields(resource)
        }

    def checked(self, parts: Parts, resource: Resource | None) -> dict[str, str]:
        """Every fault by field name, in the order of the form."""
        found = {field.name: field.fault(parts[field.name]) for field in self.fields(resource)}
        found = {name: text for name, text in found.items() if text}
        return found or self.faults(parts)

    def with_error(self, resource: Resource) -> dict[str, Any]:
        """The entry marked as recorded by mistake; R4 forbids a clinical status beside it."""
        if self.type in ("AllergyIntolerance", "Condition"):
            kept = {key: value for key, value in resource.items() if key != "clinicalStatus"}
            return {**kept, "verificationStatus": _wrong(self.type)}
        return {**resource, "status": "entered-in-error"}


SYSTEMS = {
    "AllergyIntolerance": "http://terminology.hl7.org/CodeSystem/allergyintolerance-",
    "Condition": "http://terminology.hl7.org/CodeSystem/condition-",
}


def _wrong(type: str) -> dict[str, Any]:
    return status_concept(type, "verification" if type == "AllergyIntolerance" else "ver-status",
                          "entered-in-error")  # fmt: skip


def status_concept(type: str, name: str, value: str) -> dict[str, Any]:
    """A status of an allergy or condition, by HL7's own code system."""
    return {"coding": [{"system": SYSTEMS[type] + name, "code": value}]}
