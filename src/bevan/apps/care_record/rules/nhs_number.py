"""What somebody typed into the search box: an NHS number, a slip of one, or a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bevan.people.nhs_number import InvalidNhsNumber, check_digit, parse

Kind = Literal["number", "wrong-digit", "wrong-length", "wrong-range", "name"]


@dataclass(frozen=True)
class Typed:
    """The reading of a search text: for a number its digits, else the words."""

    kind: Kind
    text: str


def typed(text: str) -> Typed:
    """Reads what was typed; spaces and hyphens in a number don't matter."""
    digits = "".join(text.split()).replace("-", "")
    if not (digits.isascii() and digits.isdecimal()):
        return Typed("name", " ".join(text.split()))
    if len(digits) != 10:
        return Typed("wrong-length", digits)
    try:
        return Typed("number", parse(digits).digits)
    except InvalidNhsNumber:
        fits = check_digit(digits[:9]) == int(digits[9])
        return Typed("wrong-range" if fits else "wrong-digit", digits)
