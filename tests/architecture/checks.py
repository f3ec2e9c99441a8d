"""What a test must be: able to fail, and clear about why it is skipped."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CHECKS = frozenset({"raises", "warns", "fail", "expect"})
SKIPS = frozenset({"skip", "skipif", "importorskip", "xfail"})


@dataclass(frozen=True)
class Function:
    """A function of a module: whether it asserts something itself, and what it calls."""

    name: str
    asserts: bool
    calls: frozenset[str]


def toothless(tests: Path) -> list[str]:
    """Tests below the folder `tests` in which nothing can fail, by file and name."""
    return [
        f"{path.relative_to(tests)}::{test.name}"
        for path in sorted(tests.rglob("test_*.py"))
        for test in functions(path)
        if test.name.startswith("test_") and not _checks(test, path, tests, frozenset())
    ]


def unexplained(tests: Path) -> list[str]:
    """Skips below the folder `tests` that don't state their reason as a text, by file and line."""
    return [
        f"{path.relative_to(tests)}:{call.lineno}"
        for path in sorted(tests.rglob("*.py"))
        for call in ast.walk(_tree(path))
        if isinstance(call, ast.Call) and _name(call) in SKIPS and not _states(call)
    ]


@cache
def functions(path: Path) -> tuple[Function, ...]:
    """Every function and method of a module."""
    return tuple(
        Function(
            node.name,
            any(isinstance(inner, ast.Assert) for inner in ast.walk(node)),
            frozenset(_name(call) for call in ast.walk(node) if isinstance(call, ast.Call)),
        )
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _checks(test: Function, path: Path, tests: Path, seen: frozenset[str]) -> bool:
    """Whether `test`, or what it calls, asserts anything; `seen` are those looked at already."""
    return (
        test.asserts
        or bool(test.calls & CHECKS)
        or any(
            _checks(helper, where, tests, seen | {helper.name})
            for where in _reach(path, tests)
            for helper in functions(where)
            if helper.name in test.calls - seen and not helper.name.startswith("test_")
        )
    )


@cache
def _reach(path: Path, tests: Path) -> tuple[Path, ...]:
    """The module itself, the modules of tests that it imports, and the fixtures above it."""
    imported = [
        (path.parent if node.level else tests.parent) / node.module.replace(".", "/")
        for node in _tree(path).body
        if isinstance(node, ast.ImportFrom) and node.module
    ]
    stems = [*imported, *(folder / "conftest" for folder in path.parents)]
    return (path, *_modules(stems, tests))


def _modules(stems: list[Path], tests: Path) -> Iterator[Path]:
    for stem in stems:
        path = stem.with_suffix(".py")
        if path.is_relative_to(tests) and path.is_file():
            yield path


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _states(call: ast.Call) -> bool:
    given = [key.value for key in call.keywords if key.arg == "reason"]
    if _name(call) == "skip":
        given += call.args
    return any(isinstance(text, ast.Constant) and text.value for text in given)
