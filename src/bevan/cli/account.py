"""`bevan account`: the account with which all others are made."""

from __future__ import annotations

from pathlib import Path

import click

from bevan.cli import options
from bevan.cli.installation import Installation, operator
from bevan.cli.output import answer, answer_json, say
from bevan.cli.ports import Appointment, Ports
from bevan.kernel.errors import BevanError

SHORTEST = 10


@click.group()
def account() -> None:
    """Accounts of staff."""


@account.command()
@options.data
@options.as_json
@click.option("--name", required=True, help="Who it is.")
@click.option("--organisation", required=True, help="Where: an Organization's id or ODS code.")
@click.option("--again", is_flag=True, help="Make one more, though there is one: say why.")
@click.option("--reason", default="", help="Why one more is needed, for the record.")
@click.pass_obj
def administrator(
    ports: Ports,
    data: Path | None,
    as_json: bool,
    name: str,
    organisation: str,
    again: bool,
    reason: str,
) -> None:
    """Make the first account administrator: a link that works once, for three days."""
    if again and len(reason.strip()) < SHORTEST:
        raise BevanError(f"Say why one more is needed: --reason, {SHORTEST} characters or more.")
    found = Installation.of(data)
    found.require()
    wanted = Appointment(name, organisation, operator(), reason.strip() if again else "")
    with found.migrated(ports.packages) as dsn:
        link = ports.appoint(found.settings, dsn, wanted)
    if as_json:
        answer_json({"link": link, "name": name, "days": 3})
        return
    say(f"{name} opens this once, within three days, to make a passkey. Keep it secret:")
    answer(link)
