"""The process that is killed: disposes of what was decided, as of a moment, until nothing is left.

python -m prove.disposer DSN DATA MOMENT

Says `ready` when it begins and `done` when it has ended; see `prove.disposal`.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from bevan.kernel.clock import FixedClock
from bevan.kernel.settings import Settings
from bevan.site.composition import compose
from bevan.site.jobs import WORKER


async def dispose(dsn: str, data: Path, at: datetime) -> None:
    """Run the job until it finds nothing more to do."""
    async with compose(Settings(data=data), dsn, clock=FixedClock(at)) as made:
        print("ready", flush=True)
        while await made.disposing.run(WORKER):
            pass
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(dispose(sys.argv[1], Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3])))
