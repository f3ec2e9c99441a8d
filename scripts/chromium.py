"""Say where Chromium is, installing it first when it is missing and we may (root, apt).

Prints its path, or nothing where there is none. Only the standard library is imported.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-liberation", "fonts-dejavu-core")


def main() -> int:
    """Print the path of a Chromium that runs."""
    found = find() or (install() and find()) or None
    if found:
        print(found)
    return 0


def find() -> str | None:
    """The Chromium to use: the one that BEVAN_CHROMIUM names, or the first on the path."""
    named = os.environ.get("BEVAN_CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in NAMES]
    return next((path for path in candidates if path and _runs(path)), None)


def install() -> bool:
    """Install Debian's Chromium; False where we may not or it fails."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    quiet = [apt, "-qq", "-o", "Dpkg::Use-Pty=0"]
    wanted = [*quiet, "install", "-y", "--no-install-recommends", *PACKAGES]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ([*quiet, "update"], wanted):
        if subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode:
            return False
    return True


def _runs(path: str) -> bool:
    if not Path(path).is_file():
        return False
    # Ubuntu's `chromium-browser` may be a stub that asks for a snap; it says no version.
    told = subprocess.run([path, "--version"], capture_output=True, check=False)
    return told.returncode == 0 and b"hrom" in told.stdout


if __name__ == "__main__":
    sys.exit(main())
