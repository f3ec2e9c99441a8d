"""JSON Patch (RFC 6902) on resources: the document in, a new document out, nothing changed before.

FHIR R4 http, patch. Equality in ``test`` is JSON's: numbers by value, so ``72.5`` equals ``72.50``,
and ``true`` never equals ``1``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}").fullmatch
_BAD_ESCAPE = re.compile(r"~(?![01])").search
_OPERATIONS_MAX = 10_000
_COPIED_MAX = 100_000
_MISSING = object()


class PatchFailed(Exception):
    """An operation can't be done; nothing was. ``path`` is the JSON Pointer, ``text`` the reason.

    ``test`` is true when it was a ``test`` operation that found something else.
    """

    def __init__(self, path: str, text: str, *, test: bool = False) -> None:
        super().__init__(f"{text} ({path or 'whole document'})")
        self.path = path
        self.text = text
        self.test = test


class _Step(NamedTuple):
    """One operation, well-formed."""

    path: str
    parts: tuple[str, ...]
    value: Any
    source: str
    origin: tuple[str, ...]


def json_patch(resource: Any, operations: Any) -> Any:
    """Apply the operations in order to a copy; raise ``PatchFailed`` if any can't be applied."""
    if not isinstance(operations, list):
        raise PatchFailed("", "A JSON Patch is an array of operations")
    if len(operations) > _OPERATIONS_MAX:
        raise PatchFailed("", f"A JSON Patch has at most {_OPERATIONS_MAX} operations")
    document = deepcopy(resource)
    copied = 0
    for operation in operations:
        name, step = _read(operation)
        if name == "copy":  # copying a document into itself doubles it each time
            copied += _size(_find(document, step.origin, step.source))
            if copied > _COPIED_MAX:
                raise PatchFailed(step.path, "The copies grow too large")
        document = _OPERATIONS[name](document, step)
    return document


def _size(value: Any) -> int:
    """How many values there are in it, itself included; no need to count beyond the limit."""
    level, count = [value], 0
    while level and count <= _COPIED_MAX:
        count += len(level)
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return count


# Reading an operation ----------------------------------------------------------------------------


def _read(operation: Any) -> tuple[str, _Step]:
    if not isinstance(operation, dict):
        raise PatchFailed("", "An operation is a JSON object")
    path = operation.get("path")
    if not isinstance(path, str):
        raise PatchFailed("", "An operation needs a path")
    name = operation.get("op")
    if not isinstance(name, str) or name not in _OPERATIONS:
        raise PatchFailed(path, "The op is add, remove, replace, move, copy or test")
    value = operation.get("value", _MISSING)
    if name in ("add", "replace", "test") and value is _MISSING:
        raise PatchFailed(path, f"{name} needs a value")
    source = operation.get("from")
    if name in ("move", "copy") and not isinstance(source, str):
        raise PatchFailed(path, f"{name} needs from")
    source = source if isinstance(source, str) else ""
    return name, _Step(path, pointer(path), value, source, pointer(source))


def pointer(path: str) -> tuple[str, ...]:
    """The names and positions of a JSON Pointer (RFC 6901)."""
    if not path:
        return ()
    if not path.startswith("/") or _BAD_ESCAPE(path):
        raise PatchFailed(path, "The path is not a JSON Pointer")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/"))


# Finding a place ---------------------------------------------------------------------------------


def _position(items: list[Any], part: str, path: str, *, end: bool) -> int:
    """The position in an array; ``end`` allows the one after the last."""
    if end and part == "-":
        return len(items)
    if not _INDEX(part):
        raise PatchFailed(path, "The path names no position in an array")
    position = int(part)
    if position >= len(items) + end:
        raise PatchFailed(path, "The path leads past the end of an array")
    return position


def _child(node: Any, part: str, path: str) -> Any:
    if isinstance(node, dict):
        if part not in node:
            raise PatchFailed(path, "The path does not exist")
        return node[part]
    if isinstance(node, list):
        return node[_position(node, part, path, end=False)]
    raise PatchFailed(path, "The path leads into a value that has no parts")


def _find(document: Any, parts: Iterable[str], path: str) -> Any:
    for part in parts:
        document = _child(document, part, path)
    return document


# Operations --------------------------------------------------------------------------------------


def _add(document: Any, step: _Step) -> Any:
    return _put(document, step, deepcopy(step.value))


def _put(document: Any, step: _Step, value: Any) -> Any:
    if not step.parts:
        return value
    parent = _find(document, step.parts[:-1], step.path)
    last = step.parts[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list):
        parent.insert(_position(parent, last, step.path, end=True), value)
    else:
        raise PatchFailed(step.path, "The path leads into a value that has no parts")
    return document


def _remove(document: Any, step: _Step) -> Any:
    if not step.parts:
        raise PatchFailed(step.path, "The whole document can't be removed")
    _take(document, step.parts, step.path)
    return document


def _take(document: Any, parts: tuple[str, ...], path: str) -> Any:
    parent = _find(document, parts[:-1], path)
    found = _child(parent, parts[-1], path)
    if isinstance(parent, dict):
        del parent[parts[-1]]
    else:
        del parent[int(parts[-1])]
    return found


def _replace(document: Any, step: _Step) -> Any:
    value = deepcopy(step.value)
    if not step.parts:
        return value
    parent = _find(document, step.parts[:-1], step.path)
    _child(parent, step.parts[-1], step.path)
    key = step.parts[-1] if isinstance(parent, dict) else int(step.parts[-1])
    parent[key] = value
    return document


def _move(document: Any, step: _Step) -> Any:
    if step.origin == step.parts:
        _find(document, step.origin, step.source)
        return document
    if step.parts[: len(step.origin)] == step.origin:
        raise PatchFailed(step.path, "A value can't be moved into itself")
    return _put(document, step, _take(document, step.origin, step.source))


def _copy(document: Any, step: _Step) -> Any:
    return _put(document, step, deepcopy(_find(document, step.origin, step.source)))


def _test(document: Any, step: _Step) -> Any:
    try:
        found = _find(document, step.parts, step.path)
    except PatchFailed as failure:
        raise PatchFailed(step.path, failure.text, test=True) from None
    if not equal(found, step.value):
        raise PatchFailed(step.path, "The value is not what was expected", test=True)
    return document


def equal(one: Any, other: Any) -> bool:
    """Equality of JSON values (RFC 6902 4.6)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float, Decimal)) and isinstance(other, (int, float, Decimal)):
        return one == other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return type(one) is type(other) and bool(one == other)


_OPERATIONS: Mapping[str, Callable[[Any, _Step], Any]] = MappingProxyType(
    {
        "add": _add,
        "remove": _remove,
        "replace": _replace,
        "move": _move,
        "copy": _copy,
        "test": _test,
    }
)
