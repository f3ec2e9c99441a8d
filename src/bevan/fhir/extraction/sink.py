"""What extraction collects from one resource, and what it hands out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

NumberRow = tuple[int, float, float]
StringRow = tuple[int, str]


class Index(NamedTuple):
    """The index entries of one resource, as the record stores them.

    * `tokens`: distinct hashes of the texts that `Extractor.token` hashes: for a token parameter
      `code=CODE`, `code=SYSTEM|CODE` (`code=|CODE` without a system) and for identifiers
      `code:of-type=SYSTEM|CODE|VALUE` of the type; for a reference `code=Type/id`, `code=URL`,
      `code=URL|VERSION`, `code:identifier=SYSTEM|VALUE` and `code:identifier=VALUE`; for a uri
      `code=URI`; for a composite of two tokens `code=A$B` with A and B in the three forms above.
      A text without a system stands for any system; a system alone isn't stored.
    * `code`, `codes`: hashes of `SYSTEM|CODE` of the type's main code, the first and the others.
    * `low`, `high`: the clinical date as a half-open stretch of microseconds from 1970 (the
      smallest around all its values), None without one.
    * `numbers`: (hash of the parameter's code, low, high): other dates in seconds from 1970,
      numbers, and quantities whatever their unit. Ends may be infinite.
    * `strings`: (hash of the parameter's code, text): normalised texts of string parameters (see
      `strings.pieces` for long ones), and URIs as written, except `_profile` and `_source`.
    * `present`: bit `Parameter.number` is set when the parameter has a value.

    A parameter whose `index` names others has its values under those (but its own `present` bit).
    `_id` and `_lastUpdated` are columns of the record, not here.
    """

    tokens: list[int]
    code: int | None
    codes: list[int]
    low: int | None
    high: int | None
    numbers: list[NumberRow]
    strings: list[StringRow]
    present: int


class Sink:
    """The entries collected so far, and the resource that they are of."""

    __slots__ = ("codes", "high", "low", "numbers", "present", "root", "strings", "tokens")

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self.tokens: list[int] = []
        self.codes: list[int] = []
        self.numbers: list[NumberRow] = []
        self.strings: list[StringRow] = []
        self.present = 0
        self.low: int | None = None
        self.high: int | None = None

    def index(self) -> Index:
        """The finished entries."""
        codes = self.codes
        return Index(
            list(set(self.tokens)),
            codes[0] if codes else None,
            codes[1:],
            self.low,
            self.high,
            self.numbers,
            self.strings,
            self.present,
        )
