"""`bevan audit`: verify the audit's chain, hand it over, answer for it, and give it a new key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bevan.cli import options
from bevan.cli.installation import Installation, operator
from bevan.cli.output import answer, answer_json, say
from bevan.cli.ports import Ports

if TYPE_CHECKING:
    from bevan.access.chain.chain import Chain
    from bevan.access.chain.speaking import Answer
    from bevan.access.chain.statement import Attested, Closing
    from bevan.access.chain.verification import Verdict
    from bevan.kernel.settings import Settings

_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


_BY = click.option("--by", required=True, help="Who answers for it: a name.")
_REASON = click.option("--reason", required=True, help="Why, in ten characters or more.")


@click.group()
def audit() -> None:
    """Check the audit's chain, hand it over, close a month, answer for a restore, renew its key."""


@audit.command()
@options.data
@options.as_json
@click.option("--from", "since", type=_MOMENT, help="Check entries from this time on (UTC).")
@click.option("--to", "until", type=_MOMENT, help="Check entries before this time (UTC).")
@click.pass_obj
def verify(
    ports: Ports, data: Path | None, as_json: bool, since: datetime | None, until: datetime | None
) -> int:
    """Check every link, and the entries of a time, against the second place.

    Finds an entry that was changed, removed or added, a cut tail, another order, and a chain made
    anew. Leaves with 1 when something is wrong.
    """
    from bevan.access.chain.verification import Window

    found = Installation.of(data)
    found.require()
    window = Window(_utc(since), _utc(until))

    async def check(dsn: str) -> Verdict:
        async with _chain(found.settings, dsn) as chain:
            return await chain.verify(window)

    with found.migrated(ports.packages) as dsn:
        verdict = asyncio.run(check(dsn))
    if as_json:
        answer_json(
            {
                "unbroken": verdict.unbroken,
                "links": verdict.links,
                "handed": verdict.handed,
                "entries": verdict.entries,
                "unsealed": verdict.unsealed,
                "findings": [finding.told() for finding in verdict.findings],
                "events": verdict.events,
            }
        )
    else:
        _speak(verdict)
    return 0 if verdict.unbroken else 1


@audit.command(name="hand-over")
@options.data
@options.as_json
@click.pass_obj
def hand_over(ports: Ports, data: Path | None, as_json: bool) -> None:
    """Seal what is new, and hand every waiting link to the second place and the SIEM now."""
    found = Installation.of(data)
    found.require()

    async def go(dsn: str) -> tuple[int, int]:
        async with _chain(found.settings, dsn) as chain:
            return await chain.seal(), await chain.hand_over()

    with found.migrated(ports.packages) as dsn:
        sealed, handed = asyncio.run(go(dsn))
    if as_json:
        answer_json({"sealed": sealed, "handed": handed})
    else:
        answer(f"{sealed:,} links were made, and {handed:,} reached the second place.")


@audit.command()
@options.data
@options.as_json
@_BY
@_REASON
@click.pass_obj
def acknowledge(ports: Ports, data: Path | None, as_json: bool, by: str, reason: str) -> None:
    """Answer for what a restore lost, so that the chain verifies again.

    Who and why stay listed by `bevan audit verify` for ever. A tail that was cut without a restore
    can't be acknowledged.
    """
    from bevan.access.chain.vouching import told

    found = Installation.of(data)
    found.require()

    async def go(dsn: str) -> Attested:
        async with _chain(found.settings, dsn) as chain:
            return await chain.acknowledge(_answer(by, reason))

    with found.migrated(ports.packages) as dsn:
        made = asyncio.run(go(dsn))
    if as_json:
        answer_json({"statement": str(made.statement.id), "sentence": told(made)})
    else:
        answer(told(made))


@audit.command(name="close-month")
@click.argument("month")
@options.data
@options.as_json
@click.option(
    "--to", "folder", required=True, type=click.Path(path_type=Path), help="Where the file goes."
)
@_BY
@_REASON
@click.pass_obj
def close_month(
    ports: Ports,
    month: str,
    data: Path | None,
    as_json: bool,
    folder: Path,
    by: str,
    reason: str,
) -> None:
    """Hand a MONTH of the audit (2019-03) over in a file, and drop it.

    Only the oldest month, and only when nobody whom it names has a record any more.
    """
    from bevan.access.chain.closing import Month

    found = Installation.of(data)
    found.require()

    async def go(dsn: str) -> Closing:
        async with _chain(found.settings, dsn) as chain:
            return await chain.close_month(Month.read(month), folder, _answer(by, reason))

    with found.migrated(ports.packages) as dsn:
        made = asyncio.run(go(dsn))
    if as_json:
        answer_json({"entries": made.entries, "file": made.file, "sha256": made.export})
    else:
        answer(f"{made.entries:,} entries of {made.month} are in {made.file} and dropped here.")
        say("Keep the file as long as your policy says: it is the only copy.")


@audit.command(name="new-key")
@options.data
@options.as_json
@click.pass_obj
def new_key(ports: Ports, data: Path | None, as_json: bool) -> None:
    """Make a new key, which signs from the next link on; older links keep theirs.

    The new key is vouched for by the one before it, in the second place.
    """
    from bevan.access.chain.signing import rotate

    found = Installation.of(data)
    found.require()
    name = rotate(found.settings.data)
    if as_json:
        answer_json({"key": name})
        return
    answer(f"Links are signed with the key {name} from now on.")
    say("Back the installation up: its keys lie in its data folder.")


@asynccontextmanager
async def _chain(settings: Settings, dsn: str) -> AsyncIterator[Chain]:
    from bevan.access.chain.chain import Chain
    from bevan.kernel.clock import SystemClock
    from bevan.kernel.database import Database

    database = await Database.open(dsn, size=2)
    try:
        yield Chain(database, settings, SystemClock())
    finally:
        await database.close()


def _answer(by: str, reason: str) -> Answer:
    from bevan.access.chain.speaking import Answer
    from bevan.access.chain.statement import Answerable

    return Answer(Answerable(id=operator(), name=by, role="Operator"), reason)


def _speak(verdict: Verdict) -> None:
    answer(
        f"Checked {verdict.links:,} links ({verdict.handed:,} handed over) and "
        f"{verdict.entries:,} entries; {verdict.unsealed:,} entries wait for their link."
    )
    for event in verdict.events:
        answer(f"for the record: {event}")
    for finding in verdict.findings:
        answer(f"{finding.kind}: {finding.sentence}")
    answer("The chain is unbroken." if verdict.unbroken else "The audit can't be relied on there.")


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
