"""A child is kept running, stops when told, and ends with its supervisor."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bevan.site.processes.child import Child, Part

SLEEPER = """
import signal, sys
from bevan.site.processes.parent import die_with_supervisor
die_with_supervisor()
print("up", flush=True)
signal.sigwait({signal.SIGTERM})
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment in which `python -m NAME` finds the test's own programs."""
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    (tmp_path / "failing.py").write_text("print('up', flush=True); raise SystemExit(3)")
    (tmp_path / "done.py").write_text("print('up', flush=True)")
    (tmp_path / "stubborn.py").write_text(
        "import signal, threading\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('up', flush=True)\n"
        "threading.Event().wait()\n"
    )
    return {"PYTHONPATH": str(tmp_path)}


class Starts:
    """Counts the lines `up` that a child says, and waits for them."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = asyncio.Event()

    def __call__(self, line: str) -> None:
        assert line == "up"
        self.count += 1
        self._changed.set()

    async def reached(self, count: int) -> None:
        while self.count < count:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 30)


async def test_is_started_again_after_kill_9(program: dict[str, str]) -> None:
    starts, ended = Starts(), []
    child = Child(
        Part("web", "sleeper"),
        program,
        heard=starts,
        restarted=lambda name, pid: ended.append((name, pid)),
    )
    task = asyncio.create_task(child.keep())
    await starts.reached(1)
    first = child.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await starts.reached(2)
    assert child.pid not in {None, first}
    assert ended == [("web", first)]
    await child.stop(30)
    await asyncio.wait_for(task, 30)
    assert child.pid is None


async def test_one_that_fails_is_tried_again(program: dict[str, str], tmp_path: Path) -> None:
    starts = Starts()
    child = Child(Part("web", "failing"), program, heard=starts, errors=tmp_path / "log")
    task = asyncio.create_task(child.keep())
    await starts.reached(3)
    assert not task.done(), "it isn't given up"
    await child.stop(30)
    await asyncio.wait_for(task, 30)
    assert child.pid is None


async def test_one_that_ends_well_may_be_done(program: dict[str, str]) -> None:
    starts = Starts()
    child = Child(Part("demo", "done", ends=True), program, heard=starts)
    await asyncio.wait_for(child.keep(), 30)
    assert starts.count == 1


async def test_a_stubborn_one_is_killed(program: dict[str, str]) -> None:
    starts = Starts()
    child = Child(Part("web", "stubborn"), program, heard=starts)
    task = asyncio.create_task(child.keep())
    await starts.reached(1)
    stubborn = child.pid
    assert stubborn is not None and _runs(stubborn)
    await child.stop(0.05)
    await asyncio.wait_for(task, 30)
    assert not _runs(stubborn)
    assert (child.pid, starts.count) == (None, 1)


async def test_stopping_before_the_start_is_fine(program: dict[str, str]) -> None:
    child = Child(Part("web", "sleeper"), program)
    await child.stop(1)
    await asyncio.wait_for(child.keep(), 30)
    assert child.pid is None


def test_children_end_with_their_supervisor(program: dict[str, str]) -> None:
    supervisor = (
        "import os, subprocess, sys, signal\n"
        "env = {**os.environ, 'BEVAN_SUPERVISOR': str(os.getpid())}\n"
        "child = subprocess.Popen([sys.executable, '-m', 'sleeper'], env=env,"
        " stdout=subprocess.PIPE, text=True)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "signal.pause()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", supervisor],
        env={**os.environ, **program},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    ending = os.pidfd_open(child)
    process.kill()
    process.wait(30)
    process.stdout.close()
    # A process's descriptor becomes readable when it ends.
    ended, _, _ = select.select([ending], [], [], 30)
    os.close(ending)
    assert ended
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_one_without_its_supervisor_does_not_begin(program: dict[str, str]) -> None:
    environment = {**os.environ, **program, "BEVAN_SUPERVISOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "sleeper"], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
