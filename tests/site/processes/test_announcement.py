"""The terminal says where the server is, when it is, and how far the demo is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bevan.kernel.settings import Settings
from bevan.site.processes.announcement import Announcer
from bevan.site.processes.marker import Demo

SETTINGS = Settings(port=8123)
DEMO = Demo(people=20, seed=1)


def test_ready_without_a_demonstration(capsys: pytest.CaptureFixture[str]) -> None:
    Announcer(None).ready(SETTINGS, None)
    said = capsys.readouterr().out
    assert "Bevan is ready at http://localhost:8123\n" in said
    assert "http://localhost:8123/fhir" in said
    assert "Demo" not in said


def test_a_demonstration_is_ready_with_its_stories(capsys: pytest.CaptureFixture[str]) -> None:
    announcer = Announcer(None)
    announcer.ready(SETTINGS, DEMO)
    assert "ready" not in capsys.readouterr().out
    announcer.heard(json.dumps({"sign_in": ["Dr Leila Haddad, GP"]}))
    said = capsys.readouterr().out
    assert "Bevan is ready" in said
    assert "  Dr Leila Haddad, GP\n" in said


def test_stories_first_is_fine_too(capsys: pytest.CaptureFixture[str]) -> None:
    announcer = Announcer(None)
    announcer.heard(json.dumps({"sign_in": ["Priya Nair"]}))
    assert capsys.readouterr().out == ""
    announcer.ready(SETTINGS, DEMO)
    assert "Priya Nair" in capsys.readouterr().out


def test_progress_is_a_line_for_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    announcer = Announcer(None)
    for people in range(0, 101):
        announcer.heard(json.dumps({"people": people, "of": 100}))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "People loaded: 10 of 100"
    assert lines[-1] == "People loaded: 100 of 100"
    assert len(set(lines)) == 10
    announcer.close()


def test_anything_else_is_ignored(capsys: pytest.CaptureFixture[str]) -> None:
    Announcer(None).heard("not JSON")
    assert capsys.readouterr().out == ""


def test_says_where_the_log_is(capsys: pytest.CaptureFixture[str]) -> None:
    announcer = Announcer(Path("/x/bevan.log"), quiet=True)
    announcer.say("Starting")
    announcer.ready(SETTINGS, None)
    said = capsys.readouterr().out
    assert "Log: /x/bevan.log" in said
    assert "Starting" not in said
