"""The typed values of a search parameter, one frozen class per shape.

`Extractor.values` gives them for verification (does this content really match?) and for sorting.
A text keeps the case and accents of the content; `strings.normalise` gives the form compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class TokenValue:
    """A code. `system` None: the content names none. `text` is the display or text, for `:text`.

    A CodeableConcept gives one for each coding and, when it has text, one with only that. `types`
    are the (system, code) pairs of an Identifier's type, for `:of-type`.
    """

    system: str | None
    code: str | None
    text: str | None = None
    types: tuple[tuple[str | None, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceValue:
    """A link. `type`/`id` when it is to a resource of this server; else `url` (absolute, canonical
    or urn, without the version). `version` is that of `/_history/` or after a canonical's `|`.
    `identifier` is the logical reference. `type` is also set for a foreign URL that shows one.
    """

    type: str | None
    id: str | None
    url: str | None
    version: str | None = None
    identifier: TokenValue | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class DateValue:
    """The half-open stretch [low, high) in microseconds from 1970; open ends of a Period are
    `dates.EARLIEST` and `dates.LATEST`.
    """

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class NumberValue:
    """A number as written, and [low, high), what its precision covers (FHIR R4 3.1.1.4.6)."""

    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class QuantityValue:
    """[low, high) in the unit given: 5.40 is [5.395, 5.405), and `> 5.40` is [5.40, Infinity).

    `value` is the number as written (None for a Range or a SampledData); `unit` is the words.
    """

    value: Decimal | None
    low: Decimal
    high: Decimal
    system: str | None
    code: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class StringValue:
    """One text as it stands in the content; a name or an address gives one for each part."""

    text: str


@dataclass(frozen=True, slots=True)
class UriValue:
    """A URI, compared as written; of a canonical, without its version."""

    uri: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class CompositeValue:
    """The values of each component, all read from one and the same element."""

    parts: tuple[tuple[Value, ...], ...]


Value = (
    TokenValue
    | ReferenceValue
    | DateValue
    | NumberValue
    | QuantityValue
    | StringValue
    | UriValue
    | CompositeValue
)
