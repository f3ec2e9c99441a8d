"""The mark of a demonstration, so that fictional people never mix with real ones.

A data folder, and the database, are marked when a demonstration makes them. `--demo` on anything
else is refused.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bevan.kernel.clock import Clock, ShiftedClock, SystemClock
from bevan.kernel.database import Connection
from bevan.kernel.errors import ConfigurationError
from bevan.kernel.sql import statements

# The minute of the story: after Dot Pemberton's reading at 10:31, with its alert still open.
MORNING: Final = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)
# The log may be begun before anything else is.
LOG = "bevan.log"
_FILE = "demo.json"
_MARK = "demo"


@dataclass(frozen=True)
class Demo:
    """The fictional region of a demonstration: how many people, from which seed, begun when.

    `began` is the machine's time (ISO, UTC) at which the region's morning started.
    """

    people: int
    seed: int
    began: str = ""

    def clock(self) -> Clock:
        """The region's own clock: its stories are told to the day, so it starts on that day."""
        if not self.began:
            return SystemClock()
        return ShiftedClock(MORNING - datetime.fromisoformat(self.began))


def marked(data: Path) -> Demo | None:
    """The demonstration that made this data folder, if one did."""
    try:
        return Demo(**json.loads((data / _FILE).read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise ConfigurationError(f"{data / _FILE} is damaged: remove the data folder.") from None


def mark(data: Path, demo: Demo) -> Demo:
    """Mark a new data folder; the demonstration it is from now on.

    A folder marked before keeps its region, whatever was asked for now. Raises
    `ConfigurationError` for a folder that holds anything a demonstration didn't make.
    """
    present = marked(data)
    if present is not None:
        return present
    if data.exists() and any(entry.name != LOG for entry in data.iterdir()):
        raise ConfigurationError(
            f"{data} wasn't made by a demonstration, so fictional people won't be put into it: "
            "choose another folder with --data."
        )
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        (data / _FILE).write_text(json.dumps(asdict(demo)), "utf-8")
    except OSError as fault:
        why = f"The folder {data} can't be made: {fault.strerror}."
        raise ConfigurationError(why) from None
    return demo


async def refuse_foreign(connection: Connection) -> None:
    """Raise `ConfigurationError` for a database with tables that no demonstration made.

    Asked before the first migration; see `claim`.
    """
    sql = statements("bevan.site.processes", "marker.sql")
    if await connection.fetchval(sql["in_use"]) and await read(connection) is None:
        raise ConfigurationError(
            "The database wasn't made by a demonstration, so fictional people won't be put into "
            "it: set BEVAN_DATABASE_URL to an empty one."
        )


async def claim(connection: Connection, demo: Demo) -> None:
    """Mark the database as the demonstration's."""
    sql = statements("bevan.site.processes", "marker.sql")
    await connection.execute(sql["claim"], _MARK, json.dumps(asdict(demo)))


async def read(connection: Connection) -> Demo | None:
    """The demonstration that made this database, if one did."""
    sql = statements("bevan.site.processes", "marker.sql")
    if not await connection.fetchval(sql["marks"]):
        return None
    text = await connection.fetchval(sql["read"], _MARK)
    return None if text is None else Demo(**json.loads(text))
