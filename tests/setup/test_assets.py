"""What is fetched at set-up is pinned, complete, and loads nothing from elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from scripts import fetch_assets
from scripts.fetch_assets import PINS, TARGET, local_style, refuse_remote

PROJECT = Path(__file__).parents[2]

REMOTE_FACE = (
    "@font-face{font-family:Frutiger W01;src:url(https://assets.nhs.uk/fonts/x.woff2)}"
    "@font-face{font-family:Local;src:url(/fonts/y.woff2)}"
    "body{font-family:Frutiger W01,arial,sans-serif}"
    ".a{background:url(/assets/images/arrow.svg)}\n"
    "/*# sourceMappingURL=x.css.map */"
)


def test_remote_faces_go_and_pictures_stay_beside() -> None:
    style = local_style(REMOTE_FACE)
    assert "https://" not in style
    assert "Frutiger" not in style
    assert "font-family:Local" in style
    assert "body{font-family:arial,sans-serif}" in style
    assert "url(images/arrow.svg)" in style
    assert "sourceMappingURL" not in style


@pytest.mark.parametrize("text", ["@import 'https://x.example/a.css'", "a{font:Frutiger}"])
def test_whatever_is_remote_stops_the_set_up(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.css").write_text(text)
    with pytest.raises(SystemExit, match="still names something remote"):
        refuse_remote(tmp_path)


def test_versions_and_digests_are_pinned_without_addresses() -> None:
    wanted = json.loads((PINS / "package.json").read_text())["dependencies"]
    locked = json.loads((PINS / "package-lock.json").read_text())["packages"]
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        entry = locked[f"node_modules/{name}"]
        assert entry["version"] == version
        assert entry["integrity"].startswith("sha512-")
    assert "http" not in (PINS / "package-lock.json").read_text()


@pytest.mark.parametrize("name", ["run", "dev", "node"])
def test_requirements_are_pinned_with_digests_and_no_address(name: str) -> None:
    text = (PROJECT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    assert "index-url" not in text
    assert "--find-links" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"^[A-Za-z0-9_.\[\]-]+==[^ ]+", block), block.splitlines()[0]
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_lock_has_what_the_project_asks_for() -> None:
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[<>=!; \[]", line)[0].lower() for line in asked}
    locked = (PROJECT / "requirements" / "dev.txt").read_text().lower()
    missing = {name for name in names if f"\n{name}==" not in f"\n{locked}"}
    assert not missing, "run `make lock`"


def test_the_assets_are_here_and_local() -> None:
    refuse_remote(TARGET)
    style = (TARGET / "nhsuk" / "nhsuk-frontend.min.css").read_text("utf-8")
    for picture in set(re.findall(r"url\((images/[^)]+)\)", style)):
        assert (TARGET / "nhsuk" / picture).is_file(), picture
    for weight in fetch_assets.WEIGHTS:
        name = f"atkinson-hyperlegible-next-latin-{weight}.woff2"
        assert (TARGET / "fonts" / name).is_file(), name
    assert "MIT" in (TARGET / "nhsuk" / "LICENCE.txt").read_text()
    assert "SIL" in (TARGET / "fonts" / "LICENCE.txt").read_text()


def test_nothing_of_ours_is_served_from_elsewhere() -> None:
    static = PROJECT / "src" / "bevan" / "web" / "static"
    for file in [*static.rglob("*.css"), *static.rglob("*.js")]:
        assert "https://" not in file.read_text("utf-8"), file
