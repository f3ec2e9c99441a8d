"""The `bevan` command: its options, its commands and how it speaks of errors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from bevan import __version__
from bevan.cli import (
    account,
    audit,
    backup,
    bulk,
    client,
    config,
    doctor,
    keys,
    migrate,
    package,
    project_key,
    restore,
    synth,
    token,
    up,
    upgrade,
)
from bevan.cli.installation import Installation
from bevan.cli.ports import Ports
from bevan.kernel.errors import BevanError, Unavailable

_INSIDE = 70
_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="bevan")
def bevan() -> None:
    """Bevan: a health and care region's whole digital estate on one record.

    Settings come from options, then from the environment (BEVAN_…); see `bevan config show`.
    """


for _command in (
    up.up,
    bulk.import_,
    synth.synth,
    token.token,
    client.client,
    account.account,
    keys.keys,
    migrate.migrate,
    package.package,
    backup.backup,
    backup.backup_key,
    project_key.project_key,
    restore.restore,
    upgrade.upgrade,
    audit.audit,
    doctor.doctor,
    config.config,
):
    bevan.add_command(_command)


def run(ports: Ports, arguments: list[str] | None = None) -> int:
    """Run one command line; returns its exit code.

    0 done, 1 refused or failed, 2 wrong use or settings, 3 something outside doesn't answer, 70 a
    fault of the program, 130 interrupted.
    """
    try:
        code = bevan.main(arguments, prog_name="bevan", standalone_mode=False, obj=ports)
    except click.exceptions.Abort:
        return _say("Interrupted.", _INTERRUPTED)
    except KeyboardInterrupt:
        return _say("Interrupted.", _INTERRUPTED)
    except click.ClickException as fault:
        fault.show()
        return fault.exit_code
    except BevanError as fault:
        return _say(fault.sentence, fault.exit_code)
    except OSError as fault:
        if fault.filename is None:
            return _say(_inside(fault), _INSIDE)
        # A folder or file that can't be made or read is the machine's matter, and so the reader's.
        return _say(f"{fault.filename}: {fault.strerror}.", Unavailable.exit_code)
    except Exception as fault:
        return _say(_inside(fault), _INSIDE)
    return code if isinstance(code, int) else 0


def _say(sentence: str, code: int) -> int:
    click.echo(sentence, err=True)
    return code


def _inside(fault: Exception) -> str:
    """A sentence about a fault of ours: where, but never with what data."""
    from bevan.kernel.logs import describe

    said: dict[str, Any] = describe(fault)
    places = said.get("places") or ["an unknown place"]
    return f"Something is wrong inside Bevan: {said['class']} at {places[-1]}. Please report it."


def installation(data: Path | None, **given: Any) -> Installation:
    """The installation that a command's options name."""
    return Installation.of(data, **given)


if __name__ == "__main__":
    sys.exit("Run `bevan`, or `python -m bevan.site.main`.")
