"""Make the virtual environment `.venv` and install the locked requirements into it.

Works on a bare Debian or Ubuntu: where Python comes without `ensurepip`, it is installed when we
may, or the system's pip fetches virtualenv. Only the standard library is imported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
HOME = PROJECT / ".venv"
PYTHON = HOME / "bin" / "python"
LOCK = PROJECT / "requirements" / "dev.txt"
MARK = HOME / "requirements.sha256"
FLOOR = (3, 11)


def main() -> int:
    """Make what is missing; nothing to do when the lock hasn't changed."""
    if sys.version_info < FLOOR:
        sys.exit(f"Python {FLOOR[0]}.{FLOOR[1]} or later is needed; this is {sys.version}.")
    digest = hashlib.sha256(LOCK.read_bytes() + (PROJECT / "pyproject.toml").read_bytes())
    if MARK.is_file() and MARK.read_text() == digest.hexdigest() and (HOME / "bin/bevan").exists():
        return 0
    if not _has_pip():
        make()
    # The lock is whole: resolving anew would only let pip ask for what came out since.
    pip("--no-deps", "--require-hashes", "-r", str(LOCK))
    pip("--no-deps", "--no-build-isolation", "--editable", str(PROJECT))
    MARK.write_text(digest.hexdigest())
    return 0


def make() -> None:
    """Make the environment by the first way that works here."""
    if importlib.util.find_spec("ensurepip") is None and os.geteuid() == 0:
        _apt(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if importlib.util.find_spec("ensurepip") is not None:
        venv.create(HOME, with_pip=True, clear=True)
    elif importlib.util.find_spec("pip") is not None:
        _with_virtualenv()
    if not _has_pip():
        sys.exit(
            "This Python can't make virtual environments: install the package python3-venv "
            "(on Debian and Ubuntu: apt install python3-venv)."
        )


def pip(*arguments: str) -> None:
    """Run the environment's pip; its own words say what went wrong."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*command, *arguments], check=False)
    if done.returncode != 0:
        sys.exit("The requirements could not be installed; the reason is above.")


def _has_pip() -> bool:
    if not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0


def _apt(package: str) -> None:
    if shutil.which("apt-get") is None:
        return
    quiet = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*quiet, "update"], env=environment, check=False)
    subprocess.run([*quiet, "install", "-y", package], env=environment, check=False)
    importlib.invalidate_caches()


def _with_virtualenv() -> None:
    tools = PROJECT / "build" / "virtualenv"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tools)]
    if subprocess.run([*command, "virtualenv"], check=False).returncode == 0:
        environment = {**os.environ, "PYTHONPATH": str(tools)}
        make_it = [sys.executable, "-m", "virtualenv", "--quiet", "--clear", str(HOME)]
        subprocess.run(make_it, env=environment, check=False)


if __name__ == "__main__":
    sys.exit(main())
