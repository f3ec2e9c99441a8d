"""What a scope shows of the small world, worked out by hand for the oracle."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from prove.search.small_world import Resource

OPEN = ("Organization", "Practitioner", "ValueSet")


def person(resource: Resource) -> str | None:
    """The logical id of whom a resource is about; None for nobody."""
    if resource["resourceType"] == "Patient":
        return str(resource["id"])
    reference = resource.get("subject", {}).get("reference", "")
    return reference.removeprefix("Patient/") if reference.startswith("Patient/") else None


def listed(resource: Resource, resources: Sequence[Resource]) -> set[str]:
    """Everybody whom a List names, or who has an entry that it names: it is about all of them."""
    links = [resource.get("subject", {}), *(entry["item"] for entry in resource.get("entry", ()))]
    named = {link.get("reference") for link in links}
    found = (each for each in resources if f"{each['resourceType']}/{each['id']}" in named)
    return {about for each in found if (about := person(each)) is not None}


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
        if type == "List":
            if people is not None and not listed(resource, resources) <= set(people):
                continue
        elif type not in OPEN and (about is None or (people is not None and about not in people)):
            continue
        if hidden and restricted(resource):
            continue
        names = (masked or {}).get(type, ())
        if covert is not None and about not in covert:
            names = ()
        yield {key: value for key, value in resource.items() if key not in names}
