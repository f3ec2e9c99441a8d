"""Where a value falls on an axis, and which round numbers an axis shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

FINEST = 1e-9


@dataclass(frozen=True)
class Scale:
    """A straight line from values (``low`` to ``high``) to positions (``start`` to ``end``)."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The position, rounded to a tenth of a pixel; a scale of no width gives its middle."""
        if self.high == self.low:
            return round((self.start + self.end) / 2, 1)
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers that enclose ``low`` and ``high``, about that many steps apart."""
    span = high - low if high - low > FINEST else max(abs(high), 1.0)
    rough = span / about
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * nice for nice in (1, 2, 5, 10) if unit * nice >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 10) for index in range(first, max(last, first + 1) + 1)]


def plain(value: float) -> str:
    """A number without a needless ``.0``."""
    return f"{value:g}"
