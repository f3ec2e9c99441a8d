"""NHS numbers of the test range 999, which are never issued to anyone.

The check digit is modulus 11 over the first nine digits with weights 10 to 2. A stem of eight
digits has at most one ninth digit whose check would be 10; leaving out one in every ten gives
nine numbers a stem without a search. What is reserved for named people is skipped.
"""

from __future__ import annotations

from typing import Final

from bevan.fhir.nhs_number import check_digit

_PREFIX: Final = "999"
_STEMS: Final = 100_000
_RESERVED: Final = (range(2_500), range(41_000, 41_200))
_FREE: Final = _STEMS - sum(map(len, _RESERVED))
_STRIDE: Final = 36_007
COUNT: Final = _FREE * 9
"""How many people can have an NHS number: 875,700."""


def valid(number: str) -> bool:
    """Whether ten digits end in their right check digit."""
    return len(number) == 10 and number.isdecimal() and check_digit(number[:9]) == int(number[9])


def _free(place: int) -> int:
    """The stem at a place among those that aren't reserved."""
    for reserved in _RESERVED:
        if place >= reserved.start:
            place += len(reserved)
    return place


def nhs_number(index: int) -> str | None:
    """The NHS number of the person at an index from 0, or None once they have run out."""
    if index >= COUNT:
        return None
    group, ninth = index % _FREE, index // _FREE
    stem = f"{_PREFIX}{_free(group * _STRIDE % _FREE):05}"
    seen = -1
    for digit in range(10):
        check = check_digit(f"{stem}{digit}")
        if check is not None:
            seen += 1
            if seen == ninth:
                return f"{stem}{digit}{check}"
    raise AssertionError("every stem has nine numbers")
