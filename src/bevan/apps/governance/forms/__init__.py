"""The questions of each register: Questionnaires as data, each with its version."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from bevan.registers import Form
from bevan.registers.form import load


@cache
def form(name: str) -> Form:
    """A form by its file's name."""
    return load(files(__package__).joinpath(f"{name}.json").read_bytes())
