"""One child process of the supervisor: started, watched, started again when it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from bevan.kernel.logs import logger
from bevan.site.processes.parent import SUPERVISOR

_STEADY = 10.0
_LONGEST_WAIT = 5.0


@dataclass(frozen=True)
class Part:
    """What a child runs: its name, a module, arguments, and open files to inherit.

    One that `ends` isn't started again after it ended well.
    """

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    files: tuple[int, ...] = ()
    ends: bool = False


class Child:
    """Keeps one part running until it is told to stop."""

    def __init__(
        self,
        part: Part,
        environment: Mapping[str, str],
        *,
        errors: Path | None = None,
        heard: Callable[[str], None] | None = None,
        restarted: Callable[[str, int], None] | None = None,
    ) -> None:
        """`errors` takes the child's standard error; without it, it goes where ours goes.

        `heard` gets each line that the child writes to its standard output; `restarted` the name
        and number of a child that ended. `ends` counts how often it did.
        """
        self.part = part
        self._environment = {**os.environ, **environment, SUPERVISOR: str(os.getpid())}
        self._errors = errors
        self._heard = heard
        self._restarted = restarted
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self.ends = 0

    @property
    def pid(self) -> int | None:
        """The number of the running process, if it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process is not None else None

    async def keep(self) -> None:
        """Run it, again and again, until `stop`; a child that dies young waits longer each time."""
        wait = 0.0
        while not self._stopping.is_set():
            begun = monotonic()
            code = await self._run()
            self.ends += 1
            if self._stopping.is_set() or (self.part.ends and code == 0):
                return
            logger().warning("child ended", child=self.part.name, code=code)
            wait = 0.0 if monotonic() - begun > _STEADY else min(_LONGEST_WAIT, wait * 2 + 0.1)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)

    async def stop(self, patience: float) -> None:
        """Ask it to finish what it is doing; after `patience` seconds, end it."""
        self._stopping.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), patience)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _run(self) -> int:
        errors = self._errors.open("ab") if self._errors else None
        try:
            self._process = await asyncio.create_subprocess_exec(
                *_command(self.part.module, self.part.arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env=self._environment,
                pass_fds=self.part.files,
                # Its own group: Ctrl-C in the terminal reaches the supervisor alone.
                process_group=0,
            )
        finally:
            if errors is not None:
                errors.close()
        logger().info("child started", child=self.part.name, child_pid=self._process.pid)
        await self._listen(self._process)
        code = await self._process.wait()
        if self._restarted is not None:
            self._restarted(self.part.name, self._process.pid)
        return code

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        async for line in process.stdout:
            if self._heard is not None:
                self._heard(line.decode("utf-8", "replace").rstrip("\n"))


def _command(module: str, arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
