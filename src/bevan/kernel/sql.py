"""SQL that lives in `.sql` files beside the code that runs it.

A file holds blocks. Each starts with `-- name: some_name`, then a comment that says in a sentence
what the statement is for, then the statement itself:

    -- name: read_one
    -- The newest version of one resource.
    SELECT content FROM resource WHERE type = $1 AND id = $2
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from types import MappingProxyType

from bevan.kernel.errors import BevanError

_NAME = re.compile(r"^-- name:\s*([a-z][a-z0-9_]*)\s*$", re.MULTILINE)


class BadStatement(BevanError):
    """A `.sql` file that breaks the rules above: a fault in the program, not in its use."""


@cache
def statements(package: str, file: str) -> Mapping[str, str]:
    """The named statements of `file` in the folder of `package`, comments removed.

    Raises `BadStatement` for a name used twice, a block without its sentence or without SQL.
    """
    text = files(package).joinpath(file).read_text("utf-8")
    found: dict[str, str] = {}
    for name, body in blocks(text, f"{package}/{file}"):
        if name in found:
            raise BadStatement(f"{package}/{file} names {name!r} twice.")
        found[name] = body
    if not found:
        raise BadStatement(f"{package}/{file} holds no named statement.")
    return MappingProxyType(found)


def blocks(text: str, where: str) -> Iterator[tuple[str, str]]:
    """(name, SQL) of each block in `text`; `where` names the file in errors."""
    marks = list(_NAME.finditer(text))
    for mark, following in zip_longest(marks, marks[1:]):
        block = text[mark.end() : following.start() if following else len(text)]
        yield mark[1], _body(block, f"{where}: {mark[1]}")


def _body(block: str, where: str) -> str:
    lines = block.strip().splitlines()
    if not lines or not lines[0].startswith("-- "):
        raise BadStatement(f"{where} doesn't say in a sentence what it is for.")
    body = "\n".join(line for line in lines if not line.lstrip().startswith("--")).strip()
    if not body:
        raise BadStatement(f"{where} holds no statement.")
    return body.removesuffix(";")
