"""The processes of an import, and handing them their tasks."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Protocol, Self, cast

from bevan.feeds.bulk.files import Task
from bevan.feeds.bulk.outcome import Outcome
from bevan.feeds.bulk.worker import Order, opened, serve
from bevan.kernel.errors import BevanError

_PATIENCE = 10.0


class Workers(Protocol):
    """Who does the tasks."""

    def do(self, tasks: Sequence[Task], *, final: bool) -> Iterator[tuple[Task, Outcome]]:
        """Do all of them, in any order; each with what became of it, as it is done."""

    def settle(self) -> None:
        """Do what can only be done after all tasks."""


class Alone:
    """This very process, for an import with one job."""

    def __init__(self, order: Order) -> None:
        self._loop = asyncio.Runner()
        self._opened = opened(order)

    def __enter__(self) -> Self:
        self._worker = self._loop.run(self._opened.__aenter__())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._loop.run(self._opened.__aexit__(kind, fault, trace))
        finally:
            self._loop.close()

    def do(self, tasks: Sequence[Task], *, final: bool) -> Iterator[tuple[Task, Outcome]]:
        """One after another."""
        for task in tasks:
            yield task, self._loop.run(self._worker.do(task, final=final))

    def settle(self) -> None:
        """Look again for whom resources are about that came before what they point to."""
        self._loop.run(self._worker.settle())


class Crew:
    """Several processes; each does one task at a time."""

    def __init__(self, order: Order, number: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.members: dict[Pipe, SpawnProcess] = {}
        for _ in range(number):
            ours, theirs = context.Pipe()
            process = context.Process(target=_member, args=(order, theirs), daemon=True)
            process.start()
            theirs.close()
            self.members[ours] = process

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pipe in self.members:
            pipe.close()
        for process in self.members.values():
            process.join(_PATIENCE)
            if process.is_alive():
                process.terminate()
                process.join()

    def do(self, tasks: Sequence[Task], *, final: bool) -> Iterator[tuple[Task, Outcome]]:
        """A member that is done gets the next."""
        left = iter(tasks)
        busy: dict[Pipe, Task] = {}
        for pipe, task in zip(self.members, left, strict=False):
            self._send(pipe, (task, final))
            busy[pipe] = task
        while busy:
            for pipe in cast(list[Pipe], wait(list(busy))):
                task, outcome = busy.pop(pipe), self._receive(pipe)
                following = next(left, None)
                if following is not None:
                    self._send(pipe, (following, final))
                    busy[pipe] = following
                yield task, outcome

    def settle(self) -> None:
        """Let one of them look again for whom resources are about; the others are done."""
        pipe = next(iter(self.members))
        self._send(pipe, None)
        self._receive(pipe)

    def _send(self, pipe: Pipe, message: tuple[Task, bool] | None) -> None:
        try:
            pipe.send(message)
        except OSError as error:
            raise _lost() from error

    def _receive(self, pipe: Pipe) -> Outcome:
        try:
            outcome: Outcome = pipe.recv()
        except (EOFError, OSError) as error:
            raise _lost() from error
        return outcome


def _lost() -> BevanError:
    return BevanError(
        "A process of the import ended unexpectedly. What was taken is kept: run it again to go on."
    )


def _member(order: Order, pipe: Pipe) -> None:
    # Ctrl-C reaches the whole group: the parent decides, and closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError):
        serve(order, pipe)
