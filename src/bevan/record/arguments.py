"""Arguments of a composed statement: values kept in order, placeholders handed out."""

from __future__ import annotations


class Arguments:
    """Starts with the arguments that a statement names itself ($1 …); ``bind`` adds more."""

    def __init__(self, *values: object) -> None:
        """``values`` are $1, $2 …"""
        self.values: list[object] = list(values)

    def bind(self, value: object, type: str) -> str:
        """Keep a value; its placeholder, cast to a PostgreSQL type."""
        self.values.append(value)
        return f"${len(self.values)}::{type}"
