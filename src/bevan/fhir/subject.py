"""Who a row is about: the question on which every access decision rests.

R4's patient compartment leaves out Task, Binary, Device, Bundle, MessageHeader and others, and
takes in authors and payees. Here R4's *subject* parameters decide, with rules of our own where R4
has none: the table is ``bevan.fhir.tables.subjects``. A type that stands nowhere in it is about
somebody unknown, and refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from bevan.fhir.tables.subjects import (
    ALSO,
    FALLBACKS,
    OPEN,
    OPEN_UNLESS,
    SOLELY_PATIENT,
    SUBJECTS,
)

Resource = Mapping[str, Any]


class About(msgspec.Struct, frozen=True, gc=False):
    """Whom a resource is about.

    ``people`` are the logical ids of Patients, each once. ``via`` are rows (``Type/id``) whose
    people are this row's people too: only the record can look them up, and one that it can't find
    hides the row. ``open`` says that the row is about no person at all. With no people, no ``via``
    and not open, the row is about somebody unknown: refused to all but the system itself.
    ``strange`` are paths of contained resources about somebody else than what contains them.
    """

    people: tuple[str, ...] = ()
    open: bool = False
    via: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


UNKNOWN = About()
NOBODY = About(open=True)


class _Place(NamedTuple):
    """Where a resource stands: our own base address, the Bundle around it, its address there."""

    base: str = ""
    entries: Mapping[str, Resource] = MappingProxyType({})
    url: str = ""


class _Stranger(Exception):
    """A person is meant whom the reference doesn't let us know."""


_Rule = Callable[[Resource, _Place], About]
_Paths = tuple[tuple[str, ...], ...]

_NOWHERE = _Place()
_IN_BUNDLE = ""
"""Stands in ``via`` for another entry of the same Bundle, which is read anyway."""


def who(resource: Resource, *, base: str = "") -> About:
    """Say whom the resource is about.

    ``base`` is this server's address (``https://host/fhir``): absolute references that start with
    it are ours, all others are strangers' and never taken for ours.
    """
    place = _Place(base.rstrip("/")) if base else _NOWHERE
    try:
        about = _read(resource, place)
    except _Stranger:
        return UNKNOWN
    if "contained" in resource or resource.get("resourceType") == "Bundle":
        return _with_inside(about, resource, place)
    return about


def _read(resource: Resource, place: _Place) -> About:
    rule = _RULES.get(resource.get("resourceType", ""))
    return rule(resource, place) if rule else UNKNOWN


# Rules -------------------------------------------------------------------------------------------


def _one(element: str, *, solely: bool) -> _Rule:
    """The rule of most types and of the hot path: one reference, nearly always ``Patient/id``."""
    paths = ((element,),)

    def rule(resource: Resource, place: _Place) -> About:
        reference = resource.get(element)
        if type(reference) is dict and not place.url:
            text = reference.get("reference")
            if type(text) is str and text.startswith("Patient/") and text.find("/", 8) < 0:
                return About((text[8:],))
        return _gathered(resource, place, paths, solely=solely)

    return rule


def _several(subjects: _Paths, also: _Paths, fallbacks: _Paths, *, solely: bool) -> _Rule:
    """People from several places, and from the fallbacks where the subject is absent."""

    def rule(resource: Resource, place: _Place) -> About:
        found = _gathered(resource, place, subjects, solely=solely)
        others = _gathered(resource, place, also).people
        absent = not any(True for _ in _references(resource, subjects)) if subjects else not others
        last = _gathered(resource, place, fallbacks) if absent else UNKNOWN
        return _union([found, About(others), last])

    return rule


def _open(resource: Resource, place: _Place) -> About:
    """About no person, unless somebody is hidden inside."""
    inside = (inner.get("resourceType") for inner in _objects(resource.get("contained")))
    return NOBODY if all(kind in OPEN for kind in inside) else UNKNOWN


def _open_unless(paths: _Paths) -> _Rule:
    """Open when there are references in these places and all name rows of open types."""

    def rule(resource: Resource, place: _Place) -> About:
        targets = [_target(reference, place, "") for reference in _references(resource, paths)]
        if targets and all(target.partition("/")[0] in OPEN for target in targets):
            return _open(resource, place)
        return _gathered(resource, place, paths)

    return rule


def _with_inside(about: About, resource: Resource, place: _Place) -> About:
    """With the people of what is contained: strangers, or where the record has yet to look up the
    people of the whole, people of it too."""
    inside = list(_inside(resource, place, str(resource.get("resourceType", ""))))
    if about.via:
        people = dict.fromkeys((*about.people, *(one for _, inner in inside for one in inner)))
        return About(tuple(people), via=about.via)
    if not about.people:
        return about
    theirs = frozenset(about.people)
    return About(
        about.people, strange=tuple(path for path, inner in inside if not theirs.issuperset(inner))
    )


def _inside(resource: Resource, place: _Place, path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Path and people of each contained resource; of a Bundle, of those in its entries."""
    for number, inner in enumerate(_objects(resource.get("contained"))):
        if inner.get("resourceType") != "Patient":
            try:
                about = _read({k: v for k, v in inner.items() if k != "contained"}, place)
            except _Stranger:
                continue
            yield f"{path}.contained[{number}]", about.people
    if resource.get("resourceType") != "Bundle":
        return
    for number, entry in enumerate(_objects(resource.get("entry"))):
        if isinstance(entry.get("resource"), dict):
            around = _Place(place.base, place.entries, str(entry.get("fullUrl", "")))
            yield from _inside(entry["resource"], around, f"{path}.entry[{number}].resource")


def _patient(resource: Resource, place: _Place) -> About:
    """A Patient is about itself, under the id that it has here."""
    url = place.url or f"Patient/{resource.get('id', '')}"
    identifier = _local(url, place, "Patient").removeprefix("Patient/")
    return About((identifier,)) if identifier else UNKNOWN


def _group(resource: Resource, place: _Place) -> About:
    """A group that only describes (``actual`` false) is about nobody, others about members."""
    if resource.get("actual") is False and "member" not in resource:
        return _open(resource, place)
    return _gathered(resource, place, (("member", "entity"),))


def _bundle(resource: Resource, place: _Place) -> About:
    """About everybody in it; unknown when anybody in it is.

    In a document or a message, what has no person of its own belongs to the others: R4 has a
    document be about its Composition's subject, who must be known.
    """
    entries = list(_objects(resource.get("entry")))
    known = {
        str(e["fullUrl"]): e["resource"] for e in entries if "fullUrl" in e and "resource" in e
    }
    found = [
        _read(e["resource"], _Place(place.base, known, str(e.get("fullUrl", ""))))
        for e in entries
        if isinstance(e.get("resource"), dict)
    ]
    kind = resource.get("type")
    needed = found[:1] if kind == "document" else [] if kind == "message" else found
    if any(about == UNKNOWN for about in needed):
        return UNKNOWN
    whole = _union(found)
    return About(whole.people, via=tuple(row for row in whole.via if row != _IN_BUNDLE))


# References --------------------------------------------------------------------------------------


def _gathered(resource: Resource, place: _Place, paths: _Paths, *, solely: bool = False) -> About:
    """The people behind the references in these places. Raises ``_Stranger`` for one unknown."""
    found = []
    for reference in _references(resource, paths):
        text = reference.get("reference")
        if isinstance(text, str) and text.startswith("#"):
            found.append(_contained(resource, text[1:]))
            continue
        target = _target(reference, place, "Patient" if solely else "")
        kind, slash, identifier = target.partition("/")
        if kind == "Patient":
            found.append(About((identifier,)))
        elif target == _IN_BUNDLE or (slash and kind not in OPEN):
            found.append(About(via=(target,)))
    return _union(found)


def _contained(resource: Resource, identifier: str) -> About:
    """A contained resource has no identity outside: a contained Patient is nobody whom we know."""
    for inner in _objects(resource.get("contained")):
        if inner.get("id") == identifier:
            if inner.get("resourceType") == "Patient":
                raise _Stranger
            return _read({k: v for k, v in inner.items() if k != "contained"}, _NOWHERE)
    return UNKNOWN


def _target(reference: Resource, place: _Place, expected: str) -> str:
    text = reference.get("reference")
    return _local(text if isinstance(text, str) else "", place, expected or _claimed(reference))


def _claimed(reference: Resource) -> str:
    """The type that a reference says its target has."""
    return str(reference.get("type", "")).rpartition("/")[2]


def _local(text: str, place: _Place, expected: str) -> str:
    """``Type/id`` of the row meant; ``-`` for none of ours that isn't known to be a person.

    Raises ``_Stranger`` for a Patient who can't be known. In a Bundle a relative reference belongs
    to the server that its entry comes from (R4 bundle, resolving references), and one to another
    entry is looked up.
    """
    if "://" in place.url and text and not _absolute(text):
        text = f"{place.url.rsplit('/', 2)[0]}/{text}"
    entry = place.entries.get(text)
    if entry is not None:
        expected = str(entry.get("resourceType", ""))
        if expected != "Patient":
            return _IN_BUNDLE
    if text.startswith("urn:uuid:") and expected == "Patient":
        return f"Patient/{text[9:]}"
    if place.base and text.startswith(place.base + "/"):
        text = text[len(place.base) + 1 :]
    parts = text.split("/")
    if len(parts) == 2 or (len(parts) == 4 and parts[2] == "_history"):
        return f"{parts[0]}/{parts[1]}"
    if expected == "Patient" or "/Patient/" in text:
        raise _Stranger
    return "-"


def _absolute(text: str) -> bool:
    return "://" in text or text.startswith("urn:")


def _references(resource: Resource, paths: _Paths) -> Iterator[Resource]:
    for path in paths:
        yield from _walk(resource, path)


def _walk(node: Any, path: tuple[str, ...]) -> Iterator[Resource]:
    """Every object at the end of a path through objects and arrays."""
    for item in _objects(node):
        if path:
            yield from _walk(item.get(path[0]), path[1:])
        else:
            yield item


def _objects(node: Any) -> Iterator[Resource]:
    if isinstance(node, dict):
        yield node
    elif isinstance(node, list):
        yield from (item for item in node if isinstance(item, dict))


def _union(found: Iterable[About]) -> About:
    people: dict[str, None] = {}
    via: dict[str, None] = {}
    for about in found:
        people.update(dict.fromkeys(about.people))
        via.update(dict.fromkeys(about.via))
    return About(tuple(people), via=tuple(via))


# The table, compiled -----------------------------------------------------------------------------


def _paths(table: Mapping[str, tuple[str, ...]], kind: str) -> _Paths:
    return tuple(tuple(path.split(".")) for path in table.get(kind, ()))


def _rule(kind: str) -> _Rule:
    subjects, also, fallbacks = (_paths(t, kind) for t in (SUBJECTS, ALSO, FALLBACKS))
    solely = kind in SOLELY_PATIENT
    if len(subjects) == 1 and len(subjects[0]) == 1 and not also and not fallbacks:
        return _one(subjects[0][0], solely=solely)
    return _several(subjects, also, fallbacks, solely=solely)


def _compiled() -> dict[str, _Rule]:
    rules: dict[str, _Rule] = dict.fromkeys(OPEN, _open)
    rules |= {kind: _rule(kind) for kind in SUBJECTS}
    rules |= {kind: _open_unless(_paths(OPEN_UNLESS, kind)) for kind in OPEN_UNLESS}
    return rules | {"Patient": _patient, "Group": _group, "Bundle": _bundle}


_RULES: Mapping[str, _Rule] = MappingProxyType(_compiled())
