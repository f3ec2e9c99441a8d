"""Search, held to a slow oracle and to the words of the standard."""

from __future__ import annotations

from prove.search.proof import prove

__all__ = ["prove"]
