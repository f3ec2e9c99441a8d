"""Changes of a PDS record: JSON Patch with PDS's own rules, and new records; pure.

An object in a list (a name, an address) is changed by its id: a patch that replaces or removes
inside one must test that id first, so that nobody changes the wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bevan.fhir.patch import PatchFailed, json_patch
from bevan.people.pds import errors
from bevan.people.pds.index import confidentiality

_FIXED = frozenset({"id", "identifier", "meta", "resourceType"})
_GENDERS = frozenset({"male", "female", "unknown"})
_MOST = {"given": 5, "line": 5}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_OPS = frozenset({"add", "replace", "remove", "test"})
_DEATH = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeathNotificationStatus"
_NEEDED = ("name", "address", "gender", "birthDate")
_TAKEN = frozenset(
    {"resourceType", "name", "address", "gender", "birthDate", "telecom", "extension",
     "multipleBirthInteger", "generalPractitioner", "contact", "deceasedDateTime"}
)  # fmt: skip
_LISTS = ("name", "address", "telecom", "contact", "generalPractitioner")

Resource = Mapping[str, Any]


def updated(patient: Resource, body: Any) -> dict[str, Any]:
    """A record after `{"patches": […]}` (RFC 6902). Raises Fault for what PDS refuses."""
    if confidentiality(patient) != "U":
        raise errors.forbidden_update("a restricted record is changed by the back office only")
    patches = body.get("patches") if isinstance(body, Mapping) else None
    if not isinstance(patches, list) or not patches:
        raise errors.invalid_update("No patches found")
    for place, patch in enumerate(patches):
        _allowed(patient, patches[:place], patch)
    try:
        changed: dict[str, Any] = json_patch(dict(patient), patches)
    except PatchFailed as fault:
        raise errors.invalid_update(f"Invalid patch - {fault.text} ({fault.path})") from None
    _checked(changed)
    _one_usual(patient, changed)
    return changed


def created(body: Any) -> dict[str, Any]:
    """A new record without a number. Raises Fault for what is missing or can't be."""
    if not isinstance(body, Mapping) or body.get("resourceType") != "Patient":
        raise errors.invalid_create("the body must be a Patient")
    if "id" in body or "identifier" in body:
        raise errors.invalid_create("a new patient has no NHS number yet")
    for name in sorted(set(body) - _TAKEN):
        raise errors.unknown_parameter(name)
    for name in _NEEDED:
        if not body.get(name):
            raise errors.missing_value(f"Missing value - '{name}'")
    _objects(body)
    if not body["address"][0].get("period"):
        raise errors.missing_value("Missing value - 'address/0/period'")
    if not isinstance(body["name"][0].get("given"), list):
        raise errors.invalid_value(str(body["name"][0].get("given")), "field 'name/0/given'")
    _checked(body)
    if ("deceasedDateTime" in body) != any(_death(each) for each in body.get("extension") or ()):
        raise errors.death_inconsistent()
    kept = {name: value for name, value in body.items() if name != "extension"}
    return {**kept, "address": [_without_blanks(each) for each in body["address"]]}


def numbered(patient: Resource, version: int) -> dict[str, Any]:
    """The record with an id for each object of its lists that has none."""
    found = dict(patient)
    for name in _LISTS:
        if isinstance(found.get(name), list):
            head = f"{version:04X}{name[0].upper()}"
            found[name] = [
                each if "id" in each else {"id": f"{head}{place:03d}", **each}
                for place, each in enumerate(found[name])
            ]
    return found


def _allowed(patient: Resource, before: Sequence[Any], patch: Any) -> None:
    op = patch.get("op") if isinstance(patch, Mapping) else None
    if op not in _OPS:
        raise errors.invalid_update("Invalid patch - the operation isn't one of RFC 6902 that is "
                                    "offered: add, replace, remove, test")  # fmt: skip
    root, *rest = str(patch.get("path", "")).strip("/").split("/")
    if op != "test" and root in _FIXED:
        raise errors.forbidden_update(f"'{root}' is changed by the back office only")
    if op in ("replace", "remove") and root in _LISTS and rest:
        _by_id(patient, before, root, rest)


def _by_id(patient: Resource, before: Sequence[Any], root: str, rest: Sequence[str]) -> None:
    """The object that is changed must have been named by its id."""
    standing = patient.get(root) or []
    if not rest[0].isdecimal() or int(rest[0]) >= len(standing):
        raise errors.invalid_update(f"Invalid patch - index '{rest[0]}' is out of bounds")
    path = f"/{root}/{rest[0]}/id"
    told = [each.get("value") for each in before if each["op"] == "test" and each["path"] == path]
    if not told:
        raise errors.invalid_update(f"no id or url found for path with root /{root}/{rest[0]}")
    if all(each.get("id") != told[-1] for each in standing):
        raise errors.invalid_update(f"no '{root}' resources with object id {told[-1]}")
    if len(rest) == 2 and rest[1] not in standing[int(rest[0])]:
        text = f"Invalid patch - can't replace non-existent object '{rest[1]}'"
        raise errors.invalid_update(text)


def _checked(patient: Resource) -> None:
    _objects(patient)
    if patient.get("gender") not in _GENDERS:
        raise errors.invalid_value(str(patient.get("gender")), "field 'gender'")
    if not _DAY.fullmatch(str(patient.get("birthDate"))):
        raise errors.invalid_value(str(patient.get("birthDate")), "field 'birthDate'")
    for root in ("name", "address"):
        for place, each in enumerate(patient.get(root) or ()):
            for field, most in _MOST.items():
                if len(each.get(field) or ()) > most:
                    raise errors.too_many_values(f"{root}/{place}/{field}", most)


def _objects(patient: Resource) -> None:
    for root in _LISTS:
        found = patient.get(root) or []
        if not isinstance(found, list):
            raise errors.invalid_value(str(found), f"field '{root}'")
        for place, each in enumerate(found):
            if not isinstance(each, Mapping):
                raise errors.invalid_value(str(each), f"field '{root}/{place}'")


def _one_usual(old: Resource, new: Resource) -> None:
    before, after = ([each for each in one.get("name") or () if each.get("use") == "usual"]
                     for one in (old, new))  # fmt: skip
    if len(after) > 1:
        raise errors.forbidden_update("multiple usual names cannot be added")
    if before and not after:
        raise errors.forbidden_update("the usual name cannot be removed")


def _death(extension: Any) -> bool:
    return isinstance(extension, Mapping) and extension.get("url") == _DEATH


def _without_blanks(address: Resource) -> dict[str, Any]:
    lines = [line for line in address.get("line") or () if line]
    return {**address, **({"line": lines} if "line" in address else {})}
