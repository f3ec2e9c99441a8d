"""Leaves of token parameters: codes, identifiers, contacts, booleans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bevan.fhir.extraction.sink import Sink
from bevan.fhir.extraction.slots import MEMORY, Leaf, Setting, Slot, bits


def token(type: str, slots: tuple[Slot, ...], setting: Setting, systems: Mapping[str, str]) -> Leaf:
    """The function for values of a FHIR type under token parameters."""
    if type == "CodeableConcept":
        return _concept(slots, setting)
    if type == "Coding":
        return _coding(slots, setting)
    if type == "Identifier":
        return _identifier(slots, setting)
    if type == "ContactPoint":
        return _contact(slots, setting)
    if type == "boolean":
        return _boolean(slots, setting)
    return _plain(slots, setting, systems)


def coded(slots: Iterable[Slot], system: str | None, code: str | None) -> list[str]:
    """The texts that a code is found by, under each stored slot."""
    if code is None:
        return []
    texts: list[str] = []
    for slot in slots:
        if slot.stored:
            texts += (f"{slot.code}={code}", f"{slot.code}={system or ''}|{code}")
    return texts


class _Codes:
    """Hashes of the codings seen at one leaf: (token hashes, hash for the code columns)."""

    __slots__ = ("columns", "hash", "seen", "slots")

    def __init__(self, slots: tuple[Slot, ...], setting: Setting) -> None:
        self.slots = slots
        self.hash = setting.hash
        self.columns = any(slot.column for slot in slots)
        self.seen: dict[tuple[str | None, str | None], tuple[tuple[int, ...], int | None]] = {}

    def learn(self, system: str | None, code: str | None) -> tuple[tuple[int, ...], int | None]:
        if len(self.seen) >= MEMORY:
            self.seen.clear()
        hashes = tuple(self.hash(text) for text in coded(self.slots, system, code))
        column = None
        if self.columns and code is not None:
            column = self.hash(f"{system or ''}|{code}")
        found = self.seen[system, code] = (hashes, column)
        return found


def _concept(slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    codes = _Codes(slots, setting)
    seen, learn, columns, mask = codes.seen, codes.learn, codes.columns, bits(slots)

    def concept(value: dict[str, Any], sink: Sink) -> None:
        sink.present |= mask
        for item in value.get("coding", ()):
            system, code = item.get("system"), item.get("code")
            found = seen.get((system, code)) or learn(system, code)
            sink.tokens += found[0]
            if columns and found[1] is not None and found[1] not in sink.codes:
                sink.codes.append(found[1])

    return concept


def _coding(slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    codes = _Codes(slots, setting)
    seen, learn, columns, mask = codes.seen, codes.learn, codes.columns, bits(slots)

    def coding(value: dict[str, Any], sink: Sink) -> None:
        sink.present |= mask
        system, code = value.get("system"), value.get("code")
        found = seen.get((system, code)) or learn(system, code)
        sink.tokens += found[0]
        if columns and found[1] is not None and found[1] not in sink.codes:
            sink.codes.append(found[1])

    return coding


def _plain(slots: tuple[Slot, ...], setting: Setting, systems: Mapping[str, str]) -> Leaf:
    codes = _Codes(slots, setting)
    seen, learn, columns, mask = codes.seen, codes.learn, codes.columns, bits(slots)

    def plain(value: Any, sink: Sink) -> None:
        code = str(value)
        system = systems.get(code)
        found = seen.get((system, code)) or learn(system, code)
        sink.present |= mask
        sink.tokens += found[0]
        if columns and found[1] is not None and found[1] not in sink.codes:
            sink.codes.append(found[1])

    return plain


def _boolean(slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    mask = bits(slots)
    hashes = {
        value: tuple(setting.hash(text) for text in coded(slots, None, str(value).lower()))
        for value in (True, False)
    }

    def boolean(value: bool, sink: Sink) -> None:
        sink.present |= mask
        sink.tokens += hashes[value]

    return boolean


def _contact(slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    mask, hash = bits(slots), setting.hash

    def contact(value: dict[str, Any], sink: Sink) -> None:
        sink.present |= mask
        sink.tokens += [hash(text) for text in coded(slots, None, value.get("value"))]

    return contact


def identified(slots: Iterable[Slot], value: Mapping[str, Any], suffix: str = "") -> list[str]:
    """The texts that an Identifier is found by; `suffix` is `:identifier` in a Reference."""
    system, number = value.get("system"), value.get("value")
    if number is None:
        return []
    texts: list[str] = []
    types = value.get("type", {}).get("coding", ())
    for slot in slots:
        name = slot.code + suffix
        texts += (f"{name}={number}", f"{name}={system or ''}|{number}")
        if not suffix:
            for item in types:
                kind = f"{item.get('system') or ''}|{item.get('code') or ''}"
                texts.append(f"{name}:of-type={kind}|{number}")
    return texts


def _identifier(slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    mask, hash = bits(slots), setting.hash
    stored = tuple(slot for slot in slots if slot.stored)

    def identifier(value: dict[str, Any], sink: Sink) -> None:
        sink.present |= mask
        sink.tokens += [hash(text) for text in identified(stored, value)]

    return identifier
