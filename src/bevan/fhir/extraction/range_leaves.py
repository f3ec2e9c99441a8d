"""Leaves of date, number, quantity and string parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from bevan.fhir.extraction import dates, strings
from bevan.fhir.extraction.quantities import precision
from bevan.fhir.extraction.sink import NumberRow, Sink
from bevan.fhir.extraction.slots import MEMORY, Leaf, Setting, Slot, bits
from bevan.fhir.extraction.typed import READERS
from bevan.fhir.extraction.values import NumberValue, QuantityValue, StringValue

_STRETCHES: Mapping[str, Callable[[Any], dates.Stretch | None]] = {
    "Period": dates.period,
    "Timing": dates.timing,
}


def date(type: str, slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    """The function for values of a FHIR type under date parameters."""
    read = _STRETCHES.get(type) or _remembered()
    mask = bits(slots)
    column = any(slot.column for slot in slots)
    hashes = [setting.hash(s.code) for s in slots if s.stored and not s.column]

    def dated(value: Any, sink: Sink) -> None:
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

    return dated


def _remembered() -> Callable[[str], dates.Stretch]:
    """Instants, remembered: what is recorded together has the same time."""
    seen: dict[str, dates.Stretch] = {}

    def read(text: str) -> dates.Stretch:
        found = seen.get(text)
        if found is None:
            if len(seen) >= MEMORY:
                seen.clear()
            found = seen[text] = dates.instant(text)
        return found

    return read


def number(kind: str, type: str, slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    """The function for values of a FHIR type under number or quantity parameters."""
    read = READERS["number" if kind == "number" else "quantity"][type]
    mask = bits(slots)
    hashes = [setting.hash(slot.code) for slot in slots if slot.stored]

    def ranged(value: Any, sink: Sink) -> None:
        for found in read(value):
            assert isinstance(found, NumberValue | QuantityValue)
            sink.present |= mask
            low, high = float(found.low), float(found.high)
            sink.numbers += [(hash, low, high) for hash in hashes]

    if type != "Quantity":
        return ranged
    seen: dict[str, list[NumberRow]] = {}

    def quantity(value: dict[str, Any], sink: Sink) -> None:
        """By the digits, which repeat; the rare comparator takes the long way."""
        exact = value.get("value")
        if exact is None or "comparator" in value:
            ranged(value, sink)
            return
        text = str(exact)
        found = seen.get(text)
        if found is None:
            low, high = precision(exact if isinstance(exact, Decimal) else Decimal(text))
            found = [(hash, float(low), float(high)) for hash in hashes]
            if len(seen) >= MEMORY:
                seen.clear()
            seen[text] = found
        sink.present |= mask
        sink.numbers += found

    return quantity


def string(type: str, slots: tuple[Slot, ...], setting: Setting) -> Leaf:
    """The function for values of a FHIR type under string parameters."""
    read = READERS["string"][type]
    mask = bits(slots)
    hashes = [setting.hash(slot.code) for slot in slots if slot.stored]

    def spelled(value: Any, sink: Sink) -> None:
        for found in read(value):
            assert isinstance(found, StringValue)
            sink.present |= mask
            for piece in strings.pieces(strings.normalise(found.text)):
                sink.strings += [(hash, piece) for hash in hashes]

    return spelled
