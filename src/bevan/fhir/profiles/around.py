"""What surrounds an element: its resource, the one that holds that, and the Bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bevan.fhir.path.element import Element
from bevan.fhir.profiles.spot import Spot

Fetch = Callable[[str], Mapping[str, Any] | None]
"""A port: the resource of a reference's text, or None when it can't be had."""


def nothing(reference: str) -> None:
    """The port of those who can fetch nothing."""


class Entries:
    """The entries of a Bundle by fullUrl, and by type and id."""

    def __init__(self, bundle: Spot) -> None:
        self._by_url: dict[str, Mapping[str, Any]] = {}
        self._by_id: dict[str, Mapping[str, Any]] = {}
        items = bundle.value.get("entry")
        for entry in items if isinstance(items, list) else ():
            resource = entry.get("resource") if isinstance(entry, dict) else None
            if isinstance(resource, dict):
                local = f"{resource.get('resourceType')}/{resource.get('id')}"
                self._by_url.setdefault(str(entry.get("fullUrl", "")), entry)
                self._by_id.setdefault(local, entry)

    def find(self, reference: str, base: str) -> Mapping[str, Any] | None:
        """The entry that a reference in the entry ``base`` means (R4 2.36.4.1)."""
        reference = reference.partition("/_history/")[0].partition("#")[0]
        url = absolute(reference, base)
        return self._by_url.get(url) if url else self._by_id.get(reference)


def absolute(reference: str, base: str) -> str:
    """A reference as an address: a relative one from the base of its own entry, if there is one."""
    if ":" in reference:
        return reference
    if base.startswith(("http://", "https://")):
        return f"{base.rpartition('/')[0].rpartition('/')[0]}/{reference}"
    return ""


@dataclass(frozen=True, slots=True)
class Around:
    """Where an element is. ``root`` differs from ``resource`` inside contained ones; ``bundle`` and
    ``full_url`` are of the innermost Bundle and its entry, ``own`` of the resource if it is one.
    """

    resource: Spot
    root: Spot
    bundle: Entries | None = None
    own: Entries | None = None
    full_url: str = ""
    fetch: Fetch = nothing

    def variables(self) -> dict[str, Any]:
        """FHIRPath's variables."""
        return {"resource": self.resource.element, "rootResource": self.root.element}

    @classmethod
    def of(cls, spot: Spot, fetch: Fetch = nothing) -> Around:
        """What surrounds the elements of a resource that stands by itself."""
        return cls(spot, spot, own=_own(spot), fetch=fetch)

    def within(self, spot: Spot) -> Around:
        """What surrounds the elements of a resource that is inside this one."""
        if spot.name == "contained":
            return replace(self, resource=spot)
        entry = spot.parent
        full_url, bundle = self.full_url, self.bundle
        if entry is not None and entry.type == "Bundle.entry":
            full_url, bundle = entry.text("fullUrl"), self.own
        return Around(spot, spot, bundle, _own(spot), full_url, self.fetch)

    def resolve(self, reference: str) -> tuple[Element, Around] | None:
        """The resource that a reference names, here or by the port, with what surrounds it."""
        if not reference:
            return None
        if reference[0] == "#":
            return self._contained(reference[1:])
        entry = self.bundle.find(reference, self.full_url) if self.bundle is not None else None
        if entry is not None:
            return self._entered(entry)
        return self._fetched(reference)

    def _contained(self, identifier: str) -> tuple[Element, Around] | None:
        if not identifier:
            return self.root.element, replace(self, resource=self.root)
        items = self.root.value.get("contained")
        for n, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict) and item.get("id") == identifier:
                found = Element(item, str(item.get("resourceType")))
                path = f"{self.root.path}.contained[{n}]"
                return found, replace(self, resource=Spot(found, path, "contained", self.root))
        return None

    def _entered(self, entry: Mapping[str, Any]) -> tuple[Element, Around]:
        resource = entry["resource"]
        found = Element(resource, str(resource.get("resourceType")))
        spot = Spot(found, found.type, "resource", None)
        full_url = str(entry.get("fullUrl", ""))
        return found, Around(spot, spot, self.bundle, None, full_url, self.fetch)

    def _fetched(self, reference: str) -> tuple[Element, Around] | None:
        resource = self.fetch(reference)
        if resource is None:
            return None
        found = Element(resource, str(resource.get("resourceType")))
        spot = Spot(found, found.type, "", None)
        return found, Around.of(spot, self.fetch)


def _own(spot: Spot) -> Entries | None:
    return Entries(spot) if spot.type == "Bundle" else None
