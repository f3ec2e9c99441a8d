"""The house rules that a reader of one file can't see broken."""

from __future__ import annotations

import ast
import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "bevan"
LONGEST = 400
ROOMS = frozenset(
    {
        *("__init__.py", "routes.py", "templates", "static", "views"),
        *("pages.py", "forms.py", "presenters.py", "rules.py", "service.py"),
        *("pages", "forms", "presenters", "rules", "service"),
    }
)
NEVER_NAMES = re.compile(r"^(utils?|helpers?|common|manager|misc|stuff)$")
# The compilers of SQL: what they compose can't stand in a file.
# Written by a script from all migrations; a test holds it to them.
GENERATED = ("site/schema.sql",)
COMPOSERS = ("record/search/", "record/visibility.py")


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "static" not in path.parts)


def too_long(root: Path) -> list[str]:
    """Files of code, SQL or templates with more lines than a reader should face."""
    return [
        str(path.relative_to(root))
        for pattern in ("*.py", "*.sql", "*.jinja", "*.js")
        for path in root.rglob(pattern)
        if not {"vendor", "node_modules"} & set(path.parts)
        and not str(path).endswith(GENERATED)
        and len(path.read_text("utf-8").splitlines()) > LONGEST
    ]


def strange_rooms(apps: Path) -> list[str]:
    """What stands in an app's folder and isn't one of the agreed rooms."""
    return [
        f"{app.name}/{room.name}"
        for app in sorted(apps.iterdir())
        if app.is_dir() and app.name != "__pycache__"
        for room in sorted(app.iterdir())
        if room.name not in ROOMS | {"__pycache__"}
    ]


def test_no_file_is_too_long() -> None:
    assert too_long(SOURCE) == []


def test_a_file_that_is_too_long_is_found(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("x = 1\n" * (LONGEST + 1))
    (tmp_path / "short.py").write_text("x = 1\n")
    assert too_long(tmp_path) == ["long.py"]


def test_every_app_has_only_the_agreed_rooms() -> None:
    assert strange_rooms(SOURCE / "apps") == []


def test_a_strange_room_is_found(tmp_path: Path) -> None:
    (tmp_path / "my_app").mkdir()
    (tmp_path / "my_app" / "__init__.py").touch()
    (tmp_path / "my_app" / "database.py").touch()
    assert strange_rooms(tmp_path) == ["my_app/database.py"]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_modules_are_named_by_a_noun(path: Path) -> None:
    assert not NEVER_NAMES.match(path.stem)


def test_sql_stands_in_files() -> None:
    statement = re.compile(
        r"^\s*(select|insert into|update \w+ set|delete from|with \w+ as)\b", re.I
    )
    found = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in modules()
        if not str(path.relative_to(SOURCE)).startswith(COMPOSERS)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if statement.match(node.value) and len(node.value) > 40 and "\n" in node.value.strip()
    ]
    assert found == []


def test_every_statement_has_a_name_and_a_sentence() -> None:
    for path in SOURCE.rglob("*.sql"):
        if "migrations" in path.parts or str(path).endswith(GENERATED):
            continue
        blocks = re.split(r"^-- name: ", path.read_text("utf-8"), flags=re.M)[1:]
        assert blocks, f"{path} names no statement"
        for block in blocks:
            lines = block.splitlines()
            assert lines[1].startswith("-- "), f"{path}: {lines[0]} lacks its sentence"


def _layers(where: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(
        command,
        cwd=where,
        env={"PYTHONPATH": str(where / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_dependencies_go_one_way() -> None:
    result = _layers(ROOT)
    assert result.returncode == 0, result.stdout


def test_an_import_upward_is_found(tmp_path: Path) -> None:
    shutil.copytree(SOURCE, tmp_path / "src" / "bevan", ignore=shutil.ignore_patterns("vendor"))
    shutil.copytree(ROOT / "prove", tmp_path / "prove")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    broken = tmp_path / "src" / "bevan" / "fhir" / "broken.py"
    broken.write_text("from bevan.record import scope\n")
    result = _layers(tmp_path)
    assert result.returncode != 0
    assert "bevan.fhir.broken -> bevan.record" in result.stdout


def _types(module: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    settings = ("--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(cache))
    return subprocess.run(
        [sys.executable, "-m", "mypy", *settings, str(module)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def twice(n: int) -> int:\n    return n * 2\n", ""),
        ("def twice(n):\n    return n * 2\n", "missing a type annotation"),
        ("def twice(n: int) -> str:\n    return n * 2\n", "Incompatible return value"),
        ("def names(of: dict) -> list[str]:\n    return list(of)\n", "Missing type arguments"),
    ],
)
def test_what_strict_types_refuse(tmp_path: Path, text: str, found: str) -> None:
    module = tmp_path / "module.py"
    module.write_text(text)
    result = _types(module, ROOT / ".mypy_cache" / "broken")
    assert found in result.stdout
    assert (result.returncode != 0) == bool(found), result.stdout


def _strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_clinical_codes_stand_only_in_their_table() -> None:
    """No SNOMED CT or dm+d identifier is written into code: six or more digits in quotes."""
    with (SOURCE / "fhir" / "tables" / "clinical_codes.csv").open(encoding="utf-8") as table:
        known = {
            row["code"] for row in csv.DictReader(table) if re.fullmatch(r"\d{6,}", row["code"])
        }
    written = {
        f"{path.relative_to(SOURCE)}: {text}"
        for path in modules()
        for text in _strings(path)
        if text in known
    }
    assert written == set()


def test_nothing_here_speaks_of_how_it_was_made() -> None:
    words = re.compile(r"\b(issue #?\d+|sub-?agents?|helper session)\b", re.I)
    tracked = [
        *SOURCE.rglob("*.py"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "tests").rglob("*.py"),
    ]
    found = [str(path) for path in tracked if words.search(path.read_text("utf-8"))]
    assert [path for path in found if not path.endswith("architecture/test_house.py")] == []
