"""Where coverage is traced: tracing makes Python about three times as slow.

The coverage of three packages is judged, each by the tests of its own folder and of the pages
that show what it says. Every other test proves something else and runs untraced. So do
properties, and tests marked `untraced`: they send hundreds of examples through lines which their
neighbours reach as well.
"""

from __future__ import annotations

from typing import Protocol

import pytest

JUDGED = ("fhir", "record", "access", "apps/access", "apps/who_looked")


class Controller(Protocol):
    """What pytest-cov offers."""

    started: bool

    def pause(self) -> None:
        """Trace no more."""

    def resume(self) -> None:
        """Trace again."""


def traced(item: pytest.Item) -> bool:
    """Whether coverage counts while `item` runs, with its fixtures."""
    judged = item.nodeid.startswith(tuple(f"tests/{folder}/" for folder in JUDGED))
    many = any(item.get_closest_marker(name) for name in ("hypothesis", "untraced"))
    return judged and not many


def trace(item: pytest.Item) -> None:
    """Switch tracing on or off for `item`; nothing to do where coverage isn't asked for."""
    plugin = item.config.pluginmanager.getplugin("_cov")
    controller: Controller | None = getattr(plugin, "cov_controller", None)
    if controller is None or controller.started == traced(item):
        return
    if controller.started:
        controller.pause()
    else:
        controller.resume()
