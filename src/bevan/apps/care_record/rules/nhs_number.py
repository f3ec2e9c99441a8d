"""What somebody typed into the search box: an NHS number, a slip of one, or a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "wrong-digit", "wrong-length", "name"]


@dataclass(frozen=True)
class Typed:
    """The reading of a search text: for a number its digits, else the words."""

    kind: Kind
    text: str


def check_digit(stem: str) -> int | None:
    """The tenth digit by modulus 11 for nine digits, or None where no number can begin so."""
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(stem))
    digit = 11 - total % 11
    return {11: 0, 10: None}.get(digit, digit)


def valid(digits: str) -> bool:
    """Ten digits whose last one agrees, and that could ever have been issued."""
    right = len(digits) == 10 and digits.isascii() and digits.isdecimal()
    return right and digits[0] != "0" and check_digit(digits[:9]) == int(digits[9])


def typed(text: str) -> Typed:
    """Reads what was typed; spaces and hyphens in a number don't matter."""
    digits = "".join(text.split()).replace("-", "")
    if not (digits.isascii() and digits.isdecimal()):
        return Typed("name", " ".join(text.split()))
    if len(digits) != 10:
        return Typed("wrong-length", digits)
    return Typed("number" if valid(digits) else "wrong-digit", digits)
