"""What a NEWS2 total means (Royal College of Physicians, 2017): the number and its word."""

from __future__ import annotations

from typing import Literal

Word = Literal["High", "Medium", "Low-medium", "Low"]


def word(total: int, single_three: bool) -> Word:
    """The risk: high from 7, medium from 5, low-medium with a single 3, else low."""
    if total >= 7:
        return "High"
    if total >= 5:
        return "Medium"
    return "Low-medium" if single_three else "Low"
