"""The command line speaks in sentences and leaves with the right code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bevan import __version__
from bevan.cli import main
from bevan.cli.main import run
from bevan.kernel.errors import BevanError, Unavailable
from bevan.site.main import ports
from tests.cli.conftest import Bevan

COMMANDS = {
    "up", "import", "synth", "token", "migrate", "backup", "restore", "upgrade", "doctor", "config",
    "audit", "backup-key", "client", "keys", "project-key", "account", "package",
}  # fmt: skip


def test_every_command_is_there_and_says_what_it_does() -> None:
    assert set(main.bevan.commands) == COMMANDS
    for name, command in main.bevan.commands.items():
        assert command.help, name
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help or option.name in {"hours"}, f"{name} {option.name}"


def test_every_command_on_an_installation_takes_its_folder() -> None:
    for name, command in commands(main.bevan):
        if name not in {"synth", "config show", "backup-key"}:
            assert any(option.name == "data" for option in command.params), name


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command by the words that call it, those of groups too."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def test_help_and_version(bevan_alone: Bevan) -> None:
    assert "Usage: bevan" in bevan_alone("--help").out
    assert bevan_alone("--version").out.strip().endswith(__version__)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frob"], "No such command"),
        (["up", "--port", "99999999"], "not in the range"),
        (["up", "--demo", "--people", "3"], "not in the range"),
        (["token"], "Missing option"),
        (["import"], "Missing argument"),
        (["import", "/no/such/file"], "does not exist"),
    ],
)
def test_wrong_use_is_told_with_code_2(
    bevan_alone: Bevan, arguments: list[str], words: str
) -> None:
    said = bevan_alone(*arguments)
    assert said.code == 2
    assert words in said.err
    assert said.out == ""


def test_errors_are_sentences_with_their_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for fault, code in ((BevanError("The bucket is full."), 1), (Unavailable("No answer."), 3)):
        monkeypatch.setattr(main.bevan, "main", _raising(fault))
        assert run(ports(), []) == code
        assert capsys.readouterr().err == f"{fault.sentence}\n"


def test_a_fault_of_ours_shows_a_place_and_no_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main.bevan, "main", _raising(KeyError("Dot Pemberton")))
    assert run(ports(), []) == 70
    said = capsys.readouterr().err
    assert "builtins.KeyError at " in said
    assert "Dot" not in said


@pytest.mark.parametrize(
    "arguments", [["up", "--data"], ["up", "--demo", "--data"], ["synth", "--people", "1", "--out"]]
)
def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (tmp_path / "file").write_text("a file")
    assert run(ports(), [*arguments, str(tmp_path / "file" / "folder")]) in (2, 3)
    said = capsys.readouterr().err.splitlines()[-1]
    assert str(tmp_path / "file") in said and "inside Bevan" not in said and said.endswith(".")


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), click.exceptions.Abort()])
def test_an_interruption_leaves_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: BaseException
) -> None:
    monkeypatch.setattr(main.bevan, "main", _raising(fault))
    assert run(ports(), []) == 130
    assert capsys.readouterr().err == "Interrupted.\n"


def test_the_installed_command_works(tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("bevan"), "config", "show", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert '"data": ".bevan"' in done.stdout
    assert list(tmp_path.iterdir()) == [], "looking at settings makes nothing"


def _raising(fault: BaseException) -> object:
    def main(*_: object, **__: object) -> None:
        raise fault

    return main
