"""The validator at depth: all that can be said of a resource, in one list of issues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bevan.fhir.conformance import Library, Snapshots
from bevan.fhir.conformance.membership import Membership
from bevan.fhir.conformance.value_sets import LocalValueSets
from bevan.fhir.definitions import Definitions
from bevan.fhir.outcome import Issue
from bevan.fhir.path.element import Element
from bevan.fhir.profiles import answers, bundles, definitional, narratives
from bevan.fhir.profiles.around import Around, Fetch, nothing
from bevan.fhir.profiles.checker import Checker
from bevan.fhir.profiles.options import Options
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot
from bevan.fhir.validation import Validator


class Profiles:
    """Validates resources against R4, the profiles they claim, and profiles asked for.

    One for the process, in any of its threads: it keeps what it has made of definitions. ``fetch``
    of a call is the way to resources that a reference names and that aren't in what is validated.
    """

    def __init__(
        self,
        definitions: Definitions,
        library: Library,
        *,
        membership: Membership | None = None,
        options: Options | None = None,
    ) -> None:
        self._validator = Validator(definitions)
        self._checker = Checker(
            definitions,
            Snapshots(library),
            membership or LocalValueSets(library),
            options or Options(),
        )
        self._everywhere = _everywhere(library)

    def issues(
        self, resource: Any, profiles: Iterable[str] = (), *, fetch: Fetch = nothing
    ) -> list[Issue]:
        """Every finding: R4's own first, then those of each profile."""
        report = Report()
        for issue in self._validator.issues(resource):
            report.add(issue)
        if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
            self._resource(resource, tuple(profiles), fetch, report)
        return report.issues

    def _resource(
        self, resource: Mapping[str, Any], profiles: tuple[str, ...], fetch: Fetch, report: Report
    ) -> None:
        element = Element(resource, resource["resourceType"])
        spot = Spot(element, element.type, "", None)
        self._one(spot, Around.of(spot, fetch), profiles, report)

    def _one(self, spot: Spot, around: Around, profiles: tuple[str, ...], report: Report) -> None:
        """A resource with what it claims and holds."""
        self._checker.base(spot, None, around, report)
        definitional.check(self._checker, spot, report)
        narratives.check(spot, report)
        if spot.type == "QuestionnaireResponse":
            answers.check(self._checker, spot, around, report)
        if spot.type == "Bundle":
            bundles.check(spot, self._checker.reader.definitions, report)
        for profile in (*claimed(spot.value), *self._everywhere.get(spot.type, ()), *profiles):
            self._profile(spot, profile, around, report)
        self._inside(spot, around, report)

    def _inside(self, spot: Spot, around: Around, report: Report) -> None:
        for found in self._checker.reader.children(spot).values():
            for each in found:
                if each.resource:
                    self._one(each, around.within(each), (), report)
                elif isinstance(each.value, dict):
                    self._inside(each, around, report)

    def _profile(self, spot: Spot, profile: str, around: Around, report: Report) -> None:
        tree = self._checker.ways.tree(profile)
        if tree is None:
            text = f"Not checked: {profile} is not loaded"
            report.warning("not-found", text, f"{spot.path}.meta.profile")
        elif not self._checker.is_a(spot.type, tree.path):
            text = f"{profile} is for {tree.path}"
            report.error("structure", text, spot.path, "StructureDefinition.type")
        else:
            self._checker.once(spot, tree, profile, around, report)


def _everywhere(library: Library) -> dict[str, tuple[str, ...]]:
    """The profiles that loaded implementation guides ask of every resource of a type."""
    found: dict[str, tuple[str, ...]] = {}
    for url in library.addresses("ImplementationGuide"):
        guide = library.find("ImplementationGuide", url) or {}
        rows = guide.get("global")
        for each in rows if isinstance(rows, list) else ():
            if isinstance(each, dict):
                type = str(each.get("type"))
                found[type] = (*found.get(type, ()), str(each.get("profile")))
    return found


def claimed(resource: Mapping[str, Any]) -> list[str]:
    """The profiles in ``meta.profile``."""
    meta = resource.get("meta")
    found = meta.get("profile") if isinstance(meta, dict) else None
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
