"""What happens to the value at the end of a walk: hashed tokens, ranges and texts go to the sink.

Each maker binds one or more parameters that read the same value to a function `(value, sink)`.
These are the hot lines of every write, so they work on JSON directly and remember the hashes of
what repeats (codes, references), up to a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from bevan.fhir.extraction import dates, strings
from bevan.fhir.extraction.sink import Sink
from bevan.fhir.extraction.typed import READERS, located
from bevan.fhir.extraction.values import NumberValue, QuantityValue, StringValue

Leaf = Callable[[Any, Sink], None]
Hash = Callable[[str], int]

MEMORY = 20_000
"""How many values a leaf remembers before it starts afresh."""

_NO_STRINGS = frozenset({"_profile", "_source"})


class Slot(NamedTuple):
    """One parameter at a leaf.

    `stored` is false for one whose values stand under other parameters; `column` marks the type's
    main code or clinical date; `wanted` is the only type of referenced resource that counts.
    """

    code: str
    number: int | None
    stored: bool = True
    column: bool = False
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all leaves share: the hash function and this server's own addresses."""

    hash: Hash
    bases: tuple[str, ...] = ()


def bits(slots: Iterable[Slot]) -> int:
    """The `present` bits of the slots."""
    found = 0
    for slot in slots:
        if slot.number is not None:
            found |= 1 << slot.number
    return found


def leaf(
    kind: str, type: str, slots: tuple[Slot, ...], setting: Setting, systems: Mapping[str, str]
) -> Leaf:
    """The function for values of a FHIR type under parameters of one kind.

    `systems` gives the system of each code where the element's binding implies it.
    """
    if kind == "token":
        return _token(type, slots, setting, systems)
    if kind == "reference":
        return _reference(type, slots, setting)
    if kind == "date":
        return _date(type, slots, setting)
    if kind == "uri":
        return _uri(type, slots, setting)
    if kind == "string":
        return _string(type, slots, setting)
    return _range(kind, type, slots, setting)


# -- tokens --


def _token(
    type: str, slots: tuple[Slot, ...], setting: Setting, systems: Mapping[str, str]
) -> Leaf:
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
    """The texts that an Identifier is found by; `suffix` is `:identifier` for logical references."""
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


# -- references --


def _reference(type: str, slots: tuple[Slot, ...], setting: Setting) -> Leaf:
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
        if "identifier" in value:
            said = value.get("type") or located(text or "", bases)[0]
            kept = [slot for slot in slots if not slot.wanted or slot.wanted == said]
            stored = [slot for slot in kept if slot.stored]
            names = identified(stored, value["identifier"], ":identifier")
            sink.tokens += [hash(name) for name in names]
            sink.present |= bits(kept)

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
    mask, hash = bits(slots), setting.hash

    def canonical(value: str, sink: Sink) -> None:
        sink.present |= mask
        for text in {value, value.partition("|")[0]}:
            sink.tokens += [hash(f"{slot.code}={text}") for slot in slots if slot.stored]

    return canonical


def _uri(type: str, slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    tokens = _canonical(slots, setting)
    if type != "canonical":
        # A uri may hold a bar of its own: only a canonical's is a version.
        tokens = _whole(slots, setting)
    listed = [s.code for s in slots if s.stored and s.code not in _NO_STRINGS]
    hashes = [setting.hash(code) for code in listed]
    if not hashes:
        return tokens

    def uri(value: str, sink: Sink) -> None:
        tokens(value, sink)
        sink.strings += [(hash, piece) for hash in hashes for piece in strings.pieces(value)]

    return uri


def _whole(slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    mask, hash = bits(slots), setting.hash

    def whole(value: str, sink: Sink) -> None:
        sink.present |= mask
        sink.tokens += [hash(f"{slot.code}={value}") for slot in slots if slot.stored]

    return whole


# -- ranges and texts --

_STRETCHES: Mapping[str, Callable[[Any], dates.Stretch | None]] = {
    "Period": dates.period,
    "Timing": dates.timing,
}


def _date(type: str, slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    read = _STRETCHES.get(type, dates.instant)
    mask = bits(slots)
    column = any(slot.column for slot in slots)
    hashes = [setting.hash(s.code) for s in slots if s.stored and not s.column]

    def date(value: Any, sink: Sink) -> None:
        found = read(value)
        if found is None:
            return
        sink.present |= mask
        low, high = found
        if column:
            sink.low = low if sink.low is None or low < sink.low else sink.low
            sink.high = high if sink.high is None or high > sink.high else sink.high
        for hash in hashes:
            sink.numbers.append((hash, low / 1e6, high / 1e6))

    return date


def _range(kind: str, type: str, slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    read = READERS["number" if kind == "number" else "quantity"][type]
    mask = bits(slots)
    hashes = [setting.hash(slot.code) for slot in slots if slot.stored]

    def ranged(value: Any, sink: Sink) -> None:
        for found in read(value):
            assert isinstance(found, NumberValue | QuantityValue)
            sink.present |= mask
            low, high = float(found.low), float(found.high)
            sink.numbers += [(hash, low, high) for hash in hashes]

    return ranged


def _string(type: str, slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    read = READERS["string"][type]
    mask = bits(slots)
    hashes = [setting.hash(slot.code) for slot in slots if slot.stored]

    def string(value: Any, sink: Sink) -> None:
        for found in read(value):
            assert isinstance(found, StringValue)
            sink.present |= mask
            for piece in strings.pieces(strings.normalise(found.text)):
                sink.strings += [(hash, piece) for hash in hashes]

    return string
