"""What surrounds an element: its resource, the one that holds that, and the Bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bevan.fhir.path.element import Element
from bevan.fhir.profiles.spot import Spot

Fetch = Callable[[str], Mapping[str, Any] | None]
"""A port: the resource of a reference's text, or None when it can't be had."""


def nothing(reference: str) -> None:
    """The port of those who can fetch nothing."""


@dataclass(frozen=True, slots=True)
class Around:
    """Where an element is. ``root`` differs from ``resource`` inside contained ones; ``bundle`` and
    ``full_url`` are of the innermost Bundle and its entry.
    """

    resource: Spot
    root: Spot
    bundle: Spot | None = None
    full_url: str = ""
    fetch: Fetch = nothing

    def variables(self) -> dict[str, Any]:
        """FHIRPath's variables."""
        return {"resource": self.resource.element, "rootResource": self.root.element}

    def within(self, spot: Spot) -> Around:
        """What surrounds the elements of a resource that is inside this one."""
        if spot.name == "contained":
            return replace(self, resource=spot)
        entry = spot.parent
        full_url, bundle = self.full_url, self.bundle
        if entry is not None and entry.type == "Bundle.entry":
            full_url, bundle = entry.text("fullUrl"), self.resource
        return Around(spot, spot, bundle, full_url, self.fetch)

    def resolve(self, reference: str) -> tuple[Element, Around] | None:
        """The resource that a reference names, here or by the port, with what surrounds it."""
        if not reference:
            return None
        if reference[0] == "#":
            return self._contained(reference[1:])
        for entry in entries(self.bundle):
            if any(matches(reference, self.full_url, *names) for names in _names(entry)):
                return self._entered(entry, reference)
        return self._fetched(reference)

    def _contained(self, identifier: str) -> tuple[Element, Around] | None:
        if not identifier:
            return self.root.element, replace(self, resource=self.root)
        for n, item in enumerate(self.root.value.get("contained") or ()):
            if isinstance(item, dict) and item.get("id") == identifier:
                found = Element(item, str(item.get("resourceType")))
                path = f"{self.root.path}.contained[{n}]"
                return found, replace(self, resource=Spot(found, path, "contained", self.root))
        return None

    def _entered(self, entry: Mapping[str, Any], reference: str) -> tuple[Element, Around]:
        resource = entry["resource"]
        found = Element(resource, str(resource.get("resourceType")))
        spot = Spot(found, found.type, "resource", None)
        return found, Around(spot, spot, self.bundle, str(entry.get("fullUrl", "")), self.fetch)

    def _fetched(self, reference: str) -> tuple[Element, Around] | None:
        resource = self.fetch(reference)
        if resource is None:
            return None
        found = Element(resource, str(resource.get("resourceType")))
        spot = Spot(found, found.type, "", None)
        return found, Around(spot, spot, None, "", self.fetch)


def entries(bundle: Spot | None) -> Iterator[Mapping[str, Any]]:
    """The entries of a Bundle that have a resource."""
    items = bundle.value.get("entry") if bundle is not None else None
    for entry in items if isinstance(items, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            yield entry


def _names(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    resource = entry["resource"]
    yield str(entry.get("fullUrl", "")), f"{resource.get('resourceType')}/{resource.get('id')}"


def matches(reference: str, base: str, full_url: str, local: str) -> bool:
    """Whether a reference in the entry ``base`` means the entry with this fullUrl (R4 bundle,
    resolving references): absolute ones by fullUrl, relative ones from the base of their own.
    """
    reference = reference.partition("/_history/")[0].partition("#")[0]
    if ":" in reference:
        return reference == full_url
    if not full_url:
        return reference == local
    root = base.rpartition("/")[0].rpartition("/")[0]
    if base.startswith(("http://", "https://")):
        return f"{root}/{reference}" == full_url
    return reference == local
