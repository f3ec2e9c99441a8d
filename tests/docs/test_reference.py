"""The documentation says what the code is, or this fails."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def _generator() -> ModuleType:
    path = ROOT / "scripts" / "generate_reference.py"
    spec = importlib.util.spec_from_file_location("generate_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES = _generator().PAGES


@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_generated_page_says_what_the_code_says(name: str) -> None:
    assert (DOCS / "reference" / name).read_text("utf-8") == PAGES[name](), "run `make docs`"


def _pages() -> list[Path]:
    return [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]


@pytest.mark.parametrize("page", _pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    local = [link.split("#")[0] for link in links if not link.startswith(("http", "#", "mailto"))]
    missing = [link for link in local if link and not (page.parent / link).exists()]
    assert missing == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].get("s3", []),
        *project["dependency-groups"]["dev"],
    ]
    reasons = (DOCS / "decisions" / "dependencies.md").read_text("utf-8")
    names = {re.split(r"[<>=;\[ ]", line)[0] for line in needed}
    assert {name for name in names if not re.search(rf"\b{re.escape(name)}\b", reasons)} == set()


def test_every_decision_is_listed() -> None:
    listed = (DOCS / "decisions" / "README.md").read_text("utf-8")
    pages = {page.name for page in (DOCS / "decisions").glob("[0-9]*.md")}
    assert {name for name in pages if name not in listed} == set()


def test_every_page_can_be_reached_from_the_index() -> None:
    seen: set[Path] = set()
    to_read = [DOCS / "index.md"]
    while to_read:
        page = to_read.pop()
        if page in seen:
            continue
        seen.add(page)
        links = re.findall(r"\]\(([^)#\s]+\.md)\)", page.read_text("utf-8"))
        to_read += [(page.parent / link).resolve() for link in links]
    left = {
        page for page in DOCS.rglob("*.md") if page.resolve() not in {p.resolve() for p in seen}
    }
    # Pages of proofs are written by their runs; their folder's page says what they are.
    unread = {str(page.relative_to(DOCS)) for page in left}
    assert {page for page in unread if not page.startswith("reference/proof/")} == set()


def test_no_page_names_an_address_of_a_package_registry() -> None:
    words = re.compile(r"pypi\.org|npmjs|files\.pythonhosted|crates\.io|repo1?\.maven", re.I)
    tracked = [ROOT / "README.md", ROOT / "pyproject.toml", *DOCS.rglob("*.md")]
    assert [str(page) for page in tracked if words.search(page.read_text("utf-8"))] == []
