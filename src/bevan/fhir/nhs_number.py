"""NHS numbers: ten digits, the last of them a check digit, shown as 3-3-4.

Scottish CHI numbers and Northern Ireland's H&C numbers pass the same check, so the range is
checked as well (published ranges of NHS England; 999 is for tests and never issued).
"""

from __future__ import annotations

from dataclasses import dataclass

from bevan.kernel.errors import BevanError

SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"
_SPACES = str.maketrans("", "", " \t\u00a0\u2009\u202f-\u2010\u2011\u2013")
_WEIGHTS = range(10, 1, -1)
_RANGES = (
    (311_300_000, 319_999_999),
    (400_000_000, 499_999_999),
    (600_000_000, 799_999_999),
)
_TESTS = (999_000_000, 999_999_999)


class InvalidNhsNumber(BevanError):
    """What was typed can't be an NHS number; the sentence says why and helps to mend it."""


@dataclass(frozen=True, slots=True)
class NhsNumber:
    """A number that can be an NHS number; whether it is somebody's, only a trace can say."""

    digits: str

    def __str__(self) -> str:
        """As people read it: 999 012 3454."""
        return f"{self.digits[:3]} {self.digits[3:6]} {self.digits[6:]}"

    @property
    def is_test(self) -> bool:
        """Whether it is from the range that is never issued."""
        return _TESTS[0] <= int(self.digits[:9]) <= _TESTS[1]


def parse(text: str) -> NhsNumber:
    """Read an NHS number, with or without spaces or hyphens.

    Raises InvalidNhsNumber when it isn't ten digits, the check digit is wrong, or the number is
    of a range that isn't an NHS number's.
    """
    digits = text.translate(_SPACES)
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidNhsNumber("An NHS number has digits only.")
    if len(digits) != 10:
        raise InvalidNhsNumber(f"An NHS number has 10 digits; this one has {len(digits)}.")
    if check_digit(digits[:9]) != int(digits[9]):
        raise InvalidNhsNumber("This isn't a valid NHS number: check each digit.")
    stem = int(digits[:9])
    if not any(low <= stem <= high for low, high in (*_RANGES, _TESTS)):
        raise InvalidNhsNumber("This number isn't in the range of NHS numbers.")
    return NhsNumber(digits)


def check_digit(stem: str) -> int | None:
    """The tenth digit for the first nine; None when no number has this stem (modulus 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(stem, _WEIGHTS, strict=True))
    rest = 11 - total % 11
    return {11: 0, 10: None}.get(rest, rest)
