"""The template environments: ours is strict, the design system's is lenient as it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)
from markupsafe import Markup

from bevan.web import words
from bevan.web.app import App
from bevan.web.narrative import narrative
from bevan.web.static_files import addresses


def environment(apps: Sequence[App] = ()) -> Environment:
    """Templates of ``web`` and, under their own name, of each app.

    A name that a template uses and nobody supplied is an error here (`StrictUndefined`); the
    macros of ``nhsuk-frontend-jinja`` rely on the opposite, so they live in an environment of
    their own and are called as ``nhs("input", {...})``.
    """
    made = Environment(
        loader=ChoiceLoader([PackageLoader("bevan.web"), PrefixLoader(_loaders(apps))]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    made.globals.update(nhs=design_system(), static=addresses(apps), words=words)
    made.filters.update(words.FILTERS, narrative=narrative)
    return made


def _loaders(apps: Iterable[App]) -> dict[str, BaseLoader]:
    return {app.name: PackageLoader(app.package, f"templates/{app.name}") for app in apps}


def design_system() -> Callable[[str, dict[str, Any]], Markup]:
    """A function that draws one component of the design system."""
    made = Environment(
        loader=PackageLoader("nhsuk_frontend_jinja"),
        undefined=ChainableUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return partial(_component, made)


def _component(made: Environment, name: str, params: dict[str, Any]) -> Markup:
    head, *rest = name.split("-")
    macro = head + "".join(part.capitalize() for part in rest)
    module = made.get_template(f"nhsuk/components/{name}/macro.jinja").module
    return Markup(getattr(module, macro)(params))  # noqa: S704 - the macros escape their values
