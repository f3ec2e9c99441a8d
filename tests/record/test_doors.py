"""No way into the record without a Scope, and no way to a Scope but the rulebook's."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import bevan
from bevan.kernel.sql import blocks
from bevan.record.conditional import Conditionals
from bevan.record.feed import Feed
from bevan.record.history import History
from bevan.record.loading import Loading
from bevan.record.notes import Notes
from bevan.record.provenance import Provenances
from bevan.record.reader import Reader
from bevan.record.record import Record
from bevan.record.writer import Writer

SOURCE = Path(bevan.__file__).parent
DOORS = (Record, Reader, Writer, History, Feed, Loading, Conditionals, Provenances, Notes)

# What neither reads nor writes, and what takes the Scope inside its argument.
HARMLESS = {"open", "close", "prepare"}
CARRIED = {
    ("Writer", "change"): "operation",
    ("Reader", "read_within"): "signature",
}

TABLES = re.compile(
    r"\b(?:from|join|into|update)\s+(?:only\s+)?(resource(?:_\w+)?|idx_\w+)\b", re.IGNORECASE
)

# How many rows there are of a type tells of nobody: a backup is checked by it.
COUNTS = re.compile(
    r"SELECT '\w+ ' \|\| type AS name, count\(\*\) AS n FROM resource(_history)? GROUP BY type;?"
)


def scopes_made(source: str) -> Iterator[int]:
    """Lines where a Scope is made, or one is changed into another."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if name == "Scope":
            yield node.lineno
        first = node.args[0] if node.args else None
        named = ast.unparse(first) if first is not None else ""
        if name in ("replace", "__replace__") and re.search(r"(^|[._])scope$", named):
            yield node.lineno


def knows_scopes(path: Path) -> bool:
    """Whether a module can mean this Scope at all: FHIRPath has scopes of its own kind."""
    return "bevan.record" in path.read_text("utf-8") or path.parent.name == "record"


def tables_named(source: str) -> list[str]:
    """Tables of the record that a text of SQL names."""
    return TABLES.findall(source)


def without_scope(door: type) -> list[str]:
    """Public functions of a door that take no Scope first."""
    found = []
    for name, function in inspect.getmembers(door, inspect.isroutine):
        if name.startswith("_") or name in HARMLESS:
            continue
        parameters = list(inspect.signature(function).parameters.items())[1:]
        expected = CARRIED.get((door.__name__, name), "scope")
        names = [parameter for parameter, _ in parameters]
        if expected not in names[: 2 if expected == "signature" else 1]:
            found.append(f"{door.__name__}.{name}")
        elif dict(parameters)[expected].default is not inspect.Parameter.empty:
            found.append(f"{door.__name__}.{name} (optional)")
    return found


def test_only_the_rulebook_makes_scopes() -> None:
    made = {
        f"{path.relative_to(SOURCE)}:{line}"
        for path in SOURCE.rglob("*.py")
        if path.parts[len(SOURCE.parts)] != "access" and knows_scopes(path)
        for line in scopes_made(path.read_text("utf-8"))
    }
    assert {place.partition(":")[0] for place in made} == {"record/scope.py"}, made
    assert len(made) == 1


def test_a_scope_made_elsewhere_is_found() -> None:
    assert list(scopes_made("x = Scope(ticket, None, None)")) == [1]
    assert list(scopes_made("x = scope.Scope(ticket)")) == [1]
    assert list(scopes_made("x = replace(request.scope, hidden=0)")) == [1]
    assert list(scopes_made("x = system('why', actor)")) == []


def test_every_door_asks_for_a_scope() -> None:
    assert [name for door in DOORS for name in without_scope(door)] == []


def test_a_door_without_a_scope_is_found() -> None:
    class Door:
        async def read(self, type: str, id: str) -> None: ...
        async def search(self, scope: object = None) -> None: ...
        async def open(self) -> None: ...

    assert without_scope(Door) == ["Door.read", "Door.search (optional)"]


def test_nobody_else_reads_the_tables() -> None:
    strangers = {
        f"{path.relative_to(SOURCE)}: {name}"
        for path in SOURCE.rglob("*.sql")
        if path.parts[len(SOURCE.parts)] != "record"
        for name, body in blocks(path.read_text("utf-8"), path.name)
        if tables_named(body) and not COUNTS.fullmatch(body)
    }
    assert strangers == set()


def test_a_stranger_at_the_tables_is_found() -> None:
    assert tables_named("SELECT x FROM resource WHERE id = $1") == ["resource"]
    assert tables_named("select 1 from resource_history join idx_str on true") == [
        "resource_history",
        "idx_str",
    ]
    assert tables_named("select 1 from resources, resourceful") == []
    assert COUNTS.fullmatch(
        "SELECT 'old ' || type AS name, count(*) AS n FROM resource GROUP BY type"
    )
    assert not COUNTS.fullmatch("SELECT id, count(*) FROM resource GROUP BY id")
