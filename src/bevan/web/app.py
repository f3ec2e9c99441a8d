"""The manifest by which an app joins the site."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from starlette.routing import BaseRoute

Audience = Literal["everyone", "staff", "citizen"]


@dataclass(frozen=True)
class Link:
    """A word to press and where it leads; ``icon`` names a symbol in ``static/icons.svg``."""

    label: str
    href: str
    icon: str = ""


@dataclass(frozen=True)
class App:
    """What an app tells the site about itself.

    ``name`` is the entry point's name, ``package`` holds ``templates`` and ``static``. Built-in
    apps and those of third parties are found by the same entry point group, ``bevan.apps``.
    """

    name: str
    title: str
    package: str
    summary: str = ""
    icon: str = "document"
    audience: Audience = "staff"
    routes: Sequence[BaseRoute] = ()
    navigation: tuple[Link, ...] = ()
    scopes: tuple[str, ...] = ()
    jobs: tuple[Callable[..., object], ...] = ()
    checks: tuple[Callable[..., object], ...] = ()
    demo: tuple[Link, ...] = ()
