"""An operation that a package declares is listed, so that it is routed, stated and documented."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

from bevan.fhir.operation import Declared
from bevan.site.operations import LISTED

SOURCE = Path(__file__).parents[2] / "src"


def declared_in(root: Path) -> list[str]:
    """The modules that call `Declared(…)` at their top level."""
    return [
        ".".join(path.relative_to(root).with_suffix("").parts)
        for path in sorted(root.rglob("*.py"))
        if any(
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and getattr(node.value.func, "id", "") == "Declared"
            for node in ast.parse(path.read_text("utf-8")).body
        )
    ]


def test_every_declared_operation_is_listed() -> None:
    found = {
        value
        for name in declared_in(SOURCE)
        for value in vars(import_module(name)).values()
        if isinstance(value, Declared)
    }
    assert found == set(LISTED)
    assert len(LISTED) == len(set(LISTED))


def test_one_that_is_not_listed_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text("X = Declared()\n")
    (tmp_path / "other.py").write_text("X = Other()\n")
    assert declared_in(tmp_path) == ["new"]
