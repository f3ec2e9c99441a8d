"""What a scope shows of the small world, worked out by hand for the oracle."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from tests.record.search.small_world import Resource

OPEN = ("Organization", "Practitioner", "ValueSet")


def person(resource: Resource) -> str | None:
    """The logical id of whom a resource is about; None for nobody."""
    if resource["resourceType"] == "Patient":
        return str(resource["id"])
    reference = resource.get("subject", {}).get("reference", "")
    return reference.removeprefix("Patient/") if reference.startswith("Patient/") else None


def restricted(resource: Resource) -> bool:
    """Whether it carries the only label that the small world gives."""
    return any(label["code"] == "R" for label in resource["meta"].get("security", ()))


def view(
    resources: Sequence[Resource],
    *,
    people: Collection[str] | None = None,
    hidden: bool = False,
    masked: Mapping[str, Collection[str]] | None = None,
    covert: Collection[str] | None = None,
    types: Collection[str] | None = None,
) -> Iterator[Resource]:
    """What is left, in its order, with the masked elements taken out."""
    for resource in resources:
        type, about = resource["resourceType"], person(resource)
        if types is not None and type not in types:
            continue
        if type not in OPEN and (about is None or (people is not None and about not in people)):
            continue
        if hidden and restricted(resource):
            continue
        names = (masked or {}).get(type, ())
        if covert is not None and about not in covert:
            names = ()
        yield {key: value for key, value in resource.items() if key not in names}
