"""HL7's validator cases: which there are, with what they are read, and which don't apply here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bevan.fhir import json
from bevan.fhir.conformance import Library
from bevan.fhir.definitions import Definitions
from bevan.fhir.outcome import Issue
from bevan.fhir.profiles import Options, Profiles
from tests.support.fhir_xml import FhirXml

_TERMS = "the only fault is in SNOMED CT, LOINC, CVX or ATC, which are not loaded: not checked"
_R5 = "the reference validator read it as R5, where the element, code or format differs from R4"
_XML = "about XML itself, which is not on the wire"
_MEASURE = "about how a MeasureReport answers its Measure, not about FHIR R4's own rules"
_LOST = "the definitions that it needs are not among the files here"

EXCLUDED = {
    "capstmt-deprecated": _R5,
    "capstmt-deprecated-profile": _R5,
    "group-minimal-tiny": _R5,
    "obs-decimal": _R5,
    "fhirpath-bad": "R4's ctm-1 passes where the member can't be resolved; R5 differs",
    "fhirpath-null": "R4's ctm-1 passes where the member can't be resolved; R5 differs",
    "cvx": _TERMS,
    "medication-atc": _TERMS,
    "observation-triglyceride-good": _TERMS,
    "uk-msg": _TERMS,
    "vs-bad-ecl": _TERMS,
    "vs-bad-ecl-us": _TERMS,
    "vs-bad-props": _TERMS,
    "xml_v11": _XML,
    "xml_UTF16_noheader_bom": _XML,
    "xml-fail": _XML,
    "mr-covid-mr1": _MEASURE,
    "measure-report-ihe": _MEASURE,
    "extension-version-restriction-range-r4": _LOST,
    "extension-version-restriction-range-ctxt-r4": _LOST,
    "bundle-bad-by-param": "the profile is named on the reference validator's command line",
    "cs-narrative-status-pub": "a rule of HL7's own publishing, switched on for that case",
}

DISAGREEMENTS = {
    "list-bad-reference": "XXX/_history/1 is no reference to a resource of R4",
    "encounter-period": "a day and a time on that day: not known to be in the wrong order",
    "mr-m-simple-nossystem": "relative canonicals are warnings: HL7's own R4 examples have them",
    "patient_as_operator_issue-r4": "`as String` of a FHIR string",
    "vs-filter-property-bad2": "the format of a filter's value, by the property's type",
}

Case = dict[str, Any]


class Manifest:
    """The cases, and what is found in each."""

    def __init__(self, shared: Path, definitions: Definitions, library: Library) -> None:
        self._folder = shared / "data/fhir-validator-cases"
        self._definitions = definitions
        self._library = library
        self._xml = FhirXml(definitions)

    def cases(self) -> Iterator[Case]:
        """Every case that applies."""
        content = json.decode((self._folder / "manifest.json").read_bytes())
        for case in content["test-cases"]:
            if case["name"] not in EXCLUDED:
                yield case

    def wrong(self, case: Case) -> bool:
        """The reference's verdict: an error, or none."""
        outcome = json.decode((self._folder / case["outcome"]).read_bytes())
        issues = outcome.get("issue", ())
        return any(issue["severity"] in ("error", "fatal") for issue in issues)

    def issues(self, case: Case, profiled: bool = False) -> list[Issue]:
        """Our findings, with the case's own profile when asked for."""
        part = case.get("profile") or {}
        files = [*_files(case), *_files(part)]
        own = [self._read(name) for name in files]
        urls: list[str] = []
        if profiled:
            own.append(self._read(part["source"]))
            urls = [own[-1]["url"]]
        strict = bool(case.get("security-checks") or case.get("noHtmlInMarkdown"))
        options = Options(any_extension=False, extension_domains=_domains(case), no_markup=strict)
        profiles = Profiles(self._definitions, self._library.above(own), options=options)
        try:
            resource = self._read(case["file"])
        except (ValueError, SyntaxError):  # not JSON, or not XML
            return [Issue("fatal", "structure", "", "It can't be read")]
        return profiles.issues(resource, urls)

    def _read(self, name: str) -> Any:
        content = (self._folder / name).read_bytes()
        return self._xml.read(content) if name.endswith(".xml") else json.decode(content)


def _files(part: Case) -> list[str]:
    return [*part.get("profiles", ()), *part.get("supporting", ())]


def _domains(case: Case) -> tuple[str, ...]:
    """Whose extensions may be unknown: examples' own, unless the case says otherwise."""
    found = case.get("allowed-extension-domain", [])
    domains = [found] if isinstance(found, str) else list(found)
    return (*domains, *(("http://example.org/",) if case.get("examples") is not False else ()))
