"""The `bevan` command's way in: hands the command line what it needs from the site."""

from __future__ import annotations

import sys

from bevan.cli.main import run
from bevan.cli.ports import Appointment, Deed, Ports
from bevan.kernel.settings import Settings
from bevan.site.schema import PACKAGES


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(ports()))


def ports() -> Ports:
    """What the site hands to the command line."""
    return Ports(
        packages=PACKAGES, up=_up, demonstration=_demonstration, appoint=_appoint, tell=_tell
    )


def _up(settings: Settings) -> int:
    from bevan.site.processes.supervisor import up

    return up(settings)


def _demonstration(settings: Settings) -> bool:
    from bevan.site.processes.marker import marked

    return marked(settings.data) is not None


def _appoint(settings: Settings, dsn: str, wanted: Appointment) -> str:
    from bevan.site.appointment import appoint

    return appoint(settings, dsn, wanted)


def _tell(settings: Settings, dsn: str, deed: Deed) -> None:
    from bevan.site.deeds import tell

    tell(settings, dsn, deed)


if __name__ == "__main__":
    main()
