"""FHIRPath text to tokens (FHIRPath 2.0.0 §11.2, lexical elements)."""

from __future__ import annotations

import re
from typing import NamedTuple

from bevan.fhir.path.errors import PathSyntax

_DATE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_TIME = r"\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_ZONE = r"(?:Z|[+-]\d{2}:\d{2})"

_PATTERN = re.compile(
    rf"""
    (?P<space>\s+|//[^\r\n]*|/\*.*?\*/)
  | (?P<datetime>@{_DATE}T(?:{_TIME}{_ZONE}?)?)
  | (?P<date>@{_DATE})
  | (?P<time>@T{_TIME})
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<string>'(?:\\.|[^'\\])*')
  | (?P<delimited>`(?:\\.|[^`\\])*`)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<special>\$(?:this|index|total)\b)
  | (?P<symbol><=|>=|!=|!~|[-+*/&|<>=~.,()\[\]{{}}%])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_PLAIN = frozenset("`'\\/\"nrtf")


class Token(NamedTuple):
    """One lexical element; `kind` is a group name of the pattern, or `end`."""

    kind: str
    text: str
    position: int


def tokens(expression: str) -> list[Token]:
    """All tokens of the expression, without space and comments, ended by one of kind `end`."""
    found: list[Token] = []
    position = 0
    while position < len(expression):
        match = _PATTERN.match(expression, position)
        if match is None:
            raise PathSyntax(f"Unexpected {expression[position]!r}", expression, position)
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(_token(kind, match.group(), position, expression))
        position = match.end()
    found.append(Token("end", "", position))
    return found


def _token(kind: str, text: str, position: int, expression: str) -> Token:
    if kind in ("string", "delimited"):
        return Token(kind, _unescape(text[1:-1], position, expression), position)
    return Token(kind, text, position)


def _unescape(text: str, position: int, expression: str) -> str:
    def replace(match: re.Match[str]) -> str:
        escape = match.group(1)
        if len(escape) == 5:
            return chr(int(escape[1:], 16))
        if escape not in _PLAIN:
            raise PathSyntax(f"Unknown escape \\{escape}", expression, position)
        return _ESCAPES.get(escape, escape)

    return _ESCAPE.sub(replace, text)
