"""Packages of npm that tests use as they are, fetched one by one as the lock file pins them.

Only what is asked for is fetched, not what it would pull in besides: fhirclient alone names
hundreds of packages that its bundle for browsers doesn't need.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def fetched(*names: str) -> Path:
    """The folder of the packages; skips, or fails where CI=true, when one can't be fetched."""
    locked = json.loads((HERE / "package-lock.json").read_text())["packages"]
    for name in names:
        entry = locked[f"node_modules/{name}"]
        target = MODULES / name
        if not _there(target, entry["version"]) and not _fetch(name, entry, target):
            if os.environ.get("CI") == "true":
                pytest.fail(f"CI needs npm's {name}")
            pytest.skip("npm's packages can't be fetched here")
    return MODULES


def node() -> str:
    """The machine's Node; skips, or fails where CI=true, when there is none."""
    found = shutil.which("node")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs Node")
        pytest.skip("Node isn't here")
    return found


def _there(target: Path, version: str) -> bool:
    stated = target / "package.json"
    return stated.is_file() and json.loads(stated.read_text())["version"] == version


def _fetch(name: str, entry: dict[str, str], target: Path) -> bool:
    npm = shutil.which("npm")
    if npm is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [npm, "pack", f"{name}@{entry['version']}", "--ignore-scripts", "--loglevel=error"],
            cwd=folder,
            check=False,
            capture_output=True,
        )
        if done.returncode != 0:
            return False
        (packed,) = Path(folder).glob("*.tgz")
        found = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
        assert f"sha512-{found}" == entry["integrity"], f"{name} isn't what the lock file pins"
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(Path(folder) / "package", target)
    return True
