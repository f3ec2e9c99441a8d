"""What can go wrong with a FHIRPath expression."""

from __future__ import annotations

from bevan.kernel.errors import BevanError


class PathSyntax(BevanError):
    """The text isn't a FHIRPath expression; `position` is the offset of the first bad character."""

    def __init__(self, text: str, expression: str, position: int) -> None:
        super().__init__(f"{text} at position {position + 1} of {expression!r}")
        self.expression = expression
        self.position = position


class PathFailed(BevanError):
    """The expression was understood but can't be evaluated on this input (FHIRPath 2.0.0 §4)."""
