"""Leaves of reference and uri parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bevan.fhir.extraction import strings
from bevan.fhir.extraction.sink import Sink
from bevan.fhir.extraction.slots import MEMORY, Leaf, Setting, Slot, bits
from bevan.fhir.extraction.token_leaves import identified
from bevan.fhir.extraction.typed import located

_NO_STRINGS = frozenset({"_profile", "_source"})


def reference(type: str, slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    """The function for values of a FHIR type under reference parameters."""
    if type == "Reference":
        return _link(slots, setting)
    if type == "Resource":
        return _inside(slots, setting)
    return _canonical(slots, setting)


def _link(slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    hash, bases = setting.hash, setting.bases
    seen: dict[str, tuple[tuple[int, ...], int]] = {}

    def texts(text: str, said: str | None) -> tuple[tuple[int, ...], int]:
        type, id, url, _ = located(text, bases)
        kept = [slot for slot in slots if not slot.wanted or slot.wanted == (type or said)]
        target = f"{type}/{id}" if id is not None else url
        named = [f"{s.code}={target}" for s in kept if s.stored] if target else []
        return tuple(hash(name) for name in named), bits(kept)

    def link(value: dict[str, Any], sink: Sink) -> None:
        text = value.get("reference")
        if text is not None:
            found = seen.get(text)
            if found is None:
                found = texts(text, value.get("type"))
                if "type" not in value:
                    if len(seen) >= MEMORY:
                        seen.clear()
                    seen[text] = found
            sink.tokens += found[0]
            sink.present |= found[1]
        if text is None or "identifier" in value:
            said = value.get("type") or located(text or "", bases)[0]
            kept = [slot for slot in slots if not slot.wanted or slot.wanted == said]
            sink.present |= bits(kept)
            stored = [slot for slot in kept if slot.stored]
            names = identified(stored, value.get("identifier", {}), ":identifier")
            sink.tokens += [hash(name) for name in names]

    return link


def _inside(slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    mask, hash = bits(slots), setting.hash

    def inside(value: dict[str, Any], sink: Sink) -> None:
        sink.present |= mask
        if "id" in value:
            target = f"{value.get('resourceType')}/{value['id']}"
            sink.tokens += [hash(f"{slot.code}={target}") for slot in slots if slot.stored]

    return inside


def _canonical(slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    return _addressed(slots, setting, lambda value: {value, value.partition("|")[0]})


def uri(type: str, slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    """The function for values of a FHIR type under uri parameters."""
    # A uri may hold a bar of its own: only a canonical's is a version.
    whole = _addressed(slots, setting, lambda value: (value,))
    tokens = _canonical(slots, setting) if type == "canonical" else whole
    listed = [s.code for s in slots if s.stored and s.code not in _NO_STRINGS]
    hashes = [setting.hash(code) for code in listed]
    if not hashes:
        return tokens

    def spelled(value: str, sink: Sink) -> None:
        tokens(value, sink)
        sink.strings += [(hash, piece) for hash in hashes for piece in strings.pieces(value)]

    return spelled


def _addressed(
    slots: tuple[Slot, ...], setting: Setting, forms: Callable[[str], Iterable[str]]
) -> Leaf:
    mask, hash = bits(slots), setting.hash
    codes = [slot.code for slot in slots if slot.stored]
    seen: dict[str, list[int]] = {}

    def addressed(value: str, sink: Sink) -> None:
        found = seen.get(value)
        if found is None:
            found = [hash(f"{code}={text}") for code in codes for text in forms(value)]
            if len(seen) >= MEMORY:
                seen.clear()
            seen[value] = found
        sink.present |= mask
        sink.tokens += found

    return addressed
