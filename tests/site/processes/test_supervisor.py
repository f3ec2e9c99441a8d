"""`bevan up` serves a demonstration, survives kill -9, and stops in order."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError

import pytest
from prove.serving import Serving, get, serving
from prove.trial import BEVAN

from bevan.kernel.postgres import Cluster


def until(condition: Callable[[], bool], patience: float = 120.0) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def answers(port: int) -> bool:
    try:
        return get(f"http://127.0.0.1:{port}/readyz")[0] == 200
    except (URLError, OSError):
        return False


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the installation of one test lies."""
    return tmp_path / "data"


def test_a_demonstration_from_start_to_stop(data: Path) -> None:
    arguments = ("--demo", "--people", "12", "--port", "0")
    with serving(BEVAN, data, *arguments, log=data.with_name("log")) as server:
        port = server.ready()
        said = "\n".join(server.lines)
        assert "Demo data" in said
        assert "Dr Leila Haddad" in said
        assert b"Demo data" in get(f"http://127.0.0.1:{port}/")[1]
        metrics = get(f"http://127.0.0.1:{port}/metrics")[1].decode()
        assert "bevan_job_leader 1.0" in metrics, "the worker's numbers are published too"

        (web,) = server.children("web")
        os.kill(web, signal.SIGKILL)
        until(lambda: server.children("web") not in ([], [web]) and answers(port))

        until(lambda: "People loaded: 12 of 12" in server.lines)
        metrics = get(f"http://127.0.0.1:{port}/metrics")[1].decode()
        assert "bevan_demo_people_loaded 12.0" in metrics
        assert server.stop() == 0
    assert Cluster(data).processes() == [], "nothing is left running"


def test_everything_ends_with_a_killed_supervisor(data: Path) -> None:
    server = Serving(BEVAN, data, ["--port", "0"], data.with_name("log"))
    port = server.ready()
    server.kill()
    until(lambda: not answers(port) and Cluster(data).processes() == [])


def test_a_server_that_cannot_start_gives_up(
    data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nif 'bevan.site.processes.web' in sys.orig_argv:\n    raise SystemExit(9)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    server = Serving(BEVAN, data, ["--port", "0"], data.with_name("log"))
    assert server.process.wait(120) == 3
    server.close()
    assert "can't start; the log says why" in data.with_name("log").read_text()
    assert Cluster(data).processes() == []


def test_a_demonstration_keeps_out_of_other_folders(data: Path) -> None:
    data.mkdir()
    (data / "letters").write_text("mine")
    server = Serving(BEVAN, data, ["--demo", "--port", "0"], data.with_name("log"))
    assert server.process.wait(60) == 2
    server.close()
    assert "wasn't made by a demonstration" in data.with_name("log").read_text()
    assert [entry.name for entry in data.iterdir()] == ["letters"]
